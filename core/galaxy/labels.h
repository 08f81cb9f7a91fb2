// Label schemes: how other people's classes become votes on the tree. A partial label ("edge_on") is a small, nearly
// unanimous electorate on the questions it answers and says nothing of the rest.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "galaxy/decision_tree.h"

namespace pinwheel::galaxy {

using Votes = std::array<float, kAnswers>;  // whole counts >= 0; a question that was not asked has all zeros

// From a full row of 37 weighted fractions: `electorate` volunteers walk the tree; each question's counts are its
// weighted fractions times the electorate, rounded so that they sum to the rounded number who reached it (largest
// remainder).
Votes votes_from_weighted(const Fractions& weighted, int electorate = 40);

// From one class label of a known scheme: "cls5", "cls3", "cls6", "coarse", "argmax5", "like4", "merger_flag",
// "galaxy10", "galaxy10_decals", "galaxymnist" (these three by name or by class number), "hubble", "ttype", "family",
// "bar". Case and punctuation of a name do not matter, except in "hubble" (Sb is not SB). A label that real volunteers
// follow closely gets up to `electorate` votes on its questions, a hint only a few. Unknown scheme or value, or one
// that says nothing: nullopt.
std::optional<Votes> votes_from_label(std::string_view scheme, std::string_view value, int electorate = 20);

// Adds one labelling to another, question by question: a question already answered by a fuller source keeps it.
void merge_votes(Votes& into, const Votes& extra);

// Fractions implied by votes where asked (conditional), else equal shares; for showing truth beside prediction.
Fractions conditional_from_votes(const Votes& votes);

// The five confident classes of the challenge and the class a row of weighted fractions falls into: argmax of
// Class7.1, 7.2, 7.3, 2.1, 4.1.
const std::array<std::string_view, 5>&
five_classes();  // completely_round_smooth, in_between_smooth, cigar_shaped_smooth, edge_on, spiral
const std::array<int, 5>& five_class_columns();  // the columns of those answers, in the same order
int five_class_of(const Fractions& weighted);

}  // namespace pinwheel::galaxy
