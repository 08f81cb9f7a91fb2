// From the picture as it came to the picture that the network reads, and the views that training makes of it.
#include <algorithm>

#include "image/preprocess.h"
#include "nn/overload.h"
#include "report/axis.h"
#include "report/charts.h"
#include "report/galaxy_pictures.h"
#include "report/thumbnail.h"

namespace pinwheel::report {
namespace {

constexpr int kViews = 5;
constexpr std::int64_t kTilePixels = 264;  // twice a tile's side: sharp on dense screens

std::string size_words(const Image& image) {
  return std::to_string(image.width) + "×" + std::to_string(image.height) +
         (image.channels == 1 ? ", grey" : ", colour");
}

std::string step_words(const ImageStep& step) {
  return std::visit(
      Overload{
          [](const CentreCrop& crop) { return "crop " + std::to_string(crop.size); },
          [](const CropFraction& crop) { return "central " + human_number(crop.fraction * 100, 3) + " %"; },
          [](const RegionOfInterest&) { return std::string("region of interest"); },
          [](const Resize& size) {
            return "resize " + std::to_string(size.width) +
                   (size.width == size.height ? "" : "×" + std::to_string(size.height)) + ", " +
                   spoken(resampler_name(size.resampler));
          },
          [](const Grey&) { return std::string("greyscale"); },
      },
      step);
}

Tile tile_of(const Image& image, const std::string& caption) {
  return {thumbnail(image, kTilePixels), caption, size_words(image)};
}

PictureRow published_row(const Image& original) {
  const Image grey = to_grey(original, {}), crop = centre_crop(grey, 256);
  const auto resized = [&](std::int64_t side) {
    return apply_step(Resize{side, side, Resampler::kBilinearAntialias}, crop);
  };
  return {"Published comparison",
          "",
          {tile_of(original, "original"), tile_of(grey, "greyscale"), tile_of(crop, "+ crop 256"),
           tile_of(resized(128), "+ resize 128"), tile_of(resized(64), "+ resize 64")},
          0};
}

PictureRow own_row(const Model& model, const Image& original) {
  PictureRow row{"This model", model.name, {tile_of(original, "original")}, 0};
  Image image = original;
  for (const ImageStep& step : model.preprocess.steps) {
    image = apply_step(step, image);
    row.tiles.push_back(tile_of(image, "+ " + step_words(step)));
  }
  return row;
}

Image view_image(const Augment& augment, Rng rng, const std::uint8_t* source, const Extent& extent) {
  std::vector<float> values(static_cast<std::size_t>(extent.size()));
  augment_view(augment, rng, source, extent.height, extent.width, extent.channels, extent.height, extent.width, values);
  Image image{extent.height, extent.width, extent.channels, {}};
  for (const float value : values)
    image.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F)));
  return image;
}

std::string augment_words(const Augment& augment) {
  std::string words;
  const auto add = [&](bool on, const std::string& what) {
    if (on) words += (words.empty() ? "" : ", ") + what;
  };
  add(augment.rotate_degrees > 0, "turned by up to " + human_number(augment.rotate_degrees) + "°");
  add(augment.flip_horizontal || augment.flip_vertical, "mirrored half of the time");
  add(augment.shift > 0, "shifted by up to " + percent(augment.shift) + " of the side");
  add(augment.zoom > 0, "zoomed by up to " + human_number(1 + augment.zoom));
  add(augment.brightness > 0, "brightened or dimmed by up to " + human_number(1 + augment.brightness));
  return words.empty() ? "no variation" : words;
}

}  // namespace

Picture pipeline_picture(const Model& model, std::span<const Original> originals, Theme theme) {
  PictureGrid grid;
  grid.heading = {"From the picture to what the network reads", "Each step works on the result of the one before it."};
  for (const Original& original : originals) {
    grid.rows.push_back({stem(original.id), "", {}, 0});
    grid.rows.push_back(published_row(original.image));
    grid.rows.push_back(own_row(model, original.image));
  }
  return {"pipeline", "pipeline", "What a step throws away, the network can never use.", draw(grid, theme)};
}

Picture augmented_picture(const Dataset& dataset, std::span<const std::int64_t> indices, const Augment& augment,
                          std::uint64_t seed, Theme theme) {
  PictureGrid grid;
  grid.heading = {"Originals beside augmented views", augment_words(augment)};
  grid.tile = 110;
  for (const std::int64_t index : indices) {
    const Extent& extent = dataset.extent;
    const std::uint8_t* source = dataset.image(index);
    PictureRow row{stem(dataset.ids[static_cast<std::size_t>(index)]), "", {}, 0};
    row.tiles.push_back(
        {{extent.height, extent.width, extent.channels, {source, source + extent.size()}}, "original", ""});
    const Rng rng = Rng(seed).child(static_cast<std::uint64_t>(index));
    for (int v = 0; v < kViews; ++v) {
      row.tiles.push_back({view_image(augment, rng.child(static_cast<std::uint64_t>(v)), source, extent),
                           "view " + std::to_string(v + 1), ""});
    }
    grid.rows.push_back(std::move(row));
  }
  return {"augmented", "augmented",
          "A galaxy has no up: every view is as true as the original, and worth another example.", draw(grid, theme)};
}

}  // namespace pinwheel::report
