#include "commands/child_process.hpp"
#include "commands/count_text.hpp"
#include "commands/database.hpp"
#include "commands/plugin_option.hpp"
#include "commands/strategy_skeleton.hpp"
#include "commands/strategy_trial.hpp"
#include "commands/verbs.hpp"
#include "config/kind_schema.hpp"
#include "trading/strategies/plugin.hpp"
#include "trading/strategies/registry.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace supreme::commands {

namespace {

/// "1 to 500" or "long, short, both".
std::string range_text(const trading::parameter_spec& spec) {
  return spec.choices.empty()
           ? value_text(spec, spec.minimum) + " to " + value_text(spec, spec.maximum)
           : choice_names(spec);
}

void print(const trading::strategy_kind& kind, std::ostream& out) {
  out << kind.name << ": " << kind.text << '\n';
  if (kind.width() > 1)
    out << "  trades " << kind.width() << " instruments at a time\n";
  if (const auto library = config::library_of(kind))
    out << "  from " << library->path << "\n  sha256 " << library->sha256 << '\n';
  std::array<size_t, 3> widths{};
  const auto cells = [](const trading::parameter_spec& spec) {
    return std::array{spec.name, value_text(spec, spec.initial), range_text(spec)};
  };
  for (const auto& spec : kind.schema) {
    const auto row = cells(spec);
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& spec : kind.schema) {
    const auto row = cells(spec);
    out << "  ";
    for (size_t i = 0; i < row.size(); ++i)
      out << row[i] << std::string(widths[i] - row[i].size() + 2, ' ');
    out << spec.text << (spec.integral && spec.choices.empty() ? " Whole." : "") << '\n';
  }
}

/// Where kinds come from beside the program.
struct kind_sources {
  std::shared_ptr<plugin_files> plugins;
  std::string config_file;
  bool as_json = false;
};

std::shared_ptr<kind_sources> add_sources(CLI::App& verb) {
  auto sources = std::make_shared<kind_sources>();
  sources->plugins = add_plugin_option(verb);
  verb
    .add_option("--config", sources->config_file, "Load the libraries that this cluster file names")
    ->type_name("FILE");
  verb.add_flag("--json", sources->as_json, "As JSON");
  return sources;
}

void load(const kind_sources& sources) {
  load_plugins(*sources.plugins);
  if (!sources.config_file.empty())
    (void)require_valid(
      config::parse_cluster(text_of_file(sources.config_file), sources.config_file));
}

void list_kinds(const kind_sources& sources, verb_context& context) {
  load(sources);
  if (sources.as_json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& kind : trading::strategy_kinds())
      all.push_back(config::describe_kind(kind));
    context.out << all.dump(2) << '\n';
    return;
  }
  bool first = true;
  for (const auto& kind : trading::strategy_kinds()) {
    context.out << (first ? "" : "\n");
    print(kind, context.out);
    first = false;
  }
}

void show_kind(const std::string& name, const kind_sources& sources, verb_context& context) {
  load(sources);
  const auto* kind = trading::find_strategy_kind(name);
  if (kind == nullptr) {
    std::string known;
    for (const auto& each : trading::strategy_kinds())
      known += (known.empty() ? "" : ", ") + each.name;
    throw verb_error("there is no strategy " + name + ", only " + known);
  }
  if (sources.as_json)
    context.out << config::describe_kind(*kind).dump(2) << '\n';
  else
    print(*kind, context.out);
}

void print_trial(const trading::strategy_kind& kind, verb_context& context) {
  const auto trial = try_strategy(kind);
  context.out << "\n";
  print(kind, context.out);
  context.out << "  trial: " << count_text(trial.signals, "signal") << " on " << trial.bars
              << " generated bars";
  if (trial.first_bar)
    context.out << ", the first with bar " << *trial.first_bar;
  context.out << (trial.problems.empty() ? ", the same each time\n" : "\n");
  for (const auto& problem : trial.problems) {
    context.err << kind.name << ": " << problem << '\n';
    context.exit_code = exit_found;
  }
}

void check_library(const std::string& file, verb_context& context) {
  const auto loaded = config::load_strategy_plugin(file);
  if (!loaded) {
    context.err << loaded.error() << '\n';
    context.exit_code = exit_found;
    return;
  }
  context.out << "library  " << loaded->path << "\nsha256   " << loaded->sha256
              << "\nbuilt    with the headers of " << loaded->product_version << ", interface "
              << trading::plugin_interface_version << ", by " << loaded->compiler << '\n';
  for (const auto& name : loaded->kinds)
    print_trial(*trading::find_strategy_kind(name), context);
}

void add_list(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("list", "All strategies with their parameters");
  const auto sources = add_sources(*verb);
  verb->callback([sources, &context] { list_kinds(*sources, context); });
}

void add_show(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("show", "One strategy with its parameters");
  const auto name = std::make_shared<std::string>();
  verb->add_option("name", *name, "The strategy")->required();
  const auto sources = add_sources(*verb);
  verb->callback([name, sources, &context] { show_kind(*name, *sources, context); });
}

void add_new(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("new", "Write the files of a new custom strategy");
  const auto name = std::make_shared<std::string>();
  const auto folder = std::make_shared<std::string>();
  verb->add_option("name", *name, "The strategy's name")->required();
  verb->add_option("--dir", *folder, "Where; a folder with the strategy's name by default")
    ->type_name("DIR");
  verb->callback([name, folder, &context] {
    const auto kit = find_strategy_kit(own_program(), context.environment);
    for (const auto& path : write_strategy_skeleton(*name, folder->empty() ? *name : *folder, kit))
      context.out << path << '\n';
  });
}

void add_check(CLI::App& parent, verb_context& context) {
  auto* verb =
    parent.add_subcommand("check", "Load a library of custom strategies and try what is in it");
  const auto file = std::make_shared<std::string>();
  verb->add_option("file", *file, "The library, NAME.so")->required();
  verb->callback([file, &context] { check_library(*file, context); });
}

} // namespace

void add_strategy(CLI::App& app, verb_context& context) {
  auto* strategy = app.add_subcommand("strategy", "Built-in and custom strategies");
  strategy->require_subcommand(1);
  add_list(*strategy, context);
  add_show(*strategy, context);
  add_new(*strategy, context);
  add_check(*strategy, context);
}

} // namespace supreme::commands
