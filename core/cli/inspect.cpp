// pinwheel inspect: the table of a network - layer, output shape, parameters, arithmetic - of a model or a preset.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/shelf.h"
#include "nn/params.h"
#include "nn/shape_inference.h"
#include "nn/table.h"
#include "train/recipe.h"

namespace pinwheel::cli {
namespace {

struct Options {
  std::string model, preset;
  bool json = false;
};

void print_table(const std::string& title, const NetSpec& spec, const std::vector<TableRow>& rows) {
  const Cost cost = count_cost(spec);
  std::printf("%s\n\n  %-26s %-16s %14s %12s %10s\n", title.c_str(), "layer", "kind", "output", "parameters", "MFLOP");
  std::printf("  %-26s %-16s %14s\n", "input", "", spec.input.text().c_str());
  for (const auto& row : rows) {
    std::printf("  %-26s %-16s %14s %12lld %10.2f\n", row.name.c_str(), row.kind.c_str(), row.output.c_str(),
                static_cast<long long>(row.parameters), row.mflop);
  }
  std::printf("\n  %zu parameters, %.2f MFLOP forward, %.2f MFLOP for a training step, per image\n",
              count_parameters(spec), cost.forward_flop / 1e6, cost.training_flop / 1e6);
}

nlohmann::json table_json(const std::string& name, const NetSpec& spec, const std::vector<TableRow>& rows) {
  const Cost cost = count_cost(spec);
  nlohmann::json layers = nlohmann::json::array();
  for (const auto& row : rows) {
    layers.push_back({{"name", row.name},
                      {"kind", row.kind},
                      {"output", row.output},
                      {"parameters", row.parameters},
                      {"forward_mflop", row.mflop}});
  }
  return {{"name", name},
          {"input", spec.input.text()},
          {"layers", layers},
          {"parameters", count_parameters(spec)},
          {"forward_mflop", cost.forward_flop / 1e6},
          {"training_mflop", cost.training_flop / 1e6}};
}

void inspect(const Options& options) {
  std::string name, title;
  NetSpec spec;
  nlohmann::json training;
  if (options.preset.empty()) {
    const Model model = open_model(options.model);
    name = model.name;
    title = model.name + ": " + model.description;
    spec = model.spec;
    training = nlohmann::json::parse(model.training_json, nullptr, false);
  } else {
    const Recipe recipe = make_recipe(options.preset, published_outputs(options.preset));
    name = recipe.name;
    title = recipe.name + ": " + recipe.summary;
    spec = recipe.spec;
  }
  const auto rows = network_table(spec);
  if (options.json) {
    nlohmann::json table = table_json(name, spec, rows);
    if (training.is_object()) table["training"] = training;
    std::cout << table.dump() << "\n";
    return;
  }
  print_table(title, spec, rows);
  if (training.is_object() && !training.empty()) std::cout << "\n  trained with: " << training.dump(2) << "\n";
}

}  // namespace

void add_inspect(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("inspect", "Show a network layer by layer: output shape, parameters, MFLOP");
  auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "Model folder, file or shipped name (default: the shipped one)");
  command->add_option("--preset", options->preset, "A preset instead of a model (see `pinwheel presets`)");
  command->add_flag("--json", options->json, "For programs");
  command->callback([options] { inspect(*options); });
}

void add_presets(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("presets", "List the presets: whole experiments by name");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For programs: {\"presets\":[{name, parameters, forward_mflop, …}]}");
  command->callback([json] {
    nlohmann::json presets = nlohmann::json::array();
    if (!*json)
      std::printf("%-24s %12s %10s %10s %10s  %s\n", "preset", "parameters", "MFLOP", "training", "input",
                  "what it is for");
    for (const auto& name : recipe_names()) {
      const Recipe recipe = make_recipe(name, published_outputs(name));
      const Cost cost = count_cost(recipe.spec);
      if (*json) {
        presets.push_back({{"name", name},
                           {"parameters", count_parameters(recipe.spec)},
                           {"forward_mflop", cost.forward_flop / 1e6},
                           {"training_mflop", cost.training_flop / 1e6},
                           {"input", recipe.spec.input.text()},
                           {"outputs", infer_shapes(recipe.spec).back().size()}});
      } else {
        std::printf("%-24s %12zu %10.2f %10.2f %10s  %s\n", name.c_str(), count_parameters(recipe.spec),
                    cost.forward_flop / 1e6, cost.training_flop / 1e6, recipe.spec.input.text().c_str(),
                    recipe.summary.c_str());
      }
    }
    if (*json) std::cout << nlohmann::json{{"presets", presets}}.dump() << "\n";
  });
}

}  // namespace pinwheel::cli
