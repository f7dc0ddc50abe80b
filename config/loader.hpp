#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace supreme::config {

/// One thing that is wrong with a file. All of a file's problems come at once, in line order.
struct problem {
  std::string file;
  uint32_t line = 0;    ///< 1-based; 0 when the file as a whole is meant
  std::string key;      ///< dotted path, "accounts[0].limits.max_position"
  std::string expected; ///< what was expected and what was there; never a secret's value

  /// "file:line: key: expected".
  [[nodiscard]] std::string to_string() const;
};

using problems = std::vector<problem>;

/// Looks up ${NAME}; nothing = not set. Injected, so that tests need no environment.
using environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] environment process_environment();

/// Where the text of a cluster file stands. A committed version is a row that many nodes act on: it
/// has no folder, names the bytes of each strategy library, and takes strategies from these alone.
enum class cluster_text : uint8_t { file, committed };

/// Parses and checks the text of a file named `file` (for messages and, unless it is committed, as
/// what paths of strategy libraries are relative to). Unknown keys are problems. Secrets are only
/// allowed as ${ENV} references in keys that are secret. Any bytes are valid input; at most
/// defaults::config_bytes_max are accepted. Pure apart from `env` and the strategy libraries that a
/// cluster file names: they are loaded.
[[nodiscard]] std::variant<cluster_settings, problems>
parse_cluster(std::string_view text, const std::string& file,
              cluster_text origin = cluster_text::file);
[[nodiscard]] std::variant<node_settings, problems>
parse_node(std::string_view text, const std::string& file, const environment& env);
[[nodiscard]] std::variant<simulated_venue_settings, problems>
parse_venue(std::string_view text, const std::string& file, const environment& env);

/// Reads a file of at most defaults::config_bytes_max bytes; a file that cannot be read is a
/// problem.
[[nodiscard]] std::variant<std::string, problems> read_text_file(const std::string& path);

/// Whether the files of a [tls] section can be read and the key is its owner's alone; `file` is the
/// configuration that names them. Looks at the file system, unlike parsing.
[[nodiscard]] problems check_tls_files(const tls_settings& tls, const std::string& file);

/// One changed setting between two configurations.
struct difference {
  std::string key;
  std::string before; ///< empty = was absent
  std::string after;  ///< empty = is absent now
};
/// All settings that differ, in key order. Also reports a changed order of entries, which decides
/// ties.
[[nodiscard]] std::vector<difference> diff(const cluster_settings& before,
                                           const cluster_settings& after);

} // namespace supreme::config
