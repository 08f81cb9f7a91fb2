// A row of labels as votes on the tree of questions: 37 fractions or counts, class columns of known schemes, or both.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "data/label_table.h"
#include "galaxy/labels.h"

namespace pinwheel {

// Published rows that nobody voted on for a question leave it at zero though its parent is not: fine for votes, where
// an unasked question counts for nothing, but as fractions such zeros would be a lie.
enum class Unasked { kRefused, kAllowed };

// What the numbers of 37 columns are: the challenge's weighted fractions ("Class1.1"), the catalogue's fractions of
// those who were asked ("t01_smooth_or_features_a01_smooth_debiased", …_weighted_fraction, …_fraction; Willett et al.
// 2013, Hart et al. 2016), or its counts of votes (…_count).
enum class Meaning { kWeighted, kConditional, kCounts };

// The 37 columns of a table, if it has them all under one of those names; of several the first in that order.
class AnswerColumns {
 public:
  static std::optional<AnswerColumns> find(const LabelTable& table);

  Meaning meaning() const { return meaning_; }
  bool blank(const LabelTable& table, std::size_t row) const;  // no value in any of them
  // As weighted fractions. Throws Error(kBadFile) for a value that is no number in its range, and for a row that breaks
  // the rules of the tree; a question that nobody answered has no share.
  galaxy::Fractions weighted(const LabelTable& table, std::size_t row, Unasked unasked) const;
  // As votes: counts as they are, fractions as those of `electorate` people.
  galaxy::Votes votes(const LabelTable& table, std::size_t row, int electorate) const;

 private:
  std::array<float, galaxy::kAnswers> values(const LabelTable& table, std::size_t row) const;

  std::array<std::size_t, galaxy::kAnswers> columns_{};
  Meaning meaning_ = Meaning::kWeighted;
};

// A class name of which the scheme is not told: the first scheme that knows it.
std::optional<galaxy::Votes> votes_from_any_scheme(std::string_view label);

// Everything that a row says: the fullest source first, each further one only for questions that are still open.
class VoteReader {
 public:
  // label_column: a class column of unknown scheme to use beside the known ones; may be empty.
  VoteReader(const LabelTable& table, const std::string& label_column);

  bool knows_anything() const { return answers_ || !schemes_.empty() || label_; }
  // Nothing when the row says nothing of the tree. Throws as AnswerColumns does.
  std::optional<galaxy::Votes> read(std::size_t row) const;

 private:
  int electorate(std::size_t row) const;

  struct Scheme {
    std::string_view name;
    std::size_t column;
  };
  const LabelTable& table_;
  std::optional<AnswerColumns> answers_;
  std::vector<Scheme> schemes_;
  std::optional<std::size_t> label_, votes_n_;
};

}  // namespace pinwheel
