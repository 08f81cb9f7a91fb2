// A whole data set of the synthetic sky, drawn in pieces: which kinds, how many, how evenly. The same description gives
// the same galaxies under the same names everywhere.
#pragma once

#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "data/synthetic.h"
#include "image/preprocess.h"

namespace pinwheel {

struct SkySetSpec {
  std::vector<GalaxyKind> kinds;  // each is a class, in this order
  std::int64_t count = 0;         // of all together
  double balance = 1;             // (0, 1]: every kind is so many times as frequent as the one before it
  std::uint64_t seed = 1;
  SkyOptions sky;
  TargetKind target = TargetKind::kClasses;  // fractions and votes: the 37 answers, known for sure
};

// The kind of each galaxy, as an index into spec.kinds: well mixed, so that any beginning has the same shares. Throws
// Error(kInvalidArgument) for a description that makes no set.
std::vector<int> plan_kinds(const SkySetSpec& spec);
std::string sky_name(const SkySetSpec& spec, const std::vector<int>& plan, std::int64_t i);  // "spiral/000012.png"
SyntheticGalaxy sky_galaxy(const SkySetSpec& spec, const std::vector<int>& plan, std::int64_t i);

class SkySet {
 public:
  // Every galaxy goes through the preprocessing like a picture from a file.
  SkySet(SkySetSpec spec, Preprocess preprocess, const Extent& stored);

  std::int64_t total() const { return spec_.count; }
  std::int64_t drawn() const { return data_.size(); }
  void draw(std::int64_t most, const ThreadPool& pool);  // the next ones
  Dataset take() { return std::move(data_); }

 private:
  std::vector<float> target_of(const SyntheticGalaxy& galaxy, int kind) const;

  SkySetSpec spec_;
  Preprocess preprocess_;
  std::vector<int> plan_;
  Dataset data_;
};

}  // namespace pinwheel
