#include "data/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include "base/error.h"
#include "base/rng.h"
#include "data/duplicates.h"

namespace pinwheel {
namespace {

// FNV-1a, 64 bits (Fowler, Noll, Vo), then the finaliser of splitmix64 (Steele et al. 2014): FNV's high bits alone
// change little between names that differ only at their end.
std::uint64_t hash_name(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ hash >> 27) * 0x94D049BB133111EBULL;
  return hash ^ hash >> 31;
}

// What stays together: one example, or all of one group. Members ascending.
struct Unit {
  std::string name;
  std::vector<std::int64_t> members;
};

std::string unit_name(const Dataset& dataset, std::int64_t i) {
  const auto k = static_cast<std::size_t>(i);
  const bool grouped = !dataset.groups.empty() && !dataset.groups[k].empty();
  return grouped ? dataset.groups[k] : dataset.ids[k];
}

// Moves every unit that holds one of several equal pictures into the first of them by name, so that no picture is on
// two sides.
void join_equal_pictures(const Dataset& dataset, std::map<std::string, std::vector<std::int64_t>>& by_name) {
  std::map<std::string, std::string> moved;  // from a unit that is no more to the one that took it in
  const auto home = [&](std::int64_t i) {
    std::string name = unit_name(dataset, i);
    for (auto next = moved.find(name); next != moved.end(); next = moved.find(name)) name = next->second;
    return name;
  };
  for (const auto& set : equal_pictures(dataset)) {
    std::string into = home(set[0]);
    for (const std::int64_t i : set) into = std::min(into, home(i));
    for (const std::int64_t i : set) {
      const std::string from = home(i);
      if (from == into) continue;
      auto& members = by_name[into];
      members.insert(members.end(), by_name[from].begin(), by_name[from].end());
      by_name.erase(from);
      moved[from] = into;
    }
  }
}

// Sorted by name: the split must not depend on the order in which files came.
std::vector<Unit> units_of(const Dataset& dataset) {
  std::map<std::string, std::vector<std::int64_t>> by_name;
  for (std::int64_t i = 0; i < dataset.size(); ++i) by_name[unit_name(dataset, i)].push_back(i);
  join_equal_pictures(dataset, by_name);
  std::vector<Unit> units;
  for (auto& [name, members] : by_name) {
    std::sort(members.begin(), members.end());
    units.push_back({name, std::move(members)});
  }
  return units;
}

void put(const Unit& unit, std::vector<std::int64_t>& part) {
  part.insert(part.end(), unit.members.begin(), unit.members.end());
}

void split_by_hash(const std::vector<Unit>& units, const SplitSpec& spec, Split& split) {
  for (const Unit& unit : units) {
    const char side = hash_side(unit.name, spec);
    put(unit, side == 'e' ? split.test : side == 'v' ? split.validation : split.train);
  }
}

std::size_t members_of(const std::vector<Unit>& units) {
  std::size_t sum = 0;
  for (const Unit& unit : units) sum += unit.members.size();
  return sum;
}

std::size_t quota(double part, std::size_t count) {
  return static_cast<std::size_t>(std::floor(part * static_cast<double>(count) + 0.5));
}

// Shuffles, then fills test and validation up to their share; a group that would overfill a part goes on to the next.
void split_shuffled(std::vector<Unit> units, const SplitSpec& spec, Rng rng, Split& split) {
  const std::size_t count = members_of(units);
  std::size_t test = quota(spec.test, count), validation = quota(spec.validation, count);
  rng.shuffle(units);
  for (const Unit& unit : units) {
    const std::size_t size = unit.members.size();
    if (size <= test) {
      test -= size;
      put(unit, split.test);
    } else if (size <= validation) {
      validation -= size;
      put(unit, split.validation);
    } else {
      put(unit, split.train);
    }
  }
}

// The most held out of its members' parts: nothing that is tested on is trained on.
Part part_of(const Dataset& dataset, const Unit& unit) {
  Part part = Part::kNone;
  for (const std::int64_t i : unit.members) part = std::max(part, dataset.parts[static_cast<std::size_t>(i)]);
  return part;
}

void split_as_given(const Dataset& dataset, const std::vector<Unit>& units, const SplitSpec& spec, Split& split) {
  if (dataset.parts.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "Neither the data nor a list says who trains and who tests: name a file with the parts, or choose "
                "another split.");
  }
  const bool validates = std::count(dataset.parts.begin(), dataset.parts.end(), Part::kValidation) > 0;
  const SplitSpec of_training{SplitKind::kHash, validates ? 0.0 : spec.validation, 0.0, spec.seed};
  for (const Unit& unit : units) {
    const Part part = part_of(dataset, unit);
    if (part == Part::kTest) put(unit, split.test);
    if (part == Part::kValidation) put(unit, split.validation);
    if (part == Part::kTrain) put(unit, hash_side(unit.name, of_training) == 'v' ? split.validation : split.train);
  }
}

