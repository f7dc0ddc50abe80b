#pragma once

#include "config/settings.hpp"

#include <vector>

namespace supreme::config {

/// The instruments of one instance of a strategy, in the configured order. They are dealt out in
/// groups of as many as the kind looks at, pairs by twos: group k (from 0) belongs to instance k
/// modulo instances. A kind that is not loaded here is taken for one of single instruments.
[[nodiscard]] std::vector<trading::instrument_id> instruments_of(const strategy_settings& strategy,
                                                                 uint32_t instance);

} // namespace supreme::config
