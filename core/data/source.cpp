// Folders, zips, zips inside zips and single files as one flat list of names. Zips two deep are opened; deeper ones are
// listed like any other file, because nobody packs galaxies that way and a zip can contain itself.
#include <algorithm>
#include <utility>

#include "base/error.h"
#include "data/array_source.h"
#include "data/names.h"
#include "data/random_access.h"
#include "data/readers.h"
#include "data/zip_archive.h"

namespace pinwheel {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepestZip = 2;

using Contents = std::vector<std::uint8_t>;

class FlatSource final : public FileSource {
 public:
  void add(std::string name, std::function<Contents()> read) { files_.push_back({std::move(name), std::move(read)}); }

  std::size_t size() const override { return files_.size(); }
  const std::string& name(std::size_t i) const override { return files_[i].name; }
  Contents read(std::size_t i) const override { return files_[i].read(); }

 private:
  struct File {
    std::string name;
    std::function<Contents()> read;
  };
  std::vector<File> files_;
};

Contents read_whole(const RandomAccess& bytes, const std::string& name) {
  if (bytes.size() > kLargestRead) {
    throw Error(ErrorCode::kTooLarge, name + " is larger than " + std::to_string(kLargestRead / 1'000'000) + " MB.");
  }
  Contents out(static_cast<std::size_t>(bytes.size()));
  bytes.read(0, out);
  return out;
}

// Adds what `bytes` holds, each name after `prefix`; `depth` is how many zips lie around and including this one.
void add_zip(FlatSource& source, std::shared_ptr<const RandomAccess> bytes, const std::string& label,
             const std::string& prefix, int depth);

// Opens a zip found among other files. One that cannot be opened stays in the list and says why when it is read.
template <typename Open>
void add_inner_zip(FlatSource& source, const std::string& name, int depth, Open open) {
  try {
    add_zip(source, open(), name, name + "/", depth);
  } catch (const Error& error) {
    source.add(name, [error]() -> Contents { throw error; });
  }
}

void add_zip(FlatSource& source, std::shared_ptr<const RandomAccess> bytes, const std::string& label,
             const std::string& prefix, int depth) {
  const auto archive = std::make_shared<const ZipArchive>(std::move(bytes), label);
  for (std::size_t i = 0; i < archive->entries().size(); ++i) {
    const std::string& inside = archive->entries()[i].name;
    if (is_clutter(inside)) continue;
    const std::string name = prefix + inside;
    if (is_zip_name(inside) && depth < kDeepestZip) {
      add_inner_zip(source, name, depth + 1, [&] { return archive->open(i); });
    } else {
      source.add(name, [archive, i] { return archive->read(i); });
    }
  }
}

void add_file(FlatSource& source, const fs::path& path, const std::string& name) {
  if (is_zip_name(name)) return add_inner_zip(source, name, 1, [&] { return open_file(path); });
  source.add(name, [path, name] { return read_whole(*open_file(path), name); });
}

// Links to folders are not followed: they can lead in circles.
void add_folder(FlatSource& source, const fs::path& folder, const std::string& prefix) {
  std::vector<std::pair<std::string, fs::path>> found;
  const auto options = fs::directory_options::skip_permission_denied;
  for (const auto& entry : fs::recursive_directory_iterator(folder, options)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    std::error_code failed;
    if (entry.is_regular_file(failed) && !is_clutter(name)) found.emplace_back(name, entry.path());
  }
  std::sort(found.begin(), found.end());
  for (const auto& [name, path] : found) add_file(source, path, prefix + utf8_name(name));
}

// A single folder or zip is the root itself; among several, each keeps its own name in front.
void add_path(FlatSource& source, const fs::path& path, bool only_one) {
  const std::string name = utf8_name(path.filename().string());
  std::error_code failed;
  if (fs::is_directory(path, failed)) return add_folder(source, path, only_one ? "" : name + "/");
  const auto bytes = open_file(path);
  if (!starts_like_zip(*bytes)) return add_file(source, path, name);
  add_zip(source, bytes, name, only_one ? "" : name + "/", 1);
}

// Only names that could be a zip are looked into: reading the start of each of 60,000 pictures takes a browser long.
void add_bytes(FlatSource& source, const NamedBytes& file, bool only_one) {
  const std::string name = utf8_name(file.name);
  const auto bytes = file.bytes;
  const bool other = is_picture_name(name) || is_csv_name(name);
  if (is_clutter(name)) return;
  if (!other && starts_like_zip(*bytes)) {
    if (only_one) return add_zip(source, bytes, name, "", 1);
    return add_inner_zip(source, name, 1, [&] { return bytes; });
  }
  source.add(name, [bytes, name] { return read_whole(*bytes, name); });
}

// All of them files of arrays, or nothing.
std::unique_ptr<FileSource> arrays_at(const std::vector<fs::path>& paths) {
  std::vector<NamedBytes> files;
  for (const fs::path& path : paths) {
    std::error_code failed;
    if (!fs::is_regular_file(path, failed) || is_picture_name(path.string())) return nullptr;
    files.push_back({utf8_name(path.filename().string()), open_file(path)});
    if (!holds_arrays(files.back().bytes)) return nullptr;
  }
  return files.empty() ? nullptr : open_arrays(files);
}

}  // namespace

Image FileSource::picture(std::size_t i, std::vector<std::uint8_t> bytes) const { return decode_image(bytes, name(i)); }

std::unique_ptr<FileSource> open_source(const std::vector<NamedBytes>& files) {
  const auto plain = [](const NamedBytes& file) { return is_picture_name(file.name) || is_csv_name(file.name); };
  if (!files.empty() && std::all_of(files.begin(), files.end(),
                                    [&](const NamedBytes& file) { return !plain(file) && holds_arrays(file.bytes); })) {
    return open_arrays(files);
  }
  auto source = std::make_unique<FlatSource>();
  for (const NamedBytes& file : files) add_bytes(*source, file, files.size() == 1);
  return source;
}

std::unique_ptr<FileSource> open_source(const std::vector<std::filesystem::path>& paths) {
  if (auto arrays = arrays_at(paths)) return arrays;
  auto source = std::make_unique<FlatSource>();
  try {
    for (const fs::path& path : paths) add_path(*source, path, paths.size() == 1);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::kNotFound, error.path1().string() + " cannot be read: " + error.code().message() + ".");
  }
  return source;
}

std::unique_ptr<FileSource> open_zip(std::vector<std::uint8_t> bytes, const std::string& name) {
  auto source = std::make_unique<FlatSource>();
  add_zip(*source, open_buffer(std::move(bytes)), name, "", 1);
  return source;
}

}  // namespace pinwheel
