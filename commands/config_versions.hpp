#pragma once

#include "commands/verbs.hpp"
#include "storage/cluster_store.hpp"
#include "storage/ledger_store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace supreme::commands {

/// Lists the problems on context.err and sets the exit code to exit_found.
void show_problems(const config::problems& found, verb_context& context);

/// A valid new configuration beside the committed one.
struct config_comparison {
  std::string text;               ///< of the file
  uint64_t committed_version = 0; ///< 0: nothing is committed
  bool equal = false;             ///< no setting differs
};

/// Reads and checks a cluster file and shows on context.out what it would change in the committed
/// version. `ledger` says which slots hold something. Nothing when the file has problems or changes
/// what must stay: those go to context.err and the exit code is exit_found. Throws verb_error when
/// the file cannot be read or is for another cluster.
[[nodiscard]] std::optional<config_comparison> compare_config(const std::string& file,
                                                              storage::cluster_store& store,
                                                              storage::ledger_store& ledger,
                                                              verb_context& context);

/// Commits the compared text as the version after the one it was compared with. When the settings
/// are equal, nothing is committed. When somebody else committed in between, nothing happens either
/// and the exit code is exit_found.
void commit_config(const config_comparison& wanted, const std::string& by,
                   storage::cluster_store& store, verb_context& context);

} // namespace supreme::commands
