#pragma once

#include "commands/backtest_flags.hpp"
#include "commands/market_inputs.hpp"
#include "commands/plugin_option.hpp"
#include "commands/verbs.hpp"
#include "config/settings.hpp"
#include "trading/backtest/plan.hpp"

#include <functional>
#include <memory>
#include <string>

namespace supreme::commands {

/// Where strategies, bars and costs come from, as the options say.
struct backtest_source {
  std::string file; ///< the cluster's; empty: described by flags
  std::shared_ptr<backtest_flags> flags;
  std::shared_ptr<plugin_files> plugins;
  std::string venue_file;
  std::string account;
  std::string from;
  std::string to;
  std::string aggregate;
  std::string latency_ms = "0";
};

/// What is run, however it was described.
struct prepared_backtest {
  config::cluster_settings settings; ///< with the feeds of bars alone
  trading::backtest_plan plan;       ///< without problems()
  market_choice market;
  std::vector<tick_files> ticks;     ///< in the order of the plan's instruments; empty: bars
  trading::nanoseconds tick_bars{0}; ///< length of the bars that are made of ticks
  setting_lines lines;               ///< what was taken, for people
  std::vector<std::string> files;    ///< that are read; some may be empty
};

/// Adds the options that say so.
[[nodiscard]] std::shared_ptr<backtest_source> add_backtest_source(CLI::App& verb);

/// Loads the custom strategies and reads the flags of a verb that was parsed. Throws verb_error.
void read_source(const CLI::App& verb, const backtest_source& source);

/// Makes the plan of what was read. `narrow` may take away from a cluster file's settings what is
/// not wanted before that; empty for nothing. Throws verb_error with a sentence for whatever is
/// missing, unknown or cannot be read.
[[nodiscard]] prepared_backtest
prepare_backtest(const backtest_source& source, const verb_context& context,
                 const std::function<void(config::cluster_settings&)>& narrow = {});

/// The terminal that errors go to; nullptr when there is none.
[[nodiscard]] std::ostream* terminal_of(const verb_context& context);

} // namespace supreme::commands
