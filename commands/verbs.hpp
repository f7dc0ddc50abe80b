#pragma once

#include "config/loader.hpp"

#include <iosfwd>
#include <stdexcept>

namespace CLI {
class App;
} // namespace CLI

namespace supreme::commands {

/// What a program ends with. Scripts depend on these: never changed.
enum exit_code : int {
  exit_ok = 0, ///< done, and nothing was found
  exit_found =
    1, ///< done, and something is wrong: problems in a file, defects in the trail, no such order
  exit_failed = 2,        ///< could not be done: wrong arguments, no database, an unreadable file
  exit_interrupted = 130, ///< ended early by Ctrl-C; what there was is written
};

/// Name of a node's signed audit heads in its data folder.
inline constexpr const char* anchor_file_name = "audit-anchors.jsonl";

/// What a verb works with. One per run of the program, used by one thread.
struct verb_context {
  std::ostream& out; ///< results
  std::ostream& err; ///< everything else
  config::environment environment;
  int exit_code = exit_ok; ///< set by the verb that ran
};

/// A mistake of the caller or of the machine's set-up, with the message for the person. Ends in
/// exit_failed.
class verb_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

using verb_adder = void (*)(CLI::App& app, verb_context& context);

/// Each adds its verb to the command line. The context must outlive the App. A verb runs in the
/// callback of its App; it reports through the context and throws verb_error or store_failure when
/// it cannot run.
void add_audit(CLI::App& app, verb_context& context);
void add_backtest(CLI::App& app, verb_context& context);
void add_config(CLI::App& app, verb_context& context);
void add_db(CLI::App& app, verb_context& context);
void add_demo(CLI::App& app, verb_context& context);
void add_lookahead(CLI::App& app, verb_context& context);
void add_node(CLI::App& app, verb_context& context);
void add_optimize(CLI::App& app, verb_context& context);
void add_parity(CLI::App& app, verb_context& context);
void add_pki(CLI::App& app, verb_context& context);
void add_strategy(CLI::App& app, verb_context& context);
void add_token(CLI::App& app, verb_context& context);
void add_venue(CLI::App& app, verb_context& context);
void add_version(CLI::App& app, verb_context& context);

} // namespace supreme::commands
