#include "trading/risk/exposure_limits.hpp"

#include "trading/risk/order_cost.hpp"
#include "trading/risk/ppb.hpp"

#include <algorithm>
#include <stdexcept>

namespace supreme::trading {

namespace {

constexpr decimal yes = decimal::from_raw(decimal::scale);

decimal count_of(uint64_t n) noexcept {
  return decimal::from_raw(static_cast<int64_t>(n) * decimal::scale);
}

bool usable(const instrument_exposure& e) noexcept {
  return e.mark.is_positive() && !e.reserved_buy.is_negative() && !e.reserved_sell.is_negative();
}

// The functions below throw std::overflow_error outside the range; check_exposure() and
// recheck_exposure() are the only ones that catch it.

quantity most_long(const instrument_exposure& e) { return e.position + e.reserved_buy; }
quantity most_short(const instrument_exposure& e) { return e.position - e.reserved_sell; }

money worst_worth(const instrument_exposure& e) {
  return multiply(std::max(most_long(e).abs(), most_short(e).abs()), e.mark,
                  rounding::away_from_zero);
}

money gross(const account_exposure& account) {
  money sum;
  for (const auto& e : account.instruments)
    sum += worst_worth(e);
  return sum;
}

/// What a position is worth on one side of the market at most: long for a buy, short for a sell.
money lean(const instrument_exposure& e, side s) {
  return multiply(s == side::buy ? most_long(e) : -most_short(e), e.mark, rounding::ceiling);
}

money net(const account_exposure& account, side s) {
  money sum;
  for (const auto& e : account.instruments)
    sum += lean(e, s);
  return sum;
}

money concentration_limit(const account_exposure& account, int64_t ppb) {
  return multiply_divide(std::max(account.equity, money{}), ppb, whole_ppb, rounding::toward_zero);
}

/// What equity must cover of the worth of positions.
money margin_of(money worth, int64_t ppb) {
  return multiply_divide(worth, ppb, whole_ppb, rounding::away_from_zero);
}

/// Whether the order, after everything promised on its side, still only closes.
bool only_reduces(const instrument_exposure& e, const proposed_order& o) {
  return o.direction == side::buy ? !(most_long(e) + o.size).is_positive()
                                  : !(most_short(e) - o.size).is_negative();
}

/// One run of the checks; collects their results.
class exposure_run {
public:
  exposure_run(const exposure_limits& limits, const account_exposure& account,
               const proposed_order& order)
    : limits_(limits), account_(account), order_(order) {}

  exposure_verdict run() {
    try {
      check_all();
    } catch (const std::overflow_error&) {
      check(refusal::overflow, false, decimal{}, decimal{});
    }
    return std::move(out_);
  }

private:
  void check_all() {
    if (check_known() && check_hours() && check_restricted() && check_short() && check_collar()
        && check_open_orders() && check_daily_loss())
      check_worst_case();
  }

  bool check_known() {
    const auto found =
      std::find_if(account_.instruments.begin(), account_.instruments.end(),
                   [&](const instrument_exposure& e) { return e.instrument == order_.instrument; });
    const bool known = found != account_.instruments.end();
    if (!check(refusal::unknown_instrument, known, yes, known ? yes : decimal{}))
      return false;
    held_ = *found;
    const bool numbers = order_.size.is_positive()
                         && std::all_of(account_.instruments.begin(), account_.instruments.end(),
                                        [](const instrument_exposure& e) { return usable(e); });
    return numbers || check(refusal::overflow, false, decimal{}, decimal{});
  }

  bool check_hours() {
    if (!order_.session)
      return true;
    const auto hours = check_session(*order_.session, order_.now);
    return check(hours.code, hours.passed, hours.limit, hours.seen);
  }

  bool check_restricted() {
    const auto found = limits_.restricted.find(order_.instrument);
    if (found == limits_.restricted.end())
      return true;
    const bool passed = found->second == restriction::reduce_only && only_reduces(held_, order_);
    return check(refusal::restricted, passed, yes, passed ? yes : decimal{});
  }

  bool check_short() {
    if (order_.direction == side::buy || limits_.may_short.contains(order_.instrument))
      return true;
    return check(refusal::short_not_allowed, only_reduces(held_, order_), most_short(held_),
                 order_.size);
  }

  bool check_collar() {
    if (!limits_.price_collar_ppb || !order_.own_price)
      return true;
    const auto smallest = decimal::from_raw(1);
    const auto bound =
      collar_price(held_.mark, order_.direction, *limits_.price_collar_ppb, smallest);
    if (!bound)
      return check(refusal::overflow, false, decimal{}, decimal{});
    const bool passed =
      order_.direction == side::buy ? *order_.own_price <= *bound : *order_.own_price >= *bound;
    return check(refusal::price_collar, passed, *bound, *order_.own_price);
  }

