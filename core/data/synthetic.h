// A synthetic sky: galaxies that the core draws itself, seeded, with true answers. For trying the page with nothing at
// hand, for lessons, and for tests. Models: Sérsic (1963) bulge, exponential disk, bar, logarithmic spiral arms, ring,
// edge-on disk with dust lane, merger, star; Gaussian PSF; Poisson-like sky noise; asinh stretch (Lupton et al. 2004).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "galaxy/decision_tree.h"
#include "image/image.h"

namespace pinwheel {

enum class GalaxyKind {
  kRoundSmooth,
  kInBetweenSmooth,
  kCigarSmooth,
  kEdgeOn,
  kSpiral,
  kBarredSpiral,
  kRing,
  kMerger,
  kStar
};
inline constexpr int kGalaxyKinds = 9;
const char* galaxy_kind_name(GalaxyKind kind);  // "round_smooth", …
// Which of galaxy::five_classes() it belongs to; rings, mergers and stars belong to none.
std::optional<int> five_class_of_kind(GalaxyKind kind);

struct SkyOptions {
  std::int64_t size = 128;  // pixels a side
  double noise = 1.0;       // sky noise, 1 = like SDSS cutouts
  double psf_pixels = 1.2;  // Gaussian sigma at 128 pixels, scaled with size
  bool operator==(const SkyOptions&) const = default;
};
struct SyntheticGalaxy {
  Image image;  // RGB
  GalaxyKind kind = GalaxyKind::kSpiral;
  galaxy::Fractions
      conditional{};    // the truth: 1 for the true answer of each question that applies, equal shares elsewhere
  std::string caption;  // "A barred spiral with two loose arms, seen 38 degrees from face-on."
};
// The same rng key and options give the same pixels on every platform within one grey level; another size gives the
// same galaxy with other grain. Throws Error(kInvalidArgument) for a size outside 16 … 2048, noise outside 0 … 100 or a
// blur outside 0 … 16.
SyntheticGalaxy render_galaxy(GalaxyKind kind, const SkyOptions& options, const Rng& rng);

}  // namespace pinwheel
