// The naive twins, see reference.h.
#include "kernels/reference.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pinwheel::kernels::reference {
namespace {

using Sums = std::vector<double>;

std::vector<double> doubles(std::int64_t size) { return std::vector<double>(static_cast<std::size_t>(size)); }
double& at(Sums& sums, std::int64_t i) { return sums[static_cast<std::size_t>(i)]; }
void write(float* to, const Sums& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) to[i] = static_cast<float>(sums[i]);
}
double product(float a, float b) { return static_cast<double>(a) * static_cast<double>(b); }

// Calls body(x index, y index, weight index, o) for every multiplication of a convolution.
template <typename Body>
void for_products(const ConvDims& d, Body body) {
  const std::int64_t inputs = d.c / d.groups, outputs = d.o / d.groups;
  for (std::int64_t n = 0; n < d.n; ++n)
    for (std::int64_t oh = 0; oh < d.oh; ++oh)
      for (std::int64_t ow = 0; ow < d.ow; ++ow)
        for (std::int64_t o = 0; o < d.o; ++o)
          for (std::int64_t i = 0; i < d.kh; ++i)
            for (std::int64_t j = 0; j < d.kw; ++j)
              for (std::int64_t c = 0; c < inputs; ++c) {
                const std::int64_t h = oh * d.sh + i - d.ph, w = ow * d.sw + j - d.pw;
                if (h < 0 || h >= d.h || w < 0 || w >= d.w) continue;
                body(((n * d.h + h) * d.w + w) * d.c + o / outputs * inputs + c,
                     ((n * d.oh + oh) * d.ow + ow) * d.o + o, ((o * d.kh + i) * d.kw + j) * inputs + c);
              }
}

void sum_columns(float* sums, const float* x, std::int64_t rows, std::int64_t c) {
  for (std::int64_t i = 0; i < c; ++i) {
    double sum = 0;
    for (std::int64_t r = 0; r < rows; ++r) sum += static_cast<double>(x[r * c + i]);
    sums[i] = static_cast<float>(sum);
  }
}

// Calls body(input index, place in the image plane, output index) for every place of every window inside the image.
template <typename Body>
void for_windows(const PoolDims& d, Body body) {
  for (std::int64_t n = 0; n < d.n; ++n)
    for (std::int64_t oh = 0; oh < d.oh; ++oh)
      for (std::int64_t ow = 0; ow < d.ow; ++ow)
        for (std::int64_t c = 0; c < d.c; ++c)
          for (std::int64_t i = 0; i < d.kh; ++i)
            for (std::int64_t j = 0; j < d.kw; ++j) {
              const std::int64_t h = oh * d.sh + i - d.ph, w = ow * d.sw + j - d.pw;
              if (h < 0 || h >= d.h || w < 0 || w >= d.w) continue;
              body(((n * d.h + h) * d.w + w) * d.c + c, h * d.w + w, ((n * d.oh + oh) * d.ow + ow) * d.c + c);
            }
}

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// y[i] = f(a[i]) and y[i] = f(a[i], b[i]), in double.
template <typename Function>
void map(float* y, const float* a, std::int64_t size, Function f) {
  for (std::int64_t i = 0; i < size; ++i) y[i] = static_cast<float>(f(static_cast<double>(a[i])));
}
template <typename Function>
void map(float* y, const float* a, const float* b, std::int64_t size, Function f) {
  for (std::int64_t i = 0; i < size; ++i) {
    y[i] = static_cast<float>(f(static_cast<double>(a[i]), static_cast<double>(b[i])));
  }
}

}  // namespace

void conv2d_forward(float* y, const float* x, const float* weight, const float* bias, const ConvDims& d) {
  Sums sums = doubles(d.n * d.oh * d.ow * d.o);
  for (std::size_t i = 0; bias != nullptr && i < sums.size(); ++i) {
    sums[i] = static_cast<double>(bias[i % static_cast<std::size_t>(d.o)]);
  }
  for_products(d,
               [&](std::int64_t xi, std::int64_t yi, std::int64_t wi) { at(sums, yi) += product(x[xi], weight[wi]); });
  write(y, sums);
}

void conv2d_backward_input(float* dx, const float* dy, const float* weight, const ConvDims& d) {
  Sums sums = doubles(d.n * d.h * d.w * d.c);
  for_products(d,
               [&](std::int64_t xi, std::int64_t yi, std::int64_t wi) { at(sums, xi) += product(dy[yi], weight[wi]); });
  write(dx, sums);
}

