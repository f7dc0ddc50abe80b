#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace supreme::trading {

/// A name that is its own type, so that an account can never be passed for an instrument.
template <class Tag>
class id {
public:
  id() = default;
  explicit id(std::string text) : text_(std::move(text)) {}
  explicit id(std::string_view text) : text_(text) {}
  explicit id(const char* text) : text_(text) {}

  [[nodiscard]] const std::string& str() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  friend auto operator<=>(const id&, const id&) = default;
  friend bool operator==(const id&, const id&) = default;

private:
  std::string text_;
};

using account_id = id<struct account_tag>;       ///< "main"
using asset_id = id<struct asset_tag>;           ///< "USDT"
using instrument_id = id<struct instrument_tag>; ///< "BTCUSDT"
using strategy_id = id<struct strategy_tag>;     ///< "trend", the name in the configuration
/// strategy and instrument, "trend/BTCUSDT". Identity of a virtual position: it survives restart,
/// move and rescale.
using slot_id = id<struct slot_tag>;
using venue_id = id<struct venue_tag>;               ///< "sim"
using client_order_id = id<struct client_order_tag>; ///< at most 36 characters, unique for ever
using venue_order_id = id<struct venue_order_tag>;
using trade_id = id<struct trade_tag>; ///< the venue's, unique per (venue, account)

[[nodiscard]] inline slot_id make_slot(const strategy_id& strategy,
                                       const instrument_id& instrument) {
  return slot_id{strategy.str() + "/" + instrument.str()};
}

} // namespace supreme::trading

template <class Tag>
struct std::hash<supreme::trading::id<Tag>> {
  size_t operator()(const supreme::trading::id<Tag>& x) const noexcept {
    return std::hash<std::string>{}(x.str());
  }
};
