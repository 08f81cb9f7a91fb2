#include "image/region.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace pinwheel {
namespace {

constexpr int kNone = -1;

struct Blob {
  std::int64_t count = 0;
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;  // inclusive
};

bool before(const Blob& a, const Blob& b) {
  return std::tuple(-a.count, a.top, a.left) < std::tuple(-b.count, b.top, b.left);
}

void absorb(Blob& into, const Blob& other) {
  into.count += other.count;
  into.top = std::min(into.top, other.top);
  into.left = std::min(into.left, other.left);
  into.bottom = std::max(into.bottom, other.bottom);
  into.right = std::max(into.right, other.right);
}

// Connected components row by row with union-find. Only objects that touch the row just read are kept, so memory grows
// with the width of the picture and not with what is in it.
class BlobScan {
 public:
  explicit BlobScan(std::int64_t width)
      : above_(static_cast<std::size_t>(width), kNone), current_(static_cast<std::size_t>(width), kNone) {}

  template <typename IsBright>
  void row(std::int64_t y, IsBright is_bright) {
    const auto width = static_cast<std::int64_t>(current_.size());
    for (std::int64_t x = 0; x < width; ++x) {
      current_[static_cast<std::size_t>(x)] = is_bright(x) ? join(y, x, width) : kNone;
    }
    retire();
    std::swap(above_, current_);
  }

  Blob largest() {
    std::fill(current_.begin(), current_.end(), kNone);
    retire();
    return best_;
  }

 private:
  int root(int label) {
    while (parent_[static_cast<std::size_t>(label)] != label) label = parent_[static_cast<std::size_t>(label)];
    return label;
  }

  int join(std::int64_t y, std::int64_t x, std::int64_t width) {
    int label = kNone;
    if (x > 0) label = unite(label, current_[static_cast<std::size_t>(x - 1)]);
    for (std::int64_t i = std::max<std::int64_t>(x - 1, 0); i <= std::min(x + 1, width - 1); ++i) {
      label = unite(label, above_[static_cast<std::size_t>(i)]);
    }
    const Blob pixel{1, y, x, y, x};
    if (label == kNone) {
      label = static_cast<int>(blobs_.size());
      blobs_.push_back(pixel);
      parent_.push_back(label);
    } else {
      absorb(blobs_[static_cast<std::size_t>(label)], pixel);
    }
    return label;
  }

  int unite(int a, int b) {
    if (b == kNone) return a;
    b = root(b);
    if (a == kNone || a == b) return b;
    const auto [low, high] = std::minmax(a, b);
    parent_[static_cast<std::size_t>(high)] = low;
    absorb(blobs_[static_cast<std::size_t>(low)], blobs_[static_cast<std::size_t>(high)]);
    return low;
  }

  // Numbers the objects of the current row afresh; one that does not reach this row is complete and only has to be
  // compared.
  void retire() {
    std::vector<int> renamed(blobs_.size(), kNone);
    std::vector<Blob> alive;
    for (int& label : current_) {
      if (label == kNone) continue;
      const auto old = static_cast<std::size_t>(root(label));
      if (renamed[old] == kNone) {
        renamed[old] = static_cast<int>(alive.size());
        alive.push_back(blobs_[old]);
      }
      label = renamed[old];
    }
    for (std::size_t i = 0; i < blobs_.size(); ++i) {
      const bool complete = parent_[i] == static_cast<int>(i) && renamed[i] == kNone;
      if (complete && before(blobs_[i], best_)) best_ = blobs_[i];
    }
    blobs_ = std::move(alive);
    parent_.resize(blobs_.size());
    std::iota(parent_.begin(), parent_.end(), 0);
  }

  std::vector<int> above_, current_;  // label of each pixel of two rows
  std::vector<Blob> blobs_;
  std::vector<int> parent_;
  Blob best_;
};

}  // namespace

Box largest_object(const Image& image, int threshold) {
  const Image grey = image.channels == 1 ? Image{} : to_grey(image, Grey{});
  const Image& brightness = image.channels == 1 ? image : grey;
  BlobScan scan(image.width);
  for (std::int64_t y = 0; y < image.height; ++y) {
    const std::uint8_t* row = brightness.at(y, 0);
    scan.row(y, [&](std::int64_t x) { return row[x] > threshold; });
  }
  const Blob blob = scan.largest();
  if (blob.count == 0) return {};
  return {blob.top, blob.left, blob.bottom - blob.top + 1, blob.right - blob.left + 1};
}

Box region_of_interest(const Image& image, const RegionOfInterest& step) {
  const Box whole{0, 0, image.height, image.width};
  const Box object = largest_object(image, step.threshold);
  if (object.height == 0) return whole;
  const std::int64_t longer = std::max(object.height, object.width);
  const std::int64_t side = longer + 2 * std::llround(step.padding * static_cast<double>(longer));
  const std::int64_t y = object.y + (object.height - side) / 2, x = object.x + (object.width - side) / 2;
  const bool inside = y >= 0 && x >= 0 && y + side <= image.height && x + side <= image.width;
  return inside ? Box{y, x, side, side} : whole;
}

}  // namespace pinwheel
