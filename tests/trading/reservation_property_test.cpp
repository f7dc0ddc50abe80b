// Goal: no sequence of decisions, fills, cancels, losses of answers and crashes takes an account
// beyond its limits or leaves a reservation behind.
// Method: a model account that books as the rows do, decided by the real decide(),
// check_exposure(), affordable sizes and order rates, with order states moved by the real
// may_move(). Random steps, marks included; a crash forgets everything but the order rows and
// rebuilds the sums from them. After every step: reservations = Σ of what open orders still have ·
// worst-case positions within max_position and never short where that is not allowed · no
// reservation negative · free cash never below what rounding and shorts bought back explain ·
// approvals inside the rate.
// At the end every order is ended, and nothing is left. A hundred thousand sequences of their own
// besides the usual number (meson.build).

#include "tests/trading/decision_input.hpp"
#include "tests/trading/generators.hpp"

#include "trading/orders/order.hpp"
#include "trading/risk/exposure_limits.hpp"
#include "trading/risk/order_cost.hpp"
#include "trading/risk/ppb.hpp"
#include "trading/risk/rate_limits.hpp"

#include <algorithm>
#include <array>

namespace supreme::trading {
namespace {

using tests::decision_input;

constexpr size_t instruments = 2;
const std::array<instrument_id, instruments> names{instrument_id{"BTCUSDT"},
                                                   instrument_id{"ETHUSDT"}};

/// A row of an order, all that survives a crash.
struct order_row {
  size_t instrument = 0;
  side direction = side::buy;
  quantity size;
  price worst_price;
  money reserve_cash;
  bool is_covered = true; ///< its reservation pays for all of it
  order_state state = order_state::intent;
  quantity filled;
  quantity reserved_quantity;
  money reserved_cash;
  timestamp decided_at;
};

/// The sums that a guard keeps beside the rows.
struct sums {
  std::array<quantity, instruments> reserved_buy{};
  std::array<quantity, instruments> reserved_sell{};
  money reserved_cash;

  friend bool operator==(const sums&, const sums&) = default;
};

struct model {
  std::array<instrument, instruments> traded;
  std::array<risk_limits, instruments> limits;
  std::array<price, instruments> marks{};
  exposure_limits all;
  rate_limit pace{3, nanoseconds{10}};

  std::vector<order_row> orders;
  std::array<quantity, instruments> held{};
  money cash;
  sums promised;
  event_rate approvals{pace};
  timestamp now;
  uint64_t roundings = 0; ///< each may cost one unit of cash beyond its reservation
  money uncovered;        ///< what closing shorts has cost beyond the cash that was free for it

  // -- bookkeeping ----------------------------------------------------------------------

  quantity& promised_on(const order_row& o) {
    return (o.direction == side::buy ? promised.reserved_buy
                                     : promised.reserved_sell)[o.instrument];
  }

  void release(order_row& o, quantity rest, money rest_cash) {
    promised_on(o) -= o.reserved_quantity - rest;
    promised.reserved_cash -= o.reserved_cash - rest_cash;
    o.reserved_quantity = rest;
    o.reserved_cash = rest_cash;
  }

  sums rebuilt() const {
    sums out;
    for (const auto& o : orders) {
      (o.direction == side::buy ? out.reserved_buy : out.reserved_sell)[o.instrument] +=
        o.reserved_quantity;
      out.reserved_cash += o.reserved_cash;
    }
    return out;
  }

  account_exposure exposure_of_all() const {
    account_exposure a;
    a.equity = cash;
    for (size_t i = 0; i < instruments; ++i) {
      a.instruments.push_back(
        {names[i], held[i], promised.reserved_buy[i], promised.reserved_sell[i], marks[i]});
      a.equity += multiply(held[i], marks[i], rounding::half_even);
    }
    a.open_orders = static_cast<uint32_t>(std::count_if(
      orders.begin(), orders.end(), [](const order_row& o) { return !is_terminal(o.state); }));
    return a;
  }

  // -- steps ------------------------------------------------------------------------------

  verdict decided(size_t i, target wanted, trading_mode mode, const sizing& size) const {
    decision_input in;
    in.wanted = wanted;
    in.traded = traded[i];
    in.limits = limits[i];
    in.size = size;
    in.account = {held[i], promised.reserved_buy[i], promised.reserved_sell[i],
                  cash - promised.reserved_cash};
    in.basis.equity = exposure_of_all().equity;
    // One slot for each instrument: what is promised is its own.
    in.slot = {held[i], promised.reserved_buy[i] - promised.reserved_sell[i], {}};
    in.mode = mode;
    in.mark = marks[i];
    in.mark_time = in.now = now;
    return decide(in);
  }

