// Getting galaxies in: a folder of class folders, images with a CSV, or a zip of either, through one interface. A source
// lists entries and hands out bytes one by one; nothing loads a whole archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "image/preprocess.h"
#include "base/parallel.h"

namespace pinwheel {

// Named bytes: a folder (recursive), a zip, or some files. Names use '/', relative to the root, sorted as the source lists them
// (folders: bytewise by path).
class FileSource {
 public:
  virtual ~FileSource() = default;
  virtual std::size_t size() const = 0;
  virtual const std::string& name(std::size_t i) const = 0;
  virtual std::vector<std::uint8_t> read(std::size_t i) const = 0;  // throws Error naming the file; thread-safe
};
// Folder, zip (recognised by content) or single files. Zip limits: no path traversal, no entry over 256 MB, ratio under 1000.
std::unique_ptr<FileSource> open_source(const std::vector<std::filesystem::path>& paths);
std::unique_ptr<FileSource> open_zip(std::vector<std::uint8_t> bytes, const std::string& name);

struct Problem {
  std::string file, reason;
};
struct LoadReport {
  std::vector<Problem> problems;  // one per unreadable or unusable file, in input order
  std::int64_t images = 0;        // loaded
};
struct LoadOptions {
  Preprocess preprocess;          // its 8-bit steps run once, at load
  Extent extent;                  // stored size
  TargetKind target_kind = TargetKind::kClasses;  // kVotes accepts fraction columns, class columns of known schemes, or both
  std::string label_column;       // of the CSV for kClasses; empty: guess (class, label, …) and say so in the error when unsure
  std::function<bool(std::int64_t done, std::int64_t total)> progress;  // return false to cancel: Error(kCancelled)
};
// Class folders ("class-name/*.jpg"), or a CSV beside the images: id or file column; 37 columns "Class1.1"…, or a class column.
// The shared research set's labels.csv (set, file, cls5, cls6, …, same_galaxy_in) is read by the same code.
// csv_path may be empty: then a .csv inside the source is used if there is one.
Dataset load_dataset(const FileSource& source, const std::filesystem::path& csv_path, const LoadOptions& options,
                     const ThreadPool& pool, LoadReport& report);

// Rows of an RFC 4180 CSV; throws Error with the line for unbalanced quotes or ragged rows.
std::vector<std::vector<std::string>> parse_csv(const std::string& text, const std::string& name);

}  // namespace pinwheel
