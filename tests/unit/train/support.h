// Small data sets and networks that the tests of training share.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "data/dataset.h"
#include "data/split.h"
#include "galaxy/decision_tree.h"
#include "io/model_file.h"
#include "io/question_tree.h"
#include "train/trainer.h"

namespace pinwheel::testing {

// Blobs on noise; the class is the corner that the blob sits in.
inline Dataset make_blobs(std::int64_t count, int classes, std::uint64_t seed = 3) {
  Dataset d;
  d.extent = Extent::image(8, 8, 1);
  d.target_kind = TargetKind::kClasses;
  for (int c = 0; c < classes; ++c) d.outputs.push_back("corner" + std::to_string(c));
  for (std::int64_t i = 0; i < count; ++i) {
    Rng rng = Rng(seed).child(static_cast<std::uint64_t>(i));
    const int label = static_cast<int>(i) % classes;
    const int cy = label / 2 % 2 == 0 ? 2 : 5, cx = label % 2 == 0 ? 2 : 5;
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 8; ++x) {
        const double r2 = (y - cy) * (y - cy) + (x - cx) * (x - cx);
        d.pixels.push_back(static_cast<std::uint8_t>(160 * std::exp(-r2 / 3) + 60 * rng.uniform()));
      }
    }
    for (int c = 0; c < classes; ++c) d.targets.push_back(c == label ? 1.0F : 0.0F);
    d.ids.push_back("blob" + std::to_string(i));
    d.groups.emplace_back();
  }
  return d;
}

// The same pictures with votes on the first question: smooth for one corner, features for the other.
inline Dataset make_voted_blobs(std::int64_t count) {
  Dataset d = make_blobs(count, 2);
  const std::vector<float> classes = std::exchange(d.targets, {});
  d.target_kind = TargetKind::kVotes;
  d.outputs.clear();
  for (const galaxy::Answer& answer : galaxy::answers()) d.outputs.emplace_back(answer.column);
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<float> row(galaxy::kAnswers, 0);
    row[0] = classes[static_cast<std::size_t>(2 * i)] > 0 ? 18.0F : 2.0F;
    row[1] = 20.0F - row[0];
    d.targets.insert(d.targets.end(), row.begin(), row.end());
  }
  return d;
}

inline Split split_by_remainder(std::int64_t count, std::int64_t every) {
  Split split;
  for (std::int64_t i = 0; i < count; ++i) (i % every == every - 1 ? split.validation : split.train).push_back(i);
  return split;
}

// Everything that draws random numbers or keeps statistics: batch norm, dropout.
inline NetSpec small_net(std::int64_t outputs) {
  NetBuilder b(Extent::image(8, 8, 1));
  Conv2d conv;
  conv.out_channels = 4;
  conv.padding = {1, 1};
  b.add("conv", conv);
  b.add("norm", BatchNorm{});
  b.add("relu", Relu{});
  b.add("pool", MaxPool{});
  b.add("flatten", Flatten{});
  b.add("dropout", Dropout{0.1});
  b.add("fc", Dense{outputs});
  return std::move(b).build();
}

inline Model small_model(const Dataset& d, Head head) {
  Model m;
  m.name = "small";
  m.spec = small_net(d.width());
  m.head = head;
  m.outputs = d.outputs;
  return m;
}

inline TrainSpec small_training(LossKind loss, Head head) {
  TrainSpec t;
  t.loss.kind = loss;
  t.loss.head = head;
  t.optimiser.learning_rate = 0.01;
  t.augment.brightness = 0.2;
  t.augment.shift = 0.05;
  t.batch_size = 8;
  t.epochs = 4;
  t.seed = 11;
  return t;
}

inline Trainer::Judged evaluate_in_pieces(Trainer& trainer, const std::vector<std::int64_t>& indices) {
  trainer.start_evaluation(indices);
  for (;;) {
    if (auto judged = trainer.evaluation_piece()) return *std::move(judged);
  }
}

inline void train_to_end(Trainer& trainer) {
  while (!trainer.done()) {
    if (trainer.step().epoch_end) trainer.finish_epoch();
  }
}

}  // namespace pinwheel::testing
