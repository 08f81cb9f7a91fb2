// Getting galaxies in: a folder of class folders, images with a CSV, or a zip of either, through one interface. A
// source lists entries and hands out bytes one by one; nothing loads a whole archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "data/random_access.h"
#include "image/image.h"
#include "image/preprocess.h"

namespace pinwheel {

// Labels that came with the pictures of an array file.
struct ArrayLabels {
  std::vector<std::string> classes;
  std::vector<int> of_picture;  // class of each entry of the source
  std::vector<Part> parts;      // empty: the file says nothing of a split
};

// Named bytes: a folder (recursive), a zip, or some files. Names use '/', relative to the root, sorted as the source
// lists them (folders: bytewise by path).
class FileSource {
 public:
  virtual ~FileSource() = default;
  virtual std::size_t size() const = 0;
  virtual const std::string& name(std::size_t i) const = 0;
  virtual std::vector<std::uint8_t> read(std::size_t i) const = 0;  // throws Error naming the file; thread-safe
  // What read(i) gave, as a picture: decoded JPEG or PNG, or the pixels of an array. Throws Error; thread-safe.
  virtual Image picture(std::size_t i, std::vector<std::uint8_t> bytes) const;
  // Not null for arrays: then every entry is a picture, and no table is needed.
  virtual const ArrayLabels* labels() const { return nullptr; }
};
// Folder, zip or single files; or one or several files of arrays (npz, HDF5, a pickle; data/array_source.h): all
// recognised by content. One folder or zip is the root itself, among several paths each
// keeps its name in front. A zip among the files is opened too: its files are "inner.zip/name". Hidden files and
// __MACOSX are passed over. Zip limits: no path traversal, no overlapping entries, no entry over 256 MB, ratio under
// 1000.
std::unique_ptr<FileSource> open_source(const std::vector<std::filesystem::path>& paths);
// The same without a file system: bytes with their names, which may have folders in them. A browser's files come so.
struct NamedBytes {
  std::string name;
  std::shared_ptr<const RandomAccess> bytes;
};
std::unique_ptr<FileSource> open_source(const std::vector<NamedBytes>& files);
std::unique_ptr<FileSource> open_zip(std::vector<std::uint8_t> bytes, const std::string& name);

struct Problem {
  std::string file, reason;
};
struct LoadReport {
  // One per unusable file, in input order: first what names and labels tell, then what decoding tells. Pictures whose
  // row is blank where a label was asked for are no fault: one line for all, under the table's name.
  std::vector<Problem> problems;
  std::int64_t images = 0;  // loaded
};
struct LoadOptions {
  Preprocess preprocess;                          // its 8-bit steps run once, at load
  Extent extent;                                  // stored size
  TargetKind target_kind = TargetKind::kClasses;  // kVotes: fraction columns, class columns of known schemes, or both
  // Of the CSV: the class, for kClasses; one more class column to read votes from, for kVotes. Empty: guess (class,
  // label, …), and when unsure name the columns in the error.
  std::string label_column;
  // Of Galaxy10's ten classes: "galaxy10-5subset" keeps {0,1,2,4,7} in that order, "galaxy10-5merged" joins {0}, {1},
  // {2,3}, {4,5,6}, {7,8,9}. Empty: as they are.
  std::string grouping;
  std::size_t fewest_classes = 2;  // 1: these are more of a class that there is already
  std::int64_t most = 0;           // > 0: at most so many pictures, the same ones each time
  std::function<bool(std::int64_t done, std::int64_t total)> progress;  // return false to cancel: Error(kCancelled)
};
// Class folders ("class-name/*.jpg"), or a CSV beside the images: id or file column; 37 columns "Class1.1"…, or a class
// column. A picture's row is found by its name with or without folders and extension. Rows of fractions must obey the
// tree. The shared research set's labels.csv (set, file, frame, cls5, cls6, …, same_galaxy_in) is read by the same
// code: its blanks are left out, its pairs become groups, and pictures that fill their frame are shrunk to the scale of
// the others (data/frame.h). csv_path may be empty: then a .csv inside the source is used if there is one; it may also
// be a zip with one CSV inside. Throws Error when there is nothing to load, when labels and pictures do not meet, and
// kCancelled.
Dataset load_dataset(const FileSource& source, const std::filesystem::path& csv_path, const LoadOptions& options,
                     const ThreadPool& pool, LoadReport& report);

// Rows of an RFC 4180 CSV; throws Error with the line for unbalanced quotes or ragged rows.
std::vector<std::vector<std::string>> parse_csv(const std::string& text, const std::string& name);
// The same one by one, the header first, for tables that need not be in memory as so many strings.
void for_each_csv_row(const std::string& text, const std::string& name,
                      const std::function<void(std::vector<std::string>&&)>& use);
// One field as RFC 4180 writes it: in quotes where it must be.
std::string csv_field(const std::string& text);
// The shortest text that reads back as the same float.
std::string csv_number(float value);

}  // namespace pinwheel