std::int64_t class_of(const Dataset& dataset, std::int64_t i) {
  const auto target = dataset.target(i);
  return std::max_element(target.begin(), target.end()) - target.begin();
}

void split_stratified(const Dataset& dataset, std::vector<Unit> units, const SplitSpec& spec, Split& split) {
  if (dataset.target_kind != TargetKind::kClasses) {
    throw Error(ErrorCode::kInvalidArgument,
                "A stratified split needs classes; these targets are votes. Choose another split.");
  }
  std::map<std::int64_t, std::vector<Unit>> by_class;
  for (Unit& unit : units) by_class[class_of(dataset, unit.members[0])].push_back(std::move(unit));
  const Rng rng(spec.seed);
  for (auto& [index, members] : by_class) {
    split_shuffled(std::move(members), spec, rng.child(static_cast<std::uint64_t>(index)), split);
  }
}

void require_part(const std::vector<std::int64_t>& part, double asked, const char* name, const Dataset& dataset) {
  if (asked > 0 && part.empty()) {
    throw Error(ErrorCode::kInvalidArgument, std::string("With ") + std::to_string(dataset.size()) +
                                                 " pictures nothing is left for " + name +
                                                 ": add pictures, or change the split or its seed.");
  }
}

constexpr std::array<std::pair<SplitKind, const char*>, 4> kKinds{{{SplitKind::kRandom, "random"},
                                                                   {SplitKind::kStratified, "stratified"},
                                                                   {SplitKind::kHash, "hash"},
                                                                   {SplitKind::kGiven, "given"}}};

}  // namespace

const char* split_name(SplitKind kind) {
  return std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& entry) { return entry.first == kind; })->second;
}

SplitKind parse_split(std::string_view name) {
  for (const auto& [kind, text] : kKinds) {
    if (name == text) return kind;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "There is no split '" + std::string(name) + "': choose random, stratified, hash or given.");
}

char hash_side(std::string_view name, const SplitSpec& spec) {
  const std::uint64_t hash = hash_name(std::to_string(spec.seed) + ":" + std::string(name));
  const double place = static_cast<double>(hash >> 11) * 0x1p-53;  // [0,1)
  if (place < spec.test) return 'e';
  return place < spec.test + spec.validation ? 'v' : 't';
}

Split split_dataset(const Dataset& dataset, const SplitSpec& spec) {
  if (!(spec.test >= 0 && spec.validation >= 0 && spec.test + spec.validation < 1)) {
    throw Error(ErrorCode::kInvalidArgument, "The parts for validation and test must leave something to train on.");
  }
  Split split;
  std::vector<Unit> units = units_of(dataset);
  switch (spec.kind) {
    case SplitKind::kHash:
      split_by_hash(units, spec, split);
      break;
    case SplitKind::kRandom:
      split_shuffled(std::move(units), spec, Rng(spec.seed), split);
      break;
    case SplitKind::kStratified:
      split_stratified(dataset, std::move(units), spec, split);
      break;
    case SplitKind::kGiven:
      split_as_given(dataset, units, spec, split);
      break;
  }
  for (auto* part : {&split.train, &split.validation, &split.test}) std::sort(part->begin(), part->end());
  // Who is given a split has the parts that he gave.
  if (spec.kind != SplitKind::kGiven) {
    require_part(split.test, spec.test, "the test", dataset);
    require_part(split.validation, spec.validation, "validation", dataset);
  }
  require_part(split.train, 1, "training", dataset);
  return split;
}

}  // namespace pinwheel
