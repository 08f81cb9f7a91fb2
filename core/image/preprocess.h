// From a decoded picture to what a network sees, as a described list of steps that travels in the model's config. The
// five systems differ here as much as in their networks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "image/image.h"
#include "tensor/tensor.h"

namespace pinwheel {

enum class Resampler {
  kBilinearAntialias,  // PIL's BILINEAR: triangle filter widened by the scale when shrinking, 8-bit rounding between
                       // passes
  kBilinear,  // plain two-point bilinear, half-pixel centres (OpenCV INTER_LINEAR, PyTorch align_corners=False)
  kArea,      // exact area average (OpenCV INTER_AREA) when shrinking; plain bilinear when enlarging
  kLanczos,   // PIL's LANCZOS (a = 3, widened when shrinking)
};

// Steps on 8-bit pictures, in order.
struct CentreCrop {  // the central size x size; a smaller picture stays as it is, whole
  std::int64_t size = 256;
  bool operator==(const CentreCrop&) const = default;
};
struct CropFraction {  // the central part of the frame: 0.6 keeps 60 % of each side, square
  double fraction = 1.0;
  bool operator==(const CropFraction&) const = default;
};
struct RegionOfInterest {  // system D: square around the largest 8-connected object with grey > threshold; the whole
  int threshold = 10;      // frame when that square leaves the picture or nothing is bright enough
  double padding = 0.2;    // of the object's longer side, added on each side
  bool operator==(const RegionOfInterest&) const = default;
};
struct Resize {  // to height x width; a picture that is not square is first cropped to its central square
  std::int64_t height = 64, width = 64;
  Resampler resampler = Resampler::kBilinearAntialias;
  bool operator==(const Resize&) const = default;
};
struct Grey {  // weights of R,G,B; 1 channel
  double red = 0.299, green = 0.587, blue = 0.114;
  bool operator==(const Grey&) const = default;
};
using ImageStep = std::variant<CentreCrop, CropFraction, RegionOfInterest, Resize, Grey>;

struct Preprocess {
  std::vector<ImageStep> steps;
  bool bgr = false;               // channel order of the network's input (system C's source feeds BGR)
  double divide_by = 255.0;       // 8-bit value → float
  std::vector<double> mean, std;  // per channel after the division; empty: none
  bool operator==(const Preprocess&) const = default;
};

const char* resampler_name(Resampler r);  // "bilinear_antialias", "bilinear", "area", "lanczos"
Resampler parse_resampler(const std::string& name);

Image centre_crop(const Image& image, std::int64_t size);
Image crop_box(const Image& image, std::int64_t y, std::int64_t x, std::int64_t height, std::int64_t width);
Image resize(const Image& image, std::int64_t height, std::int64_t width, Resampler resampler);
// One of the eight ways to lay a square: `view` quarter turns anticlockwise, and from 4 on mirrored left to right
// before. View 0 is the picture itself.
Image turned(const Image& image, int view);
Image to_grey(const Image& image, const Grey& weights);
Image to_rgb(const Image& image);  // grey is repeated

Image apply_step(const ImageStep& step, const Image& image);

// Runs the 8-bit steps; the result has exactly `extent` (height, width, channels 1 or 3) or Error(kInvalidArgument)
// says why the description cannot give it. A flat extent of H*W (system A) accepts any H x W x C of that size.
Image run_steps(const Preprocess& preprocess, const Image& image, const Extent& extent);

// What run_steps can give a network of this input: a perceptron's is flat, but what is stored for it is a picture, of
// the size and the colours that the steps leave.
Extent stored_extent(const Preprocess& preprocess, const Extent& input);

// Where the network looked, in pixels of the original: for showing "how it was seen".
struct Box {
  std::int64_t y = 0, x = 0, height = 0, width = 0;
};
Box seen_box(const Preprocess& preprocess, const Image& image);

// 8-bit → float: channel order, division, mean and std. out has image.pixels.size() floats, [H,W,C].
void to_floats(const Preprocess& preprocess, const Image& image, std::span<float> out);
void to_floats(const Preprocess& preprocess, std::span<const std::uint8_t> pixels, std::int64_t channels,
               std::span<float> out);

}  // namespace pinwheel
