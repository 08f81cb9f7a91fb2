// HDF5 by the HDF Group's library. A file on disk is opened where it is; anything else (a gzip'd file) is handed to the
// library as an image in memory, up to a limit. The library parses what others wrote and has had its own faults: sizes
// are checked here before anything is allocated, what points to other files is not followed, and it is called from one
// thread.
#include <hdf5.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/error.h"
#include "data/number_array.h"

namespace pinwheel {
namespace {

constexpr std::uint64_t kLargestImage = 2'000'000'000;
constexpr std::uint64_t kBand = 128'000'000;     // bytes of rows that are read at once where they are stored together
constexpr std::uint64_t kPlainBand = 1'000'000;  // where they are not

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
  std::unique_ptr<std::vector<std::uint8_t>> image;  // outlives the handle, which is closed first
  Handle handle;
};

// How many rows are read at once. A compressed block holds a small part of very many pictures (of Galaxy10 DECaLS 555
// pictures share 768 blocks), and to read one row is to unpack all of them: so a band of rows as high as the blocks is
// read in one go and kept, each block unpacked once. A band above the limit is read in parts.
std::int64_t rows_at_once(const Handle& layout, const std::vector<std::int64_t>& shape, std::uint64_t row_bytes) {
  std::vector<hsize_t> block(shape.size(), 1);
  const bool blocks = H5Pget_layout(layout.id()) == H5D_CHUNKED &&
                      H5Pget_chunk(layout.id(), static_cast<int>(block.size()), block.data()) >= 0;
  const std::uint64_t most = std::max<std::uint64_t>((blocks ? kBand : kPlainBand) / row_bytes, 1);
  return static_cast<std::int64_t>(blocks ? std::clamp<std::uint64_t>(block[0], 1, most) : most);
}

class Hdf5Array final : public NumberArray {
 public:
  Hdf5Array(std::shared_ptr<File> file, Handle dataset, std::vector<std::int64_t> shape, bool is_float, bool is_bytes,
            std::int64_t band_rows, std::string name)
      : file_(std::move(file)),
        dataset_(std::move(dataset)),
        shape_(std::move(shape)),
        is_float_(is_float),
        is_bytes_(is_bytes),
        band_rows_(band_rows),
        name_(std::move(name)) {
    for (std::size_t i = 1; i < shape_.size(); ++i) row_size_ *= static_cast<std::size_t>(shape_[i]);
  }

  const std::vector<std::int64_t>& shape() const override { return shape_; }
  bool is_float() const override { return is_float_; }
  void read(std::int64_t row, std::span<float> out) const override {
    const std::int64_t first = row / band_rows_ * band_rows_;
    if (first != band_) read_band(first, std::min(band_rows_, shape_[0] - first));
    const std::size_t at = static_cast<std::size_t>(row - first) * row_size_;
    if (is_bytes_) {
      std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at), row_size_, out.begin());
    } else {
      std::copy_n(numbers_.begin() + static_cast<std::ptrdiff_t>(at), row_size_, out.begin());
    }
  }

 private:
  void read_band(std::int64_t first, std::int64_t rows) const {
    const std::size_t size = static_cast<std::size_t>(rows) * row_size_;
    band_ = kNone;
    is_bytes_ ? bytes_.resize(size) : numbers_.resize(size);
    std::vector<hsize_t> start(shape_.size(), 0), count(shape_.begin(), shape_.end());
    start[0] = static_cast<hsize_t>(first);
    count[0] = static_cast<hsize_t>(rows);
    const Handle place(H5Dget_space(dataset_.id()), H5Sclose);
    const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    void* to = is_bytes_ ? static_cast<void*>(bytes_.data()) : numbers_.data();
    const bool read =
        H5Sselect_hyperslab(place.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >= 0 &&
        H5Dread(dataset_.id(), is_bytes_ ? H5T_NATIVE_UINT8 : H5T_NATIVE_FLOAT, memory.id(), place.id(), H5P_DEFAULT,
                to) >= 0;
    if (!read) {
      refuse(name_, "is cut off or damaged between the rows " + std::to_string(first) + " and " +
                        std::to_string(first + rows - 1) + ". Download it again.");
    }
    band_ = first;
  }

  static constexpr std::int64_t kNone = -1;
  std::shared_ptr<File> file_;
  Handle dataset_;
  std::vector<std::int64_t> shape_;
  bool is_float_, is_bytes_;
  std::int64_t band_rows_;
  std::string name_;
  std::size_t row_size_ = 1;
  mutable std::int64_t band_ = kNone;  // the first row of what is kept
  mutable std::vector<std::uint8_t> bytes_;
  mutable std::vector<float> numbers_;
};

