// pinwheel export: a model to take along, under another name or at half the size.
#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/shelf.h"
#include "nn/half.h"

namespace pinwheel::cli {
namespace {

struct Options {
  std::string model, out, name, description;
  int views = 0;
  bool half = false;
};

void export_model(const Options& options) {
  Model model = with_views(open_model(options.model), options.views);
  if (!options.name.empty()) model.name = options.name;
  if (!options.description.empty()) model.description = options.description;
  if (options.half) round_weights_to_half(model.params);
  std::filesystem::create_directories(options.out);
  save_model_folder(model, options.out);
  std::cerr << "wrote " << options.out << "\n";
}

}  // namespace

void add_export(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("export", "Write a model to a folder to take along, or at half the size");
  command->footer(
      "The folder's model.safetensors has PyTorch's names and layout: load_state_dict takes it as it is.\n"
      "--half rounds weights to 16 bits; answers move in the fourth place. `pinwheel evaluate` tells by how much.");
  auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "Model folder, file or shipped name (default: the shipped one)");
  command->add_option("--out", options->out, "Folder to write")->required();
  command->add_option("--name", options->name, "A new name");
  command->add_option("--description", options->description, "A new line of description");
  add_views_option(*command, options->views);
  command->add_flag("--half", options->half, "Round the weights to half precision");
  command->callback([options] { export_model(*options); });
}

}  // namespace pinwheel::cli
