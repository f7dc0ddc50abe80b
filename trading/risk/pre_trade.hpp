#pragma once

#include "trading/market/instrument.hpp"
#include "trading/orders/order.hpp"
#include "trading/risk/check_result.hpp"
#include "trading/risk/position_sizing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace supreme::trading {

/// Which orders a scope allows. Values are stored by name and never reused.
enum class trading_mode : uint8_t { active = 1, reducing = 2, halted = 3 };

[[nodiscard]] const char* to_string(trading_mode m) noexcept;
[[nodiscard]] std::optional<trading_mode> parse_trading_mode(std::string_view text) noexcept;

/// Limits of one account for one instrument. A limit that is absent is not checked.
struct risk_limits {
  std::optional<quantity> max_order_quantity;
  std::optional<money> max_order_notional; ///< quote units
  std::optional<quantity> max_position;    ///< absolute base units, worst case
  bool allow_short = false;
  nanoseconds max_input_age{0}; ///< event time; 0 = not checked
  /// A market order's worst price is mark·(1 ± this/1e9); it bounds the cash a buy reserves.
  int64_t collar_ppb = 10'000'000; ///< parts per billion; default 1 %
  int64_t taker_fee_ppb = 0;       ///< worst-case fee, parts per billion of notional
};

/// What the account holds and has promised, as the guard knows it.
struct exposure {
  quantity position;      ///< signed
  quantity reserved_buy;  ///< open and unknown buys, ≥ 0
  quantity reserved_sell; ///< ≥ 0
  money free_cash;        ///< quote balance minus reserved cash
};

/// What an order in this direction may still close after everything promised on its side; not
/// positive when there is nothing. Nothing outside the range.
[[nodiscard]] std::optional<quantity> closable(const exposure& held, side direction) noexcept;

/// The slot whose target is to be reached.
struct slot_exposure {
  quantity position; ///< signed, the slot's virtual position
  quantity pending;  ///< signed: what its open orders will make of that
  /// Signed: of that, entries on the side that it will hold, which an exit would take back.
  quantity entering;
};

/// The guard's answer: an order to reserve and send, or the first refusal. All checks that were
/// made are listed in order (decision_facts may leave out those that were passed).
struct verdict {
  refusal outcome = refusal::none;
  std::vector<check_result> checks;
  side direction = side::buy;
  quantity size;
  price worst_price;  ///< collar price on the side that costs
  money reserve_cash; ///< worst-case quote cost of a buy incl. fee, rounded away from zero; 0 for a
                      ///< sell
  order_type type = order_type::market;
  std::optional<price> limit_price;
  std::optional<price> stop_price;
  bool reduce_only = false; ///< what the signal asks for is less, not another holding
};

[[nodiscard]] inline bool is_protective(const verdict& v) noexcept {
  return is_protective(v.type, v.reduce_only);
}

/// What an approved order reserves of its position when it is made: all of it, unless it waits to
/// close what another has opened.
[[nodiscard]] inline quantity reserved_size(const verdict& v) noexcept {
  return is_protective(v) ? quantity{} : v.size;
}

/// Everything one decision looks at. Pure input: two guards with equal facts answer alike.
struct decision_facts {
  target wanted = target::flat;       ///< what the signal asks for
  const instrument* traded = nullptr; ///< nullptr when the instrument is not configured
  const risk_limits& limits;
  const sizing& size;
  /// What modes beyond the fixed ones size by; without it they size to 0. Price and fee come from
  /// these facts, and so does the cash where the basis has none.
  sizing_basis basis;
  const exposure& account; ///< its free_cash is ignored
  money free_cash;
  slot_exposure slot;
  /// ≥ 0: not the wish but the risk engine decides, and the slot is to hold this much at most, on
  /// the side it is on. It only takes away.
  std::optional<quantity> cut_to;
  trading_mode mode = trading_mode::active; ///< the strictest of all scopes that apply
  timestamp mark_time;                      ///< event time of the mark
  price mark;                               ///< > 0
  timestamp now;                            ///< event time of the decision
  bool lists_passed = true; ///< whether the verdict lists the checks that were passed
};

/// Sizes the signal and runs every pre-trade check in this order, stopping at the first refusal:
/// unknown_instrument, halted, nothing_to_do, quantity_zero, stale_input, off_lot, min_notional,
/// max_quantity, max_notional, max_position, short_not_allowed, reducing, cash. A refused verdict
/// carries no order. The order is a market order, so there is no price of ours that could be off
/// the tick; the notional limits look at size·mark, the cash at size·worst_price. An order that
/// only takes exposure of the account away passes stale_input, max_quantity and max_notional
/// unseen, and reserves no more cash than is free; the venue's minimum notional holds for it as
/// well. Never throws for input values: numbers that leave the range, or that are outside their
/// documented ranges (a mark, tick or lot that is not positive, a negative reservation, a collar or
/// fee outside 0…100 %), are the refusal `overflow`. The verdict's memory is used again; what it
/// held before is gone.
void decide(const decision_facts& in, verdict& out);

} // namespace supreme::trading
