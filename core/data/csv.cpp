// Comma-separated values as RFC 4180 has them: quoted fields may hold commas, line ends and doubled quotes. A
// byte-order mark and blank lines are passed over; guessing other separators is refused.
#include <charconv>
#include <utility>

#include "base/error.h"
#include "data/readers.h"

namespace pinwheel {
namespace {

class CsvReader {
 public:
  CsvReader(const std::string& text, const std::string& name) : text_(text), name_(name) {}

  template <typename Use>
  void run(Use use) {
    if (text_.starts_with("\xef\xbb\xbf")) position_ = 3;
    std::size_t width = 0;
    while (position_ < text_.size()) {
      const std::size_t first_line = line_;
      std::vector<std::string> row = read_row();
      if (row.size() == 1 && row[0].empty()) continue;  // a blank line
      if (width == 0) width = row.size();
      if (row.size() != width) {
        refuse(first_line,
               "has " + std::to_string(row.size()) + " fields, but the header has " + std::to_string(width));
      }
      use(std::move(row));
    }
  }

 private:
  [[noreturn]] void refuse(std::size_t line, const std::string& what) const {
    throw Error(ErrorCode::kBadFile, name_ + ": line " + std::to_string(line) + " " + what + ".");
  }

  bool at_line_end() const { return position_ >= text_.size() || text_[position_] == '\n' || text_[position_] == '\r'; }

  void skip_line_end() {
    if (position_ < text_.size() && text_[position_] == '\r') ++position_;
    if (position_ < text_.size() && text_[position_] == '\n') ++position_;
    ++line_;
  }

  std::vector<std::string> read_row() {
    std::vector<std::string> row;
    for (;;) {
      row.push_back(position_ < text_.size() && text_[position_] == '"' ? read_quoted() : read_plain());
      if (at_line_end()) break;
      ++position_;  // the comma
    }
    skip_line_end();
    return row;
  }

  std::string read_plain() {
    const std::size_t begin = position_;
    position_ = std::min(text_.find_first_of(",\r\n", position_), text_.size());
    return text_.substr(begin, position_ - begin);
  }

  std::string read_quoted() {
    const std::size_t first_line = line_;
    std::string field;
    for (++position_;;) {
      const std::size_t quote = text_.find('"', position_);
      if (quote == std::string::npos) refuse(first_line, "opens a quote that is never closed");
      for (std::size_t i = position_; i < quote; ++i) line_ += text_[i] == '\n';
      field.append(text_, position_, quote - position_);
      position_ = quote + 1;
      if (position_ >= text_.size() || text_[position_] != '"') break;
      field += '"';
      ++position_;
    }
    if (!at_line_end() && text_[position_] != ',') refuse(line_, "goes on after a closing quote");
    return field;
  }

  const std::string& text_;
  const std::string& name_;
  std::size_t position_ = 0, line_ = 1;
};

}  // namespace

std::vector<std::vector<std::string>> parse_csv(const std::string& text, const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  CsvReader(text, name).run([&](std::vector<std::string>&& row) { rows.push_back(std::move(row)); });
  return rows;
}

void for_each_csv_row(const std::string& text, const std::string& name,
                      const std::function<void(std::vector<std::string>&&)>& use) {
  CsvReader(text, name).run(use);
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_number(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

}  // namespace pinwheel
