// What will be loaded before anything is decoded: which files, with which target, in which group. Made from a table or
// from class folders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/label_table.h"
#include "data/readers.h"

namespace pinwheel {

struct PlannedImage {
  std::size_t file = 0;       // index in the source
  std::vector<float> target;  // [outputs]
  std::string group;
  bool fills_frame = false;                 // see data/frame.h
  std::optional<Part> part = std::nullopt;  // where the source itself says so
};

struct Plan {
  std::vector<std::string> outputs;
  std::vector<PlannedImage> images;
};

// `pictures`: indices of the source's files that are pictures. Unusable ones are reported and left out. Throws
// Error(kInvalidArgument, kBadFile) when nothing usable is left or the target cannot be told.
Plan plan_from_table(const FileSource& source, const std::vector<std::size_t>& pictures, const LabelTable& table,
                     const LoadOptions& options, LoadReport& report);
Plan plan_from_folders(const FileSource& source, const std::vector<std::size_t>& pictures, const LoadOptions& options,
                       LoadReport& report);

Plan plan_from_arrays(const FileSource& source, const ArrayLabels& labels, const LoadOptions& options,
                      LoadReport& report);

// Shared: the order of classes, and a one-hot row. Five-class names keep the tree's order, whole numbers count
// up, everything else is alphabetical.
std::vector<std::string> class_order(std::vector<std::string> labels, std::size_t fewest = 2);
std::vector<float> one_hot(const std::vector<std::string>& classes, const std::string& label);

std::vector<std::string> vote_columns();  // "Class1.1" … "Class11.6"

}  // namespace pinwheel
