#include "data/votes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "base/error.h"

namespace pinwheel {
namespace {

// From the label that answers most to the one that answers least, so that the fuller one is merged first.
constexpr std::array<std::string_view, 14> kSchemes{
    "cls5",    "galaxy10", "galaxy10_decals", "galaxymnist", "cls6",  "cls3", "coarse",
    "argmax5", "like4",    "merger_flag",     "hubble",      "ttype", "bar",  "family"};
// Challenge rows do not say how many people voted; 40 is usual (Willett et al. 2013, section 2.3).
constexpr int kUsualElectorate = 40;
constexpr double kMostVotes = 100000;
constexpr int kFirstQuestion = 0;  // the one that nobody can skip

std::optional<double> number(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  const bool whole = !copy.empty() && end == copy.c_str() + copy.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

// How a table may call the column of an answer.
struct Naming {
  Meaning meaning;
  std::string_view suffix;  // after the catalogue's stem; empty: the challenge's own name
  std::string name(const galaxy::Answer& answer) const {
    return suffix.empty() ? std::string(answer.column) : std::string(answer.catalogue_stem) + std::string(suffix);
  }
};
constexpr std::array<Naming, 5> kNamings{{{Meaning::kWeighted, ""},
                                          {Meaning::kCounts, "_count"},
                                          {Meaning::kConditional, "_debiased"},
                                          {Meaning::kConditional, "_weighted_fraction"},
                                          {Meaning::kConditional, "_fraction"}}};

// Counts, or fractions that rounding or debiasing kept from adding up, as shares of those who answered the question; a
// question without answers keeps its zeros.
galaxy::Fractions shares_of_those_asked(galaxy::Fractions values) {
  for (const galaxy::Question& question : galaxy::questions()) {
    const auto begin = values.begin() + question.begin, end = values.begin() + question.end;
    const float sum = std::accumulate(begin, end, 0.0F);
    if (sum > 0) std::for_each(begin, end, [sum](float& value) { value /= sum; });
  }
  return values;
}

// Questions without any answer get equal shares of what leads to them, so that the rules judge only what was answered.
galaxy::Fractions with_unasked_shared(galaxy::Fractions fractions) {
  for (const int q : galaxy::order()) {
    const galaxy::Question& question = galaxy::questions()[static_cast<std::size_t>(q)];
    const auto begin = fractions.begin() + question.begin, end = fractions.begin() + question.end;
    const bool answered = std::any_of(begin, end, [](float value) { return value > 0; });
    if (answered || q == kFirstQuestion) continue;
    const float reached = question.parent < 0 ? 1.0F : fractions[static_cast<std::size_t>(question.parent)];
    std::fill(begin, end, reached / static_cast<float>(question.end - question.begin));
  }
  return fractions;
}

void merge(std::optional<galaxy::Votes>& into, const std::optional<galaxy::Votes>& extra) {
  if (!extra) return;
  if (into) {
    galaxy::merge_votes(*into, *extra);
  } else {
    into = extra;
  }
}

}  // namespace

std::optional<AnswerColumns> AnswerColumns::find(const LabelTable& table) {
  for (const Naming& naming : kNamings) {
    AnswerColumns found;
    found.meaning_ = naming.meaning;
    std::size_t known = 0;
    for (const galaxy::Answer& answer : galaxy::answers()) {
      const auto column = table.column(naming.name(answer));
      if (!column) break;
      found.columns_[known++] = *column;
    }
    if (known == galaxy::kAnswers) return found;
  }
  return std::nullopt;
}

bool AnswerColumns::blank(const LabelTable& table, std::size_t row) const {
  return std::all_of(columns_.begin(), columns_.end(), [&](std::size_t c) { return table.cell(row, c).empty(); });
}

std::array<float, galaxy::kAnswers> AnswerColumns::values(const LabelTable& table, std::size_t row) const {
  const bool counts = meaning_ == Meaning::kCounts;
  // Published fractions reach 1.0000000004 by rounding.
  const double most = counts ? kMostVotes : 1.001;
  std::array<float, galaxy::kAnswers> out{};
  for (std::size_t i = 0; i < galaxy::kAnswers; ++i) {
    const std::string_view text = table.cell(row, columns_[i]);
    const auto value = number(text);
    if (!value || *value < 0 || *value > most) {
      throw Error(ErrorCode::kBadFile, table.header()[columns_[i]] + " is '" + std::string(text) + "', not " +
                                           (counts ? "a number of votes" : "a fraction from 0 to 1"));
    }
    out[i] = static_cast<float>(*value);
  }
  return out;
}

galaxy::Fractions AnswerColumns::weighted(const LabelTable& table, std::size_t row, Unasked unasked) const {
  galaxy::Fractions fractions = values(table, row);
  if (meaning_ != Meaning::kWeighted) fractions = galaxy::weighted_from_conditional(shares_of_those_asked(fractions));
  const bool allowed = unasked == Unasked::kAllowed;
  const auto broken = galaxy::check_weighted(allowed ? with_unasked_shared(fractions) : fractions);
  if (!broken.empty()) throw Error(ErrorCode::kBadFile, "its fractions do not add up along the tree: " + broken[0]);
  return fractions;
}

galaxy::Votes AnswerColumns::votes(const LabelTable& table, std::size_t row, int electorate) const {
  if (meaning_ != Meaning::kCounts) {
    return galaxy::votes_from_weighted(weighted(table, row, Unasked::kAllowed), electorate);
  }
  galaxy::Votes votes = values(table, row);
  for (float& count : votes) count = std::round(count);
  return votes;
}

std::optional<galaxy::Votes> votes_from_any_scheme(std::string_view label) {
  for (const std::string_view scheme : kSchemes) {
    if (auto votes = galaxy::votes_from_label(scheme, label)) return votes;
  }
  return std::nullopt;
}

VoteReader::VoteReader(const LabelTable& table, const std::string& label_column)
    : table_(table), answers_(AnswerColumns::find(table)), votes_n_(table.column("votes_n")) {
  for (const std::string_view scheme : kSchemes) {
    if (const auto column = table.column(scheme)) schemes_.push_back({scheme, *column});
  }
  if (!label_column.empty()) label_ = table.column(label_column);
}

int VoteReader::electorate(std::size_t row) const {
  const auto count = votes_n_ ? number(table_.cell(row, *votes_n_)) : std::nullopt;
  return count && *count >= 1 && *count <= 1000 ? static_cast<int>(std::lround(*count)) : kUsualElectorate;
}

std::optional<galaxy::Votes> VoteReader::read(std::size_t row) const {
  std::optional<galaxy::Votes> votes;
  if (answers_ && !answers_->blank(table_, row)) votes = answers_->votes(table_, row, electorate(row));
  if (label_) merge(votes, votes_from_any_scheme(table_.cell(row, *label_)));
  for (const Scheme& scheme : schemes_) {
    merge(votes, galaxy::votes_from_label(scheme.name, table_.cell(row, scheme.column)));
  }
  return votes;
}

}  // namespace pinwheel
