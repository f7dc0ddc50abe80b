#pragma once

#include "commands/setting_lines.hpp"
#include "config/settings.hpp"
#include "trading/matching/bar_matching.hpp"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace supreme::commands {

/// `--strategy NAME` and what follows it.
struct strategy_flags {
  std::string kind;
  std::vector<std::string> parameters; ///< "fast=12"
  std::string size;                    ///< "fixed_notional:500"; empty: the default
};

/// `--data FILE` or `--ticks FILE` and what follows it.
struct data_flags {
  std::string file;
  bool is_ticks = false; ///< trades, of which bars are made
  std::string quotes;    ///< of --ticks, as is the depth
  std::string depth;
  std::string factors;    ///< of --data: price factors; empty: none
  std::string instrument; ///< empty: by the file's name
  std::string interval;   ///< empty: by the file's name
};

/// A backtest that is described on the command line alone; numbers are text until they are
/// checked. Empty: the default.
struct backtest_flags {
  std::vector<strategy_flags> strategies;
  std::vector<data_flags> data;
  std::string cash = "10000";
  std::string quote;
  std::string fee_bps = "10";
  std::string maker_fee_bps; ///< empty: as fee_bps
  std::string slippage_bps = "0";
  std::string volume_share = "0"; ///< percent; 0: any
  bool allow_short = false;
  std::string max_position;
  std::string max_notional;
  std::string tick; ///< empty: as fine as the prices are, at most 0.01
  std::string lot = "0.00001";
  std::string min_notional = "0";
};

/// Adds the options to the verb. What is read from the order of the
/// arguments is there once they have been parsed, by `read_flags`.
[[nodiscard]] std::shared_ptr<backtest_flags> add_backtest_flags(CLI::App& verb);

/// Throws verb_error when any of them is given: a file describes the backtest already. Options that
/// have been moved to another group go together with a file.
void refuse_flags(const CLI::App& verb);

/// Fills in strategies and data. --param and --size belong to the --strategy before them, or to all
/// where they stand before the first; so do --instrument and --interval with --data and --ticks.
/// --quotes and --depth belong to the --ticks before them, --adjust to the --data before it. Throws
/// verb_error.
void read_flags(const CLI::App& verb, backtest_flags& flags);

/// The ticks of one instrument.
struct tick_files {
  trading::instrument_id instrument;
  std::string trades;
  std::string quotes; ///< empty: none
  std::string depth;  ///< empty: none
};

/// What the flags come to: the settings that a cluster file would have held, and a venue's costs.
struct described_backtest {
  config::cluster_settings settings; ///< one account, all instruments, a feed for each bar length
  trading::execution_costs costs;
  std::vector<tick_files> ticks; ///< in the order of the instruments; empty: bars
  setting_lines lines;           ///< what was taken, but for the costs
};

/// Reads the beginnings of data files for the tick where none is given. Throws verb_error with a
/// sentence for whatever is missing, unknown or outside its range, and venues::defective_data for
/// price factors.
[[nodiscard]] described_backtest describe_backtest(const backtest_flags& flags);

} // namespace supreme::commands
