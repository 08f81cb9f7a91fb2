// Source + labels → Dataset: plan what to load, then decode and shrink in pieces over the pool. What cannot be read is
// reported and loading goes on; only a person's cancel, or nothing left to load, ends it.
#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "base/error.h"
#include "data/frame.h"
#include "data/names.h"
#include "data/plan.h"
#include "data/readers.h"
#include "image/image.h"

namespace pinwheel {
namespace {

constexpr std::size_t kPiece = 128;  // pictures between two looks at progress and cancel

bool starts_like_picture(const FileSource& source, std::size_t file) {
  try {
    const auto bytes = source.read(file);
    const auto starts = [&](std::initializer_list<std::uint8_t> mark) {
      return bytes.size() >= mark.size() && std::equal(mark.begin(), mark.end(), bytes.begin());
    };
    return starts({0xFF, 0xD8, 0xFF}) || starts({0x89, 'P', 'N', 'G'});
  } catch (const Error&) {
    return false;
  }
}

// Pictures by their extension; of files without one, those that begin like one.
std::vector<std::size_t> find_pictures(const FileSource& source, LoadReport& report) {
  std::vector<std::size_t> pictures;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::string& name = source.name(i);
    const bool nameless = extension(name).empty();
    if (is_picture_name(name) || (nameless && starts_like_picture(source, i))) pictures.push_back(i);
    if (is_zip_name(name))
      report.problems.push_back({name, "is a zip that could not be opened, or lies three zips deep"});
  }
  if (pictures.empty()) throw Error(ErrorCode::kNotFound, "There are no pictures here. Pinwheel reads JPEG and PNG.");
  return pictures;
}

struct Loaded {
  std::vector<std::uint8_t> pixels;
  std::optional<std::string> problem;
};

// The report names the file in a field of its own.
std::string without_name(const std::string& message, const std::string& name) {
  return message.starts_with(name + " ") ? message.substr(name.size() + 1) : message;
}

Loaded load_one(const FileSource& source, const PlannedImage& planned, const LoadOptions& options) {
  try {
    Image image = decode_image(source.read(planned.file), source.name(planned.file));
    if (planned.fills_frame) image = shrink_onto_sky(image, kWholeFrameScale);
    return {run_steps(options.preprocess, image, options.extent).pixels, std::nullopt};
  } catch (const Error& error) {
    return {{}, without_name(error.what(), source.name(planned.file))};
  } catch (const std::bad_alloc&) {
    return {{}, "there is not enough memory to decode it"};
  }
}

void reserve(Dataset& dataset, std::size_t count) {
  try {
    dataset.pixels.reserve(count * static_cast<std::size_t>(dataset.extent.size()));
    dataset.targets.reserve(count * dataset.outputs.size());
  } catch (const std::exception&) {
    throw Error(ErrorCode::kTooLarge, std::to_string(count) + " pictures of " + dataset.extent.text() +
                                          " do not fit in memory: choose a smaller size or fewer pictures.");
  }
}

void append(Dataset& dataset, const FileSource& source, PlannedImage& planned, const Loaded& loaded) {
  dataset.ids.push_back(source.name(planned.file));
  dataset.pixels.insert(dataset.pixels.end(), loaded.pixels.begin(), loaded.pixels.end());
  dataset.targets.insert(dataset.targets.end(), planned.target.begin(), planned.target.end());
  dataset.groups.push_back(std::move(planned.group));
}

void report_progress(const LoadOptions& options, std::size_t done, std::size_t total) {
  if (!options.progress) return;
  const bool go_on = options.progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
  if (!go_on) throw Error(ErrorCode::kCancelled, "Loading was stopped.");
}

void load_images(const FileSource& source, std::vector<PlannedImage>& images, const LoadOptions& options,
                 const ThreadPool& pool, Dataset& dataset, LoadReport& report) {
  std::vector<Loaded> piece(std::min(kPiece, images.size()));
  report_progress(options, 0, images.size());
  for (std::size_t begin = 0; begin < images.size(); begin += kPiece) {
    const std::size_t count = std::min(kPiece, images.size() - begin);
    pool.for_each(count, [&](std::size_t i) { piece[i] = load_one(source, images[begin + i], options); });
    for (std::size_t i = 0; i < count; ++i) {
      if (piece[i].problem) {
        report.problems.push_back({source.name(images[begin + i].file), *piece[i].problem});
      } else {
        append(dataset, source, images[begin + i], piece[i]);
      }
    }
    report_progress(options, begin + count, images.size());
  }
}

Plan make_plan(const FileSource& source, const std::vector<std::size_t>& pictures,
               const std::filesystem::path& csv_path, const LoadOptions& options, LoadReport& report) {
  const auto table = find_label_table(source, csv_path);
  return table ? plan_from_table(source, pictures, *table, options, report)
               : plan_from_folders(source, pictures, options, report);
}

}  // namespace

Dataset load_dataset(const FileSource& source, const std::filesystem::path& csv_path, const LoadOptions& options,
                     const ThreadPool& pool, LoadReport& report) {
  report = {};
  const auto pictures = find_pictures(source, report);
  Plan plan = make_plan(source, pictures, csv_path, options, report);
  Dataset dataset;
  dataset.extent = options.extent;
  dataset.target_kind = options.target_kind;
  dataset.outputs = plan.outputs;
  reserve(dataset, plan.images.size());
  load_images(source, plan.images, options, pool, dataset, report);
  report.images = dataset.size();
  if (dataset.size() == 0) {
    const std::string why =
        report.problems.empty() ? "" : " The first: " + report.problems[0].file + ": " + report.problems[0].reason;
    throw Error(ErrorCode::kBadFile,
                "None of the " + std::to_string(pictures.size()) + " pictures could be used." + why);
  }
  return dataset;
}

}  // namespace pinwheel
