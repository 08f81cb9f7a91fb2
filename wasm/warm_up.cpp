// Browsers translate a module quickly at first, into code that is slow, and again in the background what has run for a
// while. A first galaxy would be judged by the slow code: so the kernels run on nothing before, while threads, model
// and picture are still on their way.
#include <emscripten/bind.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/parallel.h"
#include "base/stopwatch.h"
#include "kernels/kernels.h"

namespace pinwheel::wasm {
namespace {

template <typename Work>
void repeat(double milliseconds, Work work) {
  const Stopwatch watch;
  do {
    work();
  } while (1e3 * watch.seconds() < milliseconds);
}

// What judging runs most, on this thread alone, for about so long.
void warm_up(double milliseconds) {
  kernels::Context context(ThreadPool::alone());
  constexpr std::int64_t kUnits = 64, kSide = 24, kChannels = 16;
  const kernels::ConvDims d{1, kSide, kSide, kChannels, kSide, kSide, kChannels, 3, 3, 1, 1, 1, 1, 1};
  std::vector<float> from(kSide * kSide * kChannels), to(from.size()), bias(kUnits), weight(9 * kChannels * kChannels);
  weight.resize(std::max<std::size_t>(weight.size(), kUnits * kUnits));

  std::vector<float> prepared(static_cast<std::size_t>(kernels::conv2d_prepared_floats(d)));
  kernels::conv2d_prepare(context, prepared.data(), weight.data(), d);
  repeat(milliseconds / 2, [&] {
    kernels::conv2d_forward_prepared(context, to.data(), from.data(), prepared.data(), bias.data(), d, {}, {0, kSide});
  });

  // A product has a kernel for each number of rows that it takes at once.
  prepared.resize(static_cast<std::size_t>(kernels::dense_prepared_floats(kUnits, kUnits)));
  kernels::dense_prepare(context, prepared.data(), weight.data(), kUnits, kUnits);
  for (const std::int64_t rows : {6, 5, 4}) {
    repeat(milliseconds / 6, [&] {
      kernels::dense_forward_prepared(context, to.data(), from.data(), prepared.data(), bias.data(), rows, kUnits,
                                      kUnits);
    });
  }
}

EMSCRIPTEN_BINDINGS(pinwheel_warm_up) { emscripten::function("warmUp", &warm_up); }

}  // namespace
}  // namespace pinwheel::wasm
