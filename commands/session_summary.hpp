#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace supreme::commands {

/// Compares the database with the venue's own ledger file: orders, trades, positions and cash, to
/// the last unit. Each difference is one sentence; empty = they agree. Throws store_failure or
/// verb_error.
[[nodiscard]] std::vector<std::string> compare_with_venue(const std::string& database,
                                                          const std::string& venue_ledger);

/// Prints what a session did (bars, signals, orders, refusals, fills, positions, equity), whether
/// database and venue agree, and whether the audit trail is intact. True when everything is.
/// `anchor_file` holds a node's signed audit heads; a file that is not there is not looked at.
[[nodiscard]] bool print_session_summary(const std::string& database,
                                         const std::string& venue_ledger,
                                         const std::string& anchor_file, std::ostream& out);

} // namespace supreme::commands
