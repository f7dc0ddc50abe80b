#include "actors/risk_guard/decisions.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::actors {

namespace {

trading::trading_mode stricter(trading::trading_mode a, trading::trading_mode b) {
  return std::max(a, b); // Values rise with strictness.
}

trading::trading_mode mode_in(const std::map<std::string, trading::trading_mode>& modes,
                              const std::string& name) {
  auto found = modes.find(name);
  return found == modes.end() ? trading::trading_mode::active : found->second;
}

trading::trading_mode mode_of(const trading::signal& s, const storage::account_snapshot& rows,
                              const decision_frame& frame) {
  auto mode = stricter(rows.mode, frame.latch);
  mode = stricter(mode, mode_in(rows.strategy_modes, s.strategy.str()));
  return stricter(mode, mode_in(rows.instrument_modes, s.instrument.str()));
}

/// The rows as decisions see them; what the batch approves comes on top.
trading::exposure_book read_exposure(const storage::account_snapshot& rows,
                                     const trading::asset_id& quote) {
  trading::exposure_book book;
  for (const auto& [id, row] : rows.positions)
    book.set_account(id, {row.position.size, row.reserved_buy, row.reserved_sell, {}});
  for (const auto& [id, row] : rows.slots)
    book.set_slot(id, row.position.size, {});
  // In the order of their decisions; what an open order reserves is what is left of it.
  for (const auto& row : rows.open_orders) {
    const auto& o = row.order;
    book.orders_at(book.place_of(o.key.slot))
      .add(o.direction, o.type, o.reduce_only, row.reserved_quantity);
  }
  if (auto balance = rows.balances.find(quote); balance != rows.balances.end())
    book.set_free_cash(balance->second.amount - balance->second.reserved);
  book.set_open_orders(static_cast<uint32_t>(rows.open_orders.size()));
  return book;
}

const protocols::mark* find_mark(const std::vector<protocols::mark>& marks,
                                 const trading::instrument_id& id) {
  auto found =
    std::find_if(marks.begin(), marks.end(), [&](const auto& m) { return m.instrument == id; });
  return found == marks.end() ? nullptr : &*found;
}

trading::decision_terms terms_of(const trading::signal& s, const storage::account_snapshot& rows,
                                 const decision_frame& frame) {
  trading::decision_terms terms;
  if (const auto* traded = frame.settings->find_instrument(s.instrument))
    terms.traded = *traded;
  auto own = frame.account->instrument_limits.find(s.instrument);
  terms.limits =
    own == frame.account->instrument_limits.end() ? frame.account->limits : own->second;
  const auto* strategy = frame.settings->find_strategy(s.strategy);
  SUPREME_CHECK(strategy != nullptr, "a signal comes from a configured strategy");
  terms.size = strategy->size;
  terms.mode = mode_of(s, rows, frame);
  // Without a mark of the step the close it was decided on is all there is; its age is checked.
  const auto* mark = find_mark(frame.marks, s.instrument);
  terms.mark = mark != nullptr ? mark->price : s.reference_price;
  terms.mark_time = mark != nullptr ? mark->time : s.event_time;
  return terms;
}

} // namespace

std::map<trading::decision_key, trading::stored_decision>
orders_of_step(const storage::account_snapshot& rows, trading::timestamp step,
               const std::vector<trading::signal>& signals) {
  std::map<trading::decision_key, trading::stored_decision> out;
  for (const auto& row : rows.open_orders) {
    const auto& order = row.order;
    if (order.event_time != step)
      continue;
    trading::stored_decision d;
    d.order = order.id;
    auto& wish = d.made.wish;
    const auto said = std::find_if(signals.begin(), signals.end(),
                                   [&](const auto& s) { return s.key == order.key; });
    if (said != signals.end()) {
      wish = *said;
    } else {
      wish.key = order.key;
      wish.strategy = order.strategy;
      wish.account = order.account;
      wish.instrument = order.instrument;
      wish.reference_price = order.decision_price;
      wish.event_time = order.event_time;
    }
    auto& v = d.made.verdict;
    v.direction = order.direction;
    v.size = order.size;
    v.type = order.type;
    v.limit_price = order.limit_price;
    v.stop_price = order.stop_price;
    v.reduce_only = order.reduce_only;
    v.reserve_cash = row.reserved_cash;
    d.made.mark = order.decision_price;
    out.emplace(order.key, std::move(d));
  }
  return out;
}

std::vector<trading::made_decision>
decide_all(std::vector<trading::signal> signals, const storage::account_snapshot& rows,
           const decision_frame& frame, trading::account_risk& risk,
           const std::map<trading::decision_key, trading::stored_decision>& stored) {
  auto book = read_exposure(rows, frame.account->quote);
  const trading::decision_sources sources{
    frame.now, [&](const trading::signal& s) { return terms_of(s, rows, frame); },
    [&](const trading::instrument_id& id) -> std::optional<trading::price> {
      const auto* mark = find_mark(frame.marks, id);
      return mark == nullptr ? std::nullopt : std::optional{mark->price};
    }};
  auto made = risk.decide(std::move(signals), book, sources, stored);
  risk.watch(book, sources);
  return made;
}

} // namespace supreme::actors
