// A model judged in every figure that the published systems give, once, after training: the few that are watched while
// it trains are Metrics. Figures only; nothing here runs a network or writes a file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "train/metrics.h"

namespace pinwheel {

// Answers of like confidence: how sure they were and how often they were right.
struct ConfidenceBin {
  std::int64_t count = 0;
  double confidence = 0;  // mean of the largest probability; 0 in an empty bin
  double accuracy = 0;    // share of these whose likeliest class is the true one (of questions: the mean share of the
                          // volunteers who gave the likeliest answer); 0 in an empty bin
};
struct Calibration {
  std::vector<ConfidenceBin> bins;  // bin b holds confidences in (b/bins, (b+1)/bins]
  double error = 0;                 // sum over bins of count/N |accuracy - confidence| (Guo et al. 2017, equation 3)
};

// How well one question's answers are foretold (of eleven), over the galaxies to which the question applies.
struct QuestionFigures {
  std::int64_t asked = 0;        // these galaxies
  double log_loss = 0;           // see judge_questions; NaN where there are none
  double calibration_error = 0;  // likewise
};

struct Assessment {
  Metrics metrics;
  // Classes; of the 37 answers over all questions together, each with every galaxy to which it applies.
  std::optional<double> log_loss;  // mean of -ln p(true class), p at least 1e-12
  std::optional<Calibration> calibration;
  // Classes.
  std::vector<double> recall, precision;  // per class; NaN for a class that nobody has, or that was never predicted
  // The 37 answers.
  std::vector<QuestionFigures> questions;
  std::vector<double> rmse_per_answer;           // over the rows that metrics.rmse is over; empty when there are none
  std::vector<double> question_accuracy_legacy;  // see below
};

// As compute_metrics, which it holds.
Assessment assess(TargetKind kind, std::span<const float> predictions, std::span<const float> targets, std::int64_t n,
                  std::int64_t outputs, double mean_loss);

// The 37 answers judged as a choice of classes: the three answers to the first question, of which the likeliest is
// taken for the true one. predictions (weighted fractions) and targets [n,37].
Assessment assess_first_question(std::span<const float> predictions, std::span<const float> targets, std::int64_t n);

// probabilities and labels (one-hot) [n,classes].
Calibration calibrate(std::span<const float> probabilities, std::span<const float> labels, std::int64_t classes,
                      std::size_t bins = 15);

// Log-loss and calibration of the 37 answers, question by question, over the galaxies to which a question applies
// (Metrics::question_accuracy has the same). Both sides are taken as the shares among those who were asked, so that
// what was wrong further up the tree does not count again: p_a and f_a are the weighted fractions, or votes, divided by
// their sum over the question.
//
// The truth is what one volunteer would say, drawn at random from those who were asked: volunteers disagree, and a
// model that says so is right. Log-loss is then the mean over galaxies of -sum_a f_a ln p_a in nats, p at least 1e-12:
// the negative log-likelihood of a vote, as Walmsley et al. (2020, MNRAS 491, 1554, section 3.2) take votes for draws.
// Its least possible value is the entropy of the volunteers' own shares, not 0. Calibration error is that of Guo et al.
// (2017, equation 3) over 15 bins of the largest p_a, where the accuracy of a bin is the mean f_a of that same answer:
// the chance that the drawn volunteer agrees.
//
// predictions and targets [n,37]; kFractions or kVotes. Fills log_loss, calibration and questions.
void judge_questions(TargetKind kind, std::span<const float> predictions, std::span<const float> targets,
                     Assessment& assessment);

// Per-question accuracy as it goes wrong when a question's last column is written as the end of a Python slice, which
// excludes it: the last answer of every question is never looked at, and every galaxy counts whether or not anybody
// was asked. Questions of two answers are then "right" for everybody. Shown beside the right figures so that a class
// can see what a wrong slice does; judge no model by it. Our reading of system B's fault: its own slices are only known
// to be wrong. predictions and targets [n,37]; 11 shares, NaN when n is 0.
std::vector<double> legacy_question_accuracy(std::span<const float> predictions, std::span<const float> targets);

}  // namespace pinwheel
