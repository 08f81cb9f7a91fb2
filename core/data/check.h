// What is wrong with a data set, found before anybody trains on it: counts, and one example of each problem. It only
// tells; what cannot be trained on at all is refused by the trainer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/readers.h"

namespace pinwheel {

enum class Finding {
  kUnusable,       // files that could not be loaded, or rows that break the rules of their labels
  kEmptyClass,     // a class or answer that no example has
  kRareClass,      // a class with fewer than kFewExamples
  kNoLabel,        // targets that are all zero
  kSameLabel,      // equal pictures with equal targets
  kContradiction,  // equal pictures with different targets
  kBlankPicture,   // every pixel has the same value
  kUnbalanced,     // one class has more than kMostTimes as many examples as another
};
inline constexpr std::int64_t kFewExamples = 10;
inline constexpr double kMostTimes = 20;

const char* finding_name(Finding finding);  // "unusable", "empty_class", …

struct DataProblem {
  Finding finding = Finding::kUnusable;
  std::int64_t count = 0;  // files, classes or examples, as the sentence says
  std::string example;     // a file's or a class's name
  std::string sentence;    // what is wrong and what to do, with the example
};

struct DataReport {
  std::int64_t galaxies = 0, unusable = 0;
  Extent extent;
  TargetKind target_kind = TargetKind::kClasses;
  std::vector<std::string> outputs;
  std::vector<double> sums;           // per output: examples of a class, or the sum of fractions or votes
  std::vector<DataProblem> problems;  // in the order of Finding
};

DataReport check_dataset(const Dataset& dataset, const LoadReport& loaded);

}  // namespace pinwheel
