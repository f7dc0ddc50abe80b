#pragma once

#include "commands/verbs.hpp"
#include "trading/backtest/held_bars.hpp"
#include "trading/backtest/plan.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace supreme::commands {

/// Where strategy and bars come from.
struct search_source {
  std::string file; ///< the cluster file
  std::string strategy;
  std::string account;
  std::string venue_file;
  std::string from;
  std::string to;
};

/// Adds the options that say so.
[[nodiscard]] std::shared_ptr<search_source> add_search_source(CLI::App& verb);

/// One strategy alone on its account, and its bars in memory.
struct search_input {
  trading::backtest_plan plan; ///< without problems(); its only strategy is the wanted one
  std::vector<trading::owned_bars> market; ///< of the strategy's instruments, in their order
  /// Names of what was taken with their values, for people.
  std::vector<std::pair<std::string, std::string>> lines;
};

/// Throws verb_error with a sentence for whatever is missing or cannot be read.
[[nodiscard]] search_input load_search_input(const search_source& source,
                                             const verb_context& context);

} // namespace supreme::commands