// The library asks for room for an image's copy and gets the bytes that are there already: they are never twice in
// memory. It may do with them what it wants, and gives them back by closing the file.
void* lend_image(std::size_t, H5FD_file_image_op_t, void* image) {
  return static_cast<std::vector<std::uint8_t>*>(image)->data();
}
void* leave_image(void* to, const void*, std::size_t, H5FD_file_image_op_t, void*) { return to; }
void* same_image(void*, std::size_t, H5FD_file_image_op_t, void* image) {
  return static_cast<std::vector<std::uint8_t>*>(image)->data();
}
herr_t keep_image(void*, H5FD_file_image_op_t, void*) { return 0; }
void* same_user(void* image) { return image; }
herr_t keep_user(void*) { return 0; }

// A name under which no file lies, and no other image is open: the library would take them for one another.
std::string image_name() {
  static std::atomic<std::uint64_t> count{0};
  return "/dev/null/image" + std::to_string(count++);
}

File open_file_of(const RandomAccess& bytes, const std::string& name) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (const auto path = bytes.path(); !path.empty()) {
    return {nullptr, Handle(H5Fopen(path.string().c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose)};
  }
  if (bytes.size() > kLargestImage) {
    throw Error(ErrorCode::kTooLarge, name + " unpacks to more than 2 GB: unpack it to disk first (gunzip).");
  }
  auto image = std::make_unique<std::vector<std::uint8_t>>(static_cast<std::size_t>(bytes.size()));
  bytes.read(0, *image);
  H5FD_file_image_callbacks_t loan{lend_image, leave_image, same_image, keep_image, same_user, keep_user, image.get()};
  H5Pset_fapl_core(access.id(), 1 << 20, 0);
  H5Pset_file_image_callbacks(access.id(), &loan);
  H5Pset_file_image(access.id(), image->data(), image->size());
  Handle handle(H5Fopen(image_name().c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  return {std::move(image), std::move(handle)};
}

// Plain numbers of at most eight dimensions that lie in this file; anything else in the file is passed over.
std::shared_ptr<const NumberArray> open_dataset(const std::shared_ptr<File>& file, const std::string& member,
                                                const std::string& name) {
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(access.id(), 0, 0, 1.0);  // bands are kept here
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
  const bool is_bytes = kind == H5T_INTEGER && H5Tget_size(type.id()) == 1 && H5Tget_sign(type.id()) == H5T_SGN_NONE;
  const std::int64_t band = rows_at_once(layout, shape, is_bytes ? row / 4 : row);
  return std::make_shared<Hdf5Array>(file, std::move(dataset), std::move(shape), kind == H5T_FLOAT, is_bytes, band,
                                     name);
}

herr_t add_name(hid_t, const char* name, const H5L_info_t* link, void* names) {
  if (link->type != H5L_TYPE_HARD) return 0;  // of this file only
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

std::vector<NamedArray> open_hdf5(std::shared_ptr<const RandomAccess> bytes, const std::string& name) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its reports are for programmers
  const auto file = std::make_shared<File>(open_file_of(*bytes, name));
  if (!file->handle.good()) refuse(name, "is cut off or damaged: it cannot be opened as HDF5. Download it again.");
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