  /// What decide() and the limits of the account allow becomes a row; what is promised follows,
  /// unless the guard dies in between.
  void decide_one(size_t i, target wanted, trading_mode mode, const sizing& size, bool dies) {
    const auto v = decided(i, wanted, mode, size);
    if (v.outcome != refusal::none)
      return;
    const proposed_order proposed{names[i], v.direction, v.size, {}, nullptr, now};
    if (check_exposure(all, exposure_of_all(), proposed).outcome != refusal::none
        || !approvals.check(refusal::order_rate, now).passed)
      return;
    order_row o;
    o.instrument = i;
    o.direction = v.direction;
    o.size = o.reserved_quantity = v.size;
    o.worst_price = v.worst_price;
    o.reserve_cash = o.reserved_cash = v.reserve_cash;
    o.is_covered =
      v.direction == side::sell
      || v.reserve_cash == worst_cost(v.worst_price, v.size, limits[i].taker_fee_ppb).value();
    if (!o.is_covered) // Only what closes may cost what is not there.
      RC_ASSERT(!(held[i] + promised.reserved_buy[i] + v.size).is_positive());
    o.decided_at = now;
    orders.push_back(o);
    if (dies)
      return crash();
    promised_on(o) += v.size;
    promised.reserved_cash += v.reserve_cash;
    approvals.record(now);
  }

  /// Memory is gone; what may have been sent is unknown, and everything else comes from the rows.
  void crash() {
    promised = rebuilt();
    approvals = event_rate{pace};
    for (auto& o : orders) {
      approvals.record(o.decided_at);
      report(o, order_state::unknown);
    }
  }

  /// A report of the venue; ignored where the edge does not exist.
  void report(order_row& o, order_state to) {
    const bool is_fill = to == order_state::filled || to == order_state::partially_filled;
    if (is_fill || o.state == to || !may_move(o.state, to))
      return;
    o.state = to;
    if (is_terminal(to))
      release(o, {}, {});
  }

  void fill_one(order_row& o, quantity size, price at) {
    if (is_terminal(o.state) || o.state == order_state::intent)
      return;
    const money notional = multiply(at, size, rounding::half_even);
    const money fee =
      multiply_divide(notional, limits[o.instrument].taker_fee_ppb, whole_ppb, rounding::half_even);
    roundings += 2;
    held[o.instrument] += signed_quantity(o.direction, size);
    cash += signed_quantity(opposite(o.direction), notional) - fee;
    o.filled += size;
    const quantity rest = o.size - o.filled;
    const money reserved_before = o.reserved_cash;
    release(o, rest,
            multiply_divide(o.reserve_cash, rest.raw(), o.size.raw(), rounding::toward_zero));
    if (!o.is_covered)
      uncovered += std::max(notional + fee - (reserved_before - o.reserved_cash), money{});
    o.state = rest.is_zero() ? order_state::filled : order_state::partially_filled;
  }

  // -- what must hold -----------------------------------------------------------------------

  void expect_invariants() const {
    RC_ASSERT(promised == rebuilt());
    RC_ASSERT(!promised.reserved_cash.is_negative());
    // A sell's fee comes from what it earns, a buy's from its reservation.
    RC_ASSERT((cash + uncovered - promised.reserved_cash).raw()
              >= -static_cast<int64_t>(roundings));
    for (size_t i = 0; i < instruments; ++i) {
      RC_ASSERT(!promised.reserved_buy[i].is_negative());
      RC_ASSERT(!promised.reserved_sell[i].is_negative());
      RC_ASSERT(held[i] + promised.reserved_buy[i] <= *limits[i].max_position);
      RC_ASSERT(promised.reserved_sell[i] - held[i] <= *limits[i].max_position);
      if (!limits[i].allow_short)
        RC_ASSERT(held[i] >= promised.reserved_sell[i]);
    }
    for (const auto& o : orders) {
      RC_ASSERT(o.filled <= o.size);
      if (is_terminal(o.state))
        RC_ASSERT((o.reserved_quantity.is_zero() && o.reserved_cash.is_zero()));
    }
  }

