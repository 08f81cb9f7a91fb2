// What the layers make of a galaxy, and where the answer comes from.
#include <algorithm>
#include <cmath>
#include <functional>

#include "infer/explain.h"
#include "infer/occlusion.h"
#include "report/axis.h"
#include "report/charts.h"
#include "report/galaxy_pictures.h"
#include "report/thumbnail.h"
#include "report/words.h"

namespace pinwheel::report {
namespace {

constexpr std::size_t kHeatAnswers = 4;
constexpr float kLeastAnswer = 0.02F;  // less is not an answer whose reasons anybody asks for
constexpr std::size_t kDeep = 6;       // of more rooms than this, fewer galaxies: the rows would not end
constexpr float kDimmed = 0.45F;       // the galaxy below its heat

Image stored_image(const Dataset& dataset, std::int64_t index) {
  const std::uint8_t* pixels = dataset.image(index);
  return {
      dataset.extent.height, dataset.extent.width, dataset.extent.channels, {pixels, pixels + dataset.extent.size()}};
}

// Evenly spread over all, so that a wide layer is not judged by its first few.
std::vector<std::int64_t> chosen_channels(std::int64_t channels) {
  const std::int64_t count = std::min(channels, kMostMaps);
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < count; ++i) chosen.push_back(i * channels / count);
  return chosen;
}

// A room is named by its convolution.
std::string room_name(const NetSpec& spec, int room) {
  int node = room;
  while (!std::holds_alternative<Conv2d>(spec.nodes[static_cast<std::size_t>(node)].layer)) {
    node = spec.nodes[static_cast<std::size_t>(node)].inputs.front();
  }
  return spec.nodes[static_cast<std::size_t>(node)].name;
}

PictureRow layer_row(const Model& model, const LayerView& view) {
  const std::int64_t channels = view.extent.channels;
  PictureRow row{room_name(model.spec, view.node), view.extent.text(), {}, 0};
  if (channels > kMostMaps) {
    row.detail += ", " + std::to_string(kMostMaps) + " of " + std::to_string(channels) + " channels";
  }
  for (const std::int64_t channel : chosen_channels(channels)) {
    row.tiles.push_back({channel_image(view, channel), "", ""});
  }
  return row;
}

// ---- heat

struct Rgb {
  float red, green, blue;
};
constexpr Rgb kTakes{246, 177, 78}, kGives{93, 147, 230};  // the house's amber and blue

Image heat_image(const Image& seen, const HeatMap& map, float largest) {
  const Image base = to_rgb(to_grey(seen, {}));
  Image out = base;
  for (std::size_t i = 0; i < map.drop.size(); ++i) {
    const float strength = largest > 0 ? std::min(1.0F, std::abs(map.drop[i]) / largest) : 0;
    const Rgb& colour = map.drop[i] >= 0 ? kTakes : kGives;
    const float channels[] = {colour.red, colour.green, colour.blue};
    for (std::size_t c = 0; c < 3; ++c) {
      const float dim = static_cast<float>(base.pixels[3 * i + c]) * (kDimmed + (1 - kDimmed) * strength * 0.4F);
      out.pixels[3 * i + c] =
          static_cast<std::uint8_t>(std::min(255.0F, dim * (1 - 0.7F * strength) + channels[c] * 0.7F * strength));
    }
  }
  return out;
}

// The answers on the likeliest path; or the likeliest classes.
std::vector<int> watched_answers(const Model& model, std::span<const float> answers) {
  std::vector<int> watched;
  if (model.is_decision_tree()) {
    for (const auto& step : galaxy::likely_path(tree_answer(answers).conditional)) watched.push_back(step.answer);
  } else {
    for (std::size_t i = 0; i < answers.size(); ++i) watched.push_back(static_cast<int>(i));
    std::stable_sort(watched.begin(), watched.end(), [&](int a, int b) {
      return answers[static_cast<std::size_t>(a)] > answers[static_cast<std::size_t>(b)];
    });
  }
  watched.resize(std::min(watched.size(), kHeatAnswers));
  while (watched.size() > 1 && answers[static_cast<std::size_t>(watched.back())] < kLeastAnswer) watched.pop_back();
  return watched;
}

std::string points_words(float share) {
  const double points = std::round(share * 100.0);
  return points < 1 ? "nothing" : "up to " + human_number(points) + (points == 1 ? " point" : " points");
}

constexpr std::int64_t kSlice = 16;  // patches between two words of progress

using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

std::vector<HeatMap> heat_maps(Classifier& classifier, const Image& seen, const std::vector<int>& outputs,
                               const Progress& progress) {
  Occlusion occlusion(classifier, seen, {.patch = 0, .stride = 0, .outputs = outputs});
  while (occlusion.done() < occlusion.total()) {
    occlusion.step(kSlice);
    if (progress) progress(occlusion.done(), occlusion.total());
  }
  std::vector<HeatMap> maps;
  for (std::size_t i = 0; i < outputs.size(); ++i) maps.push_back(occlusion.map(i));
  return maps;
}

float strongest(const std::vector<HeatMap>& maps) {
  float largest = 0.01F;  // a point: less is nothing to colour
  for (const HeatMap& map : maps) {
    for (const float drop : map.drop) largest = std::max(largest, std::abs(drop));
  }
  return largest;
}

PictureRow heat_row(Classifier& classifier, const Image& seen, const std::string& name, const std::string& truth,
                    const Progress& progress) {
  const Model& model = classifier.model();
  const auto watched = watched_answers(model, classifier.classify_seen({&seen, 1}).front().values);
  const auto maps = heat_maps(classifier, seen, watched, progress);
  PictureRow row{name, "in truth " + truth, {{seen, "", ""}}, 0};
  for (std::size_t k = 0; k < maps.size(); ++k) {
    const float most = *std::max_element(maps[k].drop.begin(), maps[k].drop.end());
    row.tiles.push_back({heat_image(seen, maps[k], strongest(maps)),
                         answer_words(model.outputs, static_cast<std::size_t>(watched[k])),
                         percent(maps[k].uncovered) + "; covering takes " + points_words(most)});
  }
  return row;
}

}  // namespace

