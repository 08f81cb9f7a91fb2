// pinwheel models: what ships, for people and for programs.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/shelf.h"

namespace pinwheel::cli {
namespace {

void print_json(const std::vector<ShelfEntry>& entries) {
  nlohmann::json models = nlohmann::json::array();
  for (const auto& entry : entries) {
    models.push_back({{"name", entry.name},
                      {"path", entry.path.string()},
                      {"default", entry.is_default},
                      {"parameters", entry.parameters},
                      {"bytes", entry.bytes}});
  }
  std::cout << nlohmann::json{{"models", models}}.dump() << "\n";
}

void print_table(const std::vector<ShelfEntry>& entries) {
  std::printf("  %-24s %12s %10s  %s\n", "model", "parameters", "size", "where");
  for (const auto& entry : entries) {
    std::printf("%c %-24s %12lld %7.2f MB  %s\n", entry.is_default ? '*' : ' ', entry.name.c_str(),
                static_cast<long long>(entry.parameters), static_cast<double>(entry.bytes) / 1e6,
                entry.path.string().c_str());
  }
  std::printf("* is used when no --model is given\n");
}

}  // namespace

void add_models(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("models", "List the models that ship with this copy");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For programs: {\"models\":[{name, path, default, parameters, bytes}]}");
  command->callback([json] { *json ? print_json(list_models()) : print_table(list_models()); });
}

}  // namespace pinwheel::cli
