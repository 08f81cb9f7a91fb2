// Source + labels → Dataset: plan what to load, then read, decode and shrink in pieces. What cannot be read is reported
// and loading goes on; only a person's cancel, or nothing left to load, ends it.
#include "data/loader.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <utility>

#include "base/error.h"
#include "data/frame.h"
#include "data/names.h"
#include "image/image.h"

namespace pinwheel {
namespace {

constexpr std::size_t kPieceOfThread = 4;           // pictures between two looks at the clock, for each thread
constexpr std::chrono::milliseconds kStepTime{30};  // a step goes on while the clock shows less

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

// The report names the file in a field of its own.
std::string without_name(const std::string& message, const std::string& name) {
  return message.starts_with(name + " ") ? message.substr(name.size() + 1) : message;
}

// A zip that is still among the files was not opened; reading it says why.
std::vector<Problem> unopened_zips(const FileSource& source) {
  std::vector<Problem> found;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::string& name = source.name(i);
    if (!is_zip_name(name)) continue;
    try {
      source.read(i);
      found.push_back({name, "lies three zips deep: unpack the outer ones first."});
    } catch (const Error& error) {
      found.push_back({name, without_name(error.what(), name)});
    }
  }
  return found;
}

// Pictures by their extension; of files without one, those that begin like one.
std::vector<std::size_t> find_pictures(const FileSource& source) {
  std::vector<std::size_t> pictures;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const bool nameless = extension(source.name(i)).empty();
    const bool picture = source.labels() != nullptr || is_picture_name(source.name(i));
    if (picture || (nameless && starts_like_picture(source, i))) pictures.push_back(i);
  }
  if (pictures.empty()) throw Error(ErrorCode::kNotFound, "There are no pictures here. Pinwheel reads JPEG and PNG.");
  return pictures;
}

// One picture on its way into the data set: what it lies in, then what the network will see, or why not.
struct Passage {
  std::vector<std::uint8_t> file, pixels;
  std::optional<std::string> problem;
};

template <typename Work>
void attempt(Passage& passage, const std::string& name, Work work) {
  if (passage.problem) return;
  try {
    work();
  } catch (const Error& error) {
    passage.problem = without_name(error.what(), name);
  } catch (const std::bad_alloc&) {
    passage.problem = "there is not enough memory to decode it";
  }
}

void decode(Passage& passage, const FileSource& source, const PlannedImage& planned, const LoadOptions& options) {
  attempt(passage, source.name(planned.file), [&] {
    Image image = source.picture(planned.file, std::move(passage.file));
    if (planned.fills_frame) image = shrink_onto_sky(image, kWholeFrameScale);
    passage.pixels = run_steps(options.preprocess, image, options.extent).pixels;
  });
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

void append(Dataset& dataset, const std::string& name, PlannedImage& planned, const Passage& passage) {
  if (planned.part) dataset.parts.push_back(*planned.part);
  dataset.ids.push_back(name);
  dataset.pixels.insert(dataset.pixels.end(), passage.pixels.begin(), passage.pixels.end());
  dataset.targets.insert(dataset.targets.end(), planned.target.begin(), planned.target.end());
  dataset.groups.push_back(std::move(planned.group));
}

Plan make_plan(const FileSource& source, const FileSource* labels, const LoadOptions& options, LoadReport& report) {
  if (const ArrayLabels* arrays = source.labels(); arrays != nullptr && labels == nullptr) {
    return plan_from_arrays(source, *arrays, options, report);
  }
  const std::vector<Problem> unopened = unopened_zips(source);
  report.problems = unopened;
  try {
    const auto pictures = find_pictures(source);
    const auto table = find_label_table(source, labels);
    return table ? plan_from_table(source, pictures, *table, options, report)
                 : plan_from_folders(source, pictures, options, report);
  } catch (const Error& error) {
    if (unopened.empty()) throw;
    // Where pictures or labels are missing, they are most likely in there.
    throw Error(error.code(), unopened[0].file + " " + unopened[0].reason + " Without it: " + error.what());
  }
}

void report_progress(const LoadOptions& options, const DatasetLoader& loader) {
  if (options.progress && !options.progress(loader.done(), loader.total())) {
    throw Error(ErrorCode::kCancelled, "Loading was stopped.");
  }
}

// Evenly over the whole list, so that every class and folder keeps its share.
void thin_out(std::vector<PlannedImage>& images, std::int64_t most) {
  const std::size_t n = images.size(), keep = most > 0 ? static_cast<std::size_t>(most) : n;
  if (keep >= n) return;
  for (std::size_t i = 0; i < keep; ++i) std::swap(images[i], images[i * n / keep]);
  images.erase(images.begin() + static_cast<std::ptrdiff_t>(keep), images.end());
}

// For a source that outlives the loader.
std::shared_ptr<const FileSource> borrowed(const FileSource& source) { return {std::shared_ptr<void>(), &source}; }

}  // namespace

