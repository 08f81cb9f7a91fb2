#include "report/judged_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/axis.h"
#include "report/charts.h"

namespace pinwheel::report {
namespace {

constexpr std::size_t kBins = 15;

std::string galaxies(std::size_t count) { return human_number(static_cast<double>(count)) + " galaxies"; }

std::string note_of(const std::string& model, const Judged& part) {
  return model + " on the " + part.part + " part, " + galaxies(part.size());
}

std::size_t argmax(std::span<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

BarChart question_chart(std::span<const Judged> parts) {
  BarChart chart;
  chart.heading.title = "How often each question is answered right";
  chart.x_label = "galaxies whose likeliest answer is the volunteers'";
  for (std::size_t q = 0; q < galaxy::kQuestions; ++q)
    chart.groups.push_back({std::string(galaxy::questions()[q].text), "", {}});
  for (const Judged& part : parts) {
    const Metrics metrics = part.metrics();
    for (std::size_t q = 0; q < galaxy::kQuestions; ++q) chart.groups[q].values.push_back(metrics.question_accuracy[q]);
  }
  return chart;
}

BarChart class_chart(std::span<const Judged> parts) {
  BarChart chart;
  chart.heading.title = "How often each class is recognised";
  chart.x_label = "of the galaxies of a class (recall)";
  for (const std::string& name : parts.front().outputs) chart.groups.push_back({spoken(name), "", {}});
  for (const Judged& part : parts) {
    const auto confusion = part.metrics().confusion;
    for (std::size_t c = 0; c < chart.groups.size(); ++c) {
      double all = 0;
      for (const auto count : confusion.empty() ? std::vector<std::int64_t>{} : confusion[c])
        all += static_cast<double>(count);
      chart.groups[c].values.push_back(all > 0 ? static_cast<double>(confusion[c][c]) / all : std::nan(""));
    }
  }
  return chart;
}

// Sums of one bin; `add` takes a probability, whether (or how far) it came true, and how much that counts.
class Bins {
 public:
  void add(double said, double was, double weight) {
    const auto bin = std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, said) * kBins));
    bins_[bin].said += said * weight;
    bins_[bin].was += was * weight;
    bins_[bin].weight += weight;
  }
  std::vector<ReliabilityBin> means() const {
    std::vector<ReliabilityBin> means;
    for (const ReliabilityBin& bin : bins_) {
      if (bin.weight > 0) means.push_back({bin.said / bin.weight, bin.was / bin.weight, bin.weight});
    }
    return means;
  }

 private:
  std::array<ReliabilityBin, kBins> bins_{};
};

double distance_from_line(const std::vector<ReliabilityBin>& bins) {
  double error = 0, all = 0;
  for (const ReliabilityBin& bin : bins) {
    error += std::abs(bin.said - bin.was) * bin.weight;
    all += bin.weight;
  }
  return all > 0 ? error / all : 0;
}

void add_class_bins(const Judged& part, Bins& bins) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::size_t said = argmax(part.answer(i));
    bins.add(part.answer(i)[said], said == argmax(part.target(i)) ? 1 : 0, 1);
  }
}

void add_tree_bins(const Judged& part, Bins& bins) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const TreeRow said = tree_answer(part.answer(i)), was = tree_truth(part.kind, part.target(i));
    for (std::size_t q = 0; q < galaxy::kQuestions; ++q) {
      const galaxy::Question& question = galaxy::questions()[q];
      for (auto a = static_cast<std::size_t>(question.begin); a < static_cast<std::size_t>(question.end); ++a) {
        bins.add(said.conditional[a], was.conditional[a], std::max(0.0, was.reach[q]));
      }
    }
  }
}

}  // namespace

Picture questions_picture(const std::string& model, std::span<const Judged> parts, Theme theme) {
  const bool tree = parts.front().is_tree();
  BarChart chart = tree ? question_chart(parts) : class_chart(parts);
  for (const Judged& part : parts) {
    chart.parts.push_back(part.part);
    chart.heading.note += (chart.heading.note.empty() ? model + ": " : ", ") + part.part + " " + galaxies(part.size());
  }
  return {
      "questions", "questions",
      tree ? "A question counts for a galaxy of which at least half the volunteers were asked it; a wide gap between "
             "the bars says that the network knows its examples better than the sky."
           : "A wide gap between the bars says that the network knows its examples better than the sky.",
      draw(chart, theme)};
}

std::optional<Picture> confusion_picture(const std::string& model, const Judged& part, Theme theme) {
  const Metrics metrics = part.metrics();
  if (metrics.confusion.empty()) return std::nullopt;
  Confusion chart{{"What was taken for what", note_of(model, part)}, part.outputs, metrics.confusion};
  if (metrics.accuracy) chart.heading.note += "; " + percent(*metrics.accuracy) + " right";
  return Picture{
      "confusion", "confusion",
      "Rows are what the galaxies are, columns what the model said: everything off the diagonal is a mistake.",
      draw(chart, theme)};
}

Picture reliability_picture(const std::string& model, const Judged& part, Theme theme) {
  Bins bins;
  part.is_tree() ? add_tree_bins(part, bins) : add_class_bins(part, bins);
  Reliability chart{{"How far its certainty can be trusted", note_of(model, part)}, "", "", bins.means()};
  chart.x_label = part.is_tree() ? "share of volunteers predicted for an answer" : "probability of the likeliest class";
  chart.y_label = part.is_tree() ? "share who gave it" : "how often it was right";
  // Of the tree not what `evaluate` calls so, which looks at the likeliest answers alone.
  const std::string off = percent(distance_from_line(chart.bins));
  chart.heading.note +=
      part.is_tree() ? "; on average " + off + " off the line" : "; expected calibration error " + off;
  return {"reliability", "reliability", "A sure model that is right as often as it says lies on the diagonal.",
          draw(chart, theme)};
}

}  // namespace pinwheel::report
