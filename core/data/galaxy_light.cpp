// Surface brightness of bulges, disks, arms, bars, rings and edge-on disks.
#include "data/galaxy_light.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pinwheel::sky {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

// Dust takes more blue than red; values relative to the green band (about R_V = 3.1 in g, r, i).
constexpr Rgb kExtinction{0.72F, 1.0F, 1.38F};

Rgb through_dust(float depth) {
  return {std::exp(-depth * kExtinction.r), std::exp(-depth * kExtinction.g), std::exp(-depth * kExtinction.b)};
}

float smooth_step(float from, float to, float x) {
  const float t = std::clamp((x - from) / (to - from), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

// 1 inside, 0 outside, soft over `width` around `edge`.
float soft_edge(float x, float edge, float width) { return 1 - smooth_step(edge - width, edge + width, x); }

// A bump around angle 0 that repeats every turn; `width` is its standard deviation when small.
float bump(float angle, float width) { return std::exp((std::cos(angle) - 1) / (width * width)); }

}  // namespace

Pose::Pose(Point centre, float angle, float axis_ratio)
    : centre_(centre), cosine_(std::cos(angle)), sine_(std::sin(angle)), axis_ratio_(axis_ratio) {}

Point Pose::local(Point p) const {
  const float dx = p.x - centre_.x, dy = p.y - centre_.y;
  return {cosine_ * dx + sine_ * dy, (cosine_ * dy - sine_ * dx) / axis_ratio_};
}

Point Pose::in_frame(Point local) const {
  const float y = local.y * axis_ratio_;
  return {centre_.x + cosine_ * local.x - sine_ * y, centre_.y + sine_ * local.x + cosine_ * y};
}

Rgb Sersic::at(Point p) const {
  const Point q = pose.local(p);
  const float along = std::fabs(q.x), across = std::fabs(q.y);
  const float radius = boxiness == 2 ? std::hypot(along, across)
                                     : std::pow(std::pow(along, boxiness) + std::pow(across, boxiness), 1 / boxiness);
  // A pixel never sees the cusp itself: the profile starts a fortieth of r_e from the centre.
  const float x = radius / effective_radius + 0.025F;
  const float b = 2 * index - 1.0F / 3;  // Ciotti & Bertin 1999, first terms
  return colour * (brightness * std::exp(-b * (std::pow(x, 1 / index) - 1)));
}

Texture::Texture(Rng& rng) {
  values_.reserve(static_cast<std::size_t>(kCells) * kCells);
  for (int i = 0; i < kCells * kCells; ++i) values_.push_back(static_cast<float>(rng.uniform(-1, 1)));
}

float Texture::octave(float u, float v, int cells) const {
  const float x = (u - std::floor(u)) * static_cast<float>(cells), y = (v - std::floor(v)) * static_cast<float>(cells);
  const int i = static_cast<int>(x), j = static_cast<int>(y);
  const float fx = smooth_step(0, 1, x - static_cast<float>(i)), fy = smooth_step(0, 1, y - static_cast<float>(j));
  const auto value = [&](int a, int b) {
    return values_[static_cast<std::size_t>((a % cells) * kCells + (b % cells))];
  };
  const float low = value(i, j) * (1 - fy) + value(i, j + 1) * fy;
  const float high = value(i + 1, j) * (1 - fy) + value(i + 1, j + 1) * fy;
  return low * (1 - fx) + high * fx;
}

float Texture::at(float u, float v) const {
  return 0.5F * octave(u, v, kCells / 4) + 0.3F * octave(u, v, kCells / 2) + 0.2F * octave(u, v, kCells);
}

float Disk::arm_angle(const Arm& arm, float radius) const {
  const float along = std::log(radius / inner);
  return turn * (arm.start + winding * along + arm.wobble * std::sin(arm.wave + 3 * along));
}

Rgb Disk::at(Point p) const {
  const Point q = pose.local(p);
  const float radius = std::hypot(q.x, q.y), lengths = radius / scale;
  const float smooth = brightness * std::exp(-lengths) * soft_edge(lengths, edge, 0.35F * edge);
  if (smooth < 0.02F) return {};
  const Rgb stars = mix(kMiddleAged, kDiskStars, std::clamp(0.45F * lengths, 0.0F, 1.0F));
  if (arms.empty()) return stars * smooth;

  const float angle = std::atan2(q.y, q.x), at_least = std::max(radius, 0.02F * inner);
  const float along = winding * std::log(at_least / inner);
  // In these coordinates an arm is a straight line, so clumps stretched along it look sheared by rotation.
  const float clump = texture->at((angle * turn - along) / (2 * kPi), 0.11F * along + 0.5F * radius);
  const float present = smooth_step(0.55F * inner, 1.25F * inner, radius) * soft_edge(radius, outer, 0.3F * outer);
  float light = 0, lane = 0;
  for (const Arm& arm : arms) {
    const float off = turn * (angle - arm_angle(arm, at_least));
    light += arm.strength * bump(off, arm.width);
    lane += arm.strength * bump(off + 1.1F * arm.width, 0.45F * arm.width);
  }
  // Arms fade more slowly outwards than the old disk does.
  const float rise = contrast * (0.3F + 0.4F * lengths);
  const float knotty = std::exp(3.4F * clumpiness * clump);
  const float young = present * light * rise * knotty * (1 + lopsided * std::cos(angle));
  const float between = 1 - 0.3F * present + 0.45F * clumpiness * clump * present;
  const float depth = dust * present * lane * std::max(0.0F, 1 + 1.5F * clump) * std::exp(-0.25F * lengths);
  const Rgb arm_stars = mix(stars, kYoungStars, youth * std::clamp(0.45F + 0.5F * clump, 0.1F, 0.9F));
  return (stars * between + arm_stars * young) * through_dust(depth) * smooth;
}

Rgb Bar::at(Point p) const {
  const Point q = in_plane.local(disk.local(p));
  const float along = std::fabs(q.x) / length, across = std::fabs(q.y) / length;
  const float d = std::pow(along * along * along + across * across * across, 1.0F / 3);
  if (d > 2) return {};
  return colour * (brightness * std::exp(-0.35F * d) * soft_edge(d, 1, 0.4F));
}

Rgb Ring::at(Point p) const {
  const Point q = pose.local(p);
  const float from_centre = std::hypot(q.x, q.y), off = (from_centre - radius) / width;
  if (std::fabs(off) > 4) return {};
  const float clump = texture->at(std::atan2(q.y, q.x) / (2 * kPi), from_centre);
  const float light = brightness * std::exp(-0.5F * off * off) * std::max(0.2F, 1 + 1.4F * clump);
  return mix(kDiskStars, kYoungStars, std::clamp(0.35F + clump, 0.0F, 1.0F)) * light;
}

Rgb EdgeOnDisk::at(Point p) const {
  const Point q = pose.local(p);
  const float along = std::fabs(q.x) / scale, flare = height * (1 + 0.12F * along);
  const float sech = 1 / std::cosh(std::min(40.0F, std::fabs(q.y) / flare));
  const float light = brightness * std::exp(-along) * soft_edge(along, 3.6F, 1) * sech * sech;
  if (light < 0.01F) return {};
  const float clump = texture->at(0.5F * q.x, q.y);
  const Rgb inner = mix(kMiddleAged, kOldStars, redness), outer = mix(kYoungStars, kMiddleAged, redness);
  const Rgb stars = mix(inner, outer, std::clamp(0.4F * along, 0.0F, 1.0F));
  const float lane = std::exp(-0.5F * std::pow((q.y - lane_offset) / (0.42F * height), 2.0F) - 0.45F * along);
  return stars * (light * (1 + 0.25F * clump)) * through_dust(std::max(0.0F, dust * lane * (1 + 0.7F * clump)));
}

}  // namespace pinwheel::sky
