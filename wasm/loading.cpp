// Files that a person dropped, read step by step into a data set. The bytes stay with the browser: each file is an
// object that hands out a stretch of them when asked, on this thread only.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "boundary.h"
#include "data/loader.h"
#include "data/number_array.h"
#include "data/readers.h"
#include "data_set.h"
#include "recipe_text.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(FileList)
EMSCRIPTEN_DECLARE_VAL_TYPE(LoadWish)
EMSCRIPTEN_DECLARE_VAL_TYPE(LoadPlanResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(LoadStepResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(ProblemsResult)

constexpr std::size_t kShownProblems = 200;

[[noreturn]] void gone(const std::string& name) {
  throw Error(ErrorCode::kBadFile, name + " can no longer be read from the disk: choose it again.");
}

// One array of an HDF5 file that the page has opened.
class BrowserArray final : public NumberArray {
 public:
  BrowserArray(val array, std::string file) : array_(std::move(array)), file_(std::move(file)) {
    for (const double side : emscripten::convertJSArrayToNumberVector<double>(array_["shape"])) {
      shape_.push_back(static_cast<std::int64_t>(side));
    }
  }
  const std::vector<std::int64_t>& shape() const override { return shape_; }
  bool is_float() const override { return array_["isFloat"].as<bool>(); }
  void read(std::int64_t row, std::span<float> out) const override {
    const val values = array_.call<val>("read", static_cast<double>(row));
    if (values.isNull() || values["length"].as<std::size_t>() != out.size()) gone(file_);
    val(emscripten::typed_memory_view(out.size(), out.data())).call<void>("set", values);
  }

 private:
  val array_;
  std::string file_;
  std::vector<std::int64_t> shape_;
};

class BrowserFile final : public RandomAccess, public ArrayHolder {
 public:
  explicit BrowserFile(val file)
      : file_(std::move(file)), size_(static_cast<std::uint64_t>(file_["size"].as<double>())) {}

  std::uint64_t size() const override { return size_; }
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    const val bytes = file_.call<val>("read", static_cast<double>(offset), static_cast<double>(out.size()));
    if (bytes.isNull() || bytes["length"].as<std::size_t>() != out.size()) {
      gone(file_["name"].as<std::string>());
    }
    val(emscripten::typed_memory_view(out.size(), out.data())).call<void>("set", bytes);
  }
  std::vector<NamedArray> arrays() const override {
    std::vector<NamedArray> found;
    const auto name = file_["name"].as<std::string>();
    for (const val& array : emscripten::vecFromJSArray<val>(file_["arrays"])) {
      found.push_back({array["name"].as<std::string>(), std::make_shared<BrowserArray>(array, name)});
    }
    return found;
  }

 private:
  val file_;
  std::uint64_t size_;
};

std::shared_ptr<const FileSource> source_of(const FileList& files) {
  std::vector<NamedBytes> named;
  for (const val& file : emscripten::vecFromJSArray<val>(files)) {
    named.push_back({file["name"].as<std::string>(), std::make_shared<BrowserFile>(file)});
  }
  return open_source(named);
}

bool has_table(const FileSource& source) {
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source.name(i).ends_with(".csv") || source.name(i).ends_with(".csv.zip")) return true;
  }
  return false;
}

// What to try, in order: fractions need 37 columns and are the fullest; a class column is a class column.
std::vector<TargetKind> targets_to_try(const LoadWish& wish, const FileSource& source) {
  const auto target = wish["target"].as<std::string>();
  if (!target.empty()) return {parse_target_kind(target)};
  if (!wish["labelColumn"].as<std::string>().empty() || !has_table(source)) return {TargetKind::kClasses};
  return {TargetKind::kFractions, TargetKind::kClasses, TargetKind::kVotes};
}

class Loading {
 public:
  explicit Loading(ThreadPool& pool) : pool_(pool) {}

  // As the recipe's network will see them; with an empty text as square colour pictures of wish.size pixels.
  LoadPlanResult begin(const FileList& files, const LoadWish& wish, const std::string& recipe) {
    return guarded<LoadPlanResult>([&] {
      LoadOptions options;
      describe(wish, recipe, options);
      source_ = source_of(files);
      plan(targets_to_try(wish, *source_), options);
      preprocess_ = options.preprocess;
      val object = val::object();
      object.set("total", static_cast<double>(loader_->total()));
      object.set("stored", size_object(options.extent));
      return object;
    });
  }

