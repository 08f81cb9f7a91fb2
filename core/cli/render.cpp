// pinwheel render: galaxies that the core draws itself, as class folders, for trying everything with nothing at hand.
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "data/synthetic.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;

struct Options {
  std::string out;
  std::int64_t count = 900;
  std::uint64_t seed = 1;
  SkyOptions sky;
};

void write_file(const fs::path& path, const std::vector<std::uint8_t>& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw Error(ErrorCode::kBadFile, "cannot write " + path.string() + ": is the disk full or read-only?");
}

void render(const Options& options) {
  ProgressBar bar("rendering", options.count);
  const Rng sky(options.seed);
  for (std::int64_t i = 0; i < options.count; ++i) {
    const auto kind = static_cast<GalaxyKind>(i % kGalaxyKinds);
    const auto galaxy = render_galaxy(kind, options.sky, sky.child(static_cast<std::uint64_t>(i)));
    std::string number = std::to_string(i);
    number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
    write_file(fs::path(options.out) / galaxy_kind_name(kind) / (number + ".png"), encode_png(galaxy.image));
    bar.update(i + 1);
  }
}

}  // namespace

void add_render(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("render", "Draw synthetic galaxies with known shapes into class folders");
  auto options = std::make_shared<Options>();
  command->add_option("--out", options->out, "Folder to fill: <kind>/<number>.png")->required();
  command->add_option("--count", options->count, "How many, spread evenly over the kinds")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--seed", options->seed, "Same seed, same galaxies");
  command->add_option("--size", options->sky.size, "Pixels a side")->check(CLI::Range(16, 2048));
  command->add_option("--noise", options->sky.noise, "Sky noise; 1 is like a survey image")->check(CLI::Range(0, 20));
  command->callback([options] { render(*options); });
}

}  // namespace pinwheel::cli
