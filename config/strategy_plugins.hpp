#pragma once

#include "trading/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace supreme::config {

/// A loaded library of custom strategies. It stays loaded for as long as the process lives.
struct strategy_plugin {
  std::string path;   ///< absolute, without symbolic links
  std::string sha256; ///< of the file's bytes, lower-case hexadecimal
  std::string product_version;
  std::string compiler;
  std::vector<std::string> kinds; ///< their names, in name order
};

/// Loads the library at `path` and adds its kinds to trading::strategy_kinds(). Runs code of the
/// library, but nothing of one whose bytes are not those of `sha256` (where that is given), and no
/// C++ of one that was built for another interface or with another compiler family. A library with
/// the same bytes is loaded once, whatever its path; one that was replaced after it was loaded is
/// refused. Otherwise: a sentence that names the file and the reason, and nothing was added. Any
/// thread.
[[nodiscard]] trading::result<strategy_plugin, std::string>
load_strategy_plugin(const std::string& path, std::string_view sha256 = {});

/// What was loaded so far, in that order. Any thread.
[[nodiscard]] std::vector<strategy_plugin> loaded_strategy_plugins();

} // namespace supreme::config