DatasetLoader::DatasetLoader(std::shared_ptr<const FileSource> source, std::shared_ptr<const FileSource> labels,
                             LoadOptions options, const ThreadPool& pool)
    : source_(std::move(source)),
      options_(std::move(options)),
      pool_(pool),
      plan_(make_plan(*source_, labels.get(), options_, report_)) {
  dataset_.extent = options_.extent;
  dataset_.target_kind = options_.target_kind;
  dataset_.outputs = plan_.outputs;
  thin_out(plan_.images, options_.most);
}

void DatasetLoader::load_piece() {
  std::vector<Passage> piece(std::min(kPieceOfThread * pool_.threads(), plan_.images.size() - next_));
  const auto planned = [&](std::size_t i) -> PlannedImage& { return plan_.images[next_ + i]; };
  const auto name = [&](std::size_t i) -> const std::string& { return source_->name(planned(i).file); };
  for (std::size_t i = 0; i < piece.size(); ++i) {
    attempt(piece[i], name(i), [&] { piece[i].file = source_->read(planned(i).file); });
  }
  pool_.for_each(piece.size(), [&](std::size_t i) { decode(piece[i], *source_, planned(i), options_); });
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i].problem) {
      report_.problems.push_back({name(i), *piece[i].problem});
    } else {
      append(dataset_, name(i), planned(i), piece[i]);
    }
  }
  next_ += piece.size();
}

bool DatasetLoader::step() {
  if (next_ == 0) reserve(dataset_, plan_.images.size());  // not before: whoever planned may see that it is too much
  const auto end = std::chrono::steady_clock::now() + kStepTime;
  while (next_ < plan_.images.size() && std::chrono::steady_clock::now() < end) load_piece();
  return next_ < plan_.images.size();
}

Dataset DatasetLoader::finish(LoadReport& report) {
  report_.images = dataset_.size();
  report = report_;
  if (dataset_.size() == 0) {
    const std::string why =
        report.problems.empty() ? "" : " The first: " + report.problems[0].file + ": " + report.problems[0].reason;
    const std::string none = total() > 0 ? "None of the " + std::to_string(total()) + " pictures" : "No picture";
    throw Error(ErrorCode::kBadFile, none + " could be used." + why);
  }
  return std::move(dataset_);
}

Dataset load_dataset(const FileSource& source, const std::filesystem::path& csv_path, const LoadOptions& options,
                     const ThreadPool& pool, LoadReport& report) {
  report = {};
  std::shared_ptr<const FileSource> labels;
  if (!csv_path.empty()) labels = open_source({csv_path});
  DatasetLoader loader(borrowed(source), labels, options, pool);
  report_progress(options, loader);
  while (loader.step()) report_progress(options, loader);
  report_progress(options, loader);
  return loader.finish(report);
}

}  // namespace pinwheel
