#include "base/rng.h"

#include <cmath>
#include <numbers>

namespace pinwheel {
namespace {

// Ten rounds of Philox4x32 (Salmon et al. 2011, section 3.3) on the counter (counter, 0) with the 64-bit key.
std::array<std::uint32_t, 4> philox(std::uint64_t counter, std::uint64_t key) {
  constexpr std::uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  std::array<std::uint32_t, 4> c{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0};
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{kMultiplier0} * c[0];
    const std::uint64_t p1 = std::uint64_t{kMultiplier1} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return c;
}

}  // namespace

Rng::Rng(const State& state) : state_(state) {
  if (state_.used < 4) block_ = philox(state_.counter - 1, state_.key);
}

Rng Rng::child(std::uint64_t key) const {
  // A second Philox call, outside the counters that this stream itself will use, mixes parent and child keys.
  const auto mixed = philox(~key, state_.key ^ 0x5851F42D4C957F2DULL);
  return Rng((std::uint64_t{mixed[1]} << 32 | mixed[0]) ^ (std::uint64_t{mixed[2]} << 17));
}

std::uint32_t Rng::next_u32() {
  if (state_.used == 4) {
    block_ = philox(state_.counter++, state_.key);
    state_.used = 0;
  }
  return block_[state_.used++];
}

double Rng::uniform() {
  const std::uint64_t high = next_u32() >> 5, low = next_u32() >> 6;
  return static_cast<double>(high << 26 | low) * 0x1p-53;
}

double Rng::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::uint32_t Rng::below(std::uint32_t bound) {
  // Lemire 2019, "Fast random integer generation in an interval": reject the few values that would bias the result.
  std::uint64_t product = std::uint64_t{next_u32()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t threshold = (0U - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{next_u32()} * bound;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

}  // namespace pinwheel
