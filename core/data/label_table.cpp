#include "data/label_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "data/names.h"

namespace pinwheel {
namespace {

constexpr std::size_t kAmbiguous = static_cast<std::size_t>(-1);

// In order of how surely they name a picture.
constexpr std::array<std::string_view, 19> kIdColumns{"file",     "filename", "file_name",  "image_file", "image_path",
                                                      "path",     "image",    "image_name", "picture",    "galaxyid",
                                                      "image_id", "asset_id", "id",         "id_str",     "dr7objid",
                                                      "dr8objid", "objid",    "iauname",    "name"};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Calls use(end) for the path and each shorter end of it: "a/b/c", "b/c", "c".
template <typename Use>
void for_each_end(std::string_view path, Use use) {
  for (;;) {
    use(path);
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<std::size_t> csv_files(const FileSource& source) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (is_csv_name(source.name(i))) found.push_back(i);
  }
  return found;
}

bool speaks_of_labels(const std::string& name) {
  const std::string base = lower(base_name(name));
  return base.find("label") != std::string::npos || base.find("solution") != std::string::npos;
}

std::size_t choose_csv(const FileSource& source, const std::vector<std::size_t>& found) {
  if (found.size() == 1) return found[0];
  std::vector<std::size_t> likely;
  std::string list;
  for (const std::size_t i : found) {
    if (speaks_of_labels(source.name(i))) likely.push_back(i);
    list += (list.empty() ? "" : ", ") + source.name(i);
  }
  if (likely.size() == 1) return likely[0];
  throw Error(ErrorCode::kInvalidArgument,
              "There are several CSV files (" + list.substr(0, 300) + "): say which one has the labels.");
}

std::optional<LabelTable> table_inside(const FileSource& source) {
  const auto found = csv_files(source);
  if (found.empty()) return std::nullopt;
  const std::size_t chosen = choose_csv(source, found);
  return LabelTable(text_of(source.read(chosen)), source.name(chosen));
}

}  // namespace

LabelTable::LabelTable(const std::string& text, std::string name) : name_(std::move(name)) {
  cells_.reserve(text.size());
  for_each_csv_row(text, name_, [this](std::vector<std::string>&& row) {
    if (header_.empty()) {
      header_ = std::move(row);
      return;
    }
    for (const std::string& value : row) {
      cells_ += value;
      ends_.push_back(cells_.size());
    }
  });
  if (ends_.empty()) throw Error(ErrorCode::kBadFile, name_ + " has no rows below its header.");
  std::optional<std::size_t> found;
  for (const std::string_view candidate : kIdColumns) {
    if (!found) found = column(candidate);
  }
  if (!found) {
    throw Error(ErrorCode::kBadFile,
                name_ + " has no column that names the pictures: call one of them 'file' or 'id'.");
  }
  id_column_ = *found;
  for (std::size_t row = 0; row < rows(); ++row) {
    const std::string_view id = cell(row, id_column_);
    if (id.empty()) continue;
    if (!row_by_name_.emplace(id, row).second) {
      throw Error(ErrorCode::kBadFile, name_ + " has two rows for '" + std::string(id) + "': keep one of them.");
    }
    for_each_end(without_extension(id), [&](std::string_view end) {
      const auto [place, fresh] = row_by_end_.emplace(end, row);
      if (!fresh) place->second = kAmbiguous;
    });
  }
}

std::string_view LabelTable::cell(std::size_t row, std::size_t column) const {
  const std::size_t at = row * header_.size() + column, begin = at == 0 ? 0 : ends_[at - 1];
  return trimmed(std::string_view(cells_).substr(begin, ends_[at] - begin));
}

std::optional<std::size_t> LabelTable::column(std::string_view name) const {
  const std::string wanted = lower(name);
  for (std::size_t i = 0; i < header().size(); ++i) {
    if (lower(trimmed(header()[i])) == wanted) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> LabelTable::find(std::string_view key) const {
  const auto exact = row_by_name_.find(std::string(key));
  return exact == row_by_name_.end() ? std::nullopt : std::optional(exact->second);
}

std::optional<std::size_t> LabelTable::row_of(std::string_view picture) const {
  std::optional<std::size_t> row;
  for_each_end(picture, [&](std::string_view end) {
    if (!row) row = find(end);
    if (!row) row = find(without_extension(end));
  });
  if (row) return row;
  for_each_end(without_extension(picture), [&](std::string_view end) {
    const auto found = row_by_end_.find(std::string(end));
    if (!row && found != row_by_end_.end() && found->second != kAmbiguous) row = found->second;
  });
  return row;
}

std::optional<LabelTable> find_label_table(const FileSource& source, const FileSource* labels) {
  if (labels == nullptr) return table_inside(source);
  if (labels->size() == 1) return LabelTable(text_of(labels->read(0)), labels->name(0));
  auto table = table_inside(*labels);
  if (!table) throw Error(ErrorCode::kNotFound, "The file given for the labels has no CSV file in it.");
  return table;
}

}  // namespace pinwheel
