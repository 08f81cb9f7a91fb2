// The four resamplers as one idea: along each axis an output pixel is a weighted sum of a run of input pixels. They
// differ in the weights, and in whether the arithmetic is Pillow's (fixed point, 8 bits between the passes) or plain.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.h"
#include "image/preprocess.h"

namespace pinwheel {
namespace {

template <typename Weight>
struct Axis {
  struct Run {
    std::int64_t first = 0, count = 0;
  };
  std::vector<Run> runs;        // one per output pixel
  std::vector<Weight> weights;  // [outputs,stride], a run's own at the start of its row
  std::int64_t stride = 0;

  const Weight* at(std::int64_t output) const { return weights.data() + output * stride; }
};

// weigh(output, run) sets the run and returns its weights.
template <typename Weigh>
Axis<double> make_axis(std::int64_t outputs, std::int64_t stride, Weigh weigh) {
  Axis<double> axis;
  axis.stride = stride;
  axis.runs.resize(static_cast<std::size_t>(outputs));
  axis.weights.resize(static_cast<std::size_t>(outputs * stride));
  for (std::int64_t o = 0; o < outputs; ++o) {
    weigh(o, axis.runs[static_cast<std::size_t>(o)], axis.weights.data() + o * stride);
  }
  return axis;
}

double triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

double sinc(double x) {
  if (x == 0.0) return 1.0;
  const double a = x * std::numbers::pi;
  return std::sin(a) / a;
}
double lanczos3(double x) { return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0; }

// A filter widened by the scale when shrinking, normalised where the border cuts it: Pillow's rule for which pixels
// count.
template <typename Filter>
Axis<double> filter_axis(std::int64_t inputs, std::int64_t outputs, double filter_support, Filter filter) {
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  const double widening = std::max(scale, 1.0);
  const double support = filter_support * widening;
  const auto stride = static_cast<std::int64_t>(std::ceil(support)) * 2 + 1;
  return make_axis(outputs, stride, [=](std::int64_t o, auto& run, double* weights) {
    const double centre = (static_cast<double>(o) + 0.5) * scale;
    run.first = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
    run.count = std::min(static_cast<std::int64_t>(centre + support + 0.5), inputs) - run.first;
    double sum = 0;
    for (std::int64_t i = 0; i < run.count; ++i) {
      weights[i] = filter((static_cast<double>(i + run.first) - centre + 0.5) * (1.0 / widening));
      sum += weights[i];
    }
    for (std::int64_t i = 0; i < run.count && sum != 0.0; ++i) weights[i] /= sum;
  });
}

// Two neighbours, pixel centres at half integers, borders repeated.
Axis<double> bilinear_axis(std::int64_t inputs, std::int64_t outputs) {
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  return make_axis(outputs, 2, [=](std::int64_t o, auto& run, double* weights) {
    const double last = static_cast<double>(inputs - 1);
    const double position = std::clamp((static_cast<double>(o) + 0.5) * scale - 0.5, 0.0, last);
    run.first = std::min(static_cast<std::int64_t>(position), std::max<std::int64_t>(inputs - 2, 0));
    run.count = std::min<std::int64_t>(2, inputs);
    weights[1] = position - static_cast<double>(run.first);
    weights[0] = 1.0 - weights[1];
  });
}

// Each input pixel by the part of it that the output pixel covers.
Axis<double> area_axis(std::int64_t inputs, std::int64_t outputs) {
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  const auto stride = static_cast<std::int64_t>(std::ceil(scale)) + 1;
  return make_axis(outputs, stride, [=](std::int64_t o, auto& run, double* weights) {
    // Whole-number products first: a border that falls on a pixel's edge must fall there exactly.
    const double begin = static_cast<double>(o * inputs) / static_cast<double>(outputs);
    const double end = static_cast<double>((o + 1) * inputs) / static_cast<double>(outputs);
    run.first = o * inputs / outputs;
    run.count = ((o + 1) * inputs + outputs - 1) / outputs - run.first;
    for (std::int64_t i = 0; i < run.count; ++i) {
      const double pixel = static_cast<double>(run.first + i);
      weights[i] = (std::min(end, pixel + 1.0) - std::max(begin, pixel)) / (end - begin);
    }
  });
}

constexpr int kPrecisionBits = 32 - 8 - 2;  // Pillow's: a sum of 8-bit values with room for sign and overshoot

Axis<std::int32_t> fixed_point(const Axis<double>& axis) {
  Axis<std::int32_t> fixed;
  fixed.stride = axis.stride;
  for (const auto& run : axis.runs) fixed.runs.push_back({run.first, run.count});
  fixed.weights.reserve(axis.weights.size());
  for (const double w : axis.weights) {
    fixed.weights.push_back(static_cast<std::int32_t>((w < 0 ? -0.5 : 0.5) + w * (1 << kPrecisionBits)));
  }
  return fixed;
}

std::uint8_t clip8(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp<std::int32_t>(sum >> kPrecisionBits, 0, 255));
}
// A sum that is a half up to rounding errors counts as a half, so that no platform's last bit decides a grey level.
std::uint8_t round8(double value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5 + 1e-9, 0.0, 255.0)); }