Picture activation_picture(const Model& model, const Dataset& dataset, const Judged& part, const ThreadPool& pool,
                           Theme theme) {
  const std::vector<int> visited = rooms(model.spec);
  const std::size_t count = visited.size() > kDeep ? std::min<std::size_t>(part.size(), 2) : part.size();
  LayerViewer viewer(model, visited, pool);
  PictureGrid grid;
  grid.heading = {
      "What each layer answers to",
      model.name + ", galaxies from the " + part.part +
          " part; a row a convolution, a picture a channel, from its least value (black) to its largest (white)"};
  grid.tile = 76;
  for (std::size_t i = 0; i < count; ++i) {
    const Image seen = stored_image(dataset, part.indices[i]);
    grid.rows.push_back({stem(part.ids[i]) + ": " + verdict_words(part, i), "", {}, 0});
    grid.rows.push_back(
        {"the galaxy", Extent::image(seen.height, seen.width, seen.channels).text(), {{seen, "", ""}}, 128});
    for (const LayerView& view : viewer.look(seen).layers) grid.rows.push_back(layer_row(model, view));
  }
  return {"activations", "activations",
          "Early layers answer to edges and spots at their place; later ones, coarser, to whole parts of a galaxy.",
          draw(grid, theme)};
}

Picture heat_picture(Classifier& classifier, const Dataset& dataset, const Judged& part, Theme theme,
                     const std::function<void(double)>& progress) {
  PictureGrid grid;
  grid.heading = {
      "Where it looked",
      "Covering an amber place with the colour of the sky takes from the answer; covering a blue one adds to "
      "it."};
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto told = [&](std::int64_t done, std::int64_t total) {
      const double share = static_cast<double>(done) / static_cast<double>(total);
      if (progress) progress((static_cast<double>(i) + share) / static_cast<double>(part.size()));
    };
    const Image seen = stored_image(dataset, part.indices[i]);
    grid.rows.push_back(heat_row(classifier, seen, stem(part.ids[i]), truth_words(part, i), told));
  }
  return {"activations", "where-it-looked",
          "Colour off the galaxy is a warning: the answer then hangs on the sky or on a neighbour.", draw(grid, theme)};
}

}  // namespace pinwheel::report
