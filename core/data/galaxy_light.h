// What the parts of a galaxy look like: surface brightness as a function of place. Brightness is in units of the sky's
// noise, lengths in half frames. It refuses to know pixels, names and labels.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "data/sky_canvas.h"

namespace pinwheel::sky {

// Colours of populations, each of mean 1.
inline constexpr Rgb kOldStars{1.27F, 1.04F, 0.69F};    // giants of bulges and ellipticals
inline constexpr Rgb kMiddleAged{1.10F, 1.01F, 0.89F};  // inner disks
inline constexpr Rgb kDiskStars{0.94F, 0.99F, 1.07F};   // outer disks
inline constexpr Rgb kYoungStars{0.76F, 0.96F, 1.28F};  // arms
inline constexpr Rgb kHydrogen{1.22F, 0.78F, 1.00F};    // clouds lit by new stars

// Where a component lies and how we see it: turned by `angle` (radians, counter-clockwise from the x axis), its minor
// axis shortened to `axis_ratio`.
class Pose {
 public:
  explicit Pose(Point centre = {}, float angle = 0, float axis_ratio = 1);
  Point local(Point p) const;  // into the component's own plane, as if seen face-on
  Point in_frame(Point local) const;

 private:
  Point centre_;
  float cosine_, sine_, axis_ratio_;
};

// I(r) = I_e exp(-b_n ((r/r_e)^(1/n) - 1)) (Sérsic 1963). boxiness 2 is an ellipse, larger is boxy.
struct Sersic {
  Pose pose;
  float effective_radius = 0.2F, index = 4, brightness = 10;  // brightness at the effective radius
  float boxiness = 2;
  Rgb colour = kOldStars;
  Rgb at(Point p) const;
};

// Clumps and gaps: smooth random values in -1 … 1 on a lattice that repeats.
class Texture {
 public:
  explicit Texture(Rng& rng);
  float at(float u, float v) const;  // three octaves; repeats when u or v grows by 1

 private:
  static constexpr int kCells = 64;
  float octave(float u, float v, int cells) const;
  std::vector<float> values_;
};

struct Arm {
  float start = 0;  // angle at the inner radius
  float strength = 1;
  float width = 0.35F;         // radians, standard deviation
  float wobble = 0, wave = 0;  // slow wander from the exact logarithmic spiral
};

// An exponential disk with logarithmic arms: theta = start + winding ln(r / inner), dust along their inner edges.
struct Disk {
  Pose pose;
  float scale = 0.2F, brightness = 40;  // exponential length; brightness extrapolated to the centre
  float edge = 4;                       // in lengths: where the stars end
  std::vector<Arm> arms;
  float inner = 0.1F, outer = 0.7F;  // where arms begin and fade
  float winding = 2.7F;              // 1 / tan(pitch angle): radians turned while the radius grows e-fold
  float turn = 1;                    // 1 or -1
  float contrast = 1.5F;             // arms above the disk
  float dust = 0.5F;                 // optical depth in the green band
  float clumpiness = 0.6F;
  float youth = 1;                   // 0: arms of middle-aged stars; 1: blue ones
  float lopsided = 0;                // part by which one side outshines the mean, in the direction of the x axis
  const Texture* texture = nullptr;  // not owned; needed with arms
  Rgb at(Point p) const;
  float arm_angle(const Arm& arm, float radius) const;
};

// A bar: flat along its length, steep at its end, boxy; it lies in the plane of a disk.
struct Bar {
  Pose disk;
  Pose in_plane;  // its direction and thickness within that plane
  float length = 0.2F, brightness = 60;
  Rgb colour = kOldStars;
  Rgb at(Point p) const;
};

struct Ring {
  Pose pose;
  float radius = 0.4F, width = 0.05F, brightness = 20;
  const Texture* texture = nullptr;
  Rgb at(Point p) const;
};

// A disk seen from its side: exp(-|x|/scale) sech^2(y/height), behind a lane of dust.
struct EdgeOnDisk {
  Pose pose;
  float scale = 0.25F, height = 0.03F, brightness = 80;
  float dust = 0;         // optical depth of the lane in the green band
  float lane_offset = 0;  // of the lane above the plane, when the disk is tipped a little
  float redness = 0.5F;   // 0 young … 1 old
  const Texture* texture = nullptr;
  Rgb at(Point p) const;
};

}  // namespace pinwheel::sky