void conv2d_backward_weight(float* dweight, float* dbias, const float* dy, const float* x, const ConvDims& d) {
  Sums sums = doubles(d.o * d.kh * d.kw * (d.c / d.groups));
  for_products(d, [&](std::int64_t xi, std::int64_t yi, std::int64_t wi) { at(sums, wi) += product(dy[yi], x[xi]); });
  write(dweight, sums);
  if (dbias != nullptr) sum_columns(dbias, dy, d.n * d.oh * d.ow, d.o);
}

void dense_forward(float* y, const float* x, const float* weight, const float* bias, std::int64_t n, std::int64_t in,
                   std::int64_t out) {
  for (std::int64_t r = 0; r < n; ++r)
    for (std::int64_t o = 0; o < out; ++o) {
      double sum = bias == nullptr ? 0.0 : static_cast<double>(bias[o]);
      for (std::int64_t i = 0; i < in; ++i) sum += product(x[r * in + i], weight[o * in + i]);
      y[r * out + o] = static_cast<float>(sum);
    }
}

void dense_backward_input(float* dx, const float* dy, const float* weight, std::int64_t n, std::int64_t in,
                          std::int64_t out) {
  for (std::int64_t r = 0; r < n; ++r)
    for (std::int64_t i = 0; i < in; ++i) {
      double sum = 0;
      for (std::int64_t o = 0; o < out; ++o) sum += product(dy[r * out + o], weight[o * in + i]);
      dx[r * in + i] = static_cast<float>(sum);
    }
}

void dense_backward_weight(float* dweight, float* dbias, const float* dy, const float* x, std::int64_t n,
                           std::int64_t in, std::int64_t out) {
  for (std::int64_t o = 0; o < out; ++o)
    for (std::int64_t i = 0; i < in; ++i) {
      double sum = 0;
      for (std::int64_t r = 0; r < n; ++r) sum += product(dy[r * out + o], x[r * in + i]);
      dweight[o * in + i] = static_cast<float>(sum);
    }
  if (dbias != nullptr) sum_columns(dbias, dy, n, out);
}

void batch_norm_forward_train(float* y, float* saved_mean, float* saved_inv_std, float* running_mean,
                              float* running_var, const float* x, const float* gamma, const float* beta,
                              std::int64_t rows, std::int64_t c, float eps, float momentum) {
  const double count = static_cast<double>(rows);
  for (std::int64_t i = 0; i < c; ++i) {
    double mean = 0, squares = 0;
    for (std::int64_t r = 0; r < rows; ++r) mean += static_cast<double>(x[r * c + i]) / count;
    for (std::int64_t r = 0; r < rows; ++r) squares += std::pow(static_cast<double>(x[r * c + i]) - mean, 2);
    const double inv_std = 1.0 / std::sqrt(squares / count + static_cast<double>(eps));
    for (std::int64_t r = 0; r < rows; ++r) {
      y[r * c + i] =
          static_cast<float>((static_cast<double>(x[r * c + i]) - mean) * inv_std * static_cast<double>(gamma[i]) +
                             static_cast<double>(beta[i]));
    }
    saved_mean[i] = static_cast<float>(mean);
    saved_inv_std[i] = static_cast<float>(inv_std);
    running_mean[i] = (1 - momentum) * running_mean[i] + momentum * static_cast<float>(mean);
    running_var[i] =
        (1 - momentum) * running_var[i] + momentum * static_cast<float>(squares / (rows > 1 ? count - 1 : count));
  }
}

void batch_norm_scale(float* scale, const float* gamma, const float* running_var, std::int64_t c, float eps) {
  for (std::int64_t i = 0; i < c; ++i) {
    const double deviation = std::sqrt(static_cast<double>(running_var[i]) + static_cast<double>(eps));
    scale[i] = static_cast<float>(static_cast<double>(gamma[i]) / deviation);
  }
}

void batch_norm_forward_eval(float* y, const float* x, std::int64_t x_row, const float* running_mean,
                             const float* scale, const float* beta, std::int64_t rows, std::int64_t c, bool rectify) {
  for (std::int64_t i = 0; i < rows * c; ++i) {
    const std::int64_t channel = i % c;
    const double from_mean =
        static_cast<double>(x[i / c * x_row + channel]) - static_cast<double>(running_mean[channel]);
    const double value = from_mean * static_cast<double>(scale[channel]) + static_cast<double>(beta[channel]);
    y[i] = static_cast<float>(rectify && value < 0 ? 0 : value);
  }
}

