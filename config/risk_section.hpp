#pragma once

#include "config/toml_reader.hpp"
#include "trading/risk/position_sizing.hpp"
#include "trading/risk/risk_policy.hpp"

namespace supreme::config {

/// The sections of an account that say its risk_policy: exposure, restricted, sessions, rates,
/// drawdown, breakers, watch. Each may be left out. `id` is the account's.
[[nodiscard]] trading::risk_policy read_policy(table_reader& account, const trading::account_id& id,
                                               const cluster_settings& all);

/// The section `size` of a strategy.
[[nodiscard]] trading::sizing read_size(table_reader& strategy);

} // namespace supreme::config
