// Counter-based random numbers (Philox4x32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// A generator is a value made of a key and a position: any image, any layer, any epoch can have its own stream, so
// results depend on the seed and never on which thread drew first. There is no global generator.
#pragma once

#include <array>
#include <cstdint>

namespace pinwheel {

class Rng {
 public:
  // The whole state; saved in checkpoints, restored bit for bit.
  struct State {
    std::uint64_t key = 0;
    std::uint64_t counter = 0;  // blocks of four numbers drawn
    std::uint32_t used = 4;     // numbers already taken from the current block; 4 = none left
    bool operator==(const State&) const = default;
  };

  explicit Rng(std::uint64_t seed) : Rng(State{seed, 0, 4}) {}
  explicit Rng(const State& state);

  // An independent generator for one purpose: rng.child(epoch).child(image). Does not advance this one.
  Rng child(std::uint64_t key) const;

  std::uint32_t next_u32();
  double uniform();                          // [0, 1), 53 bits
  double uniform(double low, double high);   // [low, high)
  double normal();                           // mean 0, variance 1 (Box-Muller)
  std::uint32_t below(std::uint32_t bound);  // 0 … bound-1 without modulo bias; bound > 0

  // Fisher-Yates over any random-access container.
  template <typename Container>
  void shuffle(Container& items) {
    using std::swap;
    for (std::size_t i = items.size(); i > 1; --i) swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
  }

  const State& state() const { return state_; }

 private:
  State state_;
  std::array<std::uint32_t, 4> block_{};
};

}  // namespace pinwheel
