#include "trading/risk/post_trade.hpp"

#include "trading/names.hpp"
#include "trading/risk/event_time.hpp"
#include "trading/risk/ppb.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

constexpr std::array<named<trade_check>, 9> check_names{{
  {trade_check::identity, "identity"},
  {trade_check::direction, "direction"},
  {trade_check::size, "size"},
  {trade_check::price_bound, "price_bound"},
  {trade_check::slippage, "slippage"},
  {trade_check::order_age, "order_age"},
  {trade_check::holding, "holding"},
  {trade_check::cash, "cash"},
  {trade_check::overflow, "overflow"},
}};

constexpr decimal yes = decimal::from_raw(decimal::scale);
constexpr trade_finding left_range{trade_check::overflow, false, decimal{}, decimal{}};

trade_finding answer(trade_check code, bool passed) noexcept {
  return {code, passed, yes, passed ? yes : decimal{}};
}

bool belongs_to(const fill& f, const order& o) {
  return f.order == o.id && f.account == o.account && f.venue == o.venue
         && f.instrument == o.instrument;
}

/// Limit kinds are bound by their own price, the others by what was reserved for them.
std::optional<price> price_bound(const order& o, const fill_bounds& bounds) {
  return o.limit_price ? o.limit_price : bounds.worst_price;
}

trade_finding check_slippage(const order& o, price at, int64_t limit_ppb) {
  const auto seen = slippage_ppb(o.direction, o.decision_price, at);
  if (!seen)
    return left_range;
  return {trade_check::slippage, *seen <= limit_ppb, percent(limit_ppb), percent(*seen)};
}

trade_finding equal(trade_check code, wide must, decimal is) {
  if (must > std::numeric_limits<int64_t>::max() || must < std::numeric_limits<int64_t>::min())
    return left_range;
  const auto limit = decimal::from_raw(static_cast<int64_t>(must));
  return {code, limit == is, limit, is};
}

} // namespace

const char* to_string(trade_check c) noexcept { return name_of(check_names, c); }

std::optional<trade_check> parse_trade_check(std::string_view text) noexcept {
  return value_of(check_names, text);
}

std::optional<int64_t> slippage_ppb(side direction, price decided, price at) noexcept {
  if (!decided.is_positive())
    return std::nullopt;
  const auto worse =
    direction == side::buy ? checked_subtract(at, decided) : checked_subtract(decided, at);
  return worse ? checked_ratio_ppb(*worse, decided, rounding::ceiling) : std::nullopt;
}

std::optional<execution_total> with_fill(const execution_total& before, const fill& f) noexcept {
  const auto notional = checked_multiply(f.at, f.size, rounding::half_even);
  const auto filled = checked_add(before.filled, f.size);
  const auto sum = notional ? checked_add(before.notional, *notional) : std::nullopt;
  if (!filled || !sum)
    return std::nullopt;
  return execution_total{*filled, *sum};
}

std::optional<int64_t> realised_slippage_ppb(const order& o,
                                             const execution_total& total) noexcept {
  if (!total.filled.is_positive())
    return std::nullopt;
  const auto decided = checked_multiply(o.decision_price, total.filled, rounding::half_even);
  // Money instead of an average price: one rounding less.
  return decided ? slippage_ppb(o.direction, *decided, total.notional) : std::nullopt;
}

std::vector<trade_finding> check_fill(const order& o, const execution_total& before, const fill& f,
                                      const fill_bounds& bounds) {
  std::vector<trade_finding> out{
    answer(trade_check::identity, belongs_to(f, o)),
    answer(trade_check::direction, f.direction == o.direction),
  };
  const auto filled = checked_add(before.filled, f.size);
  out.push_back(filled ? trade_finding{trade_check::size, f.size.is_positive() && *filled <= o.size,
                                       o.size, *filled}
                       : left_range);
  if (const auto bound = price_bound(o, bounds)) {
    const bool kept = o.direction == side::buy ? f.at <= *bound : f.at >= *bound;
    out.push_back({trade_check::price_bound, kept && f.at.is_positive(), *bound, f.at});
  }
  if (bounds.max_slippage_ppb)
    out.push_back(check_slippage(o, f.at, *bounds.max_slippage_ppb));
  return out;
}

std::vector<trade_finding> check_working_order(const order& o, const working_order& w) {
  std::vector<trade_finding> out;
  if (w.max_age.count() > 0) {
    const auto now = std::max(w.now, o.event_time);
    out.push_back({trade_check::order_age,
                   nanoseconds_between(o.event_time, now) <= w.max_age.count(),
                   seconds_of(w.max_age), seconds_between(o.event_time, now)});
  }
  if (w.mark && w.max_slippage_ppb)
    out.push_back(check_slippage(o, *w.mark, *w.max_slippage_ppb));
  return out;
}

std::vector<trade_finding> check_ledger(const ledger_claim& claim, const std::vector<fill>& fills,
                                        const asset_id& quote) {
  // Sums in 128 bits: no order of the fills can leave the range on the way.
  wide held = claim.opening_position.raw();
  wide cash = claim.opening_cash.raw();
  for (const auto& f : fills) {
    const auto notional = checked_multiply(f.at, f.size, rounding::half_even);
    if (!notional)
      return {left_range};
    const bool buys = f.direction == side::buy;
    held += buys ? f.size.raw() : -wide{f.size.raw()};
    cash -= buys ? notional->raw() : -wide{notional->raw()};
    if (f.fee_asset == quote)
      cash -= f.fee.raw();
  }
  return {equal(trade_check::holding, held, claim.position),
          equal(trade_check::cash, cash, claim.cash)};
}

} // namespace supreme::trading