  bool check_open_orders() {
    if (!limits_.max_open_orders)
      return true;
    const uint64_t seen = uint64_t{account_.open_orders} + 1;
    return check(refusal::open_orders, seen <= *limits_.max_open_orders,
                 count_of(*limits_.max_open_orders), count_of(seen));
  }

  bool check_daily_loss() {
    if (!limits_.max_daily_loss)
      return true;
    const money loss = account_.day_loss;
    return check(refusal::daily_loss,
                 loss <= *limits_.max_daily_loss || only_reduces(held_, order_),
                 *limits_.max_daily_loss, loss);
  }

  bool check_worst_case() {
    then_ = held_;
    (order_.direction == side::buy ? then_.reserved_buy : then_.reserved_sell) += order_.size;
    return check_gross() && check_net() && check_concentration() && check_margin();
  }

  money gross_after() const { return gross(account_) - worst_worth(held_) + worst_worth(then_); }

  bool check_gross() {
    if (!limits_.max_gross)
      return true;
    const money seen = gross_after();
    return check(refusal::gross_exposure, seen <= *limits_.max_gross || only_reduces(held_, order_),
                 *limits_.max_gross, seen);
  }

  bool check_net() {
    if (!limits_.max_net)
      return true;
    // Only the side the order moves toward counts: an order never makes the other side worse.
    const side s = order_.direction;
    const money seen = net(account_, s) - lean(held_, s) + lean(then_, s);
    return check(refusal::net_exposure, seen <= *limits_.max_net, *limits_.max_net, seen);
  }

  bool check_concentration() {
    if (!limits_.max_concentration_ppb)
      return true;
    const money limit = concentration_limit(account_, *limits_.max_concentration_ppb);
    const money seen = worst_worth(then_);
    return check(refusal::concentration, seen <= limit || only_reduces(held_, order_), limit, seen);
  }

  bool check_margin() {
    if (!limits_.initial_margin_ppb)
      return true;
    const money limit = std::max(account_.equity, money{});
    const money seen = margin_of(gross_after(), *limits_.initial_margin_ppb);
    return check(refusal::margin, seen <= limit || only_reduces(held_, order_), limit, seen);
  }

  bool check(refusal code, bool passed, decimal limit, decimal seen) {
    out_.checks.push_back({code, passed, limit, seen});
    if (!passed)
      out_.outcome = code;
    return passed;
  }

  const exposure_limits& limits_;
  const account_exposure& account_;
  const proposed_order& order_;
  instrument_exposure held_; ///< the order's instrument before the order
  instrument_exposure then_; ///< and after it
  exposure_verdict out_;
};

void recheck_all(const exposure_limits& limits, const account_exposure& account,
                 std::vector<check_result>& out) {
  const auto within = [&](refusal code, money limit, money seen) {
    out.push_back({code, seen <= limit, limit, seen});
  };
  if (limits.max_daily_loss)
    within(refusal::daily_loss, *limits.max_daily_loss, account.day_loss);
  if (limits.max_gross)
    within(refusal::gross_exposure, *limits.max_gross, gross(account));
  if (limits.max_net)
    within(refusal::net_exposure, *limits.max_net,
           std::max(net(account, side::buy), net(account, side::sell)));
  if (limits.maintenance_margin_ppb)
    within(refusal::margin, std::max(account.equity, money{}),
           margin_of(gross(account), *limits.maintenance_margin_ppb));
  if (limits.max_concentration_ppb)
    for (const auto& e : account.instruments)
      within(refusal::concentration, concentration_limit(account, *limits.max_concentration_ppb),
             worst_worth(e));
}

} // namespace

exposure_verdict check_exposure(const exposure_limits& limits, const account_exposure& account,
                                const proposed_order& order) {
  return exposure_run{limits, account, order}.run();
}

std::vector<check_result> recheck_exposure(const exposure_limits& limits,
                                           const account_exposure& account) {
  std::vector<check_result> out;
  const bool numbers = std::all_of(account.instruments.begin(), account.instruments.end(),
                                   [](const instrument_exposure& e) { return usable(e); });
  try {
    if (!numbers)
      throw std::overflow_error("a mark is not positive, or a reservation negative");
    recheck_all(limits, account, out);
  } catch (const std::overflow_error&) {
    out.push_back({refusal::overflow, false, decimal{}, decimal{}});
  }
  return out;
}

} // namespace supreme::trading
