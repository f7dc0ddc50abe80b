#include "trading/risk/pre_trade.hpp"

#include "trading/names.hpp"
#include "trading/risk/event_time.hpp"
#include "trading/risk/order_cost.hpp"
#include "trading/risk/order_sizing.hpp"
#include "trading/risk/ppb.hpp"

#include <algorithm>
#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<trading_mode>, 3> mode_names{{
  {trading_mode::active, "active"},
  {trading_mode::reducing, "reducing"},
  {trading_mode::halted, "halted"},
}};

/// Checks of an order that passes, with room for those of the whole account.
constexpr size_t checks_expected = 16;

constexpr decimal yes = decimal::from_raw(decimal::scale);

/// Thrown inside decide() only, where arithmetic left the range; its one catcher turns it into the
/// refusal `overflow`.
struct left_range {};

decimal in_range(std::optional<decimal> value) {
  if (!value)
    throw left_range{};
  return *value;
}

decimal add(decimal a, decimal b) { return in_range(checked_add(a, b)); }
decimal subtract(decimal a, decimal b) { return in_range(checked_subtract(a, b)); }

/// One run of the checks; collects their results.
class decision_run {
public:
  /// `out` is empty.
  decision_run(const decision_facts& in, verdict& out) : in_(in), out_(out) {}

  void run() {
    if (in_.lists_passed)
      out_.checks.reserve(checks_expected);
    try {
      decide_all();
    } catch (const left_range&) {
      refuse(refusal::overflow, decimal{}, decimal{});
    }
    if (out_.outcome != refusal::none)
      take_order_away();
  }

private:
  /// Each step answers whether the next one may run.
  void decide_all() {
    if (check_scope() && inputs_usable() && size_order() && check_input_age() && check_order_shape()
        && check_order_limits() && check_position_limits() && check_mode())
      check_cash();
  }

  bool check_scope() {
    if (!check(refusal::unknown_instrument, in_.traded != nullptr, yes,
               in_.traded != nullptr ? yes : decimal{}))
      return false;
    return check(refusal::halted, in_.mode != trading_mode::halted, decimal{},
                 in_.mode == trading_mode::halted ? yes : decimal{});
  }

  /// An old price makes no new exposure; what is held may still be closed.
  bool check_input_age() {
    if (in_.limits.max_input_age.count() <= 0 || reduces())
      return true;
    const auto age = nanoseconds_between(in_.mark_time, in_.now);
    return check(refusal::stale_input, age <= in_.limits.max_input_age.count(),
                 seconds_of(in_.limits.max_input_age), seconds_between(in_.mark_time, in_.now));
  }

  /// Numbers outside their documented ranges would make the checks below mean something else.
  bool inputs_usable() {
    const auto& i = *in_.traded;
    const auto& l = in_.limits;
    const bool usable = in_.mark.is_positive() && i.tick_size.is_positive()
                        && i.lot_size.is_positive() && is_share(l.collar_ppb)
                        && is_share(l.taker_fee_ppb) && !in_.account.reserved_buy.is_negative()
                        && !in_.account.reserved_sell.is_negative();
    if (!usable)
      refuse(refusal::overflow, decimal{}, decimal{});
    return usable;
  }

  bool size_order() {
    const auto sized = size_to_target(in_);
    if (!sized)
      throw left_range{};
    if (!check(refusal::nothing_to_do, !sized->reached, decimal{}, sized->held))
      return false;
    const auto& lot = in_.traded->lot_size;
    if (!check(refusal::quantity_zero, sized->size.is_positive(), lot, sized->wanted)) {
      out_.checks.back().why = sized->why;
      return false;
    }
    out_.direction = sized->direction;
    out_.size = sized->size;
    out_.reduce_only = in_.wanted == target::flat || in_.cut_to.has_value();
    price_worst_case();
    return true;
  }

  void price_worst_case() {
    const auto& l = in_.limits;
    out_.worst_price =
      in_range(collar_price(in_.mark, out_.direction, l.collar_ppb, in_.traded->tick_size));
    if (out_.direction == side::sell)
      return;
    out_.reserve_cash = in_range(worst_cost(out_.worst_price, out_.size, l.taker_fee_ppb));
    // Closing a short must be possible whatever it costs: leaving it open would cost more still.
    if (reduces())
      out_.reserve_cash = std::min(out_.reserve_cash, std::max(in_.free_cash, money{}));
  }

