// The steps themselves. Each 8-bit step is two facts: which part of the picture it keeps, and what it makes of that
// part; run_steps and seen_box walk the same steps, so what is shown is what was used.
#include "image/preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "image/region.h"

namespace pinwheel {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr std::array<std::pair<Resampler, const char*>, 4> kResamplers{{
    {Resampler::kBilinearAntialias, "bilinear_antialias"},
    {Resampler::kBilinear, "bilinear"},
    {Resampler::kArea, "area"},
    {Resampler::kLanczos, "lanczos"},
}};

Box central(const Image& image, std::int64_t height, std::int64_t width) {
  height = std::min(height, image.height);
  width = std::min(width, image.width);
  return {(image.height - height) / 2, (image.width - width) / 2, height, width};
}

// The part of `image` that a step keeps.
Box kept(const ImageStep& step, const Image& image) {
  const std::int64_t shorter = std::min(image.height, image.width);
  return std::visit(Overloaded{
                        [&](const CentreCrop& s) { return central(image, s.size, s.size); },
                        [&](const CropFraction& s) {
                          const auto side =
                              std::max<std::int64_t>(1, std::llround(s.fraction * static_cast<double>(shorter)));
                          return central(image, side, side);
                        },
                        [&](const RegionOfInterest& s) { return region_of_interest(image, s); },
                        [&](const Resize&) { return central(image, shorter, shorter); },
                        [&](const Grey&) {
                          return Box{0, 0, image.height, image.width};
                        },
                    },
                    step);
}

// What a step makes of the part that it kept; false when it leaves it as it is.
bool transformed(const ImageStep& step, const Image& part, Image& out) {
  if (const auto* s = std::get_if<Resize>(&step)) {
    if (part.height == s->height && part.width == s->width) return false;
    out = resize(part, s->height, s->width, s->resampler);
    return true;
  }
  if (const auto* s = std::get_if<Grey>(&step)) {
    if (part.channels == 1) return false;
    out = to_grey(part, *s);
    return true;
  }
  return false;
}

bool is_whole(const Box& box, const Image& image) { return box.height == image.height && box.width == image.width; }

// Runs all steps and calls seen(step's box, size before it, size after it) for each. Copies only what changes.
template <typename Seen>
const Image& walk(const std::vector<ImageStep>& steps, const Image& original, Image& storage, Seen seen) {
  const Image* current = &original;
  for (const ImageStep& step : steps) {
    const Box box = kept(step, *current);
    const Box before{0, 0, current->height, current->width};
    const auto replace = [&](Image&& next) {
      storage = std::move(next);
      current = &storage;
    };
    if (!is_whole(box, *current)) replace(crop_box(*current, box.y, box.x, box.height, box.width));
    Image next;
    if (transformed(step, *current, next)) replace(std::move(next));
    seen(box, before);
  }
  return *current;
}

bool fits(const Image& image, const Extent& extent) {
  if (extent.flat) return image.height * image.width * image.channels == extent.size();
  return image.height == extent.height && image.width == extent.width && image.channels == extent.channels;
}

std::string size_of(const Image& image) { return Extent::image(image.height, image.width, image.channels).text(); }

}  // namespace

const char* resampler_name(Resampler r) {
  for (const auto& [resampler, name] : kResamplers) {
    if (resampler == r) return name;
  }
  throw Error(ErrorCode::kInternal, "an unknown resampler");
}

Resampler parse_resampler(const std::string& name) {
  for (const auto& [resampler, known] : kResamplers) {
    if (name == known) return resampler;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "There is no resampler '" + name + "': choose bilinear_antialias, bilinear, area or lanczos.");
}

Image centre_crop(const Image& image, std::int64_t size) {
  const Box box = central(image, size, size);
  return crop_box(image, box.y, box.x, box.height, box.width);
}

Image crop_box(const Image& image, std::int64_t y, std::int64_t x, std::int64_t height, std::int64_t width) {
  const bool inside =
      y >= 0 && x >= 0 && height > 0 && width > 0 && y <= image.height - height && x <= image.width - width;
  if (!inside)
    throw Error(ErrorCode::kInvalidArgument, "The part to cut out leaves the picture of " + size_of(image) + ".");
  Image out{height, width, image.channels, {}};
  out.pixels.reserve(static_cast<std::size_t>(height * width * image.channels));
  for (std::int64_t row = y; row < y + height; ++row) {
    const std::uint8_t* begin = image.at(row, x);
    out.pixels.insert(out.pixels.end(), begin, begin + width * image.channels);
  }
  return out;
}

Image turned(const Image& image, int view) {
  const std::int64_t side = image.height;
  if (image.width != side) {
    throw Error(ErrorCode::kInvalidArgument, "only a square picture can be turned, not one of " +
                                                 std::to_string(image.height) + "x" + std::to_string(image.width));
  }
  Image out = image;
  for (std::int64_t y = 0; y < side; ++y) {
    for (std::int64_t x = 0; x < side; ++x) {
      std::int64_t from_y = y, from_x = x;
      for (int turn = view % 4; turn > 0; --turn) from_y = std::exchange(from_x, side - 1 - from_y);
      if (view >= 4) from_x = side - 1 - from_x;
      std::copy_n(image.at(from_y, from_x), image.channels, out.at(y, x));
    }
  }
  return out;
}

