// pinwheel render: galaxies that the core draws itself, as class folders, for trying everything with nothing at hand.
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "data/sky_set.h"

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
  SkySetSpec spec;
  for (int kind = 0; kind < kGalaxyKinds; ++kind) spec.kinds.push_back(static_cast<GalaxyKind>(kind));
  spec.count = options.count;
  spec.seed = options.seed;
  spec.sky = options.sky;
  const std::vector<int> plan = plan_kinds(spec);
  for (std::int64_t i = 0; i < options.count; ++i) {
    write_file(fs::path(options.out) / sky_name(spec, plan, i), encode_png(sky_galaxy(spec, plan, i).image));
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
