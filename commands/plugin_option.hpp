#pragma once

#include "config/strategy_plugins.hpp"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace supreme::commands {

using plugin_files = std::vector<std::string>;

/// Adds --plugin FILE, which may be given several times.
[[nodiscard]] std::shared_ptr<plugin_files> add_plugin_option(CLI::App& verb);

/// Loads libraries of custom strategies, before a file that uses their kinds is parsed. Throws
/// verb_error naming the file and the reason.
void load_plugins(const plugin_files& files);

} // namespace supreme::commands
