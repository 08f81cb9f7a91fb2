// The published experiments, one function each, in the order of the table at the end. Where a source contradicts
// itself, the resolution is the one in the comment.
#include "train/recipe.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "galaxy/decision_tree.h"
#include "galaxy/labels.h"
#include "io/question_tree.h"
#include "nn/presets.h"

namespace pinwheel {
namespace {

using Outputs = std::vector<std::string>;

std::int64_t width(const Outputs& outputs) { return static_cast<std::int64_t>(outputs.size()); }

bool is_decision_tree(const Outputs& outputs) {
  const auto& answers = galaxy::answers();
  return std::equal(outputs.begin(), outputs.end(), answers.begin(), answers.end(),
                    [](const std::string& output, const galaxy::Answer& answer) { return output == answer.column; });
}

// The challenge's systems read the 37 fractions; given class names, the same network learns one-hot targets.
TargetKind challenge_targets(const Outputs& outputs) {
  return is_decision_tree(outputs) ? TargetKind::kFractions : TargetKind::kClasses;
}

void set_loss(Recipe& r, LossKind kind, Head head, const Outputs& outputs) {
  r.head = head;
  r.train.loss.kind = kind;
  r.train.loss.head = head;
  if (is_decision_tree(outputs)) r.train.loss.tree = galaxy_zoo_tree();
}

void set_adam(Recipe& r, double learning_rate) {
  r.train.optimiser.kind = OptimiserKind::kAdam;
  r.train.optimiser.learning_rate = learning_rate;
}

// System A. One random image a step; the data's single channel is the g band, which SDSS colour pictures show as blue.
Recipe two_layer(const Outputs& outputs) {
  Recipe r;
  r.summary = "Two-layer perceptron, one random galaxy a step";
  r.spec = nets::two_layer(69 * 69, 100, width(outputs));
  r.preprocess.steps = {Resize{69, 69, Resampler::kBilinearAntialias}, Grey{0, 0, 1}};
  r.preprocess.divide_by = 256;
  r.target_kind = TargetKind::kClasses;
  set_loss(r, LossKind::kBceSum, Head::kSigmoid, outputs);
  r.train.optimiser.kind = OptimiserKind::kSgd;
  r.train.optimiser.learning_rate = 0.001;
  r.train.init = {InitKind::kNormal, 0.1, 0.0};
  r.train.batch_size = 1;
  r.train.max_steps = 100000;
  r.train.epoch_steps = 1000;
  r.train.with_replacement = true;
  r.train.restore_best = false;
  r.split = {SplitKind::kRandom, 0.1, 0.0, 0};
  return r;
}

Recipe two_layer_batched(const Outputs& outputs) {
  Recipe r = two_layer(outputs);
  r.summary = "The same perceptron in batches of ten, each step by their mean";
  r.train.batch_size = 10;
  r.train.max_steps = 20000;
  r.train.epoch_steps = 200;
  return r;
}

// System B: RMSE over each batch, ten initialisations of one epoch, the best goes on.
Recipe system_b(const Outputs& outputs, NetSpec spec, double learning_rate, const char* summary) {
  Recipe r;
  r.summary = summary;
  r.spec = std::move(spec);
  r.preprocess.steps = {Grey{}, CentreCrop{256}, Resize{64, 64, Resampler::kBilinearAntialias}};
  r.target_kind = challenge_targets(outputs);
  set_loss(r, LossKind::kRmse, Head::kSigmoid, outputs);
  set_adam(r, learning_rate);
  r.train.init = {InitKind::kXavierUniform, 0.1, 0.01};
  r.train.initialisations = 10;
  r.train.batch_size = 64;
  r.train.epochs = 10;
  r.train.patience = 3;
  r.split = {SplitKind::kRandom, 0.2, 0.0, 0};
  return r;
}

Recipe convnet(const Outputs& outputs) {
  return system_b(outputs, nets::convnet(width(outputs), is_decision_tree(outputs)), 1e-5,
                  "ConvNet on grey 64x64, as published (learning rate 1e-5)");
}
Recipe convnet_tuned(const Outputs& outputs) {
  return system_b(outputs, nets::convnet(width(outputs), is_decision_tree(outputs)), 1e-3,
                  "ConvNet on grey 64x64, learning rate 1e-3");
}
Recipe linnet(const Outputs& outputs) {
  return system_b(outputs, nets::linnet(width(outputs), is_decision_tree(outputs)), 1e-5,
                  "One hidden layer on grey 64x64, as published (learning rate 1e-5)");
}
Recipe linnet_tuned(const Outputs& outputs) {
  return system_b(outputs, nets::linnet(width(outputs), is_decision_tree(outputs)), 1e-3,
                  "One hidden layer on grey 64x64, learning rate 1e-3");
}

// System B's large networks: ImageNet's weights stay as they are, only the new last layer learns. The published rate of
// 1e-5 would not move a fresh layer in ten epochs; the tuned one of the other networks does.
Recipe system_b_frozen(const Outputs& outputs, NetSpec spec, const char* summary) {
  Recipe r = system_b(outputs, std::move(spec), 1e-3, summary);
  r.preprocess.steps = {CentreCrop{256}, Resize{224, 224, Resampler::kBilinearAntialias}};
  r.preprocess.mean = {0.485, 0.456, 0.406};  // what torchvision's weights were trained with
  r.preprocess.std = {0.229, 0.224, 0.225};
  r.frozen = true;
  return r;
}

Recipe resnet18_frozen(const Outputs& outputs) {
  return system_b_frozen(outputs, nets::resnet18(width(outputs), Extent::image(224, 224, 3)),
                         "ResNet18 with ImageNet's weights frozen and a new last layer, learning rate 1e-3");
}
Recipe densenet121_frozen(const Outputs& outputs) {
  return system_b_frozen(outputs, nets::densenet121(width(outputs), Extent::image(224, 224, 3)),
                         "DenseNet121 with ImageNet's weights frozen and a new last layer, learning rate 1e-3");
}

// System C. The source reads its pictures with OpenCV and so feeds blue, green, red.
Recipe small_cnn(const Outputs& outputs) {
  Recipe r;
  r.summary = "Small CNN with batch normalisation on colour 64x64";
  r.spec = nets::small_cnn(width(outputs));
  r.preprocess.steps = {CentreCrop{256}, Resize{64, 64, Resampler::kBilinear}};
  r.preprocess.bgr = true;
  r.target_kind = challenge_targets(outputs);
  set_loss(r, LossKind::kMse, Head::kSigmoid, outputs);
  set_adam(r, 1e-3);
  r.train.batch_size = 1024;
  r.train.epochs = 200;
  r.split = {SplitKind::kRandom, 0.2, 0.0, 0};
  return r;
}

// The source turns by 0 to 90 degrees; a galaxy has no up, so ours turns all the way round.
Recipe small_cnn_augmented(const Outputs& outputs) {
  Recipe r = small_cnn(outputs);
  r.summary = "The small CNN with random rotations and flips";
  r.train.augment.rotate_degrees = 360;
  r.train.augment.flip_horizontal = r.train.augment.flip_vertical = true;
  return r;
}

// From ImageNet's weights, all of them trained: hence the small rate.
Recipe resnet50(const Outputs& outputs) {
  Recipe r = small_cnn(outputs);
  r.summary = "ResNet50 on colour 64x64, all layers trained gently on from ImageNet's weights";
  r.spec = nets::resnet50(width(outputs), Extent::image(64, 64, 3));
  set_adam(r, 1e-6);
  r.train.batch_size = 256;
  return r;
}

// System D. Weights of the loss: column sums over the total of the training part, which the trainer fills in.
Recipe system_d(const Outputs& outputs, bool readme_variant, const char* summary) {
  Recipe r;
  r.summary = summary;
  r.spec = nets::four_block(width(outputs), readme_variant);
  r.preprocess.steps = {RegionOfInterest{10, 0.2}, Resize{64, 64, Resampler::kArea}};
  r.target_kind = challenge_targets(outputs);
  set_loss(r, LossKind::kWeightedMse, Head::kSigmoid, outputs);
  set_adam(r, 1e-3);
  r.train.batch_size = 128;
  r.train.epochs = 10;
  r.train.augment.rotate_degrees = 360;
  r.split = {SplitKind::kRandom, 0.1, 0.1, 0};
  return r;
}

Recipe four_block(const Outputs& outputs) {
  return system_d(outputs, false, "Four-block CNN on the galaxy's own region, as in its code");
}
Recipe four_block_readme(const Outputs& outputs) {
  return system_d(outputs, true, "Four-block CNN, the larger variant of its description");
}

// System E. Keras' defaults: Glorot's bound, Adam with eps 1e-7.
Recipe lesson(const Outputs& outputs) {
  Recipe r;
  r.summary = "A lesson: 7,164 parameters, four classes, small enough to draw every channel";
  r.spec = nets::lesson(width(outputs));
  r.preprocess.steps = {Resize{128, 128, Resampler::kBilinearAntialias}};
  r.target_kind = TargetKind::kClasses;
  set_loss(r, LossKind::kCrossEntropy, Head::kSoftmax, outputs);
  set_adam(r, 1e-3);
  r.train.optimiser.eps = 1e-7;
  r.train.init.kind = InitKind::kGlorotUniform;
  r.train.batch_size = 5;
  r.train.epochs = 12;
  r.split = {SplitKind::kStratified, 0.2, 0.0, 0};
  return r;
}

// Ours. 256 of an original's 424 pixels, or a smaller frame whole, at 64x64; every view of a galaxy is equally true.
Recipe residual(const Outputs& outputs) {
  Recipe r;
  r.spec = nets::galaxy_resnet(width(outputs), Extent::image(64, 64, 3), 32, 3, 2, 0.2);
  r.preprocess.steps = {CentreCrop{256}, Resize{64, 64, Resampler::kBilinearAntialias}};
  r.train.optimiser.kind = OptimiserKind::kAdamW;
  r.train.optimiser.learning_rate = 2e-3;
  r.train.optimiser.weight_decay = 0.03;
  r.train.schedule.kind = ScheduleKind::kCosine;
  r.train.schedule.warmup_epochs = 1;
  r.train.init.kind = InitKind::kHe;
  r.train.augment = {360, true, true, 0.05, 0.2, 0.1};
  r.train.batch_size = 64;
  r.train.epochs = 30;
  r.train.weight_average = 0.998;
  r.split = {SplitKind::kHash, 0.1, 0.2, 0};
  return r;
}

Recipe galaxy_resnet(const Outputs& outputs) {
  if (!is_decision_tree(outputs)) {
    throw Error(ErrorCode::kInvalidArgument,
                "the recipe 'galaxy-resnet' answers the 37 Galaxy Zoo 2 questions from votes; for other labels choose "
                "'galaxy-resnet-classes'");
  }
  Recipe r = residual(outputs);
  r.summary = "Our residual net: all 37 answers with an honest spread, learned from votes";
  r.target_kind = TargetKind::kVotes;
  set_loss(r, LossKind::kDirichletMultinomial, Head::kVotes, outputs);
  return r;
}

Recipe galaxy_resnet_classes(const Outputs& outputs) {
  Recipe r = residual(outputs);
  r.summary = "Our residual net for classes of your own";
  r.target_kind = TargetKind::kClasses;
  set_loss(r, LossKind::kCrossEntropy, Head::kSoftmax, outputs);
  return r;
}

// Ours, for a first lesson: system C's network with the loss of exclusive classes and small batches, so that some
// hundred galaxies are learned in under a minute.
Recipe first_light(const Outputs& outputs) {
  Recipe r;
  r.summary = "A first network: learns a few hundred galaxies in under a minute";
  r.spec = nets::small_cnn(width(outputs));
  r.preprocess.steps = {CentreCrop{256}, Resize{64, 64, Resampler::kBilinearAntialias}};
  r.target_kind = TargetKind::kClasses;
  set_loss(r, LossKind::kCrossEntropy, Head::kSoftmax, outputs);
  set_adam(r, 1e-3);
  r.train.schedule.kind = ScheduleKind::kCosine;
  r.train.augment.flip_horizontal = r.train.augment.flip_vertical = true;
  r.train.augment.rotate_degrees = 360;
  r.train.batch_size = 16;
  r.train.epochs = 12;
  r.split = {SplitKind::kStratified, 0.15, 0.15, 0};
  return r;
}

// What the galaxies of the source were sorted into.
Outputs five_classes() { return {galaxy::five_classes().begin(), galaxy::five_classes().end()}; }
Outputs lesson_classes() { return {"normal", "ringed", "merger", "other"}; }

struct Entry {
  const char *name, *title;
  Recipe (*make)(const Outputs&);
  Outputs (*published)();
  bool imagenet = false;
};
constexpr std::array<Entry, 17> kRecipes{
    {{"first-light", "First light", first_light, lesson_classes},
     {"two-layer", "Two-layer perceptron", two_layer, five_classes},
     {"two-layer-batched", "Two-layer perceptron, batches of ten", two_layer_batched, five_classes},
     {"convnet", "ConvNet, as published", convnet, galaxy::columns},
     {"convnet-tuned", "ConvNet", convnet_tuned, galaxy::columns},
     {"linnet", "LinNet, as published", linnet, galaxy::columns},
     {"linnet-tuned", "LinNet", linnet_tuned, galaxy::columns},
     {"resnet18-frozen", "ResNet-18, frozen", resnet18_frozen, galaxy::columns, true},
     {"densenet121-frozen", "DenseNet-121, frozen", densenet121_frozen, galaxy::columns, true},
     {"small-cnn", "Small CNN", small_cnn, galaxy::columns},
     {"small-cnn-augmented", "Small CNN, augmented", small_cnn_augmented, galaxy::columns},
     {"resnet50", "ResNet-50", resnet50, galaxy::columns, true},
     {"four-block", "Four-block CNN", four_block, galaxy::columns},
     {"four-block-readme", "Four-block CNN, the larger", four_block_readme, galaxy::columns},
     {"lesson", "Lesson CNN", lesson, lesson_classes},
     {"galaxy-resnet", "Galaxy ResNet for votes", galaxy_resnet, galaxy::columns},
     {"galaxy-resnet-classes", "Galaxy ResNet for classes", galaxy_resnet_classes, five_classes}}};

auto find_by_name(std::string_view name) {
  return std::find_if(kRecipes.begin(), kRecipes.end(), [=](const Entry& e) { return name == e.name; });
}

const Entry& find_entry(std::string_view name) {
  const auto found = find_by_name(name);
  if (found != kRecipes.end()) return *found;
  throw Error(ErrorCode::kNotFound,
              "there is no recipe '" + std::string(name) + "'; choose one of " + listed(recipe_names()));
}

}  // namespace

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kRecipes) names.emplace_back(entry.name);
  return names;
}

std::string recipe_title(std::string_view name) {
  const auto found = find_by_name(name);
  return std::string(found != kRecipes.end() ? found->title : name);
}

std::vector<std::string> published_outputs(std::string_view name) { return find_entry(name).published(); }

bool published_from_imagenet(std::string_view name) {
  return std::any_of(kRecipes.begin(), kRecipes.end(), [=](const Entry& e) { return e.imagenet && name == e.name; });
}

Recipe make_recipe(std::string_view name, const std::vector<std::string>& outputs) {
  if (outputs.empty())
    throw Error(ErrorCode::kInvalidArgument, "a recipe needs at least one output: class names or columns");
  const Entry& entry = find_entry(name);
  Recipe recipe = entry.make(outputs);
  recipe.name = entry.name;
  return recipe;
}

Params fresh_params(const Recipe& recipe) { return initialise(recipe.spec, recipe.train.init, Rng(recipe.train.seed)); }

}  // namespace pinwheel