void batch_norm_backward(float* dx, float* dgamma, float* dbeta, const float* dy, const float* x, const float* gamma,
                         const float* saved_mean, const float* saved_inv_std, std::int64_t rows, std::int64_t c) {
  const double count = static_cast<double>(rows);
  for (std::int64_t i = 0; i < c; ++i) {
    const double mean = static_cast<double>(saved_mean[i]), inv_std = static_cast<double>(saved_inv_std[i]);
    double sum = 0, projected = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      sum += static_cast<double>(dy[r * c + i]);
      projected += static_cast<double>(dy[r * c + i]) * (static_cast<double>(x[r * c + i]) - mean) * inv_std;
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      const double normalised = (static_cast<double>(x[r * c + i]) - mean) * inv_std;
      dx[r * c + i] =
          static_cast<float>(static_cast<double>(gamma[i]) * inv_std *
                             (static_cast<double>(dy[r * c + i]) - sum / count - normalised * projected / count));
    }
    dgamma[i] = static_cast<float>(projected);
    dbeta[i] = static_cast<float>(sum);
  }
}

void max_pool_forward(float* y, std::int32_t* argmax, const float* x, const PoolDims& d) {
  std::vector<bool> seen(static_cast<std::size_t>(d.n * d.oh * d.ow * d.c));
  for_windows(d, [&](std::int64_t xi, std::int64_t place, std::int64_t yi) {
    const auto index = static_cast<std::size_t>(yi);
    if (seen[index] && !(x[xi] > y[yi])) return;
    seen[index] = true;
    y[yi] = x[xi];
    if (argmax != nullptr) argmax[yi] = static_cast<std::int32_t>(place);
  });
}

void max_pool_backward(float* dx, const float* dy, const std::int32_t* argmax, const PoolDims& d) {
  Sums sums = doubles(d.n * d.h * d.w * d.c);
  for_windows(d, [&](std::int64_t xi, std::int64_t place, std::int64_t yi) {
    if (argmax[yi] == place) at(sums, xi) += static_cast<double>(dy[yi]);
  });
  write(dx, sums);
}

void avg_pool_forward(float* y, const float* x, const PoolDims& d) {
  Sums sums = doubles(d.n * d.oh * d.ow * d.c);
  for_windows(d, [&](std::int64_t xi, std::int64_t, std::int64_t yi) {
    at(sums, yi) += static_cast<double>(x[xi]) / static_cast<double>(d.kh * d.kw);
  });
  write(y, sums);
}

void avg_pool_backward(float* dx, const float* dy, const PoolDims& d) {
  Sums sums = doubles(d.n * d.h * d.w * d.c);
  for_windows(d, [&](std::int64_t xi, std::int64_t, std::int64_t yi) {
    at(sums, xi) += static_cast<double>(dy[yi]) / static_cast<double>(d.kh * d.kw);
  });
  write(dx, sums);
}

void global_avg_pool_forward(float* y, const float* x, std::int64_t n, std::int64_t hw, std::int64_t c) {
  Sums sums = doubles(n * c);
  for (std::int64_t i = 0; i < n * hw * c; ++i) {
    at(sums, i / (hw * c) * c + i % c) += static_cast<double>(x[i]) / static_cast<double>(hw);
  }
  write(y, sums);
}

void global_avg_pool_backward(float* dx, const float* dy, std::int64_t n, std::int64_t hw, std::int64_t c) {
  for (std::int64_t i = 0; i < n * hw * c; ++i) dx[i] = dy[i / (hw * c) * c + i % c] / static_cast<float>(hw);
}

void relu_forward(float* y, const float* x, std::int64_t size) {
  map(y, x, size, [](double v) { return v < 0 ? 0 : v; });
}
void relu_backward(float* dx, const float* dy, const float* y, std::int64_t size) {
  map(dx, dy, y, size, [](double d, double out) { return out > 0 ? d : 0; });
}
void silu_forward(float* y, const float* x, std::int64_t size) {
  map(y, x, size, [](double v) { return v * logistic(v); });
}
void silu_backward(float* dx, const float* dy, const float* x, std::int64_t size) {
  map(dx, dy, x, size, [](double d, double v) { return d * logistic(v) * (1 + v * (1 - logistic(v))); });
}
void tanh_forward(float* y, const float* x, std::int64_t size) {
  map(y, x, size, [](double v) { return std::tanh(v); });
}
void tanh_backward(float* dx, const float* dy, const float* y, std::int64_t size) {
  map(dx, dy, y, size, [](double d, double out) { return d * (1 - out * out); });
}
void sigmoid_forward(float* y, const float* x, std::int64_t size) { map(y, x, size, logistic); }
void sigmoid_backward(float* dx, const float* dy, const float* y, std::int64_t size) {
  map(dx, dy, y, size, [](double d, double out) { return d * out * (1 - out); });
}

