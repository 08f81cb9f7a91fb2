#include "data/parts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.h"
#include "data/label_table.h"
#include "data/names.h"

namespace pinwheel {
namespace {

constexpr std::array<std::string_view, 3> kColumns{"part", "split", "set"};
constexpr std::array<std::pair<std::string_view, Part>, 8> kWords{{{"", Part::kNone},
                                                                   {"train", Part::kTrain},
                                                                   {"training", Part::kTrain},
                                                                   {"val", Part::kValidation},
                                                                   {"valid", Part::kValidation},
                                                                   {"validation", Part::kValidation},
                                                                   {"test", Part::kTest},
                                                                   {"testing", Part::kTest}}};

std::size_t part_column(const LabelTable& table) {
  for (const std::string_view name : kColumns) {
    if (const auto column = table.column(name)) return *column;
  }
  throw Error(ErrorCode::kBadFile, table.name() + " has no column 'part' that says train, validation or test.");
}

Part parse_part(const LabelTable& table, std::size_t row, std::size_t column) {
  const std::string word = lower(table.cell(row, column));
  const auto known = std::find_if(kWords.begin(), kWords.end(), [&](const auto& entry) { return entry.first == word; });
  if (known != kWords.end()) return known->second;
  throw Error(ErrorCode::kBadFile, table.name() + " says '" + word + "' of '" +
                                       std::string(table.cell(row, table.id_column())) +
                                       "': write train, validation or test.");
}

}  // namespace

void read_parts(Dataset& dataset, const std::string& csv, const std::string& name) {
  const LabelTable table(csv, name);
  const std::size_t column = part_column(table);
  std::vector<Part> parts;
  bool any = false;
  for (const std::string& id : dataset.ids) {
    const auto row = table.row_of(id);
    any = any || row;
    parts.push_back(row ? parse_part(table, *row, column) : Part::kNone);
  }
  if (!any) {
    throw Error(ErrorCode::kBadFile, name + " names none of the " + std::to_string(dataset.size()) +
                                         " pictures; the first of them is '" +
                                         (dataset.ids.empty() ? "" : dataset.ids[0]) + "'.");
  }
  dataset.parts = std::move(parts);
}

}  // namespace pinwheel
