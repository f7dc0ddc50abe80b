#pragma once

#include "config/settings.hpp"
#include "trading/backtest/plan.hpp"
#include "trading/result.hpp"

#include <string>

namespace supreme::config {

/// One configured account as a backtest: its limits, its strategies with their sizes, all
/// instruments, at a venue with these costs. The account is one of the settings'; the settings have
/// been parsed, so names and parameters are valid.
[[nodiscard]] trading::backtest_plan make_backtest_plan(const cluster_settings& settings,
                                                        const account_settings& account,
                                                        const trading::execution_costs& costs);

/// What a simulated venue takes for a fill, and how it fills.
[[nodiscard]] trading::execution_costs costs_of(const simulated_venue_settings& venue);

/// The plan at the account's simulated venue, with its costs and with the limit that a deposit
/// there is. The error is a sentence: the deposit is not what the account begins with.
[[nodiscard]] trading::result<trading::backtest_plan, std::string>
make_backtest_plan(const cluster_settings& settings, const account_settings& account,
                   const simulated_venue_settings& venue);

} // namespace supreme::config
