#include "trading/risk/position_sizing.hpp"

#include "trading/names.hpp"
#include "trading/result.hpp"
#include "trading/risk/order_cost.hpp"

#include <algorithm>
#include <array>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

constexpr std::array<named<sizing_mode>, 7> mode_names{{
  {sizing_mode::fixed_quantity, "fixed_quantity"},
  {sizing_mode::fixed_notional, "fixed_notional"},
  {sizing_mode::percent_of_equity, "percent_of_equity"},
  {sizing_mode::all_in, "all_in"},
  {sizing_mode::risk_based, "risk_based"},
  {sizing_mode::volatility_target, "volatility_target"},
  {sizing_mode::kelly, "kelly"},
}};

/// An amount, or why there is none.
using amount_or_zero = result<decimal, zero_size>;

amount_or_zero or_overflow(std::optional<decimal> value) {
  return value ? amount_or_zero{*value} : amount_or_zero{zero_size::overflow};
}

bool is_positive(const std::optional<decimal>& value) noexcept {
  return value && value->is_positive();
}

amount_or_zero quantity_for(money notional, price at) {
  return or_overflow(checked_divide(notional, at, rounding::toward_zero));
}

/// The part of a size that a share of equity at most may be worth.
amount_or_zero capped(quantity wanted, const sizing& s, const sizing_basis& basis) {
  const auto most = checked_scale(*basis.equity, s.max_notional_ppb, rounding::toward_zero);
  const auto notional = checked_multiply(wanted, basis.at, rounding::away_from_zero);
  if (!most)
    return zero_size::overflow;
  if (notional && *notional <= *most)
    return wanted;
  return quantity_for(*most, basis.at);
}

amount_or_zero share_of_equity(const sizing_basis& basis, int64_t ppb) {
  const auto notional = checked_scale(*basis.equity, ppb, rounding::toward_zero);
  return notional ? quantity_for(*notional, basis.at) : amount_or_zero{zero_size::overflow};
}

amount_or_zero by_cash(const sizing_basis& basis, quantity lot) {
  if (!is_positive(basis.free_cash))
    return zero_size::no_cash;
  if (!is_share(basis.fee_ppb))
    return zero_size::not_configured;
  const auto covered = affordable_size(*basis.free_cash, basis.at, basis.fee_ppb, lot);
  if (covered && covered->is_zero())
    return zero_size::no_cash;
  return or_overflow(covered);
}

amount_or_zero by_risk(const sizing& s, const sizing_basis& basis) {
  if (!is_positive(basis.stop_distance))
    return zero_size::no_stop;
  const auto risked = checked_scale(*basis.equity, s.share_ppb, rounding::toward_zero);
  const auto wanted =
    risked ? checked_divide(*risked, *basis.stop_distance, rounding::toward_zero) : std::nullopt;
  return wanted ? capped(*wanted, s, basis) : amount_or_zero{zero_size::overflow};
}

amount_or_zero by_volatility(const sizing& s, const sizing_basis& basis) {
  if (!basis.volatility_ppb || *basis.volatility_ppb <= 0)
    return zero_size::no_volatility;
  const auto notional = checked_multiply_divide(*basis.equity, s.share_ppb, *basis.volatility_ppb,
                                                rounding::toward_zero);
  const auto most = checked_scale(*basis.equity, s.max_notional_ppb, rounding::toward_zero);
  if (!most)
    return zero_size::overflow;
  return quantity_for(notional ? std::min(*notional, *most) : *most, basis.at);
}

amount_or_zero by_kelly(const sizing& s, const sizing_basis& basis) {
  const auto share = kelly_share_ppb(basis.trades, s.kelly, s.max_notional_ppb);
  if (!share)
    return zero_size::not_configured;
  if (*share > 0)
    return share_of_equity(basis, *share);
  const bool few = uint64_t{basis.trades.wins} + basis.trades.losses < s.kelly.min_trades;
  return few ? zero_size::too_few_trades : zero_size::no_edge;
}

amount_or_zero by_equity(const sizing& s, const sizing_basis& basis) {
  if (!is_positive(basis.equity))
    return zero_size::no_equity;
  if (s.mode == sizing_mode::kelly)
    return by_kelly(s, basis);
  if (s.share_ppb <= 0)
    return zero_size::not_configured;
  if (s.mode == sizing_mode::risk_based)
    return by_risk(s, basis);
  if (s.mode == sizing_mode::volatility_target)
    return by_volatility(s, basis);
  return share_of_equity(basis, s.share_ppb);
}