// 16-bit fixed point like Pillow's conversion to L, so that the default weights give its values exactly.
Image to_grey(const Image& image, const Grey& weights) {
  if (image.channels == 1) return image;
  const auto fixed = [](double w) { return static_cast<std::int32_t>(std::lround(w * 65536.0)); };
  const std::int32_t red = fixed(weights.red), green = fixed(weights.green), blue = fixed(weights.blue);
  Image out{image.height, image.width, 1, std::vector<std::uint8_t>(image.pixels.size() / 3)};
  const std::uint8_t* in = image.pixels.data();
  for (std::uint8_t& value : out.pixels) {
    const std::int32_t sum = in[0] * red + in[1] * green + in[2] * blue + 0x8000;
    value = static_cast<std::uint8_t>(std::clamp(sum >> 16, 0, 255));
    in += 3;
  }
  return out;
}

Image to_rgb(const Image& image) {
  if (image.channels == 3) return image;
  Image out{image.height, image.width, 3, {}};
  out.pixels.reserve(image.pixels.size() * 3);
  for (const std::uint8_t value : image.pixels) out.pixels.insert(out.pixels.end(), 3, value);
  return out;
}

Image apply_step(const ImageStep& step, const Image& image) {
  Image storage;
  const Image& result = walk({step}, image, storage, [](const Box&, const Box&) {});
  return &result == &storage ? std::move(storage) : result;
}

Image run_steps(const Preprocess& preprocess, const Image& image, const Extent& extent) {
  Image storage;
  const Image& result = walk(preprocess.steps, image, storage, [](const Box&, const Box&) {});
  if (fits(result, extent)) return &result == &storage ? std::move(storage) : result;
  if (result.channels == 1) {
    Image rgb = to_rgb(result);
    if (fits(rgb, extent)) return rgb;
  }
  const bool only_colour = result.height == extent.height && result.width == extent.width && extent.channels == 1;
  throw Error(ErrorCode::kInvalidArgument, "The preprocessing turns this picture of " + size_of(image) + " into " +
                                               size_of(result) + ", but the network takes " + extent.text() +
                                               ": add a " + (only_colour ? "grey" : "resize") + " step.");
}

Extent stored_extent(const Preprocess& preprocess, const Extent& input) {
  if (!input.flat) return input;
  Extent stored = Extent::image(1, input.channels, 1);
  for (const auto& step : preprocess.steps) {
    if (const auto* size = std::get_if<Resize>(&step)) stored = Extent::image(size->height, size->width, 1);
  }
  stored.channels = input.channels / (stored.height * stored.width);
  return stored;
}

Box seen_box(const Preprocess& preprocess, const Image& image) {
  struct {
    double y, x, height, width;
  } view{0, 0, static_cast<double>(image.height), static_cast<double>(image.width)};
  Image storage;
  walk(preprocess.steps, image, storage, [&](const Box& box, const Box& before) {
    // `view` is what the whole frame before this step shows of the original.
    const double per_row = view.height / static_cast<double>(before.height);
    const double per_column = view.width / static_cast<double>(before.width);
    view = {view.y + static_cast<double>(box.y) * per_row, view.x + static_cast<double>(box.x) * per_column,
            static_cast<double>(box.height) * per_row, static_cast<double>(box.width) * per_column};
  });
  return {std::llround(view.y), std::llround(view.x), std::llround(view.height), std::llround(view.width)};
}

void to_floats(const Preprocess& preprocess, const Image& image, std::span<float> out) {
  to_floats(preprocess, image.pixels, image.channels, out);
}

void to_floats(const Preprocess& preprocess, std::span<const std::uint8_t> pixels, std::int64_t channels,
               std::span<float> out) {
  const auto count = static_cast<std::size_t>(channels);
  const auto suits = [&](const std::vector<double>& v) { return v.empty() || v.size() == count; };
  if (!suits(preprocess.mean) || !suits(preprocess.std)) {
    throw Error(ErrorCode::kInvalidArgument,
                "Mean and standard deviation must be given for each of the " + std::to_string(channels) + " channels.");
  }
  if (out.size() != pixels.size()) throw Error(ErrorCode::kInternal, "to_floats needs room for every value");
  const bool swapped = preprocess.bgr && channels == 3;
  for (std::size_t c = 0; c < count; ++c) {
    const double mean = preprocess.mean.empty() ? 0.0 : preprocess.mean[c];
    const double deviation = preprocess.std.empty() ? 1.0 : preprocess.std[c];
    std::array<float, 256> table;
    for (int value = 0; value < 256; ++value) {
      table[static_cast<std::size_t>(value)] = static_cast<float>((value / preprocess.divide_by - mean) / deviation);
    }
    const std::size_t from = swapped ? 2 - c : c;
    for (std::size_t i = 0; i < pixels.size(); i += count) out[i + c] = table[pixels[i + from]];
  }
}

}  // namespace pinwheel
