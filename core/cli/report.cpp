// pinwheel report: what a run learned, in pictures. Chooses which pictures apply to what is at hand, writes each as a
// file and all of them as one page.
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <span>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/dataset_options.h"
#include "io/files.h"
#include "report/page.h"
#include "report/run_folder.h"
#include "report/run_pictures.h"

namespace pinwheel::cli {
namespace {
namespace fs = std::filesystem;
using namespace report;

struct Options {
  std::vector<std::string> runs;
  std::string out, theme = "dark";
  std::vector<std::string> only;
  bool light = false;
};

const std::vector<std::string> kGroups{"curves", "compare"};

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool wanted(const Options& options, const std::string& group) {
  return options.only.empty() || std::find(options.only.begin(), options.only.end(), group) != options.only.end();
}

std::vector<Picture> draw_all(const Options& options, std::span<const RunRecord> runs) {
  const Theme theme = options.light ? Theme::kLight : Theme::kDark;
  std::vector<Picture> pictures;
  if (wanted(options, "curves")) pictures = curve_pictures(runs, theme);
  if (wanted(options, "compare")) pictures.push_back(compare_picture(runs, theme));
  return pictures;
}

void write_all(const fs::path& folder, const std::string& subject, const std::vector<Picture>& pictures, Theme theme) {
  for (const Picture& picture : pictures) write_file(folder / (picture.name + ".svg"), bytes_of(picture.document));
  const std::string page = report_page(subject, pictures, theme);
  write_file(folder / "index.html", bytes_of(page));
}

void make_report(const Options& options) {
  std::vector<RunRecord> runs;
  std::string subject;
  for (const std::string& folder : options.runs) {
    runs.push_back(read_run(folder));
    subject += (subject.empty() ? "" : ", ") + runs.back().name;
  }
  const auto pictures = draw_all(options, runs);
  write_all(options.out, subject, pictures, options.light ? Theme::kLight : Theme::kDark);
  std::cout << pictures.size() << " pictures in " << (fs::path(options.out) / "index.html").string() << "\n";
}

}  // namespace

void add_report(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("report", "Draw what runs learned: curves, mistakes, what the layers see");
  auto options = std::make_shared<Options>();
  command->add_option("run", options->runs, "Folders that `pinwheel train` wrote")->required();
  command->add_option("--out", options->out, "Folder for index.html and the SVG files")->required();
  command->add_option("--only", options->only, "Only these pictures")->check(CLI::IsMember(kGroups))->delimiter(',');
  command->add_flag("--light", options->light, "Dark on light, for projectors (paper is always light)");
  command->callback([options] { make_report(*options); });
}

}  // namespace pinwheel::cli
