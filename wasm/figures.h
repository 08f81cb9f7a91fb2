// Figures of a run as JavaScript reads them: an undefined one is null.
#pragma once

#include "boundary.h"
#include "train/assessment.h"
#include "train/trainer.h"

namespace pinwheel::wasm {

#define PINWHEEL_METRICS                                                                              \
  "{ count: number; loss: number; accuracy: number | null; rmse: number | null; auc: number | null; " \
  "aucPerClass: (number | null)[]; questionAccuracy: (number | null)[]; confusion: number[][] }"
#define PINWHEEL_CLASSES                                                                      \
  "{ confusion: number[][]; recall: (number | null)[]; precision: (number | null)[]; "        \
  "reliability: { from: number; to: number; count: number; said: number; right: number }[]; " \
  "calibrationError: number | null }"
#define PINWHEEL_SAID \
  "{ examples: Int32Array<ArrayBuffer>; truth: Float32Array<ArrayBuffer>; predictions: Float32Array<ArrayBuffer> }"
#define PINWHEEL_REPORT                                                                          \
  "{ epoch: number; trainLoss: number; trainAccuracy: number | null; trainRmse: number | null; " \
  "validation: " PINWHEEL_METRICS " | null; best: boolean; candidate: boolean }"

val metrics_object(const Metrics& metrics);
// What is said of classes; of the tree, of the answers to its first question.
val classes_object(const Assessment& assessment);
val report_object(const EpochReport& report, bool candidate);

}  // namespace pinwheel::wasm
