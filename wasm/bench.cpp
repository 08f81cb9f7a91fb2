// How fast networks train and judge in this browser: core/bench, one repetition a call. Whoever wants memory figures of
// several measurements gives each a worker of its own: the heap never shrinks.
#include "bench/bench.h"

#include <memory>
#include <optional>

#include "boundary.h"
#include "data_set.h"
#include "kernels/kernels.h"
#include "nn/shape_inference.h"

namespace pinwheel::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(SubjectsResult)
EMSCRIPTEN_DECLARE_VAL_TYPE(FiguresResult)

val subject_object(const std::string& name) {
  const bench::Subject subject = bench::make_subject(name);
  val object = val::object();
  object.set("name", name);
  object.set("input", subject.network.input.text());
  object.set("parameters", static_cast<double>(count_parameters(subject.network)));
  object.set("trainingBatch", static_cast<double>(subject.training_batch));
  object.set("judgingMflop", count_cost(subject.network).forward_flop / 1e6);
  object.set("trainingMflop", count_cost(subject.learner).training_flop / 1e6);
  return object;
}

SubjectsResult bench_subjects() {
  return guarded<SubjectsResult>([] { return list(bench::subject_names(), subject_object); });
}

constexpr double kWarmUp = 0.5;  // seconds: browsers take so long to translate what runs most anew

class Bench {
 public:
  // The pool must outlive it.
  explicit Bench(ThreadPool& pool) : pool_(pool) {}

  // mode: "train" or "infer".
  DoneResult begin(const std::string& name, const std::string& mode, int batch) {
    return guarded<DoneResult>([&] {
      bench_.emplace(bench::make_subject(name), bench::parse_mode(mode), batch, pool_, kWarmUp);
      return val::null();
    });
  }

  DoneResult repeat(double seconds) {
    return guarded<DoneResult>([&] {
      running().repeat(seconds);
      return val::null();
    });
  }

  FiguresResult figures() {
    return guarded<FiguresResult>([&] {
      const bench::Figures figures = running().figures();
      val object = val::object();
      object.set("instructionSet", std::string(kernels::instruction_set()));
      object.set("threads", static_cast<double>(pool_.threads()));
      object.set("imagesPerSecond", figures.images_per_second);
      object.set("spread", figures.spread);
      object.set("millisecondsPerBatch", figures.milliseconds_per_batch);
      object.set("gflops", figures.gflops);
      object.set("limitGflops", figures.limit_gflops);
      object.set("percentOfLimit", figures.percent_of_limit);
      object.set("handOverMicroseconds", figures.hand_over_microseconds);
      object.set("peakMemoryBytes", static_cast<double>(figures.peak_memory_bytes));
      object.set("repetitions", list(figures.repetitions, [](double rate) { return val(rate); }));
      return object;
    });
  }

 private:
  bench::Bench& running() {
    if (!bench_) throw Error(ErrorCode::kInvalidArgument, "No measurement has begun.");
    return *bench_;
  }

  ThreadPool& pool_;
  std::optional<bench::Bench> bench_;
};

EMSCRIPTEN_BINDINGS(pinwheel_bench) {
  using emscripten::register_type;
  register_type<SubjectsResult>(
      "{ value: { name: string; input: string; parameters: number; trainingBatch: number; judgingMflop: number; "
      "trainingMflop: number }[]" PINWHEEL_OR_ERROR);
  register_type<FiguresResult>(
      "{ value: { instructionSet: string; threads: number; imagesPerSecond: number; spread: number; "
      "millisecondsPerBatch: number; gflops: number; limitGflops: number; percentOfLimit: number; "
      "handOverMicroseconds: number; peakMemoryBytes: number; repetitions: number[] }" PINWHEEL_OR_ERROR);
  emscripten::function("benchSubjects", &bench_subjects);
  emscripten::class_<Bench>("Bench")
      .constructor<ThreadPool&>()
      .function("begin", &Bench::begin)
      .function("repeat", &Bench::repeat)
      .function("figures", &Bench::figures);
}

}  // namespace
}  // namespace pinwheel::wasm
