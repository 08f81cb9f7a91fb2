// Is a text well-formed XML? Enough of the rules to notice what a writer gets wrong: tags that do not match, attributes
// without quotes or twice, bare & and <, unknown entities.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pinwheel::test {

class XmlCheck {
 public:
  explicit XmlCheck(std::string_view text) : text_(text) {}

  // Empty when well-formed, else what is wrong and where.
  std::string run() {
    while (at_ < text_.size() && wrong_.empty()) {
      if (text_[at_] == '<') {
        tag();
      } else {
        character();
      }
    }
    if (wrong_.empty() && !open_.empty()) fail("<" + open_.back() + "> is never closed");
    if (wrong_.empty() && roots_ != 1) fail(std::to_string(roots_) + " root elements");
    return wrong_;
  }

 private:
  void fail(const std::string& what) { wrong_ = what + " at byte " + std::to_string(at_); }
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void spaces() {
    while (std::isspace(static_cast<unsigned char>(here()))) ++at_;
  }
  std::string name() {
    const std::size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(here())) || here() == '-' || here() == ':') ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  void character() {
    if (open_.empty() && !std::isspace(static_cast<unsigned char>(here()))) return fail("text outside the root");
    if (static_cast<unsigned char>(here()) < 0x20 && !std::isspace(static_cast<unsigned char>(here()))) {
      return fail("a control character");
    }
    if (here() != '&') {
      ++at_;
      return;
    }
    static const std::set<std::string_view> kKnown{"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    const std::size_t end = text_.find(';', at_);
    if (end == std::string_view::npos || !kKnown.contains(text_.substr(at_, end + 1 - at_))) return fail("a bare &");
    at_ = end + 1;
  }

  void tag() {
    ++at_;
    if (here() == '/') {
      ++at_;
      const std::string closing = name();
      if (open_.empty() || open_.back() != closing) return fail("</" + closing + "> closes nothing");
      open_.pop_back();
      if (here() != '>') return fail("no > in </" + closing);
      ++at_;
      return;
    }
    const std::string opening = name();
    if (opening.empty()) return fail("a bare <");
    if (open_.empty()) ++roots_;
    attributes();
    if (!wrong_.empty()) return;
    const bool empty = here() == '/';
    if (empty) ++at_;
    if (here() != '>') return fail("no > in <" + opening);
    ++at_;
    if (!empty) open_.push_back(opening);
  }

  void attributes() {
    std::set<std::string> seen;
    for (spaces(); here() != '>' && here() != '/' && wrong_.empty(); spaces()) {
      const std::string attribute = name();
      if (attribute.empty() || !seen.insert(attribute).second) return fail("attribute '" + attribute + "'");
      if (here() != '=') return fail("no value for '" + attribute + "'");
      ++at_;
      if (here() != '"') return fail("no quote after '" + attribute + "'");
      ++at_;
      open_.emplace_back("attribute");  // character() may be inside an element only
      while (here() != '"' && here() != '\0' && wrong_.empty()) {
        if (here() == '<') return fail("< in '" + attribute + "'");
        character();
      }
      open_.pop_back();
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int roots_ = 0;
  std::vector<std::string> open_;
  std::string wrong_;
};

inline std::string xml_problem(std::string_view text) { return XmlCheck(text).run(); }

}  // namespace pinwheel::test
