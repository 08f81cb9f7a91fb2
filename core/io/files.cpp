#include "io/files.h"

#include <fstream>
#include <system_error>

#include "base/error.h"

namespace pinwheel {
namespace {

namespace fs = std::filesystem;

std::uint64_t size_of(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) {
    throw Error(ErrorCode::kNotFound, "there is no file '" + path.string() + "'");
  }
  const std::uintmax_t size = fs::file_size(path, failure);
  if (failure) throw Error(ErrorCode::kBadFile, "cannot read '" + path.string() + "': " + failure.message());
  return size;
}

[[noreturn]] void refuse_write(const fs::path& path, const std::string& why) {
  throw Error(ErrorCode::kInvalidArgument, "cannot write '" + path.string() + "': " + why +
                                               "; check that the folder may be written and the disk has room");
}

}  // namespace

std::vector<std::uint8_t> read_file(const fs::path& path, std::uint64_t limit) {
  const std::uint64_t size = size_of(path);
  if (size > limit) {
    throw Error(ErrorCode::kTooLarge, "'" + path.string() + "' has " + std::to_string(size) + " bytes; at most " +
                                          std::to_string(limit) + " are read");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!in) throw Error(ErrorCode::kBadFile, "cannot read '" + path.string() + "' to its end");
  return bytes;
}

void write_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  std::error_code failure;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), failure);
  if (failure) refuse_write(path, failure.message());
  fs::path partial = path;
  partial += ".partial";
  std::ofstream out(partial, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  const bool written = !out.fail();
  if (written) fs::rename(partial, path, failure);
  if (written && !failure) return;
  std::error_code ignored;  // the first failure is the one to tell
  fs::remove(partial, ignored);
  refuse_write(path, written ? failure.message() : "the file cannot be opened or filled");
}

}  // namespace pinwheel
