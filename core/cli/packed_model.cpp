#include "cli/packed_model.h"

#include "base/error.h"
#include "data/random_access.h"
#include "data/zip_archive.h"

namespace pinwheel::cli {
namespace {

namespace fs = std::filesystem;

// At the top or in one folder, as people's own zip programs pack it.
std::vector<std::uint8_t> read_part(const ZipArchive& archive, const std::string& part, const std::string& file) {
  for (std::size_t i = 0; i < archive.entries().size(); ++i) {
    const std::string& name = archive.entries()[i].name;
    if (name == part || name.ends_with("/" + part)) return archive.read(i);
  }
  throw Error(ErrorCode::kBadFile, file + " holds no " + part + ": it is no model that Pinwheel has saved.");
}

}  // namespace

bool is_packed_model(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && starts_like_zip(*open_file(path));
}

Model load_packed_model(const fs::path& path) {
  const std::string file = path.filename().string();
  const ZipArchive archive(open_file(path), file);
  const auto config = read_part(archive, "config.json", file), weights = read_part(archive, "model.safetensors", file);
  return load_model(std::string(config.begin(), config.end()), weights, file);
}

}  // namespace pinwheel::cli
