#pragma once

#include "commands/backtest_setup.hpp"
#include "commands/verbs.hpp"
#include "trading/backtest/held_bars.hpp"
#include "trading/backtest/plan.hpp"

#include <memory>
#include <string>
#include <vector>

namespace supreme::commands {

/// Where strategy and bars come from: as for a backtest, but one strategy. With a cluster's file
/// `--strategy` names one of its strategies.
struct search_source {
  std::shared_ptr<backtest_source> backtest;
  std::string strategy;                ///< of the file; empty: the only one
  std::vector<std::string> parameters; ///< of `--param`, as given
};

/// Adds the options that say so. What `--param` takes is for the verb to say.
[[nodiscard]] std::shared_ptr<search_source> add_search_source(CLI::App& verb,
                                                               const std::string& param_text);

/// Of a verb that was parsed. Throws verb_error.
void read_source(const CLI::App& verb, search_source& source);

/// One strategy alone on its account, and its bars in memory.
struct search_input {
  trading::backtest_plan plan; ///< without problems(); its only strategy is the wanted one
  std::vector<trading::owned_bars> market; ///< of the strategy's instruments, in their order
  setting_lines lines;                     ///< what was taken, for people
  std::vector<std::string> files;          ///< that were read; some may be empty
};

/// The strategy with the parameters that it is configured with; those of `--param` are left to the
/// verb. Throws verb_error with a sentence for whatever is missing or cannot be read.
[[nodiscard]] search_input load_search_input(const search_source& source,
                                             const verb_context& context);

} // namespace supreme::commands
