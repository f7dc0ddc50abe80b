#include "storage/parity/backtest_rows.hpp"

#include "trading/risk/account_memory.hpp"
#include "trading/risk/reservation.hpp"
#include "trading/risk/reversal.hpp"

#include <utility>

namespace supreme::storage {

namespace {

using namespace trading;

std::string text(decimal d) { return d.to_string(); }
std::string text(uint64_t n) { return std::to_string(n); }
std::string text(bool yes) { return yes ? "t" : "f"; }
std::string text(const std::optional<decimal>& d) { return d ? text(*d) : std::string{no_value}; }

std::string inputs_text(const signal& wish) {
  std::string all;
  for (const auto& [name, value] : wish.inputs)
    all += (all.empty() ? "" : ", ") + name + ' ' + text(value);
  return all;
}

std::string key_text(const decision_key& k) {
  return decision_key_text(k.slot.str(), k.cause, k.leg, k.child);
}

void append_position(std::vector<std::string>& values, const position& p) {
  for (const auto amount : {p.size, p.cost, p.realised_gross, p.fees_quote})
    values.push_back(text(amount));
  values.push_back(text(p.fill_count));
}

parity_row end_row(const std::string& key, order_state state, quantity filled, quantity left,
                   money reserved_cash) {
  return {key, {to_string(state), text(filled), text(left), text(reserved_cash)}};
}

} // namespace

backtest_rows::backtest_rows(const backtest_plan& plan)
  : account_(plan.account.str()), venue_(plan.venue.str()), quote_(plan.quote) {
  for (const auto& s : plan.strategies) {
    for (const auto& instrument : s.instruments)
      instruments_.emplace(make_slot(s.id, instrument), instrument);
  }
}

money backtest_rows::open_order::reserved_cash() const {
  return left == size ? reserve_cash : reserved_for_rest(reserve_cash, left, size);
}

void backtest_rows::decided(const made_decision& d, const client_order_id& order) {
  const auto key = key_text(d.wish.key);
  const auto& w = d.wish;
  // Nobody sent and counted what the risk engine wants by itself.
  asked_ += is_own(w) || goes_with_entry(w.key) ? 0 : 1;
  add(parity_table::signals, {key,
                              {w.strategy.str(), w.account.str(), w.instrument.str(),
                               to_string(w.wanted), text(w.reference_price), w.reason,
                               inputs_text(w), w.event_time.to_string(), text(w.account_seq)}});
  const auto& v = d.verdict;
  add(parity_table::verdicts,
      {key,
       {w.account.str(), to_string(v.outcome), "guard", to_string(v.direction), text(v.size),
        text(v.worst_price), text(v.reserve_cash), text(d.mark), text(d.limits.max_position),
        text(d.limits.allow_short)}});
  add_checks(key, v.checks);
  if (order.empty())
    return;
  add_order(d, key);
  open_[order] = {
    key, v.direction, w.instrument, v.reserve_cash, v.size, v.size, trading::is_protective(v)};
}

void backtest_rows::add_checks(const std::string& key, const std::vector<check_result>& checks) {
  for (size_t i = 0; i < checks.size(); ++i) {
    const auto& c = checks[i];
    const auto why =
      c.why == trading::zero_size::none ? no_value : std::string_view{to_string(c.why)};
    add(parity_table::checks,
        {key + " #" + std::to_string(i + 1),
         {to_string(c.code), text(c.passed), text(c.limit), text(c.seen), std::string{why}}});
  }
}

void backtest_rows::add_order(const made_decision& d, const std::string& key) {
  const auto& v = d.verdict;
  add(parity_table::orders,
      {key,
       {text(++orders_), d.wish.strategy.str(), d.wish.account.str(), venue_,
        d.wish.instrument.str(), quote_.str(), to_string(v.direction), to_string(v.type),
        text(v.size), text(v.limit_price), text(v.stop_price), text(v.reduce_only), text(d.mark),
        d.wish.event_time.to_string(), text(v.reserve_cash)}});
}

void backtest_rows::add_order_end(const open_order& o, order_state state) {
  add(parity_table::order_ends, end_row(o.key, state, o.size - o.left, {}, {}));
}

void backtest_rows::filled(const fill& f, const slot_id& slot, const booked_fill& after,
                           uint64_t account_seq) {
  auto& o = open_.at(f.order);
  const auto key = account_ + ' ' + text(account_seq);
  parity_row row{key,
                 {o.key, f.venue.str(), slot.str(), f.instrument.str(), to_string(f.direction),
                  text(f.at), text(f.size), text(f.fee), f.fee_asset.str(),
                  f.event_time.to_string()}};
  append_position(row.values, after.account_after);
  append_position(row.values, after.slot_after);
  add(parity_table::fills, std::move(row));
  for (const auto& change : after.balances)
    add(parity_table::movements, {key + ' ' + change.asset.str(), {text(change.delta)}});
  o.left -= f.size;
  if (!o.left.is_zero())
    return;
  add_order_end(o, order_state::filled);
  open_.erase(f.order);
}

void backtest_rows::ended(const client_order_id& order, order_state state, timestamp) {
  const auto found = open_.find(order);
  add_order_end(found->second, state);
  open_.erase(found);
}

void backtest_rows::valued(const account_value& v) {
  add(parity_table::equity,
      {account_ + ' ' + v.at.to_string(), {text(++steps_), text(v.equity), text(v.cash)}});
}

uint64_t backtest_rows::take_asked() { return std::exchange(asked_, 0); }

parity_rows backtest_rows::take() { return std::exchange(rows_, {}); }

parity_rows backtest_rows::end(const backtest_engine& engine) const {
  parity_rows rows;
  for (const auto& [id, o] : open_)
    rows_of(rows, parity_table::order_ends)
      .push_back(end_row(o.key,
                         o.left == o.size ? order_state::open : order_state::partially_filled,
                         o.size - o.left, o.reserved(), o.reserved_cash()));
  add_positions(rows, engine);
  for (const auto& [slot, held] : engine.slots()) {
    if (held == position{})
      continue;
    parity_row row{account_ + ' ' + slot.str(), {instruments_.at(slot).str()}};
    append_position(row.values, held);
    rows_of(rows, parity_table::slots).push_back(std::move(row));
  }
  add_balances(rows, engine);
  return rows;
}

void backtest_rows::add_positions(parity_rows& rows, const backtest_engine& engine) const {
  struct holding {
    position held;
    quantity promised_buy;
    quantity promised_sell;
  };
  std::map<instrument_id, holding> all;
  for (const auto& [instrument, held] : engine.positions())
    all[instrument].held = held;
  for (const auto& [id, o] : open_) {
    auto& h = all[o.instrument];
    (o.direction == side::buy ? h.promised_buy : h.promised_sell) += o.reserved();
  }
  for (const auto& [instrument, h] : all) {
    if (h.held == position{} && h.promised_buy.is_zero() && h.promised_sell.is_zero())
      continue;
    parity_row row{account_ + ' ' + instrument.str(), {}};
    append_position(row.values, h.held);
    row.values.push_back(text(h.promised_buy));
    row.values.push_back(text(h.promised_sell));
    rows_of(rows, parity_table::positions).push_back(std::move(row));
  }
}

void backtest_rows::add_balances(parity_rows& rows, const backtest_engine& engine) const {
  money reserved;
  for (const auto& [id, o] : open_)
    reserved += o.reserved_cash();
  for (const auto& [asset, amount] : engine.balances()) {
    const auto promised = asset == quote_ ? reserved : money{};
    if (!amount.is_zero() || !promised.is_zero())
      rows_of(rows, parity_table::balances)
        .push_back({account_ + ' ' + asset.str(), {text(amount), text(promised)}});
  }
}

} // namespace supreme::storage
