// pinwheel: one door to the core. Parses, dispatches, and is the only native place that catches an Error.
#include <exception>
#include <iostream>
#include <new>

#include "base/error.h"
#include "cli/commands.h"

int main(int argc, char** argv) {
  using namespace pinwheel;
  CLI::App app{
      "Pinwheel judges the shapes of galaxies and trains small networks to do so.\n\n"
      "  pinwheel classify galaxy.jpg                      one galaxy, in words\n"
      "  pinwheel classify --format csv folder/ > out.csv  ten thousand, as a table\n"
      "  pinwheel train --preset small-cnn --data galaxies.zip --labels labels.csv --out my-model\n"
      "  pinwheel evaluate --model my-model --data galaxies.zip --labels labels.csv\n\n"
      "`pinwheel COMMAND --help` explains each."};
  app.require_subcommand(1);
  app.set_version_flag("--version", PINWHEEL_VERSION);
  cli::Outcome outcome;
  cli::add_classify(app, outcome);
  cli::add_train(app, outcome);
  cli::add_evaluate(app, outcome);
  cli::add_baseline(app, outcome);
  cli::add_check(app, outcome);
  cli::add_inspect(app, outcome);
  cli::add_export(app, outcome);
  cli::add_models(app, outcome);
  cli::add_presets(app, outcome);
  cli::add_render(app, outcome);
  cli::add_report(app, outcome);
  cli::add_bench(app, outcome);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  } catch (const Error& error) {
    std::cerr << "pinwheel: " << error.what() << "\n";
    return 1;
  } catch (const std::bad_alloc&) {
    std::cerr << "pinwheel: out of memory; use a smaller image size, a smaller batch or fewer images\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "pinwheel: " << error.what() << "\n";
    return 1;
  }
  return outcome.status;
}