  LoadStepResult step() {
    return guarded<LoadStepResult>([&] {
      const bool more = loader().step();
      val object = val::object();
      object.set("done", static_cast<double>(loader().done()));
      object.set("total", static_cast<double>(loader().total()));
      object.set("more", more);
      return object;
    });
  }

  ProblemsResult finish(DataSet& into) {
    return guarded<ProblemsResult>([&] {
      LoadReport report;
      into.fill(loader().finish(report), preprocess_);
      loader_.reset();
      val object = val::object();
      object.set("count", static_cast<double>(report.problems.size()));
      report.problems.resize(std::min(report.problems.size(), kShownProblems));
      object.set("problems", list(report.problems, [](const Problem& problem) {
                   val entry = val::object();
                   entry.set("file", problem.file);
                   entry.set("reason", problem.reason);
                   return entry;
                 }));
      return object;
    });
  }

  // One picture by its name, as a PNG, for looking at it closely.
  BytesResult original(const FileList& files, const std::string& name) {
    return guarded<BytesResult>([&] {
      const auto source = source_of(files);
      for (std::size_t i = 0; i < source->size(); ++i) {
        if (source->name(i) != name) continue;
        return copied<std::uint8_t>("Uint8Array", encode_png(source->picture(i, source->read(i))));
      }
      throw Error(ErrorCode::kNotFound, name + " is not there any more.");
    });
  }

 private:
  DatasetLoader& loader() {
    if (!loader_) throw Error(ErrorCode::kInvalidArgument, "Nothing is being read.");
    return *loader_;
  }

  static void describe(const LoadWish& wish, const std::string& recipe, LoadOptions& options) {
    options.label_column = wish["labelColumn"].as<std::string>();
    options.fewest_classes = static_cast<std::size_t>(wish["fewestClasses"].as<double>());
    options.most = static_cast<std::int64_t>(wish["most"].as<double>());
    if (!recipe.empty()) {
      const Recipe wanted = read_recipe(recipe);
      options.preprocess = wanted.preprocess;
      options.extent = stored_extent(wanted.preprocess, wanted.spec.input);
      return;
    }
    const auto side = static_cast<std::int64_t>(wish["size"].as<double>());
    if (side < 8 || side > 1024) throw Error(ErrorCode::kInvalidArgument, "Pictures are kept at 8 to 1024 pixels.");
    options.preprocess.steps = {CentreCrop{256}, Resize{side, side, Resampler::kBilinearAntialias}};
    options.extent = Extent::image(side, side, 3);
  }

  // The first kind of target that the files have; when none fits, what is wrong with them as classes.
  void plan(const std::vector<TargetKind>& kinds, LoadOptions& options) {
    std::optional<Error> why;
    for (const TargetKind kind : kinds) {
      options.target_kind = kind;
      try {
        loader_ = std::make_unique<DatasetLoader>(source_, nullptr, options, pool_);
        return;
      } catch (const Error& error) {
        if (!why || kind == TargetKind::kClasses) why = error;
      }
    }
    throw *why;
  }

  ThreadPool& pool_;
  Preprocess preprocess_;
  std::shared_ptr<const FileSource> source_;
  std::unique_ptr<DatasetLoader> loader_;
};

EMSCRIPTEN_BINDINGS(pinwheel_loading) {
  using emscripten::register_type;
  register_type<FileList>(
      "{ name: string; size: number; read(offset: number, length: number): Uint8Array | null; "
      "arrays: { name: string; shape: number[]; isFloat: boolean; read(row: number): Float32Array | null }[] }[]");
  register_type<LoadWish>("{ target: string; labelColumn: string; size: number; most: number; fewestClasses: number }");
  register_type<LoadPlanResult>("{ value: { total: number; stored: " PINWHEEL_SIZE " }" PINWHEEL_OR_ERROR);
  register_type<LoadStepResult>("{ value: { done: number; total: number; more: boolean }" PINWHEEL_OR_ERROR);
  register_type<ProblemsResult>(
      "{ value: { count: number; problems: { file: string; reason: string }[] }" PINWHEEL_OR_ERROR);
  emscripten::class_<Loading>("Loading")
      .constructor<ThreadPool&>()
      .function("begin", &Loading::begin)
      .function("step", &Loading::step)
      .function("finish", &Loading::finish)
      .function("original", &Loading::original);
}

}  // namespace
}  // namespace pinwheel::wasm