/// Before the scale and the lot.
amount_or_zero full_size(const sizing& s, const sizing_basis& basis, quantity lot) {
  const bool derived =
    s.mode != sizing_mode::fixed_quantity && s.mode != sizing_mode::fixed_notional;
  if (!lot.is_positive() || (derived && s.max_notional_ppb <= 0))
    return zero_size::not_configured;
  if (!basis.at.is_positive())
    return zero_size::no_price;
  switch (s.mode) {
    case sizing_mode::fixed_quantity:
    case sizing_mode::fixed_notional:
      if (!s.amount.is_positive())
        return zero_size::not_configured;
      return s.mode == sizing_mode::fixed_quantity ? amount_or_zero{s.amount}
                                                   : quantity_for(s.amount, basis.at);
    case sizing_mode::all_in:
      return by_cash(basis, lot);
    case sizing_mode::percent_of_equity:
    case sizing_mode::risk_based:
    case sizing_mode::volatility_target:
    case sizing_mode::kelly:
      return by_equity(s, basis);
  }
  return zero_size::not_configured;
}

position_size nothing(zero_size why, quantity wanted = {}) noexcept {
  return {wanted, quantity{}, why};
}

} // namespace

const char* to_string(sizing_mode m) noexcept { return name_of(mode_names, m); }

std::optional<sizing_mode> parse_sizing_mode(std::string_view text) noexcept {
  return value_of(mode_names, text);
}

bool is_usable(const sizing& s) noexcept {
  switch (s.mode) {
    case sizing_mode::fixed_quantity:
    case sizing_mode::fixed_notional:
      return s.amount.is_positive();
    case sizing_mode::all_in:
      return true;
    case sizing_mode::percent_of_equity:
      return s.share_ppb > 0;
    case sizing_mode::risk_based:
      return s.share_ppb > 0 && s.max_notional_ppb > 0;
    case sizing_mode::volatility_target:
      return s.share_ppb > 0 && s.max_notional_ppb > 0 && s.volatility_returns >= 2;
    case sizing_mode::kelly:
      return s.kelly.fraction_ppb > 0 && is_share(s.kelly.fraction_ppb) && s.kelly.floor_ppb >= 0
             && s.max_notional_ppb > 0;
  }
  return false;
}

std::optional<trade_record> with_trade(const trade_record& before, money net) noexcept {
  trade_record after = before;
  const bool won = net.is_positive();
  const auto sum = won ? checked_add(before.won, net) : checked_subtract(before.lost, net);
  uint32_t& count = won ? after.wins : after.losses;
  if (!sum || count == UINT32_MAX)
    return std::nullopt;
  ++count;
  (won ? after.won : after.lost) = *sum;
  return after;
}

std::optional<int64_t> kelly_share_ppb(const trade_record& trades, const kelly_settings& settings,
                                       int64_t max_ppb) noexcept {
  const bool usable = !trades.won.is_negative() && !trades.lost.is_negative()
                      && trades.won.is_positive() == (trades.wins > 0)
                      && is_share(settings.fraction_ppb) && settings.fraction_ppb > 0
                      && settings.floor_ppb >= 0 && max_ppb > 0;
  if (!usable)
    return std::nullopt;
  const uint64_t count = uint64_t{trades.wins} + trades.losses;
  if (count == 0 || count < settings.min_trades)
    return std::min(settings.floor_ppb, max_ppb);
  if (trades.won <= trades.lost)
    return 0;
  // Every factor is positive and their product below 2^32 · 2^63 · 2^30.
  const wide edge = wide{trades.wins} * (trades.won.raw() - trades.lost.raw());
  const wide against = wide{trades.won.raw()} * (wide{count} + settings.shrinkage_trades);
  const wide share = edge * settings.fraction_ppb / against;
  return static_cast<int64_t>(std::min<wide>(share, max_ppb));
}

position_size size_position(const sizing& s, const sizing_basis& basis, quantity lot) noexcept {
  if (!is_share(basis.scale_ppb) || basis.weight_ppb <= 0)
    return nothing(zero_size::not_configured);
  const auto full = full_size(s, basis, lot);
  if (!full)
    return nothing(full.error());
  if (basis.scale_ppb == 0)
    return nothing(zero_size::scaled_to_zero);
  const auto scaled = checked_scale(*full, basis.scale_ppb, rounding::toward_zero);
  // The weight alone can leave the range: the others make a number smaller.
  const auto wanted =
    scaled ? checked_scale(*scaled, basis.weight_ppb, rounding::toward_zero) : std::nullopt;
  const auto size =
    wanted ? checked_round_to_multiple(*wanted, lot, rounding::toward_zero) : std::nullopt;
  if (!size)
    return nothing(zero_size::overflow);
  if (size->is_zero())
    return nothing(zero_size::below_lot, *wanted);
  return {*wanted, *size, zero_size::none};
}

} // namespace supreme::trading
