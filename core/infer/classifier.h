// Bytes in, answers out: the whole way of one galaxy, in XNNPACK. The page and the command line both enter here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "image/image.h"
#include "io/model_file.h"

namespace pinwheel {

struct Answers {
  std::vector<float> values;  // per output after the head (weighted fractions for 37-answer models), mean of the views
  std::vector<float> logits;  // of the picture as it lies
  std::vector<std::vector<float>> views;  // [model.views][outputs] what each turned or mirrored view gave
};

class Classifier {
 public:
  // Lowers fold_batch_norm(model) to XNNPACK. The pool must outlive it.
  Classifier(Model model, const ThreadPool& pool);
  ~Classifier();
  Classifier(Classifier&&) noexcept;

  const Model& model() const;

  // The 8-bit picture that the network sees, exactly.
  Image seen(const Image& image) const;
  Answers classify(const Image& image);
  // Several at once; images are already decoded. Deterministic: each row equals classify() of that image within 1e-6.
  std::vector<Answers> classify_batch(std::span<const Image> images);
  // The same for pictures as seen() gives them, such as a Dataset keeps.
  std::vector<Answers> classify_seen(std::span<const Image> pictures);
  // Raw network: input [batch, extent] floats → logits [batch, outputs].
  void logits(std::span<const float> input, std::int64_t batch, std::span<float> out);
  // One row of logits [outputs] → answers [outputs], through the model's head (and the decision tree where it has one).
  void head(std::span<const float> logits, std::span<float> out) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The answers of a decision-tree model as both kinds of fraction plus the sentence live in galaxy/decision_tree.

}  // namespace pinwheel
