#include "train/baselines.h"

#include <algorithm>
#include <array>

namespace pinwheel {
namespace {

using Colour = std::array<double, 3>;

constexpr int kMostRounds = 100;

double distance(const Colour& a, const Colour& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

// Mean of the central pixels; a grey picture has its one channel three times.
Colour central_colour(const Dataset& dataset, std::int64_t index) {
  const std::int64_t height = dataset.extent.height, width = dataset.extent.width, channels = dataset.extent.channels;
  const std::int64_t side = std::max<std::int64_t>(1, (height + 12) / 25);
  const std::int64_t top = (height - side) / 2, left = (width - side) / 2;
  Colour sum{};
  for (std::int64_t y = top; y < top + side; ++y) {
    for (std::int64_t x = left; x < left + side; ++x) {
      const std::uint8_t* pixel = dataset.image(index) + (y * width + x) * channels;
      for (std::int64_t c = 0; c < 3; ++c) sum[static_cast<std::size_t>(c)] += pixel[std::min(c, channels - 1)];
    }
  }
  for (double& value : sum) value /= static_cast<double>(side * side);
  return sum;
}

std::vector<Colour> central_colours(const Dataset& dataset, std::span<const std::int64_t> indices) {
  std::vector<Colour> colours;
  for (const std::int64_t index : indices) colours.push_back(central_colour(dataset, index));
  return colours;
}

std::size_t nearest(const std::vector<Colour>& centres, const Colour& colour) {
  const auto closer = [&](const Colour& a, const Colour& b) { return distance(a, colour) < distance(b, colour); };
  return static_cast<std::size_t>(std::min_element(centres.begin(), centres.end(), closer) - centres.begin());
}

// Each further centre is a colour drawn with a chance that grows with the square of its distance from those before.
std::vector<Colour> first_centres(const std::vector<Colour>& colours, std::int64_t clusters, Rng& rng) {
  std::vector<Colour> centres{colours[rng.below(static_cast<std::uint32_t>(colours.size()))]};
  while (static_cast<std::int64_t>(centres.size()) < clusters) {
    std::vector<double> reach;
    double sum = 0;
    for (const Colour& colour : colours) reach.push_back(sum += distance(centres[nearest(centres, colour)], colour));
    if (sum <= 0) break;  // fewer different colours than clusters
    const auto drawn = std::upper_bound(reach.begin(), reach.end(), rng.uniform() * sum);
    centres.push_back(colours[static_cast<std::size_t>(std::min(drawn, reach.end() - 1) - reach.begin())]);
  }
  return centres;
}

std::vector<Colour> k_means(const std::vector<Colour>& colours, std::int64_t clusters, Rng& rng) {
  std::vector<Colour> centres = first_centres(colours, clusters, rng);
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<Colour> sums(centres.size(), Colour{});
    std::vector<double> counts(centres.size(), 0);
    for (const Colour& colour : colours) {
      const std::size_t k = nearest(centres, colour);
      counts[k] += 1;
      for (std::size_t c = 0; c < colour.size(); ++c) sums[k][c] += colour[c];
    }
    const std::vector<Colour> before = centres;
    for (std::size_t k = 0; k < centres.size(); ++k) {
      for (std::size_t c = 0; c < centres[k].size() && counts[k] > 0; ++c) centres[k][c] = sums[k][c] / counts[k];
    }
    if (centres == before) break;
  }
  return centres;
}

// The mean target of each cluster of the training part; a cluster without members gets the mean of all.
std::vector<std::vector<double>> mean_targets(const Dataset& dataset, std::span<const std::int64_t> train,
                                              const std::vector<std::size_t>& cluster, std::size_t clusters) {
  const auto width = static_cast<std::size_t>(dataset.width());
  std::vector<std::vector<double>> sums(clusters + 1, std::vector<double>(width, 0));
  std::vector<double> counts(clusters + 1, 0);
  for (std::size_t i = 0; i < train.size(); ++i) {
    const auto target = dataset.target(train[i]);
    for (const std::size_t k : {cluster[i], clusters}) {
      counts[k] += 1;
      for (std::size_t j = 0; j < width; ++j) sums[k][j] += target[j];
    }
  }
  for (std::size_t k = 0; k <= clusters; ++k) {
    const std::size_t from = counts[k] > 0 ? k : clusters;
    for (std::size_t j = 0; j < width; ++j) sums[k][j] = sums[from][j] / std::max(1.0, counts[from]);
  }
  return sums;
}

void append(std::vector<float>& to, const std::vector<double>& row) {
  for (const double value : row) to.push_back(static_cast<float>(value));
}

}  // namespace

std::vector<float> mean_predictor(const Dataset& dataset, std::span<const std::int64_t> train,
                                  std::span<const std::int64_t> indices) {
  const auto means = mean_targets(dataset, train, std::vector<std::size_t>(train.size(), 0), 1);
  std::vector<float> predictions;
  for (std::size_t i = 0; i < indices.size(); ++i) append(predictions, means[0]);
  return predictions;
}

std::vector<float> central_pixel_predictor(const Dataset& dataset, std::span<const std::int64_t> train,
                                           std::span<const std::int64_t> indices, std::int64_t clusters, Rng rng) {
  const std::vector<Colour> colours = central_colours(dataset, train);
  const std::vector<Colour> centres = k_means(colours, clusters, rng);
  std::vector<std::size_t> cluster;
  for (const Colour& colour : colours) cluster.push_back(nearest(centres, colour));
  const auto means = mean_targets(dataset, train, cluster, centres.size());
  std::vector<float> predictions;
  for (const Colour& colour : central_colours(dataset, indices)) append(predictions, means[nearest(centres, colour)]);
  return predictions;
}

}  // namespace pinwheel
