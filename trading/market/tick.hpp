#pragma once

#include "trading/market/trade.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace supreme::trading {

// What trades, quotes and depth say without the instrument's name: how recorded ticks are kept and
// handed on.

struct trade_tick {
  timestamp time;
  price at;                      ///< > 0
  quantity size;                 ///< > 0
  std::optional<side> aggressor; ///< nothing when the venue does not say

  friend bool operator==(const trade_tick&, const trade_tick&) = default;
};

/// Best bid and ask from this time on. A side without interest has size 0 and its price means
/// nothing.
struct quote_tick {
  timestamp time;
  price bid;
  quantity bid_size;
  price ask;
  quantity ask_size;

  friend bool operator==(const quote_tick&, const quote_tick&) = default;
};

/// The whole displayed size of one level from this time on, 0 when it is gone. Rows of one event
/// hold together or not at all.
struct depth_tick {
  timestamp time;
  uint64_t event = 0;    ///< equal for the rows of one event, larger for later events
  bool snapshot = false; ///< the event names all levels: others are gone
  side direction = side::buy;
  price at;
  quantity size;

  friend bool operator==(const depth_tick&, const depth_tick&) = default;
};

/// Records of one instrument, none earlier than the one before, part by part. One owner.
template <class Record>
class record_stream {
public:
  virtual ~record_stream() = default;

  /// The next records, none when there are no more; valid until the next call. Throws what reading
  /// throws.
  [[nodiscard]] virtual std::span<const Record> next() = 0;
};

/// Records that are in memory, which must outlive this; given out in one part.
template <class Record>
class memory_records final : public record_stream<Record> {
public:
  explicit memory_records(std::span<const Record> records) : records_(records) {}

  [[nodiscard]] std::span<const Record> next() override { return std::exchange(records_, {}); }

private:
  std::span<const Record> records_;
};

using trade_stream = record_stream<trade_tick>;
using quote_stream = record_stream<quote_tick>;
using depth_stream = record_stream<depth_tick>;

} // namespace supreme::trading
