// A rendered data set, drawn slice by slice.
#include <chrono>
#include <optional>

#include "boundary.h"
#include "data/sky_set.h"
#include "data_set.h"
#include "recipe_text.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(SkyWish)
EMSCRIPTEN_DECLARE_VAL_TYPE(DoneOfResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(DrawnResult)

constexpr std::int64_t kPiece = 8;

GalaxyKind kind_named(const std::string& name) {
  for (int i = 0; i < kGalaxyKinds; ++i) {
    if (name == galaxy_kind_name(static_cast<GalaxyKind>(i))) return static_cast<GalaxyKind>(i);
  }
  throw Error(ErrorCode::kInvalidArgument, "There is no kind of galaxy called '" + name + "'.");
}

SkySetSpec read_spec(const SkyWish& wish) {
  SkySetSpec spec;
  for (const auto& name : emscripten::vecFromJSArray<std::string>(wish["kinds"])) {
    spec.kinds.push_back(kind_named(name));
  }
  spec.count = static_cast<std::int64_t>(wish["count"].as<double>());
  spec.balance = wish["balance"].as<double>();
  spec.seed = static_cast<std::uint64_t>(wish["seed"].as<double>());
  spec.sky.noise = wish["noise"].as<double>();
  spec.sky.size = static_cast<std::int64_t>(wish["size"].as<double>());
  spec.target = parse_target_kind(wish["target"].as<std::string>());
  return spec;
}

class SkyDrawing {
 public:
  explicit SkyDrawing(ThreadPool& pool) : pool_(pool) {}

  // As the recipe's network will see them; with an empty text as they are drawn.
  DoneResult begin(const SkyWish& wish, const std::string& recipe) {
    return guarded<DoneResult>([&] {
      const SkySetSpec spec = read_spec(wish);
      Extent stored = Extent::image(spec.sky.size, spec.sky.size, 3);
      preprocess_ = {};
      if (!recipe.empty()) {
        const Recipe wanted = read_recipe(recipe);
        preprocess_ = wanted.preprocess;
        stored = stored_extent(preprocess_, wanted.spec.input);
      }
      set_.emplace(spec, preprocess_, stored);
      return val::null();
    });
  }

  DoneOfResult draw(double milliseconds) {
    return guarded<DoneOfResult>([&] {
      using Clock = std::chrono::steady_clock;
      const auto end = Clock::now() + std::chrono::duration<double, std::milli>(milliseconds);
      while (set_->drawn() < set_->total() && Clock::now() < end) set_->draw(kPiece, pool_);
      val object = val::object();
      object.set("done", static_cast<double>(set_->drawn()));
      object.set("total", static_cast<double>(set_->total()));
      return object;
    });
  }

  DoneResult finish(DataSet& into) {
    return guarded<DoneResult>([&] {
      into.fill(set_->take(), preprocess_);
      return val::null();
    });
  }

  // One galaxy of the set at another size.
  DrawnResult original(const SkyWish& wish, int i) {
    return guarded<DrawnResult>([&] {
      const SkySetSpec spec = read_spec(wish);
      const auto plan = plan_kinds(spec);
      if (i < 0 || i >= spec.count) throw Error(ErrorCode::kInvalidArgument, "There is no such galaxy.");
      return copied<std::uint8_t>("Uint8Array", encode_png(sky_galaxy(spec, plan, i).image));
    });
  }

 private:
  ThreadPool& pool_;
  Preprocess preprocess_;
  std::optional<SkySet> set_;
};

EMSCRIPTEN_BINDINGS(pinwheel_sky) {
  using emscripten::register_type;
  register_type<SkyWish>(
      "{ kinds: string[]; count: number; balance: number; noise: number; size: number; seed: number; target: string }");
  register_type<DoneOfResult>("{ value: { done: number; total: number }" PINWHEEL_OR_ERROR);
  register_type<DrawnResult>("{ value: Uint8Array<ArrayBuffer>" PINWHEEL_OR_ERROR);
  emscripten::class_<SkyDrawing>("SkyDrawing")
      .constructor<ThreadPool&>()
      .function("begin", &SkyDrawing::begin)
      .function("draw", &SkyDrawing::draw)
      .function("finish", &SkyDrawing::finish)
      .function("original", &SkyDrawing::original);
}

}  // namespace
}  // namespace pinwheel::wasm
