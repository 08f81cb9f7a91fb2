// Galaxies in memory: decoded and resized once, kept 8-bit at training size, with what is known about each. Or, where a
// frozen network has looked at them already, as the features that it saw.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.h"
#include "tensor/tensor.h"

namespace pinwheel {

// What the target row of an example means.
enum class TargetKind {
  kClasses,    // one-hot over class names
  kFractions,  // 37 weighted vote fractions
  kVotes,      // 37 whole counts; questions without votes were not asked
};

const char* target_name(TargetKind kind);  // "classes", "fractions", "votes"
// Throws Error(kInvalidArgument) listing the names.
TargetKind parse_target(std::string_view name);

// The side of a split that somebody else put an example on.
enum class Part : std::uint8_t { kNone, kTrain, kValidation, kTest };

struct Dataset {
  Extent extent;  // of every stored image: H,W,C
  TargetKind target_kind = TargetKind::kClasses;
  std::vector<std::string> outputs;  // class names, or the 37 columns
  std::vector<std::string> ids;      // file name inside the source, unique
  std::vector<std::uint8_t> pixels;  // [N,H,W,C]
  std::vector<float> features;       // [N,extent], in place of the pixels; empty: there are none
  std::vector<float> targets;        // [N,outputs]
  std::vector<std::string> groups;   // examples of one group stay on one side of a split; empty string = alone
  std::vector<float> weights;        // empty: all 1
  std::vector<Part> parts;           // as the file, or a list, says; empty: nobody said. For SplitKind::kGiven

  std::int64_t size() const { return static_cast<std::int64_t>(ids.size()); }
  std::int64_t width() const { return static_cast<std::int64_t>(outputs.size()); }
  const std::uint8_t* image(std::int64_t i) const { return pixels.data() + i * extent.size(); }
  std::span<const float> target(std::int64_t i) const { return {targets.data() + i * width(), outputs.size()}; }
};

// What is known about the galaxies of `dataset`, without their pictures and features, for others of this extent.
Dataset same_galaxies(const Dataset& dataset, const Extent& extent);

}  // namespace pinwheel