void softmax_forward(float* y, const float* x, std::int64_t rows, std::int64_t c) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * c;
    const double top = static_cast<double>(*std::max_element(row, row + c));
    double sum = 0;
    for (std::int64_t i = 0; i < c; ++i) sum += std::exp(static_cast<double>(row[i]) - top);
    map(y + r * c, row, c, [=](double v) { return std::exp(v - top) / sum; });
  }
}

void softmax_backward(float* dx, const float* dy, const float* y, std::int64_t rows, std::int64_t c) {
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::int64_t i = r * c; i < (r + 1) * c; ++i) sum += product(dy[i], y[i]);
    map(dx + r * c, dy + r * c, y + r * c, c, [=](double d, double out) { return out * (d - sum); });
  }
}

void multiply(float* y, const float* x, const float* mask, std::int64_t size) {
  map(y, x, mask, size, [](double a, double b) { return a * b; });
}
void add(float* y, const float* a, const float* b, std::int64_t size) {
  map(y, a, b, size, [](double u, double v) { return u + v; });
}
void accumulate(float* y, const float* x, std::int64_t size) {
  map(y, y, x, size, [](double u, double v) { return u + v; });
}

void copy_columns_in(float* y, const float* x, std::int64_t rows, std::int64_t c, std::int64_t offset,
                     std::int64_t total) {
  for (std::int64_t i = 0; i < rows * c; ++i) y[i / c * total + offset + i % c] = x[i];
}
void copy_columns_out(float* x, const float* y, std::int64_t rows, std::int64_t c, std::int64_t offset,
                      std::int64_t total) {
  for (std::int64_t i = 0; i < rows * c; ++i) x[i] = y[i / c * total + offset + i % c];
}

void sgd_update(float* w, const float* dw, float scale, std::int64_t size, float lr, float decay) {
  for (std::int64_t i = 0; i < size; ++i) {
    const double g = product(scale, dw[i]) + product(decay, w[i]);
    w[i] = static_cast<float>(static_cast<double>(w[i]) - static_cast<double>(lr) * g);
  }
}
void momentum_update(float* w, float* v, const float* dw, float scale, std::int64_t size, float lr, float decay,
                     float mu, bool nesterov) {
  for (std::int64_t i = 0; i < size; ++i) {
    const double g = product(scale, dw[i]) + product(decay, w[i]), velocity = product(mu, v[i]) + g;
    const double direction = nesterov ? g + static_cast<double>(mu) * velocity : velocity;
    v[i] = static_cast<float>(velocity);
    w[i] = static_cast<float>(static_cast<double>(w[i]) - static_cast<double>(lr) * direction);
  }
}
void adam_update(float* w, float* m, float* v, const float* dw, float scale, std::int64_t size, const AdamStep& s) {
  const double beta1 = static_cast<double>(s.beta1), beta2 = static_cast<double>(s.beta2);
  for (std::int64_t i = 0; i < size; ++i) {
    const double g = product(scale, dw[i]) + product(s.decay, w[i]);
    const double mean = beta1 * static_cast<double>(m[i]) + (1 - beta1) * g;
    const double square = beta2 * static_cast<double>(v[i]) + (1 - beta2) * g * g;
    const double root = std::sqrt(square) * static_cast<double>(s.over_root) + static_cast<double>(s.eps);
    m[i] = static_cast<float>(mean);
    v[i] = static_cast<float>(square);
    w[i] = static_cast<float>(product(s.shrink, w[i]) - static_cast<double>(s.step_size) * mean / root);
  }
}

void multiply_add_peak(float* sum, std::int64_t values, std::int64_t rounds, bool fused) {
  double total = 0;
  for (std::int64_t i = 0; i < values; ++i) {
    double v = static_cast<double>(i);
    // There and back, in any even number of steps, is where it began.
    for (std::int64_t step = 0; fused && step < rounds * kPeakSteps; ++step) v = v * kPeakFactor + kPeakTerm;
    total += v;
  }
  *sum = static_cast<float>(total);
}

}  // namespace pinwheel::kernels::reference
