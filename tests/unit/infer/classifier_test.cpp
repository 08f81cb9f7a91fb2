#include "infer/classifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "galaxy/decision_tree.h"
#include "nn/presets.h"
#include "support/errors.h"
#include "support/formula_weights.h"

namespace pinwheel {
namespace {

Model tree_model(Head head) {
  Model model;
  model.name = "tree";
  model.spec = nets::galaxy_resnet(37, Extent::image(32, 32, 3), 4, 2, 1, 0.1);
  model.params = test::formula_params(model.spec);
  model.head = head;
  model.preprocess.steps = {Resize{32, 32, Resampler::kBilinear}};
  model.outputs = galaxy::columns();
  return model;
}

Image noise(std::uint64_t seed, std::int64_t side) {
  Image image{side, side, 3, std::vector<std::uint8_t>(static_cast<std::size_t>(side * side * 3))};
  Rng rng(seed);
  for (auto& pixel : image.pixels) pixel = static_cast<std::uint8_t>(rng.below(256));
  return image;
}

std::vector<Image> many(std::size_t count) {
  std::vector<Image> images;
  for (std::size_t i = 0; i < count; ++i) images.push_back(noise(i, 30 + static_cast<std::int64_t>(i % 5)));
  return images;
}

TEST(Classifier, ARowIsTheSameAloneAndInCompany) {
  const ThreadPool pool(2);
  Classifier classifier(tree_model(Head::kSigmoid), pool);
  const std::vector<Image> images = many(70);  // more than one chunk
  const std::vector<Answers> together = classifier.classify_batch(images);
  ASSERT_EQ(together.size(), images.size());
  for (const std::size_t i : {0U, 13U, 63U, 64U, 69U}) {
    const Answers alone = classifier.classify(images[i]);
    for (std::size_t k = 0; k < 37; ++k) {
      EXPECT_NEAR(alone.values[k], together[i].values[k], 1e-6F);
      EXPECT_NEAR(alone.logits[k], together[i].logits[k], 1e-6F * std::max(1.0F, std::abs(alone.logits[k])));
    }
  }
}

TEST(Classifier, TreeHeadsGiveWeightedFractions) {
  const ThreadPool pool(1);
  for (const Head head : {Head::kTree, Head::kVotes}) {
    Classifier classifier(tree_model(head), pool);
    const Answers answers = classifier.classify(noise(1, 40));
    galaxy::Fractions fractions{};
    std::copy(answers.values.begin(), answers.values.end(), fractions.begin());
    EXPECT_TRUE(galaxy::check_weighted(fractions, 1e-5F).empty());
    std::vector<float> again(37);
    classifier.head(answers.logits, again);
    EXPECT_EQ(again, answers.values);
  }
}

TEST(Classifier, ViewsAreAveragedAndTurningThePictureChangesNothing) {
  const ThreadPool pool(2);
  const auto looking = [&](int views) {
    Model model = tree_model(Head::kVotes);
    model.preprocess.steps.clear();
    model.views = views;
    return Classifier(std::move(model), pool);
  };
  Classifier classifier = looking(8), once = looking(1);
  const Image image = noise(4, 32);
  const std::vector<Answers> answers = classifier.classify_batch(std::vector<Image>{image, turned(image, 5)});
  ASSERT_EQ(answers[0].views.size(), 8U);
  for (int view = 0; view < 8; ++view) {
    const Answers alone = once.classify(turned(image, view));
    for (std::size_t k = 0; k < 37; ++k) {
      EXPECT_NEAR(alone.values[k], answers[0].views[static_cast<std::size_t>(view)][k], 1e-6F);
    }
  }
  EXPECT_NE(answers[0].views[0], answers[0].views[5]);
  for (std::size_t k = 0; k < 37; ++k) EXPECT_NEAR(answers[0].values[k], answers[1].values[k], 1e-5F);
  galaxy::Fractions mean{};
  std::copy(answers[0].values.begin(), answers[0].values.end(), mean.begin());
  EXPECT_TRUE(galaxy::check_weighted(mean, 1e-5F).empty());
}

TEST(Classifier, LogitsSkipThePicture) {
  const ThreadPool pool(1);
  Classifier classifier(tree_model(Head::kNone), pool);
  const Image image = noise(3, 50);
  const Answers answers = classifier.classify(image);
  const Image seen = classifier.seen(image);
  EXPECT_EQ(seen.height, 32);
  std::vector<float> input(32 * 32 * 3), logits(37);
  to_floats(classifier.model().preprocess, seen, input);
  classifier.logits(input, 1, logits);
  EXPECT_EQ(logits, answers.logits);
  EXPECT_EQ(answers.values, answers.logits);
  test::message_of(ErrorCode::kInvalidArgument, [&] { classifier.logits(input, 2, logits); });
}

TEST(Classifier, AnErrorInOnePictureComesOut) {
  const ThreadPool pool(2);
  Model model = tree_model(Head::kSigmoid);
  model.preprocess.steps.clear();  // now only pictures of 32x32 fit
  Classifier classifier(std::move(model), pool);
  std::vector<Image> images{noise(1, 32), noise(2, 33), noise(3, 32)};
  test::message_of(ErrorCode::kInvalidArgument, [&] { classifier.classify_batch(images); });
  images.erase(images.begin() + 1);
  EXPECT_EQ(classifier.classify_batch(images).size(), 2U);
  EXPECT_TRUE(classifier.classify_batch({}).empty());
}

}  // namespace
}  // namespace pinwheel
