#pragma once

#include "config/settings.hpp"
#include "trading/backtest/plan.hpp"

namespace supreme::config {

/// One configured account as a backtest: its limits, its strategies with their sizes, all
/// instruments, at a venue with these costs. The account is one of the settings'; the settings have
/// been parsed, so names and parameters are valid.
[[nodiscard]] trading::backtest_plan make_backtest_plan(const cluster_settings& settings,
                                                        const account_settings& account,
                                                        const trading::execution_costs& costs);

} // namespace supreme::config
