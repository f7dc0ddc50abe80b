#pragma once

#include "trading/market/ids.hpp"

#include <cstdint>
#include <string_view>

namespace supreme::trading {

/// The id under which a venue knows an order: "<shard><epoch base36>-<number base36>", at most 36
/// characters of [a-z0-9-]. `shard` is a short lower-case name of the account's shard, `epoch` the
/// guard's, `number` comes from the one database sequence that all shards share, never from a
/// clock: it alone makes the id unique. Throws contract_violation when the shard is empty, longer
/// than 8 characters or not [a-z], or when the number is 0.
[[nodiscard]] client_order_id make_client_order_id(std::string_view shard, uint64_t epoch,
                                                   uint64_t number);

} // namespace supreme::trading
