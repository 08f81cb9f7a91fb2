// Draws a galaxy of a kind by chance, writes down what it is, and photographs it. The scene is drawn from one child of
// the generator and the grain from another, so the same key gives the same galaxy at every size.
#include "data/synthetic.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/galaxy_light.h"
#include "data/sky_canvas.h"

namespace pinwheel {
namespace {

using namespace sky;

constexpr float kPi = std::numbers::pi_v<float>;

// Answer columns of the decision tree, by what they say.
enum : int {
  kSaysSmooth = 0,
  kSaysFeatures,
  kSaysStar,
  kSaysEdgeOn,
  kSaysNotEdgeOn,
  kSaysBar,
  kSaysNoBar,
  kSaysSpiral,
  kSaysNoSpiral,
  kSaysNoBulge,
  kSaysFaintBulge,
  kSaysObviousBulge,
  kSaysDominantBulge,
  kSaysOdd,
  kSaysNotOdd,
  kSaysRound,
  kSaysInBetween,
  kSaysCigar,
  kSaysRing,
  kSaysMerger = 23,
  kSaysDustLane,
  kSaysRoundedBulge,
  kSaysBoxyBulge,
  kSaysNoEdgeBulge,
  kSaysTight,
  kSaysMedium,
  kSaysLoose,
  kSaysOneArm
};

struct Spot {
  Point centre;
  float sigma;
  Rgb flux;
};

struct Scene {
  std::vector<Sersic> spheroids;
  std::vector<Disk> disks;
  std::vector<Bar> bars;
  std::vector<Ring> rings;
  std::vector<EdgeOnDisk> edge_on_disks;
  std::vector<Spot> spots;
  bool spikes = false;  // the bright star in the middle
  std::vector<int> truth;
  std::string caption;
};

// Chance in the units of this file. Compilers may evaluate the arguments of a call in any order, so where two draws
// meet in one expression they stand in braces, which fix the order: the same key must draw the same galaxy everywhere.
struct Chance {
  Rng rng;
  float between(float low, float high) { return static_cast<float>(rng.uniform(low, high)); }
  float normal(float sigma) { return sigma * static_cast<float>(rng.normal()); }
  float angle() { return between(0, 2 * kPi); }
  bool happens(double probability) { return rng.uniform() < probability; }
  // An index drawn with the given weights, which sum to 1.
  int pick(std::initializer_list<double> weights) {
    double left = rng.uniform();
    int index = 0;
    for (const double w : weights) {
      if ((left -= w) < 0) return index;
      ++index;
    }
    return index - 1;
  }
  Point near_centre() { return {between(-0.012F, 0.012F), between(-0.012F, 0.012F)}; }
};

// --- Ellipticals
// -------------------------------------------------------------------------------------------------------

void make_smooth(Scene& scene, Chance& chance, float axis_ratio, const char* shape, int answer) {
  const Pose pose{chance.near_centre(), chance.angle(), axis_ratio};
  const Rgb colour = mix(kOldStars, kMiddleAged, chance.between(0, 0.55F));
  scene.spheroids.push_back(
      {pose, chance.between(0.13F, 0.22F), chance.between(2.4F, 4.2F), chance.between(16, 40), 2, colour});
  scene.truth = {kSaysSmooth, answer, kSaysNotOdd};
  scene.caption = std::string("A smooth galaxy, ") + shape + ".";
}

void make_cigar(Scene& scene, Chance& chance) {
  const Pose pose{chance.near_centre(), chance.angle(), chance.between(0.2F, 0.3F)};
  const Rgb colour = mix(kOldStars, kMiddleAged, chance.between(0.1F, 0.7F));
  scene.spheroids.push_back(
      {pose, chance.between(0.19F, 0.3F), chance.between(1.1F, 1.7F), chance.between(28, 60), 2, colour});
  scene.truth = {kSaysSmooth, kSaysCigar, kSaysNotOdd};
  scene.caption = "A smooth galaxy, shaped like a cigar.";
}

// --- Disks
// -------------------------------------------------------------------------------------------------------------

// How we look at a disk: degrees from face-on.
struct View {
  Point centre;
  float angle, degrees;
  Pose pose(float roundness = 0) const {  // 0: thin disk; towards 1: rounder, as bulges are
    const float thin = std::cos(degrees * kPi / 180);
    return Pose(centre, angle, thin + (1 - thin) * roundness);
  }
};

View draw_view(Chance& chance, float most_degrees) {
  return {chance.near_centre(), chance.angle(), chance.between(5, most_degrees)};
}

constexpr const char* kBulgeWords[] = {"no bulge", "a small bulge", "a clear bulge", "a dominant bulge"};

// Adds a bulge of the prominence that a volunteer would name; returns which of the four answers that is.
int add_bulge(Scene& scene, Chance& chance, const View& view, float disk_scale, int prominence) {
  constexpr float kRadii[] = {0, 0.2F, 0.36F, 0.7F}, kBrightness[] = {0, 55, 68, 62};
  if (prominence > 0) {
    const float radius = disk_scale * kRadii[prominence] * chance.between(0.88F, 1.12F);
    const Rgb colour = mix(kOldStars, kMiddleAged, chance.between(0, 0.35F));
    scene.spheroids.push_back({view.pose(0.6F), radius, chance.between(1.4F, 2.3F),
                               kBrightness[prominence] * chance.between(0.8F, 1.25F), 2, colour});
  }
  return kSaysNoBulge + prominence;
}

// Star-forming clouds along the arms, seen through the same tilt as the disk.
void add_knots(Scene& scene, Chance& chance, const Disk& disk, int count) {
  for (int i = 0; i < count; ++i) {
    const Arm& arm = disk.arms[chance.rng.below(static_cast<std::uint32_t>(disk.arms.size()))];
    const float radius = disk.inner * std::pow(0.95F * disk.outer / disk.inner, chance.between(0.05F, 1));
    const float angle = disk.arm_angle(arm, radius) + chance.normal(0.45F * arm.width);
    const float size = chance.between(0.008F, 0.02F), luminous = -std::log(1 - chance.between(0, 0.98F));
    const Rgb colour =
        mix(kYoungStars, kHydrogen, chance.happens(0.35) ? chance.between(0.5F, 1) : chance.between(0, 0.2F));
    const float light = 1.3F * arm.strength * disk.brightness * std::exp(-0.75F * radius / disk.scale) * luminous;
    scene.spots.push_back({disk.pose.in_frame({radius * std::cos(angle), radius * std::sin(angle)}), size,
                           colour * (light * 2 * kPi * size * size)});
  }
}

struct Winding {
  const char* word;
  float low, high;  // pitch angle, degrees
};
constexpr Winding kWindings[] = {{"tightly wound", 9, 13}, {"medium-wound", 17, 22}, {"loose", 28, 36}};
constexpr const char* kNumbers[] = {"one", "two", "three", "four", "many"};

// `number` 1 … 5, where 5 stands for more than four.
std::vector<Arm> draw_arms(Chance& chance, int number, float first) {
  const int count = number < 5 ? number : 5 + static_cast<int>(chance.rng.below(3));
  std::vector<Arm> arms;
  const float spacing = 2 * kPi / static_cast<float>(count);
  for (int i = 0; i < count; ++i) {
    Arm arm;
    arm.start = first + spacing * static_cast<float>(i) + chance.normal(count > 2 ? 0.07F * spacing : 0.04F);
    arm.strength = chance.between(count > 2 ? 0.7F : 0.85F, 1.15F);
    arm.width = std::min(0.42F, 0.17F * spacing) * chance.between(0.85F, 1.15F);
    arm.wobble = chance.between(0.03F, 0.13F);
    arm.wave = chance.angle();
    arms.push_back(arm);
  }
  return arms;
}

void make_spiral(Scene& scene, Chance& chance, const Texture& texture, bool barred) {
  const View view = draw_view(chance, 52);
  const int winding = chance.pick({0.3, 0.4, 0.3});
  const int number = barred ? 2 + chance.pick({0.85, 0.15}) : 1 + chance.pick({0.07, 0.53, 0.16, 0.12, 0.12});
  const float pitch = chance.between(kWindings[winding].low, kWindings[winding].high) * kPi / 180;
  Disk disk;
  disk.pose = view.pose();
  disk.scale = chance.between(0.19F, 0.25F);
  disk.brightness = chance.between(45, 85);
  disk.inner = barred ? chance.between(0.17F, 0.25F) : chance.between(0.07F, 0.12F);
  disk.outer = disk.scale * chance.between(3.1F, 3.7F);
  disk.winding = 1 / std::tan(pitch);
  disk.turn = chance.happens(0.5) ? 1.0F : -1.0F;
  disk.contrast = chance.between(1.5F, 2.6F);
  disk.dust = chance.between(0.3F, 0.9F);
  disk.clumpiness = number >= 4 ? chance.between(0.7F, 1.1F) : chance.between(0.45F, 1);
  disk.youth = chance.between(0.35F, 1);
  disk.lopsided = chance.between(0, 0.4F);
  disk.texture = &texture;
  const float bar_angle = chance.angle();
  disk.arms = draw_arms(chance, number, barred ? disk.turn * bar_angle : chance.angle());

  if (barred) {
    scene.bars.push_back({view.pose(), Pose({}, bar_angle, chance.between(0.22F, 0.32F)), disk.inner * 1.08F,
                          disk.brightness * chance.between(1.3F, 2.1F),
                          mix(kOldStars, kMiddleAged, chance.between(0.1F, 0.5F))});
  }
  const int most = barred ? 2 : 3;  // a dominant bulge would hide the bar
  const int prominence = winding == 0 ? std::min(most, 2 + chance.pick({0.75, 0.25})) : chance.pick({0.12, 0.48, 0.4});
  const int bulge = add_bulge(scene, chance, view, disk.scale, prominence);
  add_knots(scene, chance, disk, 30 + static_cast<int>(chance.rng.below(50)));
  scene.disks.push_back(disk);

  scene.truth = {kSaysFeatures, kSaysNotEdgeOn, barred ? kSaysBar : kSaysNoBar, kSaysSpiral,
                 bulge,         kSaysNotOdd,    kSaysTight + winding,           kSaysOneArm + number - 1};
  scene.caption = std::string(barred ? "A barred spiral with " : "A spiral with ") + kNumbers[number - 1] + " " +
                  kWindings[winding].word + (number == 1 ? " arm and " : " arms and ") + kBulgeWords[prominence] +
                  ", seen " + std::to_string(std::lround(view.degrees)) + " degrees from face-on.";
}

void make_ring(Scene& scene, Chance& chance, const Texture& texture) {
  const View view = draw_view(chance, 48);
  const bool barred = chance.happens(0.35);
  Ring ring;
  ring.pose = Pose(view.centre, view.angle, std::cos(view.degrees * kPi / 180) * chance.between(0.88F, 1));
  ring.radius = chance.between(0.34F, 0.5F);
  ring.width = chance.between(0.035F, 0.07F);
  ring.brightness = chance.between(8, 18);
  ring.texture = &texture;
  Disk disk;
  disk.pose = view.pose();
  disk.scale = chance.between(0.16F, 0.22F);
  disk.brightness = chance.between(18, 40);
  for (int i = 0; i < 24; ++i) {
    const float angle = chance.angle(), radius = ring.radius + chance.normal(0.6F * ring.width),
                size = chance.between(0.008F, 0.018F);
    const float light = 0.9F * ring.brightness * -std::log(1 - chance.between(0, 0.97F)) * 2 * kPi * size * size;
    scene.spots.push_back({ring.pose.in_frame({radius * std::cos(angle), radius * std::sin(angle)}), size,
                           mix(kYoungStars, kHydrogen, chance.between(0, 0.6F)) * light});
  }
  if (barred) {
    scene.bars.push_back({view.pose(), Pose{{}, chance.angle(), chance.between(0.3F, 0.4F)}, 0.62F * ring.radius,
                          chance.between(45, 75), mix(kOldStars, kMiddleAged, 0.3F)});
  }
  const int bulge = add_bulge(scene, chance, view, disk.scale, 2);
  scene.disks.push_back(disk);
  scene.rings.push_back(ring);
  scene.truth = {kSaysFeatures, kSaysNotEdgeOn, barred ? kSaysBar : kSaysNoBar, kSaysNoSpiral, bulge,
                 kSaysOdd,      kSaysRing};
  scene.caption = std::string(barred ? "A barred galaxy" : "A galaxy") + " with a ring, seen " +
                  std::to_string(std::lround(view.degrees)) + " degrees from face-on.";
}

void make_edge_on(Scene& scene, Chance& chance, const Texture& texture) {
  const Point centre = chance.near_centre();
  const float angle = chance.angle();
  const int shape = chance.pick({0.6, 0.12, 0.28});  // as the tree lists them: rounded, boxy, none
  const bool lane = chance.happens(0.4);
  EdgeOnDisk disk;
  disk.pose = Pose(centre, angle, 1);
  disk.scale = chance.between(0.2F, 0.27F);
  disk.height = disk.scale * chance.between(0.16F, 0.25F);
  disk.brightness = chance.between(60, 120);
  disk.dust = lane ? chance.between(1.6F, 2.6F) : chance.between(0, 0.25F);
  disk.lane_offset = chance.normal(0.25F * disk.height);
  disk.redness = shape == 2 ? chance.between(0, 0.45F) : chance.between(0.35F, 1);
  disk.texture = &texture;
  scene.edge_on_disks.push_back(disk);
  if (shape != 2) {
    const bool boxy = shape == 1;
    const float radius = disk.scale * (boxy ? chance.between(0.36F, 0.44F) : chance.between(0.2F, 0.34F));
    scene.spheroids.push_back({Pose(centre, angle, boxy ? 0.62F : chance.between(0.68F, 0.88F)), radius,
                               boxy ? 1.0F : chance.between(1.4F, 2.2F), boxy ? 60.0F : chance.between(45, 75),
                               boxy ? 3.6F : 2.0F, mix(kOldStars, kMiddleAged, 0.2F)});
  }
  constexpr const char* kShapes[] = {" with a rounded bulge", " with a boxy bulge", " without a bulge"};
  scene.truth = {kSaysFeatures, kSaysEdgeOn, kSaysRoundedBulge + shape, lane ? kSaysOdd : kSaysNotOdd};
  if (lane) scene.truth.push_back(kSaysDustLane);
  scene.caption = std::string("A disk seen edge-on") + kShapes[shape] + (lane ? " and with a lane of dust." : ".");
}

// --- Mergers
// -----------------------------------------------------------------------------------------------------------

// A stream of stars from one place to another along a curve that bends through `control`; its light falls as (1 -
// t)^fade.
struct Stream {
  Point from, control, to;
  float light, width, fade;
  Rgb colour;
};

void add_stream(Scene& scene, Chance& chance, const Stream& stream) {
  constexpr int kSteps = 56;
  for (int i = 0; i < kSteps; ++i) {
    const float t = (static_cast<float>(i) + chance.between(0, 1)) / kSteps, s = 1 - t;
    const float from = s * s, control = 2 * s * t, to = t * t;  // a quadratic Bézier curve
    const float size = stream.width * (0.7F + 0.8F * t);
    const Point p{from * stream.from.x + control * stream.control.x + to * stream.to.x + chance.normal(0.3F * size),
                  from * stream.from.y + control * stream.control.y + to * stream.to.y + chance.normal(0.3F * size)};
    const float flux = stream.light * std::pow(s, stream.fade) * chance.between(0.5F, 1.5F) * 5 / kSteps;
    scene.spots.push_back({p, size, stream.colour * (flux * 2 * kPi * size * size)});
  }
}

// One partner of a merger: a nucleus in a torn disk.
void add_partner(Scene& scene, Chance& chance, const Texture& texture, Point centre, float size, float turn) {
  const View view{centre, chance.angle(), chance.between(15, 55)};
  Disk disk;
  disk.pose = view.pose();
  disk.scale = size;
  disk.brightness = chance.between(45, 80);
  disk.inner = 0.5F * size;
  disk.outer = 3.6F * size;
  disk.winding = chance.between(1.1F, 1.7F);
  disk.turn = turn;
  disk.contrast = chance.between(1.2F, 2.2F);
  disk.dust = chance.between(0.3F, 1.1F);
  disk.clumpiness = 0.8F;
  disk.texture = &texture;
  const int arms = 1 + chance.pick({0.45, 0.55});
  disk.arms = draw_arms(chance, arms, chance.angle());
  add_bulge(scene, chance, view, size, 2);
  add_knots(scene, chance, disk, 14);
  scene.disks.push_back(disk);
}

// A partner without gas: a smooth nucleus and the shells that it has shaken off.
void add_smooth_partner(Scene& scene, Chance& chance, Point centre, float size, float direction) {
  const Pose pose{centre, direction + chance.normal(0.5F), chance.between(0.62F, 0.92F)};
  scene.spheroids.push_back(
      {pose, size, chance.between(2, 3.2F), chance.between(28, 55), 2, mix(kOldStars, kMiddleAged, 0.2F)});
}

void make_merger(Scene& scene, Chance& chance, const Texture& texture) {
  const bool smooth = chance.happens(0.35);
  const float direction = chance.angle(), apart = chance.between(0.26F, 0.52F),
              turn = chance.happens(0.5) ? 1.0F : -1.0F;
  const auto place = [direction](float along, float across) {
    const float c = std::cos(direction), s = std::sin(direction);
    return Point{c * along - s * across, s * along + c * across};
  };
  const float first = chance.between(0.1F, 0.14F), second = first * chance.between(0.6F, 1);
  const Point a = place(-0.42F * apart, 0), b = place(0.58F * apart, 0);
  for (const auto& [centre, size] : {std::pair{a, first}, std::pair{b, second}}) {
    if (smooth) {
      add_smooth_partner(scene, chance, centre, size, direction);
    } else {
      add_partner(scene, chance, texture, centre, size, turn);
    }
  }
  const Rgb stars =
      smooth ? mix(kOldStars, kMiddleAged, 0.5F) : mix(kDiskStars, kYoungStars, chance.between(0.1F, 0.6F));
  const float light = chance.between(14, 28) * (smooth ? 0.4F : 1), reach = chance.between(0.42F, 0.7F);
  const float width = smooth ? 0.075F : 0.036F;
  add_stream(scene, chance, {a, place(0.1F * apart, 0.25F * turn), b, 0.8F * light, 1.2F * width, 0.3F, stars});
  add_stream(scene, chance,
             {a, place(-apart, -0.3F * turn), place(-0.3F * apart - 0.4F * reach, -reach * turn), light, width,
              chance.between(0.8F, 1.3F), stars});
  add_stream(scene, chance,
             {b, place(apart + 0.12F, 0.3F * turn), place(0.4F * apart + 0.3F * reach, reach * turn), light,
              0.85F * width, chance.between(0.8F, 1.3F), stars});
  // Stars thrown out of both fill the space around them.
  scene.spheroids.push_back({Pose({}, direction, 0.7F), 0.4F, 1, 2.4F, 2, mix(kMiddleAged, stars, 0.4F)});
  scene.truth = {kSaysFeatures, kSaysNotEdgeOn, kSaysNoBar, kSaysNoSpiral, kSaysObviousBulge, kSaysOdd, kSaysMerger};
  scene.caption = "Two galaxies merging, with tails of stars drawn out between and behind them.";
  if (!smooth) return;
  scene.truth = {kSaysSmooth, kSaysInBetween, kSaysOdd, kSaysMerger};
  scene.caption = "Two smooth galaxies merging in a cloud of the stars that they have lost.";
}

// --- Stars and the rest of the sky
// -------------------------------------------------------------------------------------

Rgb star_colour(Chance& chance) {
  const float warmth = chance.between(0, 1);
  return warmth < 0.5F ? mix({0.78F, 0.95F, 1.3F}, {1, 1, 1}, 2 * warmth)
                       : mix({1, 1, 1}, {1.75F, 0.82F, 0.45F}, 2 * warmth - 1);
}

void make_star(Scene& scene, Chance& chance) {
  const Rgb colour = star_colour(chance);
  scene.spots.push_back({chance.near_centre(), 0.004F, colour * chance.between(12, 40)});
  scene.spikes = true;
  scene.truth = {kSaysStar};
  scene.caption = "A star of our own galaxy, with the spikes that the telescope adds.";
}

Point away_from_centre(Chance& chance) {
  Point p;
  do p = {chance.between(-1, 1), chance.between(-1, 1)};
  while (std::hypot(p.x, p.y) < 0.45F);
  return p;
}

void add_field(Scene& scene, Chance& chance) {
  const int stars = static_cast<int>(chance.rng.below(5)), galaxies = 1 + static_cast<int>(chance.rng.below(5));
  for (int i = 0; i < stars; ++i) {
    const float flux = 0.03F * std::pow(1 - chance.between(0, 0.985F), -0.8F);  // many faint, few bright
    scene.spots.push_back({away_from_centre(chance), 0.001F, star_colour(chance) * flux});
  }
  for (int i = 0; i < galaxies; ++i) {
    const Pose pose{away_from_centre(chance), chance.angle(), chance.between(0.35F, 1)};
    const float radius = chance.between(0.012F, 0.035F), brightness = 3 * std::pow(1 - chance.between(0, 0.95F), -0.7F);
    const Rgb colour =
        chance.happens(0.55) ? Rgb{1.5F, 0.9F, 0.5F} : mix(kMiddleAged, kYoungStars, chance.between(0, 0.8F));
    scene.spheroids.push_back({pose, radius, 1, brightness, 2, colour});
  }
}

Scene draw_scene(GalaxyKind kind, Chance& chance, const Texture& texture) {
  Scene scene;
  switch (kind) {
    case GalaxyKind::kRoundSmooth:
      make_smooth(scene, chance, chance.between(0.92F, 1), "completely round", kSaysRound);
      break;
    case GalaxyKind::kInBetweenSmooth:
      make_smooth(scene, chance, chance.between(0.5F, 0.72F), "between round and long", kSaysInBetween);
      break;
    case GalaxyKind::kCigarSmooth:
      make_cigar(scene, chance);
      break;
    case GalaxyKind::kEdgeOn:
      make_edge_on(scene, chance, texture);
      break;
    case GalaxyKind::kSpiral:
      make_spiral(scene, chance, texture, false);
      break;
    case GalaxyKind::kBarredSpiral:
      make_spiral(scene, chance, texture, true);
      break;
    case GalaxyKind::kRing:
      make_ring(scene, chance, texture);
      break;
    case GalaxyKind::kMerger:
      make_merger(scene, chance, texture);
      break;
    case GalaxyKind::kStar:
      make_star(scene, chance);
      break;
  }
  add_field(scene, chance);
  return scene;
}

// --- From scene to picture
// ---------------------------------------------------------------------------------------------

template <typename Parts>
Rgb light_of(const Parts& parts, Point p) {
  Rgb sum;
  for (const auto& part : parts) sum = sum + part.at(p);
  return sum;
}

// The wings of the point spread and the four spikes that the secondary mirror's supports make.
Rgb glare(const Spot& star, Point p) {
  const float dx = p.x - star.centre.x, dy = p.y - star.centre.y;
  const float a = (dx + dy) * 0.7071F, b = (dx - dy) * 0.7071F, r2 = dx * dx + dy * dy;
  const auto spike = [](float along, float across) {
    return std::exp(-std::fabs(along) / 0.14F - 0.5F * across * across / (0.009F * 0.009F));
  };
  const float halo = 1 / std::pow(1 + r2 / (0.035F * 0.035F), 1.6F);
  return star.flux * (1.1F * (spike(a, b) + spike(b, a)) + 5.5F * halo);
}

Image photograph(const Scene& scene, const SkyOptions& options, Rng noise) {
  const auto scale = static_cast<float>(options.size) / 128;
  Canvas canvas(options.size);
  canvas.paint([&scene](Point p) {
    return light_of(scene.spheroids, p) + light_of(scene.disks, p) + light_of(scene.bars, p) +
           light_of(scene.rings, p) + light_of(scene.edge_on_disks, p);
  });
  if (scene.spikes) canvas.paint([&scene](Point p) { return glare(scene.spots.front(), p); });
  for (const Spot& spot : scene.spots) canvas.spot(spot.centre, spot.sigma, spot.flux);
  canvas.blur(static_cast<float>(options.psf_pixels) * scale);
  canvas.add_noise(static_cast<float>(options.noise), 0.55F * scale, noise);
  return canvas.develop();
}

galaxy::Fractions truth_of(const std::vector<int>& taken) {
  galaxy::Fractions out = galaxy::conditional_from_weighted({});  // equal shares
  for (const int answer : taken) {
    const auto& question =
        galaxy::questions()[static_cast<std::size_t>(galaxy::answers()[static_cast<std::size_t>(answer)].question)];
    for (int a = question.begin; a < question.end; ++a) out[static_cast<std::size_t>(a)] = a == answer ? 1.0F : 0.0F;
  }
  return out;
}

void check(const SkyOptions& options) {
  const bool sensible = options.size >= 16 && options.size <= 2048 && options.noise >= 0 && options.noise <= 100 &&
                        options.psf_pixels >= 0 && options.psf_pixels <= 16;
  if (!sensible) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "[render_galaxy] a synthetic sky is 16 to 2048 pixels wide, with noise 0 to 100 and a blur of 0 to 16 pixels");
  }
}

}  // namespace

