#include "data/array_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/error.h"
#include "data/inflating.h"
#include "data/names.h"
#include "data/zip_archive.h"

namespace pinwheel {
namespace {

constexpr std::int64_t kMostPictures = 50'000'000, kMostSide = 16384, kMostClasses = 1000;
constexpr std::int64_t kScaleProbes = 16;  // pictures that are looked at to tell 0 … 1 from 0 … 255

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(ErrorCode::kBadFile, name + " " + why);
}

// -- What kind of file it is

enum class Container { kNone, kNpz, kHdf5, kPickle };

template <std::size_t N>
bool starts_with(const RandomAccess& bytes, const std::array<std::uint8_t, N>& mark) {
  std::array<std::uint8_t, N> start{};
  if (bytes.size() < N) return false;
  bytes.read(0, start);
  return start == mark;
}

bool is_npz(const std::shared_ptr<const RandomAccess>& bytes) {
  if (!starts_like_zip(*bytes)) return false;
  try {
    const ZipArchive archive(bytes, "");
    const auto& entries = archive.entries();
    return !entries.empty() && std::all_of(entries.begin(), entries.end(),
                                           [](const ZipEntry& entry) { return extension(entry.name) == "npy"; });
  } catch (const Error&) {
    return false;  // whoever opens it as a zip says what is wrong
  }
}

Container container_of(const std::shared_ptr<const RandomAccess>& bytes) {
  if (is_npz(bytes)) return Container::kNpz;
  if (starts_with(*bytes, std::array<std::uint8_t, 8>{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'})) {
    return Container::kHdf5;
  }
  for (std::uint8_t protocol = 2; protocol <= 5; ++protocol) {
    if (starts_with(*bytes, std::array<std::uint8_t, 2>{0x80, protocol})) return Container::kPickle;
  }
  return Container::kNone;
}

std::shared_ptr<const RandomAccess> without_gzip(const std::shared_ptr<const RandomAccess>& bytes,
                                                 const std::string& name) {
  return starts_like_gzip(*bytes) ? open_gzip(bytes, name) : bytes;
}

std::vector<NamedArray> list_arrays(const NamedBytes& file) {
  const auto bytes = without_gzip(file.bytes, file.name);
  switch (container_of(bytes)) {
    case Container::kNpz:
      return open_npz(bytes, file.name);
    case Container::kHdf5:
      return open_hdf5(bytes, file.name);
    case Container::kPickle:
      return open_pickle(bytes, file.name);
    case Container::kNone:
      break;
  }
  refuse(file.name, "holds no arrays that Pinwheel knows (npz, HDF5 or a pickle).");
}

// -- Which array is what

bool is_pictures(const NumberArray& array) {
  const auto& shape = array.shape();
  const bool channels = shape.size() == 3 || (shape.size() == 4 && (shape[3] == 1 || shape[3] == 3));
  return channels && shape[0] > 0 && shape[0] <= kMostPictures && shape[1] > 0 && shape[2] > 0 &&
         shape[1] <= kMostSide && shape[2] <= kMostSide;
}

bool is_labels(const NumberArray& array) {
  const auto& shape = array.shape();
  return shape.size() == 1 || (shape.size() == 2 && shape[1] >= 1 && shape[1] <= kMostClasses);
}

std::string found_text(const std::vector<NamedArray>& arrays) {
  std::string text;
  for (const NamedArray& array : arrays) {
    text += (text.empty() ? "" : ", ") + array.name + " (";
    for (std::size_t i = 0; i < array.values->shape().size(); ++i) {
      text += (i == 0 ? "" : ",") + std::to_string(array.values->shape()[i]);
    }
    text += ")";
  }
  return text.empty() ? "no array" : text.substr(0, 300);
}

bool speaks_of_labels(const std::string& name) {
  static constexpr std::array<std::string_view, 7> kNames{"ans", "label", "labels", "y", "class", "classes", "target"};
  return std::find(kNames.begin(), kNames.end(), lower(name)) != kNames.end();
}

Part part_by_name(const std::string& name) {
  const std::string base = lower(base_name(name));
  if (base.find("test") != std::string::npos) return Part::kTest;
  return base.find("train") != std::string::npos ? Part::kTrain : Part::kNone;
}

// The labels of as many rows as the pictures have, of the same part where names speak of one: by name where there are
// several, else the next one behind them.
std::shared_ptr<const NumberArray> labels_for(const std::vector<NamedArray>& arrays, std::size_t pictures) {
  std::shared_ptr<const NumberArray> next, first;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const auto& values = arrays[i].values;
    const Part part = part_by_name(arrays[i].name), wanted = part_by_name(arrays[pictures].name);
    const bool other_part = part != Part::kNone && wanted != Part::kNone && part != wanted;
    if (other_part || !is_labels(*values) || values->shape()[0] != arrays[pictures].values->shape()[0]) continue;
    if (speaks_of_labels(arrays[i].name)) return values;
    if (!first) first = values;
    if (!next && i > pictures) next = values;
  }
  return next ? next : first;
}

// -- Labels

std::vector<int> read_labels(const NumberArray& array, const std::string& name) {
  const auto& shape = array.shape();
  const bool one_hot = shape.size() == 2 && shape[1] > 1;
  std::vector<float> row(static_cast<std::size_t>(shape.size() == 2 ? shape[1] : 1));
  std::vector<int> labels;
  for (std::int64_t i = 0; i < shape[0]; ++i) {
    array.read(i, row);
    const auto largest = std::max_element(row.begin(), row.end());
    float sum = 0;
    for (const float value : row) sum += value;
    const float label = one_hot ? static_cast<float>(largest - row.begin()) : row[0];
    const bool good = one_hot ? *largest == 1.0F && sum == 1.0F
                              : label >= 0 && label < static_cast<float>(kMostClasses) && label == std::floor(label);
    if (!good) {
      refuse(name, "has a label at row " + std::to_string(i) + " that is neither a class number nor one-hot.");
    }
    labels.push_back(static_cast<int>(label));
  }
  return labels;
}

using Names = std::vector<std::string>;

// The published sets are known by the size of their pictures and their number of classes.
Names class_names(std::int64_t side, std::size_t classes) {
  if (side == 69 && classes == 10) {
    return {"disk_face_on_no_spiral",   "smooth_completely_round",    "smooth_in_between_round",
            "smooth_cigar_shaped",      "disk_edge_on_rounded_bulge", "disk_edge_on_boxy_bulge",
            "disk_edge_on_no_bulge",    "disk_face_on_tight_spiral",  "disk_face_on_medium_spiral",
            "disk_face_on_loose_spiral"};
  }
  if (side == 69 && classes == 5) {
    return {"disk_face_on_no_spiral", "smooth_completely_round", "smooth_in_between_round",
            "disk_edge_on_rounded_bulge", "disk_face_on_tight_spiral"};
  }
  if (side == 256 && classes == 10) {
    return {"disturbed",
            "merging",
            "round_smooth",
            "in_between_round_smooth",
            "cigar_shaped_smooth",
            "barred_spiral",
            "unbarred_tight_spiral",
            "unbarred_loose_spiral",
            "edge_on_without_bulge",
            "edge_on_with_bulge"};
  }
  if (side == 64 && classes == 4) return {"smooth_round", "smooth_cigar", "edge_on_disk", "unbarred_spiral"};
  if (side == 128 && classes == 4) return {"normal", "ringed", "merger", "other"};
  Names names;
  for (std::size_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

// -- The source

struct Block {
  std::shared_ptr<const NumberArray> pictures;
  std::int64_t first = 0;  // its first picture's place among all
  float scale = 1;
};

class ArraySource final : public FileSource {
 public:
  void add(const NamedArray& array, const std::string& name, std::vector<int> labels, Part part) {
    const auto& shape = array.values->shape();
    const auto first = static_cast<std::int64_t>(names_.size());
    blocks_.push_back({array.values, first, scale_of(*array.values)});
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      names_.push_back(name + "/" + array.name + "/" + std::to_string(i));
      labels_.parts.push_back(part);
    }
    labels_.of_picture.insert(labels_.of_picture.end(), labels.begin(), labels.end());
  }
  void finish() {
    const int most = *std::max_element(labels_.of_picture.begin(), labels_.of_picture.end());
    const std::size_t classes = std::max(most_classes_, static_cast<std::size_t>(most) + 1);
    labels_.classes = class_names(blocks_[0].pictures->shape()[1], classes);
    const bool given = std::any_of(labels_.parts.begin(), labels_.parts.end(), [](Part p) { return p != Part::kNone; });
    if (!given) labels_.parts.clear();
  }
  void expect_classes(std::size_t classes) { most_classes_ = std::max(most_classes_, classes); }

  std::size_t size() const override { return names_.size(); }
  const std::string& name(std::size_t i) const override { return names_[i]; }
  // [H,W,C] bytes.
  std::vector<std::uint8_t> read(std::size_t i) const override {
    const Block& block = block_of(i);
    std::vector<float> values(row_size(*block.pictures));
    block.pictures->read(static_cast<std::int64_t>(i) - block.first, values);
    if (std::all_of(values.begin(), values.end(), [](float value) { return std::isnan(value); })) {
      refuse(names_[i], "has no number in any of its pixels (all are NaN): make its cutout again, or leave it out.");
    }
    std::vector<std::uint8_t> bytes(values.size());
    std::transform(values.begin(), values.end(), bytes.begin(), [&](float value) {
      // A value that is no number is black.
      return static_cast<std::uint8_t>(value > 0 ? std::min(std::nearbyint(value * block.scale), 255.0F) : 0.0F);
    });
    return bytes;
  }
  Image picture(std::size_t i, std::vector<std::uint8_t> bytes) const override {
    const auto& shape = block_of(i).pictures->shape();
    return {shape[1], shape[2], shape.size() == 4 ? shape[3] : 1, std::move(bytes)};
  }
  const ArrayLabels* labels() const override { return &labels_; }

 private:
  const Block& block_of(std::size_t i) const {
    std::size_t k = blocks_.size() - 1;
    while (blocks_[k].first > static_cast<std::int64_t>(i)) --k;
    return blocks_[k];
  }
  static std::size_t row_size(const NumberArray& array) {
    std::size_t size = 1;
    for (std::size_t d = 1; d < array.shape().size(); ++d) size *= static_cast<std::size_t>(array.shape()[d]);
    return size;
  }
  static float scale_of(const NumberArray& array) {
    if (!array.is_float()) return 1;
    std::vector<float> values(row_size(array));
    for (std::int64_t i = 0; i < std::min(kScaleProbes, array.shape()[0]); ++i) {
      array.read(i, values);
      if (std::any_of(values.begin(), values.end(), [](float value) { return value > 1; })) return 1;
    }
    return 255;
  }

  std::vector<std::string> names_;
  std::vector<Block> blocks_;
  ArrayLabels labels_;
  std::size_t most_classes_ = 0;
};

// Two sets in one file are training and test, in that order, as people save them, unless their names say so.
Part part_of_set(const std::vector<NamedArray>& arrays, const std::vector<std::size_t>& sets, std::size_t k) {
  if (sets.size() == 1) return Part::kNone;
  const Part named = part_by_name(arrays[sets[k]].name);
  if (named != Part::kNone) return named;
  return k == 0 ? Part::kTrain : Part::kTest;
}

void add_file(ArraySource& source, const NamedBytes& file, bool only_file) {
  const std::vector<NamedArray> arrays = list_arrays(file);
  std::vector<std::size_t> sets;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (is_pictures(*arrays[i].values)) sets.push_back(i);
  }
  if (sets.empty()) {
    refuse(file.name, "holds no pictures: an array of shape (N,H,W), (N,H,W,1) or (N,H,W,3) is needed; it has " +
                          found_text(arrays) + ".");
  }
  for (std::size_t k = 0; k < sets.size(); ++k) {
    const auto labels = labels_for(arrays, sets[k]);
    if (!labels) {
      refuse(file.name, "holds no labels for its " + std::to_string(arrays[sets[k]].values->shape()[0]) +
                            " pictures: an array (N) of class numbers or (N,classes) is needed; it has " +
                            found_text(arrays) + ".");
    }
    if (labels->shape().size() == 2) source.expect_classes(static_cast<std::size_t>(labels->shape()[1]));
    const Part part = only_file ? part_of_set(arrays, sets, k) : part_by_name(file.name);
    source.add(arrays[sets[k]], file.name, read_labels(*labels, file.name), part);
  }
}

}  // namespace

bool holds_arrays(const std::shared_ptr<const RandomAccess>& bytes) {
  // Only gzip knows what is inside; a gzip of something else is told as such when it is opened.
  return starts_like_gzip(*bytes) || container_of(bytes) != Container::kNone;
}

std::unique_ptr<FileSource> open_arrays(const std::vector<NamedBytes>& files) {
  auto source = std::make_unique<ArraySource>();
  for (const NamedBytes& file : files) add_file(*source, file, files.size() == 1);
  source->finish();
  return source;
}

}  // namespace pinwheel
