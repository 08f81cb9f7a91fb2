// A part of a data set with what a model says of each galaxy in it: what pictures of right and wrong are drawn from.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "galaxy/decision_tree.h"
#include "infer/classifier.h"
#include "train/metrics.h"

namespace pinwheel::report {

struct Judged {
  std::string part;  // "training", "validation", "test", "all galaxies"
  TargetKind kind = TargetKind::kClasses;
  std::vector<std::string> outputs;
  std::vector<std::int64_t> indices;    // in the data set; of one that came from a file: empty
  std::vector<std::string> ids;         // [N]
  std::vector<float> answers, targets;  // [N,outputs] after the head; as TargetKind says

  std::size_t size() const { return ids.size(); }
  std::span<const float> answer(std::size_t i) const { return row(answers, i); }
  std::span<const float> target(std::size_t i) const { return row(targets, i); }
  bool is_tree() const { return outputs.size() == galaxy::kAnswers && kind != TargetKind::kClasses; }
  Metrics metrics() const;  // without a loss

 private:
  std::span<const float> row(const std::vector<float>& values, std::size_t i) const {
    return std::span(values).subspan(i * outputs.size(), outputs.size());
  }
};

// Judges the examples at `indices`, over the model's views. A model of the 37 answers may be judged on the five
// confident classes. Throws Error(kInvalidArgument) when the data's answers are others than the model's. `progress`
// hears how many are done.
Judged judge(Classifier& classifier, const Dataset& dataset, std::vector<std::int64_t> indices, const std::string& part,
             const std::function<void(std::int64_t)>& progress = {});

// Rows of the tree in the forms that a person compares. A target of votes says nothing where nobody was asked.
struct TreeRow {
  galaxy::Fractions conditional{};
  std::array<double, galaxy::kQuestions> reach{};  // share of all volunteers who were asked; < 0: unknown
};
TreeRow tree_answer(std::span<const float> answers /*[37] weighted*/);
TreeRow tree_truth(TargetKind kind, std::span<const float> target /*[37]*/);

}  // namespace pinwheel::report
