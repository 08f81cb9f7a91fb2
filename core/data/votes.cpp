#include "data/votes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/error.h"

namespace pinwheel {
namespace {

// From the label that answers most to the one that answers least, so that the fuller one is merged first.
constexpr std::array<std::string_view, 14> kSchemes{
    "cls5",    "galaxy10", "galaxy10_decals", "galaxymnist", "cls6",  "cls3", "coarse",
    "argmax5", "like4",    "merger_flag",     "hubble",      "ttype", "bar",  "family"};
// Challenge rows do not say how many people voted; 40 is usual (Willett et al. 2013, section 2.3).
constexpr int kUsualElectorate = 40;
constexpr int kFirstQuestion = 0;  // the one that nobody can skip

std::optional<double> number(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  const bool whole = !copy.empty() && end == copy.c_str() + copy.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
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

std::optional<FractionColumns> FractionColumns::find(const LabelTable& table) {
  FractionColumns found;
  for (std::size_t i = 0; i < galaxy::kAnswers; ++i) {
    const auto column = table.column(galaxy::answers()[i].column);
    if (!column) return std::nullopt;
    found.columns_[i] = *column;
  }
  return found;
}

bool FractionColumns::blank(const LabelTable& table, std::size_t row) const {
  return std::all_of(columns_.begin(), columns_.end(), [&](std::size_t c) { return table.cell(row, c).empty(); });
}

galaxy::Fractions FractionColumns::read(const LabelTable& table, std::size_t row, Unasked unasked) const {
  galaxy::Fractions fractions{};
  for (std::size_t i = 0; i < galaxy::kAnswers; ++i) {
    const std::string_view text = table.cell(row, columns_[i]);
    const auto value = number(text);
    // Published fractions reach 1.0000000004 by rounding.
    if (!value || *value < 0 || *value > 1.001) {
      throw Error(ErrorCode::kBadFile, std::string(galaxy::answers()[i].column) + " is '" + std::string(text) +
                                           "', not a fraction from 0 to 1");
    }
    fractions[i] = static_cast<float>(*value);
  }
  const bool allowed = unasked == Unasked::kAllowed;
  const auto broken = galaxy::check_weighted(allowed ? with_unasked_shared(fractions) : fractions);
  if (!broken.empty()) throw Error(ErrorCode::kBadFile, "its fractions do not add up along the tree: " + broken[0]);
  return fractions;
}

std::optional<galaxy::Votes> votes_from_any_scheme(std::string_view label) {
  for (const std::string_view scheme : kSchemes) {
    if (auto votes = galaxy::votes_from_label(scheme, label)) return votes;
  }
  return std::nullopt;
}

VoteReader::VoteReader(const LabelTable& table, const std::string& label_column)
    : table_(table), fractions_(FractionColumns::find(table)), votes_n_(table.column("votes_n")) {
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
  if (fractions_ && !fractions_->blank(table_, row)) {
    votes = galaxy::votes_from_weighted(fractions_->read(table_, row, Unasked::kAllowed), electorate(row));
  }
  if (label_) merge(votes, votes_from_any_scheme(table_.cell(row, *label_)));
  for (const Scheme& scheme : schemes_) {
    merge(votes, galaxy::votes_from_label(scheme.name, table_.cell(row, scheme.column)));
  }
  return votes;
}

}  // namespace pinwheel
