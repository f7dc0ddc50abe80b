#pragma once

#include "commands/verbs.hpp"

#include <string>
#include <vector>

namespace supreme::commands {

/// A finished run of the cluster, and the files that it ran by.
struct parity_question {
  std::string cluster_file;
  std::vector<std::string> venue_files; ///< one for each venue of an account
  std::string database;                 ///< conninfo; may hold secrets: never printed
};

/// Runs a backtest of the files, compares it with the rows in the database, and prints the first
/// differences, one line each, and the counts. True when there are none. Throws verb_error when
/// the run is not finished or ran by another configuration, and store_failure.
[[nodiscard]] bool check_parity(const parity_question& question,
                                const config::environment& environment, std::ostream& out);

} // namespace supreme::commands
