// HDF5 by the HDF Group's library. A file on disk is opened where it is; anything else (a gzip'd file) is handed to the
// library as an image in memory, up to a limit. The library parses what others wrote and has had its own faults: sizes
// are checked here before anything is allocated, what points to other files is not followed, and it is called from one
// thread.
#include <hdf5.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "data/number_array.h"

namespace pinwheel {
namespace {

constexpr std::uint64_t kLargestImage = 2'000'000'000;
constexpr std::size_t kChunkCache = 64U << 20;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ErrorCode::kBadFile, where + " " + why);
}

// An identifier of the library with the function that closes it.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t id() const { return id_; }
  bool good() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

struct File {
  Handle handle;
};

class Hdf5Array final : public NumberArray {
 public:
  Hdf5Array(std::shared_ptr<File> file, Handle dataset, std::vector<std::int64_t> shape, bool is_float,
            std::string name)
      : file_(std::move(file)),
        dataset_(std::move(dataset)),
        shape_(std::move(shape)),
        is_float_(is_float),
        name_(std::move(name)) {}

  const std::vector<std::int64_t>& shape() const override { return shape_; }
  bool is_float() const override { return is_float_; }
  void read(std::int64_t row, std::span<float> out) const override {
    std::vector<hsize_t> start(shape_.size(), 0), count(shape_.begin(), shape_.end());
    start[0] = static_cast<hsize_t>(row);
    count[0] = 1;
    const Handle place(H5Dget_space(dataset_.id()), H5Sclose);
    const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    const bool read =
        H5Sselect_hyperslab(place.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >= 0 &&
        H5Dread(dataset_.id(), H5T_NATIVE_FLOAT, memory.id(), place.id(), H5P_DEFAULT, out.data()) >= 0;
    if (!read) refuse(name_, "is cut off or damaged at row " + std::to_string(row) + ". Download it again.");
  }

 private:
  std::shared_ptr<File> file_;
  Handle dataset_;
  std::vector<std::int64_t> shape_;
  bool is_float_;
  std::string name_;
};

Handle open_handle(const RandomAccess& bytes, const std::string& name) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (const auto path = bytes.path(); !path.empty()) {
    return {H5Fopen(path.string().c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose};
  }
  if (bytes.size() > kLargestImage) {
    throw Error(ErrorCode::kTooLarge, name + " unpacks to more than 2 GB: unpack it to disk first (gunzip).");
  }
  std::vector<std::uint8_t> image(static_cast<std::size_t>(bytes.size()));
  bytes.read(0, image);
  H5Pset_fapl_core(access.id(), 1 << 20, 0);
  H5Pset_file_image(access.id(), image.data(), image.size());  // copies
  return {H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose};
}

// Plain numbers of at most eight dimensions that lie in this file; anything else in the file is passed over.
std::shared_ptr<const NumberArray> open_dataset(const std::shared_ptr<File>& file, const std::string& member,
                                                const std::string& name) {
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(access.id(), 521, kChunkCache, 1.0);
  Handle dataset(H5Dopen2(file->handle.id(), member.c_str(), access.id()), H5Dclose);
  if (!dataset.good()) return nullptr;
  const Handle layout(H5Dget_create_plist(dataset.id()), H5Pclose);
  if (H5Pget_external_count(layout.id()) != 0 || H5Pget_layout(layout.id()) == H5D_VIRTUAL) return nullptr;
  const Handle type(H5Dget_type(dataset.id()), H5Tclose), space(H5Dget_space(dataset.id()), H5Sclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || rank < 1 || rank > 8) return nullptr;
  std::vector<hsize_t> sides(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.id(), sides.data(), nullptr);
  std::uint64_t row = 4;
  for (std::size_t i = 1; i < sides.size(); ++i) {
    if (sides[i] == 0 || row > kLargestRead / sides[i]) refuse(name, "has pictures of an impossible size.");
    row *= sides[i];
  }
  if (sides[0] > (std::uint64_t{1} << 40)) refuse(name, "claims an impossible number of pictures.");
  std::vector<std::int64_t> shape(sides.begin(), sides.end());
  return std::make_shared<Hdf5Array>(file, std::move(dataset), std::move(shape), kind == H5T_FLOAT, name);
}

herr_t add_name(hid_t, const char* name, const H5L_info_t* link, void* names) {
  if (link->type != H5L_TYPE_HARD) return 0;  // of this file only
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

std::vector<NamedArray> open_hdf5(std::shared_ptr<const RandomAccess> bytes, const std::string& name) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its reports are for programmers
  Handle handle = open_handle(*bytes, name);
  if (!handle.good()) refuse(name, "is cut off or damaged: it cannot be opened as HDF5. Download it again.");
  const auto file = std::make_shared<File>(File{std::move(handle)});
  std::vector<std::string> names;
  hsize_t at = 0;
  H5Literate(file->handle.id(), H5_INDEX_NAME, H5_ITER_NATIVE, &at, add_name, &names);
  std::vector<NamedArray> arrays;
  for (const std::string& member : names) {
    if (auto array = open_dataset(file, member, name)) arrays.push_back({member, std::move(array)});
  }
  return arrays;
}

}  // namespace pinwheel
