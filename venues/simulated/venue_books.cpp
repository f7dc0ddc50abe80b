#include "venues/simulated/venue_books.hpp"

#include "trading/matching/cash_limit.hpp"

#include <algorithm>

namespace supreme::venues {

namespace {

using trading::checked_add;
using trading::checked_subtract;
using trading::order_state;

/// What a trade changes, as far as it can be expressed.
struct trade_amounts {
  trading::money notional;   ///< price·size rounded half-even, as positions count it
  trading::quantity holding; ///< signed change
  trading::money cash;       ///< −notional − fee for a buy, +notional − fee for a sell
};

std::optional<trade_amounts> amounts_of(trading::side direction, trading::quantity size,
                                        trading::price at, trading::money fee) {
  const auto notional = trading::checked_multiply(at, size, trading::rounding::half_even);
  if (!notional)
    return std::nullopt;
  const auto paid = trading::signed_quantity(trading::opposite(direction), *notional);
  const auto cash = checked_subtract(paid, fee);
  if (!cash)
    return std::nullopt;
  return trade_amounts{*notional, trading::signed_quantity(direction, size), *cash};
}

/// Whether this is what a step may do to an order of which `rest` is left.
bool can_end(const order_execution& e, const order_report& order, trading::quantity rest) {
  switch (e.ending) {
    case venue_refusal::none:
      return true;
    case venue_refusal::out_of_range:
      return e.size.is_zero();
    case venue_refusal::unpaid:
      return trading::is_paid_from_cash(order.direction, order.reduce_only) && e.size < rest;
    case venue_refusal::nothing_to_close:
      return order.reduce_only && e.size < rest;
    case venue_refusal::withdrawn:
      return !order.reduce_only && e.size.is_zero();
    default:
      return false;
  }
}

template <class Map, class Key>
typename Map::mapped_type value_or_zero(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

} // namespace

bool trial_sums::add(const venue_books::order_entry& entry, trading::quantity size,
                     trading::price at, trading::money fee) {
  const auto& report = entry.report;
  const auto amounts = amounts_of(report.direction, size, at, fee);
  if (!amounts || !checked_add(report.notional, amounts->notional)
      || !checked_add(report.fees, fee))
    return false;
  const auto* account = books_.find_account(report.account);
  const auto& [holding, holding_is_new] = holdings_.try_emplace(
    {report.account, report.instrument}, value_or_zero(account->holdings, report.instrument));
  const auto& [cash, cash_is_new] =
    cash_.try_emplace({report.account, entry.quote}, value_or_zero(account->cash, entry.quote));
  const auto holding_after = checked_add(holding->second, amounts->holding);
  const auto cash_after = checked_add(cash->second, amounts->cash);
  if (!holding_after || !cash_after)
    return false;
  holding->second = *holding_after;
  cash->second = *cash_after;
  return true;
}

std::optional<trading::money> trial_sums::cash_with(const venue_books::order_entry& entry,
                                                    trading::money deposit) const {
  const auto& owner = entry.report.account;
  const auto tried = cash_.find({owner, entry.quote});
  return checked_add(deposit, tried != cash_.end()
                                ? tried->second
                                : value_or_zero(books_.find_account(owner)->cash, entry.quote));
}

trading::resting_order venue_books::order_entry::resting() const {
  trading::resting_order out;
  out.direction = report.direction;
  out.type = report.type;
  out.open_size = report.size - report.filled;
  out.limit_price = report.limit_price;
  out.stop_price = report.stop_price;
  out.triggered = triggered;
  out.reduce_only = report.reduce_only;
  return out;
}

std::optional<std::string> venue_books::apply(const record& r) {
  if (!opened_ && !std::holds_alternative<ledger_opened>(r))
    return "a ledger begins with its venue";
  return std::visit([this](const auto& content) { return apply_record(content); }, r);
}

const venue_books::account_entry* venue_books::find_account(const trading::account_id& id) const {
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : &found->second;
}

std::optional<trading::price> venue_books::last_close(const trading::instrument_id& id) const {
  const auto found = closes_.find(id);
  return found == closes_.end() ? std::nullopt : std::optional{found->second};
}

balances_report venue_books::balances_of(const trading::account_id& id) const {
  balances_report out;
  out.account = id;
  const auto* account = find_account(id);
  if (account == nullptr)
    return out;
  for (const auto& [instrument, size] : account->holdings)
    out.holdings.push_back({instrument, size});
  for (const auto& [asset, amount] : account->cash)
    out.cash.push_back({asset, amount});
  out.last_seq = account->trades.size();
  return out;
}

venue_books::complaint venue_books::apply_record(const ledger_opened& r) {
  if (opened_)
    return "a second beginning";
  if (r.format != ledger_opened{}.format)
    return "format " + std::to_string(r.format) + ", this program knows format "
           + std::to_string(ledger_opened{}.format);
  opened_ = r;
  return std::nullopt;
}

venue_books::complaint venue_books::apply_record(const session_opened& r) {
  const auto* account = find_account(r.account);
  if (r.session == 0 || (account != nullptr && r.session <= account->session))
    return "session " + std::to_string(r.session) + " of " + r.account.str() + " does not rise";
  accounts_[r.account].session = r.session;
  return std::nullopt;
}

venue_books::complaint venue_books::apply_record(const order_received& r) {
  const auto account = accounts_.find(r.account);
  if (r.number != orders_.size() + 1)
    return "order " + std::to_string(r.number) + " follows order " + std::to_string(orders_.size());
  if (account == accounts_.end() || r.session != account->second.session)
    return "order " + std::to_string(r.number) + " of a session that is not open";
  if (!account->second.orders.try_emplace(r.id, r.number).second)
    return "a second order of client id " + r.id.str();
  const bool accepted = r.refusal == venue_refusal::none;
  order_entry entry;
  entry.quote = r.quote;
  entry.slot = r.slot;
  auto& report = entry.report;
  report.account = r.account;
  report.id = r.id;
  report.venue_id = trading::venue_order_id{std::to_string(r.number)};
  report.instrument = r.instrument;
  report.direction = r.direction;
  report.type = r.type;
  report.size = r.size;
  report.limit_price = r.limit_price;
  report.stop_price = r.stop_price;
  report.reduce_only = r.reduce_only;
  report.state = accepted ? order_state::open : order_state::rejected;
  report.refusal = r.refusal;
  report.session = r.session;
  report.accepted_at = last_step_.event_time;
  report.changed_at = last_step_.event_time;
  if (accepted) {
    resting_.insert(r.number);
    ++account->second.resting;
    if (!r.slot.empty())
      account->second.opened[r.slot].rests(trading::as_slot_order(entry.resting()));
  }
  orders_.push_back(std::move(entry));
  return std::nullopt;
}

venue_books::complaint venue_books::apply_record(const order_cancelled& r) {
  if (!resting_.contains(r.number))
    return "a cancelled order " + std::to_string(r.number) + " that is not at rest";
  auto& entry = orders_[r.number - 1];
  entry.report.changed_at = last_step_.event_time;
  end_order(entry, r.number, order_state::cancelled);
  return std::nullopt;
}

venue_books::complaint venue_books::apply_record(const step_taken& r) {
  if (auto why = check_step(r))
    return why;
  const size_t first_trade = trades_.size();
  last_step_ = r.market;
  for (const auto& b : r.market.bars)
    closes_[b.instrument] = b.close;
  for (const auto& e : r.executions)
    execute(e);
  for (const auto& e : r.executions) // After all trades.
    if (e.ending == venue_refusal::nothing_to_close)
      end_unfilled(e);
  summarise_last_step(first_trade, r.executions);
  return std::nullopt;
}

venue_books::complaint venue_books::check_step(const step_taken& r) const {
  if (r.market.number != last_step_.number + 1
      || (last_step_.number > 0 && r.market.run != last_step_.run)
      || (last_step_.number > 0 && r.market.event_time < last_step_.event_time))
    return "step " + std::to_string(r.market.number) + " of run " + r.market.run
           + " does not follow step " + std::to_string(last_step_.number);
  trial_sums sums{*this};
  std::set<uint64_t> seen;
  for (const auto& e : r.executions) {
    const auto name = "execution of order " + std::to_string(e.number);
    if (!resting_.contains(e.number) || !seen.insert(e.number).second)
      return name + " that is not at rest, or told twice";
    const auto& entry = order(e.number);
    const auto rest = checked_subtract(entry.report.size, entry.report.filled);
    if (e.size.is_negative() || !rest || e.size > *rest || !can_end(e, entry.report, *rest))
      return name + " of an impossible size, or with an impossible end";
    if (e.size.is_positive() && (!e.at.is_positive() || !sums.add(entry, e.size, e.at, e.fee)))
      return name + " with impossible amounts";
  }
  return std::nullopt;
}

void venue_books::execute(const order_execution& e) {
  auto& entry = orders_[e.number - 1];
  entry.triggered = e.triggered;
  if (e.size.is_positive())
    add_trade(entry, e);
  if (e.ending != venue_refusal::none && e.ending != venue_refusal::nothing_to_close)
    end_unfilled(e);
}

/// What is left of an order is over.
void venue_books::end_unfilled(const order_execution& e) {
  const bool is_cancelled =
    e.ending == venue_refusal::withdrawn || e.ending == venue_refusal::nothing_to_close;
  auto& entry = orders_[e.number - 1];
  entry.report.refusal = e.ending;
  entry.report.changed_at = last_step_.event_time;
  end_order(entry, e.number, is_cancelled ? order_state::cancelled : order_state::expired);
}

void venue_books::add_trade(order_entry& entry, const order_execution& e) {
  auto& report = entry.report;
  auto& account = accounts_.at(report.account);
  if (!entry.slot.empty())
    account.opened[entry.slot].fills(trading::as_slot_order(entry.resting()), e.size);
  const auto amounts = amounts_of(report.direction, e.size, e.at, e.fee).value();
  account.holdings[report.instrument] += amounts.holding;
  account.cash[entry.quote] += amounts.cash;
  account.trades.push_back(trades_.size());

  venue_trade t;
  t.account = report.account;
  t.seq = account.trades.size();
  t.id = trading::trade_id{std::to_string(t.seq)};
  t.order = report.id;
  t.venue_order = report.venue_id;
  t.instrument = report.instrument;
  t.direction = report.direction;
  t.at = e.at;
  t.size = e.size;
  t.fee = e.fee;
  t.fee_asset = entry.quote;
  t.maker = e.maker;
  t.step = last_step_.number;
  t.event_time = last_step_.event_time;
  trades_.push_back(std::move(t));

  report.filled += e.size;
  report.notional += amounts.notional;
  report.fees += e.fee;
  report.changed_at = last_step_.event_time;
  if (report.filled == report.size)
    end_order(entry, e.number, order_state::filled);
  else
    report.state = order_state::partially_filled;
}

void venue_books::end_order(order_entry& entry, uint64_t number, order_state state) {
  entry.report.state = state;
  resting_.erase(number);
  auto& account = accounts_.at(entry.report.account);
  --account.resting;
  if (!entry.slot.empty())
    account.opened[entry.slot].ends(trading::as_slot_order(entry.resting()));
}

void venue_books::summarise_last_step(size_t first_trade,
                                      const std::vector<order_execution>& executions) {
  step_report out;
  out.run = last_step_.run;
  out.number = last_step_.number;
  out.last_step = last_step_.number;
  out.event_time = last_step_.event_time;
  out.trades.assign(trades_.begin() + static_cast<std::ptrdiff_t>(first_trade), trades_.end());
  std::map<trading::account_id, step_report::account_trades> ranges;
  for (const auto& t : out.trades) {
    auto& range =
      ranges.try_emplace(t.account, step_report::account_trades{t.account, t.seq, t.seq})
        .first->second;
    range.last_seq = t.seq;
  }
  for (const auto& e : executions) {
    if (e.ending == venue_refusal::none)
      continue;
    const auto& report = out.ended.emplace_back(order(e.number).report);
    const uint64_t trades = accounts_.at(report.account).trades.size();
    ranges.try_emplace(report.account,
                       step_report::account_trades{report.account, trades + 1, trades});
  }
  for (auto& [account, range] : ranges)
    out.accounts.push_back(std::move(range));
  last_report_ = std::move(out);
}

} // namespace supreme::venues
