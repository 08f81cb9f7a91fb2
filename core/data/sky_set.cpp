#include "data/sky_set.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "data/plan.h"
#include "galaxy/labels.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kMost = 1'000'000;

void check(const SkySetSpec& spec) {
  const auto need = [](bool good, const char* what) {
    if (!good) throw Error(ErrorCode::kInvalidArgument, what);
  };
  const std::set<GalaxyKind> different(spec.kinds.begin(), spec.kinds.end());
  need(!spec.kinds.empty() && different.size() == spec.kinds.size(),
       "a rendered data set needs one or more different kinds of galaxy");
  need(spec.count >= 1 && spec.count <= kMost, "a rendered data set has 1 to 1,000,000 galaxies");
  need(spec.balance > 0 && spec.balance <= 1, "the balance of a rendered data set must be above 0 and at most 1");
}

std::vector<std::string> outputs_of(const SkySetSpec& spec) {
  if (spec.target != TargetKind::kClasses) return vote_columns();
  std::vector<std::string> names;
  for (const GalaxyKind kind : spec.kinds) names.emplace_back(galaxy_kind_name(kind));
  return names;
}

}  // namespace

// Each place goes to the kind that is furthest behind its share; with equal shares they take turns.
std::vector<int> plan_kinds(const SkySetSpec& spec) {
  check(spec);
  std::vector<double> share, behind(spec.kinds.size(), 0);
  double weight = 1, total = 0;
  for (std::size_t k = 0; k < spec.kinds.size(); ++k, weight *= spec.balance) {
    share.push_back(weight);
    total += weight;
  }
  std::vector<int> plan;
  for (std::int64_t i = 0; i < spec.count; ++i) {
    for (std::size_t k = 0; k < share.size(); ++k) behind[k] += share[k] / total;
    // A hair of tolerance, so that rounding does not disturb the turns.
    const double most = *std::max_element(behind.begin(), behind.end()) - 1e-9;
    const auto next = std::find_if(behind.begin(), behind.end(), [most](double b) { return b >= most; });
    *next -= 1;
    plan.push_back(static_cast<int>(next - behind.begin()));
  }
  return plan;
}

std::string sky_name(const SkySetSpec& spec, const std::vector<int>& plan, std::int64_t i) {
  std::string number = std::to_string(i);
  number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
  const auto kind = static_cast<std::size_t>(plan[static_cast<std::size_t>(i)]);
  return std::string(galaxy_kind_name(spec.kinds[kind])) + "/" + number + ".png";
}

SyntheticGalaxy sky_galaxy(const SkySetSpec& spec, const std::vector<int>& plan, std::int64_t i) {
  const auto kind = static_cast<std::size_t>(plan[static_cast<std::size_t>(i)]);
  return render_galaxy(spec.kinds[kind], spec.sky, Rng(spec.seed).child(static_cast<std::uint64_t>(i)));
}

SkySet::SkySet(SkySetSpec spec, Preprocess preprocess, const Extent& stored)
    : spec_(std::move(spec)), preprocess_(std::move(preprocess)), plan_(plan_kinds(spec_)) {
  data_.extent = stored;
  data_.target_kind = spec_.target;
  data_.outputs = outputs_of(spec_);
  data_.pixels.reserve(static_cast<std::size_t>(spec_.count * stored.size()));
  data_.targets.reserve(static_cast<std::size_t>(spec_.count) * data_.outputs.size());
  // What cannot be drawn is told now, and not from within the pool.
  (void)run_steps(preprocess_, sky_galaxy(spec_, plan_, 0).image, stored);
}

std::vector<float> SkySet::target_of(const SyntheticGalaxy& galaxy, int kind) const {
  if (spec_.target == TargetKind::kClasses)
    return one_hot(data_.outputs, data_.outputs[static_cast<std::size_t>(kind)]);
  const galaxy::Fractions weighted = galaxy::weighted_from_conditional(galaxy.conditional);
  if (spec_.target == TargetKind::kFractions) return {weighted.begin(), weighted.end()};
  const galaxy::Votes votes = galaxy::votes_from_weighted(weighted);
  return {votes.begin(), votes.end()};
}

void SkySet::draw(std::int64_t most, const ThreadPool& pool) {
  const std::int64_t begin = drawn();
  const auto count = static_cast<std::size_t>(std::min(most, total() - begin));
  std::vector<std::vector<std::uint8_t>> pixels(count);
  std::vector<std::vector<float>> targets(count);
  pool.for_each(count, [&](std::size_t k) {
    const std::int64_t i = begin + static_cast<std::int64_t>(k);
    const SyntheticGalaxy galaxy = sky_galaxy(spec_, plan_, i);
    pixels[k] = run_steps(preprocess_, galaxy.image, data_.extent).pixels;
    targets[k] = target_of(galaxy, plan_[static_cast<std::size_t>(i)]);
  });
  for (std::size_t k = 0; k < count; ++k) {
    data_.ids.push_back(sky_name(spec_, plan_, begin + static_cast<std::int64_t>(k)));
    data_.groups.emplace_back();
    data_.pixels.insert(data_.pixels.end(), pixels[k].begin(), pixels[k].end());
    data_.targets.insert(data_.targets.end(), targets[k].begin(), targets[k].end());
  }
}

}  // namespace pinwheel
