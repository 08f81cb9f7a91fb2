// A CSV of labels: which of a source's files it is, which column names the pictures, and which row belongs to which
// picture. Knows nothing of what the labels mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/readers.h"

namespace pinwheel {

class LabelTable {
 public:
  // Throws Error(kBadFile) when there is no header, no row, or no column that could name pictures.
  LabelTable(const std::string& text, std::string name);

  const std::string& name() const { return name_; }
  std::size_t rows() const { return ends_.size() / header_.size(); }
  const std::vector<std::string>& header() const { return header_; }
  // The value of a column in a row (0 is the first after the header), without surrounding blanks.
  std::string_view cell(std::size_t row, std::size_t column) const;
  // By name, whatever its case; nothing when it is not there.
  std::optional<std::size_t> column(std::string_view name) const;
  std::size_t id_column() const { return id_column_; }

  // The row of a picture: by whole name, then by ever shorter ends of its path, with and without the picture's
  // extension.
  std::optional<std::size_t> row_of(std::string_view picture) const;

 private:
  std::optional<std::size_t> find(std::string_view key) const;

  std::string name_;
  std::vector<std::string> header_;
  // Two million cells of the challenge would be 80 MB of strings: they lie in one text, each ended by its place there.
  std::string cells_;
  std::vector<std::size_t> ends_;  // [rows,columns]
  std::size_t id_column_ = 0;
  std::unordered_map<std::string, std::size_t> row_by_name_, row_by_end_;
};

// The table in `labels` (a CSV or a zip with one inside); without it the only CSV of the source, or the one whose name
// speaks of labels or solutions; nothing when there is none. Throws Error(kInvalidArgument) when several could be
// meant.
std::optional<LabelTable> find_label_table(const FileSource& source, const FileSource* labels);

}  // namespace pinwheel
