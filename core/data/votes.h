// A row of labels as votes on the tree of questions: 37 fractions, class columns of known schemes, or both.
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

// The 37 columns of a table, if it has them all.
class FractionColumns {
 public:
  static std::optional<FractionColumns> find(const LabelTable& table);

  bool blank(const LabelTable& table, std::size_t row) const;  // no value in any of them
  // Throws Error(kBadFile) for a value that is no number from 0 to 1, and for a row that breaks the rules of the tree.
  galaxy::Fractions read(const LabelTable& table, std::size_t row, Unasked unasked) const;

 private:
  std::array<std::size_t, galaxy::kAnswers> columns_{};
};

// A class name of which the scheme is not told: the first scheme that knows it.
std::optional<galaxy::Votes> votes_from_any_scheme(std::string_view label);

// Everything that a row says: the fullest source first, each further one only for questions that are still open.
class VoteReader {
 public:
  // label_column: a class column of unknown scheme to use beside the known ones; may be empty.
  VoteReader(const LabelTable& table, const std::string& label_column);

  bool knows_anything() const { return fractions_ || !schemes_.empty() || label_; }
  // Nothing when the row says nothing of the tree. Throws as FractionColumns::read does.
  std::optional<galaxy::Votes> read(std::size_t row) const;

 private:
  int electorate(std::size_t row) const;

  struct Scheme {
    std::string_view name;
    std::size_t column;
  };
  const LabelTable& table_;
  std::optional<FractionColumns> fractions_;
  std::vector<Scheme> schemes_;
  std::optional<std::size_t> label_, votes_n_;
};

}  // namespace pinwheel
