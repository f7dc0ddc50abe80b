#pragma once

#include "trading/strategies/strategy.hpp"

namespace supreme::trading {

/// Adds kinds to those that strategy_kinds() lists, all of them or none. False, and nothing added,
/// when one of their names is there already or twice among them. What is added stays for as long
/// as the process lives. Any thread; readers never wait.
[[nodiscard]] bool add_strategy_kinds(const std::vector<strategy_kind>& kinds);

} // namespace supreme::trading
