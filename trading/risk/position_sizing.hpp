#pragma once

#include "trading/market/decimal.hpp"
#include "trading/risk/ppb.hpp"
#include "trading/risk/zero_size.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// How large a new position is. Stored by name; values are never reused.
enum class sizing_mode : uint8_t {
  fixed_quantity = 1,    ///< base units
  fixed_notional = 2,    ///< quote units
  percent_of_equity = 3, ///< a share of equity as notional
  all_in = 4,            ///< the largest lot multiple that the free cash covers, fee included
  risk_based = 5,        ///< loses a share of equity when the stop is hit
  volatility_target = 6, ///< the position's annual volatility is a share of equity
  kelly = 7,             ///< the Kelly criterion on the strategy's own closed trades
};

[[nodiscard]] const char* to_string(sizing_mode m) noexcept;
[[nodiscard]] std::optional<sizing_mode> parse_sizing_mode(std::string_view text) noexcept;

/// Closed trades of one strategy, net of fees. A trade that gained nothing counts as lost.
struct trade_record {
  uint32_t wins = 0;
  uint32_t losses = 0;
  money won;  ///< Σ of the gains, ≥ 0
  money lost; ///< Σ of the losses as a positive number

  friend bool operator==(const trade_record&, const trade_record&) = default;
};

/// The record with one more closed trade; nothing when a sum or a count leaves its range.
[[nodiscard]] std::optional<trade_record> with_trade(const trade_record& before,
                                                     money net) noexcept;

/// Kelly: f* = p − (1−p)/b with p the share of wins and b the average gain over the average loss
/// (Kelly, "A New Interpretation of Information Rate", 1956), times n/(n + n0) for n trades, times
/// the fraction that is wanted of it.
struct kelly_settings {
  int64_t fraction_ppb = whole_ppb / 2; ///< 1…1e9
  uint32_t shrinkage_trades = 100;      ///< n0
  uint32_t min_trades = 30;             ///< with fewer the share is `floor_ppb`
  int64_t floor_ppb = 0;                ///< of equity
};

struct sizing {
  sizing_mode mode = sizing_mode::fixed_notional;
  /// Base or quote units, > 0, of the fixed modes.
  decimal amount = {};
  /// Parts per billion, > 0: the share of equity (percent_of_equity), the share that is lost at the
  /// stop (risk_based), the wanted annual volatility (volatility_target).
  int64_t share_ppb = 0;
  /// The largest notional as a share of equity that a derived size may have (risk_based,
  /// volatility_target, kelly), > 0; above 1e9 only where the account has leverage.
  int64_t max_notional_ppb = whole_ppb;
  /// ≥ 2: the returns that the volatility is measured over (volatility_target).
  uint32_t volatility_returns = 100;
  kelly_settings kelly = {};
};

/// Whether the mode has what it needs, each within its range.
[[nodiscard]] bool is_usable(const sizing& s) noexcept;

/// What sizes are derived from. What a mode needs and does not find makes the size 0.
struct sizing_basis {
  std::optional<money> equity;
  std::optional<money> free_cash;
  std::optional<price> stop_distance;    ///< > 0, from the entry's price to its stop
  std::optional<int64_t> volatility_ppb; ///< > 0, of the instrument, annual
  trade_record trades;
  price at;            ///< > 0: the mark; for all_in the worst price
  int64_t fee_ppb = 0; ///< worst case, part of what all_in pays
  /// 0…1e9: what drawdown control leaves of any size.
  int64_t scale_ppb = whole_ppb;
  /// > 0: of the configured size, beyond any cap of it; the second leg of a pair has its own.
  int64_t weight_ppb = whole_ppb;
};

struct position_size {
  quantity wanted; ///< ≥ 0 base units, before rounding to the lot; every rounding is toward zero
  quantity size;   ///< ≥ 0, `wanted` rounded down to a lot multiple
  zero_size why = zero_size::none; ///< not none exactly when `size` is 0
};

/// The share of equity that Kelly asks for, 0…max_ppb. Exact up to one rounding toward zero: with W
/// wins of n trades f* = W·(won − lost)/(n·won). Nothing when the record is not one (see
/// trade_record) or a setting is outside its range.
[[nodiscard]] std::optional<int64_t> kelly_share_ppb(const trade_record& trades,
                                                     const kelly_settings& settings,
                                                     int64_t max_ppb) noexcept;

/// The unsigned size of a new position. Never throws; a lot that is not positive is not_configured.
[[nodiscard]] position_size size_position(const sizing& s, const sizing_basis& basis,
                                          quantity lot) noexcept;

} // namespace supreme::trading
