// Batch normalisation (Ioffe & Szegedy 2015). Rows are cut into blocks that stay in cache. Each block finds its own
// mean first and then the squares about it, and blocks are merged in order in double (Chan, Golub & LeVeque 1983), so a
// mean far from zero costs no digits and the number of threads changes nothing.
#include "kernels/isa/kernel_set.h"

namespace pinwheel::kernels::PINWHEEL_ISA {
namespace {

struct RowBlocks {
  std::int64_t rows, each, count;

  RowBlocks(std::int64_t rows_, std::int64_t c)
      : rows(rows_), each(larger(64, 16384 / c)), count(divide_up(rows, each)) {}
  std::int64_t begin(std::int64_t block) const { return block * each; }
  std::int64_t end(std::int64_t block) const { return smaller(rows, block * each + each); }
};

template <typename Body>
void for_blocks(Context& ctx, const RowBlocks& blocks, Body body) {
  ctx.pool().for_each(static_cast<std::size_t>(blocks.count),
                      [=](std::size_t block) { body(static_cast<std::int64_t>(block)); });
}

// sum over rows [begin, end) of term(row), four rows at a time so that additions need not wait for each other.
template <typename Term>
PINWHEEL_INLINE Floats sum_rows(std::int64_t begin, std::int64_t end, Term term) {
  Floats sum0{}, sum1{}, sum2{}, sum3{};
  std::int64_t r = begin;
  for (; r + 4 <= end; r += 4) {
    sum0 += term(r);
    sum1 += term(r + 1);
    sum2 += term(r + 2);
    sum3 += term(r + 3);
  }
  for (; r < end; ++r) sum0 += term(r);
  return (sum0 + sum1) + (sum2 + sum3);
}

// Means and sums of squares about them, [2][c], of one block of rows.
void block_moments(float* moments, const float* x, std::int64_t begin, std::int64_t end, std::int64_t c) {
  for_vectors(c, [=](std::int64_t i, int lanes) {
    const float* from = x + i;
    const Floats mean = sum_rows(begin, end, [=](std::int64_t r) { return load_some(from + r * c, lanes); }) /
                        broadcast(static_cast<float>(end - begin));
    const Floats squares = sum_rows(begin, end, [=](std::int64_t r) {
      const Floats from_mean = load_some(from + r * c, lanes) - mean;
      return from_mean * from_mean;
    });
    store_some(moments + i, mean, lanes);
    store_some(moments + c + i, squares, lanes);
  });
}

// Some channels side by side, so that what is the same for all of them is done once.
constexpr std::int64_t kTogether = 16;
template <typename Body>
void for_channels(std::int64_t c, Body body) {
  for (std::int64_t first = 0; first < c; first += kTogether) body(first, smaller(kTogether, c - first));
}

struct Moments {
  double mean[kTogether] = {}, squares[kTogether] = {};
};

// Moments over all blocks, from [blocks][2][c], of `count` channels.
Moments merge_moments(const float* partial, const RowBlocks& blocks, std::int64_t c, std::int64_t first,
                      std::int64_t count) {
  Moments all;
  double rows = 0;
  for (std::int64_t block = 0; block < blocks.count; ++block) {
    const float *mean = partial + 2 * block * c + first, *squares = mean + c;
    const double n = static_cast<double>(blocks.end(block) - blocks.begin(block)), part = n / (rows + n);
    for (std::int64_t i = 0; i < count; ++i) {
      const double shift = static_cast<double>(mean[i]) - all.mean[i];
      all.squares[i] += static_cast<double>(squares[i]) + shift * shift * (rows * part);
      all.mean[i] += shift * part;
    }
    rows += n;
  }
  return all;
}

// What the blocks found, added up, from [blocks][2][c].
struct Sums {
  double of[2][kTogether] = {};
};
Sums add_blocks(const float* partial, const RowBlocks& blocks, std::int64_t c, std::int64_t first, std::int64_t count) {
  Sums sums;
  for (std::int64_t row = 0; row < 2 * blocks.count; ++row) {
    for (std::int64_t i = 0; i < count; ++i) sums.of[row % 2][i] += static_cast<double>(partial[row * c + first + i]);
  }
  return sums;
}

// y = end((x - mean) * scale + beta) with scale[c] = gamma * inv_std
template <typename End>
void normalise(Context& ctx, float* y, const float* x, std::int64_t x_row, const float* mean, const float* scale,
               const float* beta, std::int64_t rows, std::int64_t c, End end) {
  constexpr std::int64_t kValues = 4096;  // to a task
  for_rows(ctx, rows, c, kValues, [=](std::int64_t row) {
    const float* from = x + row * x_row;
    float* to = y + row * c;
    for_vectors(c, [=](std::int64_t i, int lanes) {
      const Floats from_mean = load_some(from + i, lanes) - load_some(mean + i, lanes);
      store_some(to + i, end(fma(from_mean, load_some(scale + i, lanes), load_some(beta + i, lanes))), lanes);
    });
  });
}
constexpr auto kAsItIs = [](Floats value) { return value; };

float inverse_root(double variance, float eps) {
  return static_cast<float>(1.0 / __builtin_sqrt(variance + static_cast<double>(eps)));
}

}  // namespace

void batch_norm_forward_train(Context& ctx, float* y, float* saved_mean, float* saved_inv_std, float* running_mean,
                              float* running_var, const float* x, const float* gamma, const float* beta,
                              std::int64_t rows, std::int64_t c, float eps, float momentum) {
  const RowBlocks blocks(rows, c);
  float* partial = ctx.scratch(0, static_cast<std::size_t>(blocks.count * 2 * c));
  float* scale = ctx.scratch(1, static_cast<std::size_t>(c));
  for_blocks(ctx, blocks, [=](std::int64_t block) {
    block_moments(partial + 2 * block * c, x, blocks.begin(block), blocks.end(block), c);
  });
  const double count = static_cast<double>(rows), unbiased = rows > 1 ? count - 1 : count;
  for_channels(c, [=](std::int64_t first, std::int64_t channels) {
    const Moments moments = merge_moments(partial, blocks, c, first, channels);
    for (std::int64_t k = 0; k < channels; ++k) {
      const std::int64_t i = first + k;
      saved_mean[i] = static_cast<float>(moments.mean[k]);
      saved_inv_std[i] = inverse_root(moments.squares[k] / count, eps);
      scale[i] = gamma[i] * saved_inv_std[i];
      running_mean[i] += momentum * (saved_mean[i] - running_mean[i]);
      running_var[i] += momentum * (static_cast<float>(moments.squares[k] / unbiased) - running_var[i]);
    }
  });
  normalise(ctx, y, x, c, saved_mean, scale, beta, rows, c, kAsItIs);
}

void batch_norm_scale(float* scale, const float* gamma, const float* running_var, std::int64_t c, float eps) {
  for (std::int64_t i = 0; i < c; ++i) scale[i] = gamma[i] * inverse_root(static_cast<double>(running_var[i]), eps);
}
void batch_norm_forward_eval(Context& ctx, float* y, const float* x, std::int64_t x_row, const float* running_mean,
                             const float* scale, const float* beta, std::int64_t rows, std::int64_t c, bool rectify) {
  if (!rectify) return normalise(ctx, y, x, x_row, running_mean, scale, beta, rows, c, kAsItIs);
  normalise(ctx, y, x, x_row, running_mean, scale, beta, rows, c, [](Floats value) { return rectified(value); });
}

// With x̂ = (x - mean) inv_std: dbeta = Σ dy, dgamma = Σ dy x̂, dx = gamma inv_std (dy - dbeta/rows - x̂ dgamma/rows).
void batch_norm_backward(Context& ctx, float* dx, float* dgamma, float* dbeta, const float* dy, const float* x,
                         const float* gamma, const float* saved_mean, const float* saved_inv_std, std::int64_t rows,
                         std::int64_t c) {
  const RowBlocks blocks(rows, c);
  float* partial = ctx.scratch(0, static_cast<std::size_t>(blocks.count * 2 * c));  // [blocks][Σ dy, Σ dy (x-mean)][c]
  for_blocks(ctx, blocks, [=](std::int64_t block) {
    const std::int64_t begin = blocks.begin(block), end = blocks.end(block);
    for_vectors(c, [=](std::int64_t i, int lanes) {
      const Floats mean = load_some(saved_mean + i, lanes);
      store_some(partial + 2 * block * c + i,
                 sum_rows(begin, end, [=](std::int64_t r) { return load_some(dy + r * c + i, lanes); }), lanes);
      store_some(partial + (2 * block + 1) * c + i,
                 sum_rows(begin, end,
                          [=](std::int64_t r) {
                            return load_some(dy + r * c + i, lanes) * (load_some(x + r * c + i, lanes) - mean);
                          }),
                 lanes);
    });
  });
  float* factors =
      ctx.scratch(1, static_cast<std::size_t>(3 * c));  // [gamma inv_std, dbeta/rows, inv_std dgamma/rows][c]
  const double count = static_cast<double>(rows);
  for_channels(c, [=](std::int64_t first, std::int64_t channels) {
    const Sums sums = add_blocks(partial, blocks, c, first, channels);
    for (std::int64_t k = 0; k < channels; ++k) {
      const std::int64_t i = first + k;
      const double sum = sums.of[0][k], product = sums.of[1][k], inv_std = static_cast<double>(saved_inv_std[i]);
      dbeta[i] = static_cast<float>(sum);
      dgamma[i] = static_cast<float>(product * inv_std);
      factors[i] = gamma[i] * saved_inv_std[i];
      factors[c + i] = static_cast<float>(sum / count);
      factors[2 * c + i] = static_cast<float>(product * inv_std * inv_std / count);
    }
  });
  for_blocks(ctx, blocks, [=](std::int64_t block) {
    for (std::int64_t r = blocks.begin(block); r < blocks.end(block); ++r) {
      for_vectors(c, [=](std::int64_t i, int lanes) {
        const Floats from_mean = load_some(x + r * c + i, lanes) - load_some(saved_mean + i, lanes);
        const Floats from_dbeta = load_some(dy + r * c + i, lanes) - load_some(factors + c + i, lanes);
        const Floats centred = fma(-from_mean, load_some(factors + 2 * c + i, lanes), from_dbeta);
        store_some(dx + r * c + i, load_some(factors + i, lanes) * centred, lanes);
      });
    }
  });
}

}  // namespace pinwheel::kernels::PINWHEEL_ISA
