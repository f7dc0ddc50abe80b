#include "commands/plugin_option.hpp"

#include "commands/verbs.hpp"

#include <CLI/CLI.hpp>

namespace supreme::commands {

std::shared_ptr<plugin_files> add_plugin_option(CLI::App& verb) {
  auto files = std::make_shared<plugin_files>();
  verb
    .add_option("--plugin", *files,
                "Load custom strategies from this library first; may be given several times")
    ->type_name("FILE")
    ->allow_extra_args(false);
  return files;
}

void load_plugins(const plugin_files& files) {
  for (const auto& file : files)
    if (const auto loaded = config::load_strategy_plugin(file); !loaded)
      throw verb_error(loaded.error());
}

} // namespace supreme::commands
