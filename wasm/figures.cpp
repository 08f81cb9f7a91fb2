#include "figures.h"

#include <cmath>

namespace pinwheel::wasm {
namespace {

val optional_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? val(*value) : val::null();
}
val nullable(const std::vector<double>& values) {
  return list(values, [](double value) { return optional_number(value); });
}
val counts(const std::vector<std::int64_t>& row) {
  return list(row, [](std::int64_t n) { return val(static_cast<double>(n)); });
}

// How sure it was against how often it was right, in bins of like certainty that say where they begin and end.
val bins_object(const Calibration& calibration) {
  val bins = val::array();
  const auto edges = static_cast<double>(calibration.bins.size());
  for (std::size_t b = 0; b < calibration.bins.size(); ++b) {
    const ConfidenceBin& bin = calibration.bins[b];
    val object = val::object();
    object.set("from", static_cast<double>(b) / edges);
    object.set("to", static_cast<double>(b + 1) / edges);
    object.set("count", static_cast<double>(bin.count));
    object.set("said", bin.confidence);
    object.set("right", bin.accuracy);
    bins.call<void>("push", object);
  }
  return bins;
}

}  // namespace

val metrics_object(const Metrics& m) {
  val object = val::object();
  object.set("count", static_cast<double>(m.count));
  object.set("loss", m.loss);
  object.set("accuracy", optional_number(m.accuracy));
  object.set("rmse", optional_number(m.rmse));
  object.set("auc", optional_number(m.auc));
  object.set("aucPerClass", nullable(m.auc_per_class));
  object.set("questionAccuracy", nullable(m.question_accuracy));
  object.set("confusion", list(m.confusion, counts));
  return object;
}

val classes_object(const Assessment& a) {
  val object = val::object();
  object.set("confusion", list(a.metrics.confusion, counts));
  object.set("recall", nullable(a.recall));
  object.set("precision", nullable(a.precision));
  object.set("reliability", a.calibration ? bins_object(*a.calibration) : val::array());
  object.set("calibrationError", a.calibration ? val(a.calibration->error) : val::null());
  return object;
}

val report_object(const EpochReport& report, bool candidate) {
  val object = val::object();
  object.set("epoch", static_cast<double>(report.epoch));
  object.set("trainLoss", report.train_loss);
  object.set("trainAccuracy", optional_number(report.train_accuracy));
  object.set("trainRmse", optional_number(report.train_rmse));
  object.set("validation", report.validation.count > 0 ? metrics_object(report.validation) : val::null());
  object.set("best", report.best);
  object.set("candidate", candidate);
  return object;
}

}  // namespace pinwheel::wasm