const char* galaxy_kind_name(GalaxyKind kind) {
  switch (kind) {
    case GalaxyKind::kRoundSmooth:
      return "round_smooth";
    case GalaxyKind::kInBetweenSmooth:
      return "in_between_smooth";
    case GalaxyKind::kCigarSmooth:
      return "cigar_smooth";
    case GalaxyKind::kEdgeOn:
      return "edge_on";
    case GalaxyKind::kSpiral:
      return "spiral";
    case GalaxyKind::kBarredSpiral:
      return "barred_spiral";
    case GalaxyKind::kRing:
      return "ring";
    case GalaxyKind::kMerger:
      return "merger";
    case GalaxyKind::kStar:
      return "star";
  }
  return "spiral";
}

std::optional<int> five_class_of_kind(GalaxyKind kind) {
  switch (kind) {
    case GalaxyKind::kRoundSmooth:
      return 0;
    case GalaxyKind::kInBetweenSmooth:
      return 1;
    case GalaxyKind::kCigarSmooth:
      return 2;
    case GalaxyKind::kEdgeOn:
      return 3;
    case GalaxyKind::kSpiral:
    case GalaxyKind::kBarredSpiral:
      return 4;
    case GalaxyKind::kRing:
    case GalaxyKind::kMerger:
    case GalaxyKind::kStar:
      return std::nullopt;
  }
  return std::nullopt;
}

SyntheticGalaxy render_galaxy(GalaxyKind kind, const SkyOptions& options, const Rng& rng) {
  check(options);
  Rng texture_rng = rng.child(0);
  const Texture texture(texture_rng);
  Chance chance{rng.child(1)};
  const Scene scene = draw_scene(kind, chance, texture);
  return {photograph(scene, options, rng.child(2)), kind, truth_of(scene.truth), scene.caption};
}

}  // namespace pinwheel
