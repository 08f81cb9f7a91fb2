// The optimisers' update rules on one piece of the parameters, one pass over memory.
#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {

void sgd_update(float* w, const float* dw, float scale, std::int64_t size, float lr, float decay) {
  for_vectors(size, [=](std::int64_t i, int lanes) {
    const Floats old = load_some(w + i, lanes);
    const Floats g = fma(broadcast(decay), old, load_some(dw + i, lanes) * broadcast(scale));
    store_some(w + i, fma(broadcast(-lr), g, old), lanes);
  });
}

void momentum_update(float* w, float* v, const float* dw, float scale, std::int64_t size, float lr, float decay,
                     float mu, bool nesterov) {
  for_vectors(size, [=](std::int64_t i, int lanes) {
    const Floats old = load_some(w + i, lanes);
    const Floats g = fma(broadcast(decay), old, load_some(dw + i, lanes) * broadcast(scale));
    const Floats velocity = fma(broadcast(mu), load_some(v + i, lanes), g);
    store_some(v + i, velocity, lanes);
    const Floats direction = nesterov ? fma(broadcast(mu), velocity, g) : velocity;
    store_some(w + i, fma(broadcast(-lr), direction, old), lanes);
  });
}

void adam_update(float* w, float* m, float* v, const float* dw, float scale, std::int64_t size, const AdamStep& s) {
  const Floats new1 = broadcast(1 - s.beta1), new2 = broadcast(1 - s.beta2);
  for_vectors(size, [=, &s](std::int64_t i, int lanes) {
    const Floats old = load_some(w + i, lanes);
    const Floats g = fma(broadcast(s.decay), old, load_some(dw + i, lanes) * broadcast(scale));
    const Floats mean = fma(broadcast(s.beta1), load_some(m + i, lanes), new1 * g);
    const Floats square = fma(broadcast(s.beta2), load_some(v + i, lanes), new2 * g * g);
    store_some(m + i, mean, lanes);
    store_some(v + i, square, lanes);
    const Floats step = broadcast(s.step_size) * mean / fma(sqrt(square), broadcast(s.over_root), broadcast(s.eps));
    store_some(w + i, fma(broadcast(s.shrink), old, -step), lanes);
  });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
