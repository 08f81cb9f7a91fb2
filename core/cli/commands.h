// The verbs of the command line. Each add_… function describes its options on the app and hangs its work on the
// subcommand; the work runs only when that verb was the one typed. Exit status: 0 done, 1 wrong use or failed, 3 done
// but some files could not be read.
#pragma once

#include <CLI/CLI.hpp>

namespace pinwheel::cli {

inline constexpr int kSomeFilesFailed = 3;

// The status that main() returns; a command may raise it.
struct Outcome {
  int status = 0;
};

void add_classify(CLI::App& app, Outcome& outcome);
void add_train(CLI::App& app, Outcome& outcome);
void add_evaluate(CLI::App& app, Outcome& outcome);
void add_baseline(CLI::App& app, Outcome& outcome);
void add_check(CLI::App& app, Outcome& outcome);
void add_inspect(CLI::App& app, Outcome& outcome);
void add_export(CLI::App& app, Outcome& outcome);
void add_models(CLI::App& app, Outcome& outcome);
void add_presets(CLI::App& app, Outcome& outcome);
void add_render(CLI::App& app, Outcome& outcome);
void add_report(CLI::App& app, Outcome& outcome);
void add_bench(CLI::App& app, Outcome& outcome);

}  // namespace pinwheel::cli