  void expect_pace() const {
    for (size_t i = pace.count; i < orders.size(); ++i)
      RC_ASSERT(orders[i].decided_at - orders[i - pace.count].decided_at >= pace.window);
  }
};

model any_model() {
  model m;
  for (size_t i = 0; i < instruments; ++i) {
    m.traded[i] = {names[i], asset_id{"BASE"}, asset_id{"USDT"},
                   // Odd steps on purpose as well: their products need rounding.
                   *rc::gen::element(decimal::literal("0.01"), decimal::from_raw(7)),
                   *rc::gen::element(decimal::literal("0.001"), decimal::from_raw(3)),
                   *rc::gen::element(money{}, decimal::literal("5"))};
    m.marks[i] = decimal::literal("100");
    auto& l = m.limits[i];
    l.max_position = *tests::decimal_between(decimal::scale, 60 * decimal::scale);
    l.allow_short = *rc::gen::arbitrary<bool>();
    l.taker_fee_ppb = *rc::gen::element<int64_t>(0, 1'000'000, 1'234'567);
    if (l.allow_short)
      m.all.may_short.insert(names[i]);
  }
  m.cash = *tests::decimal_between(100 * decimal::scale, 9'000 * decimal::scale);
  m.all.max_open_orders = *rc::gen::element(1u, 3u, 6u);
  m.all.max_gross = decimal::literal("4000");
  return m;
}

sizing any_sizing() {
  sizing s;
  s.mode = *rc::gen::element(sizing_mode::fixed_quantity, sizing_mode::fixed_notional,
                             sizing_mode::percent_of_equity, sizing_mode::all_in);
  s.amount = s.mode == sizing_mode::fixed_quantity
               ? *tests::decimal_between(1, 20 * decimal::scale)
               : *tests::decimal_between(1, 2'000 * decimal::scale);
  s.share_ppb = *rc::gen::inRange<int64_t>(1, whole_ppb);
  return s;
}

quantity any_part(quantity rest) {
  return *rc::gen::oneOf(rc::gen::just(rest), tests::decimal_between(1, rest.raw() + 1));
}

/// A market order's fill is never beyond its collar price, which is the venue's part; often it is
/// exactly that, because nothing else uses a reservation up.
price any_price(const order_row& o, price mark) {
  if (*rc::gen::arbitrary<bool>())
    return o.worst_price;
  return o.direction == side::buy
           ? *tests::decimal_between(1, o.worst_price.raw() + 1)
           : *tests::decimal_between(o.worst_price.raw(), std::max(mark, o.worst_price).raw() * 2);
}

void decide_something(model& m) {
  const auto wanted =
    *rc::gen::element(target::flat, target::long_position, target::short_position);
  const auto mode = *rc::gen::weightedElement<trading_mode>(
    {{8, trading_mode::active}, {2, trading_mode::reducing}});
  const bool dies = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
  m.decide_one(*rc::gen::element<size_t>(0, 1), wanted, mode, any_sizing(), dies);
}

void report_something(model& m, order_row& o) {
  m.report(o, *rc::gen::weightedElement<order_state>({{6, order_state::submitting},
                                                      {2, order_state::unknown},
                                                      {4, order_state::open},
                                                      {1, order_state::cancelled},
                                                      {1, order_state::rejected},
                                                      {1, order_state::expired},
                                                      {1, order_state::abandoned},
                                                      {1, order_state::not_accepted}}));
}

/// One of the orders that are not over, mostly; now and then one that is.
order_row* any_order(model& m) {
  std::vector<order_row*> open, over;
  for (auto& o : m.orders)
    (is_terminal(o.state) ? over : open).push_back(&o);
  const bool late = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
  const auto& from = late ? over : open;
  return from.empty() ? nullptr : *rc::gen::elementOf(from);
}

void step(model& m) {
  enum class what { decide, report, fill, crash, mark };
  const auto chosen = *rc::gen::weightedElement<what>(
    {{6, what::decide}, {6, what::report}, {5, what::fill}, {1, what::crash}, {1, what::mark}});
  m.now = m.now + nanoseconds{*rc::gen::inRange<int64_t>(0, 12)};
  if (chosen == what::decide)
    return decide_something(m);
  if (chosen == what::crash)
    return m.crash();
  if (chosen == what::mark) {
    m.marks[*rc::gen::element<size_t>(0, 1)] =
      *tests::decimal_between(50 * decimal::scale, 200 * decimal::scale);
    return;
  }
  auto* o = any_order(m);
  if (!o)
    return;
  if (chosen == what::report)
    report_something(m, *o);
  else if (o->size > o->filled)
    m.fill_one(*o, any_part(o->size - o->filled), any_price(*o, m.marks[o->instrument]));
}

/// The venue's last word on an order, by whichever way leads there.
void end_order(model& m, order_row& o) {
  m.report(o, order_state::abandoned);
  m.report(o, order_state::cancelled);
}

RC_GTEST_PROP(reservation_property, stays_within_limits_and_leaves_nothing_behind, ()) {
  auto m = any_model();
  for (int n = 0; n < 60; ++n) {
    step(m);
    m.expect_invariants();
  }
  m.expect_pace();
  const auto fills = std::count_if(m.orders.begin(), m.orders.end(),
                                   [](const order_row& o) { return !o.filled.is_zero(); });
  RC_CLASSIFY(m.orders.size() >= 3 && fills >= 2, "three orders or more, two with fills");
  for (auto& o : m.orders)
    end_order(m, o);
  m.expect_invariants();
  RC_ASSERT(m.promised == sums{});
}

} // namespace
} // namespace supreme::trading