// rows [H,W,C] → [H,outputs,C]
template <typename In, typename Weight, typename Out, typename Finish>
void pass_across(const std::vector<In>& in, std::int64_t height, std::int64_t width, std::int64_t channels,
                 const Axis<Weight>& axis, Weight start, std::vector<Out>& out, Finish finish) {
  const auto outputs = static_cast<std::int64_t>(axis.runs.size());
  out.resize(static_cast<std::size_t>(height * outputs * channels));
  Out* to = out.data();
  for (std::int64_t y = 0; y < height; ++y) {
    const In* row = in.data() + y * width * channels;
    for (std::int64_t o = 0; o < outputs; ++o) {
      const auto run = axis.runs[static_cast<std::size_t>(o)];
      const Weight* weights = axis.at(o);
      for (std::int64_t c = 0; c < channels; ++c) {
        const In* from = row + run.first * channels + c;
        Weight sum = start;
        for (std::int64_t i = 0; i < run.count; ++i) sum += static_cast<Weight>(from[i * channels]) * weights[i];
        *to++ = finish(sum);
      }
    }
  }
}

// rows [H,row_values] → [outputs,row_values]; whole rows are added so that the inner loop runs over memory in order.
template <typename In, typename Weight, typename Finish>
void pass_down(const std::vector<In>& in, std::int64_t row_values, const Axis<Weight>& axis, Weight start,
               std::vector<std::uint8_t>& out, Finish finish) {
  const auto outputs = static_cast<std::int64_t>(axis.runs.size());
  out.resize(static_cast<std::size_t>(outputs * row_values));
  std::vector<Weight> sums(static_cast<std::size_t>(row_values));
  for (std::int64_t o = 0; o < outputs; ++o) {
    const auto run = axis.runs[static_cast<std::size_t>(o)];
    std::fill(sums.begin(), sums.end(), start);
    for (std::int64_t i = 0; i < run.count; ++i) {
      const In* row = in.data() + (run.first + i) * row_values;
      const Weight weight = axis.at(o)[i];
      for (std::int64_t x = 0; x < row_values; ++x) {
        sums[static_cast<std::size_t>(x)] += static_cast<Weight>(row[x]) * weight;
      }
    }
    std::transform(sums.begin(), sums.end(), out.begin() + o * row_values, finish);
  }
}

// Pillow resizes an axis only when its size changes, and rounds to 8 bits after each pass.
template <typename MakeAxis>
Image resize_like_pillow(const Image& image, std::int64_t height, std::int64_t width, MakeAxis make) {
  constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);
  Image across{image.height, width, image.channels, {}};
  if (width == image.width) across.pixels = image.pixels;
  if (width != image.width) {
    const auto axis = fixed_point(make(image.width, width));
    pass_across(image.pixels, image.height, image.width, image.channels, axis, kHalf, across.pixels, clip8);
  }
  if (height == image.height) return across;
  Image out{height, width, image.channels, {}};
  pass_down(across.pixels, width * image.channels, fixed_point(make(image.height, height)), kHalf, out.pixels, clip8);
  return out;
}

Image resize_exactly(const Image& image, const Axis<double>& down, const Axis<double>& across) {
  Image out{
      static_cast<std::int64_t>(down.runs.size()), static_cast<std::int64_t>(across.runs.size()), image.channels, {}};
  std::vector<double> wide;
  pass_across(image.pixels, image.height, image.width, image.channels, across, 0.0, wide,
              [](double sum) { return sum; });
  pass_down(wide, out.width * image.channels, down, 0.0, out.pixels, round8);
  return out;
}

Image resize_bilinear(const Image& image, std::int64_t height, std::int64_t width) {
  return resize_exactly(image, bilinear_axis(image.height, height), bilinear_axis(image.width, width));
}

Image resize_area(const Image& image, std::int64_t height, std::int64_t width) {
  // OpenCV averages areas only when neither side grows.
  if (height > image.height || width > image.width) return resize_bilinear(image, height, width);
  return resize_exactly(image, area_axis(image.height, height), area_axis(image.width, width));
}

}  // namespace

Image resize(const Image& image, std::int64_t height, std::int64_t width, Resampler resampler) {
  if (height < 1 || width < 1 || image.height < 1 || image.width < 1) {
    throw Error(ErrorCode::kInvalidArgument, "A picture cannot be resized from or to nothing.");
  }
  switch (resampler) {
    case Resampler::kBilinearAntialias:
      return resize_like_pillow(image, height, width,
                                [](auto in, auto out) { return filter_axis(in, out, 1.0, triangle); });
    case Resampler::kLanczos:
      return resize_like_pillow(image, height, width,
                                [](auto in, auto out) { return filter_axis(in, out, 3.0, lanczos3); });
    case Resampler::kBilinear:
      return resize_bilinear(image, height, width);
    case Resampler::kArea:
      return resize_area(image, height, width);
  }
  throw Error(ErrorCode::kInternal, "an unknown resampler");
}

}  // namespace pinwheel
