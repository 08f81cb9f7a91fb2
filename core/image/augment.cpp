// One affine map from the view back to the store, sampled once: a picture that is rotated, then flipped, then zoomed by
// separate steps would be blurred three times.
#include "image/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace pinwheel {
namespace {

// Output pixel centre (x,y) → source position (sx,sy), both with pixel centres at whole numbers.
struct Affine {
  float xx, xy, x0;  // sx = xx*x + xy*y + x0
  float yx, yy, y0;
};

struct View {
  Affine map;
  float brightness;
};

// Every number is drawn whether its option is on or not: switching one on leaves the others' views as they were.
View draw_view(const Augment& a, Rng& rng, std::int64_t h, std::int64_t w, std::int64_t out_h, std::int64_t out_w) {
  const double angle = rng.uniform() * a.rotate_degrees * std::numbers::pi / 180.0;
  const double flip_x = rng.uniform() < 0.5 && a.flip_horizontal ? -1.0 : 1.0;
  const double flip_y = rng.uniform() < 0.5 && a.flip_vertical ? -1.0 : 1.0;
  const double shift_x = rng.uniform(-1.0, 1.0) * a.shift, shift_y = rng.uniform(-1.0, 1.0) * a.shift;
  const double zoom = std::exp(rng.uniform(-1.0, 1.0) * std::log1p(a.zoom));
  const double brightness = std::exp(rng.uniform(-1.0, 1.0) * std::log1p(a.brightness));

  // source = centre + scale · rotation · flip / zoom · (output − output centre) + shift
  const double step_x = static_cast<double>(w) / static_cast<double>(out_w) / zoom;
  const double step_y = static_cast<double>(h) / static_cast<double>(out_h) / zoom;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double xx = step_x * cosine * flip_x, xy = -step_x * sine * flip_y;
  const double yx = step_y * sine * flip_x, yy = step_y * cosine * flip_y;
  const double middle_x = static_cast<double>(out_w - 1) / 2, middle_y = static_cast<double>(out_h - 1) / 2;
  const double x0 = static_cast<double>(w - 1) / 2 + shift_x * static_cast<double>(w) - xx * middle_x - xy * middle_y;
  const double y0 = static_cast<double>(h - 1) / 2 + shift_y * static_cast<double>(h) - yx * middle_x - yy * middle_y;
  const auto f = [](double v) { return static_cast<float>(v); };
  return {{f(xx), f(xy), f(x0), f(yx), f(yy), f(y0)}, f(brightness)};
}

// Where each pixel of one output row falls, computed for the whole row first: these loops vectorise, the gathers do
// not.
struct RowPlan {
  explicit RowPlan(std::int64_t width)
      : top_left(static_cast<std::size_t>(width)),
        right(top_left.size()),
        down(top_left.size()),
        fx(top_left.size()),
        fy(top_left.size()) {}
  std::vector<std::int32_t> top_left, right, down;  // offset of the upper left neighbour; steps to the other ones
  std::vector<float> fx, fy;
};

void plan_row(const Affine& map, float y, float offset_x, std::int64_t h, std::int64_t w, std::int32_t channels,
              RowPlan& plan) {
  const auto last_x = static_cast<std::int32_t>(w - 1), last_y = static_cast<std::int32_t>(h - 1);
  const auto limit_x = static_cast<float>(last_x), limit_y = static_cast<float>(last_y);
  const std::int32_t row_step = static_cast<std::int32_t>(w) * channels;
  const float row_x = map.xy * y + map.x0, row_y = map.yy * y + map.y0;
  const auto count = static_cast<std::int32_t>(plan.fx.size());
  for (std::int32_t i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const float x = static_cast<float>(i) + offset_x;
    const float sx = std::min(std::max(map.xx * x + row_x, 0.0F), limit_x);
    const float sy = std::min(std::max(map.yx * x + row_y, 0.0F), limit_y);
    const auto ix = static_cast<std::int32_t>(sx), iy = static_cast<std::int32_t>(sy);
    plan.fx[k] = sx - static_cast<float>(ix);
    plan.fy[k] = sy - static_cast<float>(iy);
    plan.top_left[k] = iy * row_step + ix * channels;
    plan.right[k] = ix < last_x ? channels : 0;
    plan.down[k] = iy < last_y ? row_step : 0;
  }
}

template <int kChannels>
void add_row(const RowPlan& plan, const std::uint8_t* source, float weight, float* out) {
  for (std::size_t i = 0; i < plan.fx.size(); ++i, out += kChannels) {
    const std::uint8_t* a = source + plan.top_left[i];
    const std::uint8_t* b = a + plan.down[i];
    const std::int32_t right = plan.right[i];
    const float fx = plan.fx[i], fy = plan.fy[i];
    for (int c = 0; c < kChannels; ++c) {
      const float top = static_cast<float>(a[c]) + fx * static_cast<float>(a[right + c] - a[c]);
      const float bottom = static_cast<float>(b[c]) + fx * static_cast<float>(b[right + c] - b[c]);
      out[c] += weight * (top + fy * (bottom - top));
    }
  }
}

}  // namespace

void augment_view(const Augment& augment, Rng& rng, const std::uint8_t* source, std::int64_t h, std::int64_t w,
                  std::int64_t channels, std::int64_t out_h, std::int64_t out_w, std::span<float> out) {
  const View view = draw_view(augment, rng, h, w, out_h, out_w);
  // Four samples on the quarters of each output pixel when it covers more than one source pixel, else one in the
  // middle.
  const bool shrinks = h > out_h || w > out_w;
  constexpr std::array<float, 2> kQuarters{-0.25F, 0.25F};
  constexpr std::array<float, 1> kMiddle{0.0F};
  const std::span<const float> offsets = shrinks ? std::span<const float>(kQuarters) : std::span<const float>(kMiddle);
  const float weight = view.brightness / static_cast<float>(offsets.size() * offsets.size());
  RowPlan plan(out_w);
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::int64_t y = 0; y < out_h; ++y) {
    float* row = out.data() + y * out_w * channels;
    for (const float offset_y : offsets) {
      for (const float offset_x : offsets) {
        plan_row(view.map, static_cast<float>(y) + offset_y, offset_x, h, w, static_cast<std::int32_t>(channels), plan);
        if (channels == 3) add_row<3>(plan, source, weight, row);
        if (channels == 1) add_row<1>(plan, source, weight, row);
      }
    }
  }
  for (float& value : out) value = std::min(value, 255.0F);
}

}  // namespace pinwheel
