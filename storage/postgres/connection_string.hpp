#pragma once

#include <chrono>
#include <string>

namespace supreme::storage {

/// How a connection of ours behaves, whatever the given connection string says.
struct session_options {
  std::string role; ///< assumed from the start, so that nothing runs with the login's rights; empty
                    ///< = the login's
  std::string application; ///< shown in pg_stat_activity
  std::chrono::milliseconds statement_timeout{0};
  std::chrono::milliseconds lock_timeout{0};
  /// How long a statement may go unanswered before the socket is shut down; 0: a margin above
  /// statement_timeout, after which the server cancels the statement by itself.
  std::chrono::milliseconds watchdog{0};
  /// Every statement finds its rows by a key, so that one plan serves all values: PostgreSQL need
  /// not plan for the values in hand.
  bool generic_plans = false;
};

/// The given connection string (URL or key=value) with timeouts, keepalives, role and application
/// name added. Throws a definitive store_failure when it cannot be parsed, without quoting it: it
/// may hold a password.
[[nodiscard]] std::string complete_connection_string(const std::string& conninfo,
                                                     const session_options& options);

} // namespace supreme::storage
