// Where the weights of a training run start: fresh, from an earlier model, or from a body that learned elsewhere. And
// the one pass over all galaxies that a frozen body needs.
#pragma once

#include <CLI/CLI.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/split.h"
#include "io/model_file.h"
#include "train/recipe.h"

namespace pinwheel::cli {

struct StartOptions {
  std::string from;      // a model, whole
  std::string backbone;  // a safetensors file of torchvision's names, all but the last layer
};

void add_start_options(CLI::App& command, StartOptions& options);

// Refuses, before any galaxy is read, what cannot start: a frozen body without weights of its own, random views of
// galaxies that are looked at once. Throws Error(kInvalidArgument).
void check_start(const StartOptions& options, const Recipe& recipe);

// Throws Error: what open_model and load_backbone throw, and kInvalidArgument for a model of another network or of
// other answers.
Params start_params(const StartOptions& options, const Recipe& recipe, const std::vector<std::string>& outputs);

// "starts from fresh weights (torch, seed 1)": in words, and where ImageNet's are missing, how to give them.
std::string told_start(const StartOptions& options, const Recipe& recipe);

// The data set as the last layer sees it, with a bar. Checks first that the Trainer will take it: the pass may last an
// hour. Throws Error when `stop` was set meanwhile.
Dataset features_of(const Model& model, const Recipe& recipe, const Dataset& dataset, const Split& split,
                    const ThreadPool& pool, const volatile std::sig_atomic_t& stop);

}  // namespace pinwheel::cli