  bool check_order_shape() {
    const auto& i = *in_.traded;
    if (!check(refusal::off_lot, is_multiple(out_.size, i.lot_size), i.lot_size, out_.size))
      return false;
    const auto notional = in_range(checked_multiply(out_.size, in_.mark, rounding::toward_zero));
    return check(refusal::min_notional, notional >= i.min_notional, i.min_notional, notional);
  }

  /// Limits of an order's size are against mistakes that make exposure; an order that only takes it
  /// away is bounded by what is held, and a winner that has outgrown a limit must not become a
  /// position nobody can close.
  bool check_order_limits() {
    if (reduces())
      return true;
    const auto& l = in_.limits;
    if (l.max_order_quantity
        && !check(refusal::max_quantity, out_.size <= *l.max_order_quantity, *l.max_order_quantity,
                  out_.size))
      return false;
    if (!l.max_order_notional)
      return true;
    const auto notional = in_range(checked_multiply(out_.size, in_.mark, rounding::away_from_zero));
    return check(refusal::max_notional, notional <= *l.max_order_notional, *l.max_order_notional,
                 notional);
  }

  bool check_position_limits() {
    const auto worst = worst_position();
    if (const auto& limit = in_.limits.max_position) {
      // Only the side the order moves toward counts: an order never makes the other side worse.
      const auto seen = out_.direction == side::buy ? worst : subtract(decimal{}, worst);
      if (!check(refusal::max_position, seen <= *limit, *limit, seen))
        return false;
    }
    if (out_.direction == side::buy || in_.limits.allow_short)
      return true;
    return check(refusal::short_not_allowed, !worst.is_negative(), add(worst, out_.size),
                 out_.size);
  }

  /// The position when this order and everything already promised on its side fills, and nothing
  /// else.
  decimal worst_position() const {
    const auto& a = in_.account;
    return out_.direction == side::buy ? add(add(a.position, a.reserved_buy), out_.size)
                                       : subtract(subtract(a.position, a.reserved_sell), out_.size);
  }

  bool check_mode() {
    if (in_.mode != trading_mode::reducing)
      return true;
    return check(refusal::reducing, reduces(), reducible(), out_.size);
  }

  /// What may still be closed after everything promised on this side; it must not pass through
  /// zero.
  decimal reducible() const {
    const auto worst = worst_position();
    return out_.direction == side::buy ? subtract(out_.size, worst) : add(worst, out_.size);
  }

  /// Whether the order takes exposure of the account away and makes none.
  bool reduces() const { return out_.size <= reducible(); }

  bool check_cash() {
    if (out_.direction == side::sell)
      return true;
    const bool is_covered = out_.reserve_cash.is_zero() || out_.reserve_cash <= in_.free_cash;
    return check(refusal::cash, is_covered, in_.free_cash, out_.reserve_cash);
  }

  bool check(refusal code, bool passed, decimal limit, decimal seen) {
    return (passed && !in_.lists_passed) || list(code, passed, limit, seen);
  }

  /// Apart from check(), so that the compiler puts that one where it is called.
  [[gnu::noinline]] bool list(refusal code, bool passed, decimal limit, decimal seen) {
    out_.checks.push_back({code, passed, limit, seen});
    if (!passed)
      out_.outcome = code;
    return passed;
  }

  void refuse(refusal code, decimal limit, decimal seen) { check(code, false, limit, seen); }

  /// A refused verdict carries no order, so that nobody can send one by mistake.
  void take_order_away() {
    out_.direction = verdict{}.direction;
    out_.size = {};
    out_.worst_price = {};
    out_.reserve_cash = {};
    out_.reduce_only = false;
  }

  const decision_facts& in_;
  verdict& out_;
};

} // namespace

const char* to_string(trading_mode m) noexcept { return name_of(mode_names, m); }

std::optional<trading_mode> parse_trading_mode(std::string_view text) noexcept {
  return value_of(mode_names, text);
}

std::optional<quantity> closable(const exposure& held, side direction) noexcept {
  if (direction == side::sell)
    return checked_subtract(held.position, held.reserved_sell);
  const auto open = checked_add(held.position, held.reserved_buy);
  return open ? checked_subtract(quantity{}, *open) : std::nullopt;
}

void decide(const decision_facts& in, verdict& out) {
  out.outcome = refusal::none;
  out.checks.clear();
  out.direction = verdict{}.direction;
  out.size = {};
  out.worst_price = {};
  out.reserve_cash = {};
  out.type = order_type::market;
  out.limit_price.reset();
  out.stop_price.reset();
  out.reduce_only = false;
  decision_run{in, out}.run();
}

} // namespace supreme::trading
