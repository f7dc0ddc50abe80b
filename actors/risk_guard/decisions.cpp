#include "actors/risk_guard/decisions.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::actors {

namespace {

trading::trading_mode stricter(trading::trading_mode a, trading::trading_mode b) {
  return std::max(a, b); // Values rise with strictness.
}

trading::trading_mode mode_in(const std::map<std::string, trading::trading_mode>& modes, const std::string& name) {
  auto found = modes.find(name);
  return found == modes.end() ? trading::trading_mode::active : found->second;
}

trading::trading_mode mode_of(const trading::signal& s, const storage::account_snapshot& rows,
                              const decision_frame& frame) {
  auto mode = stricter(rows.mode, frame.latch);
  mode = stricter(mode, mode_in(rows.strategy_modes, s.strategy.str()));
  return stricter(mode, mode_in(rows.instrument_modes, s.instrument.str()));
}

/// The rows as this batch leaves them, approval by approval.
class running_exposure {
public:
  running_exposure(const storage::account_snapshot& rows, const trading::asset_id& quote) {
    for (const auto& [id, row] : rows.positions)
      accounts_[id] = {row.position.size, row.reserved_buy, row.reserved_sell, {}};
    for (const auto& [id, row] : rows.slots)
      slots_[id].position = row.position.size;
    for (const auto& o : rows.open_orders) {
      auto& pending = slots_[o.order.key.slot].pending;
      pending += trading::signed_quantity(o.order.direction, o.order.size - o.filled);
    }
    if (auto balance = rows.balances.find(quote); balance != rows.balances.end())
      free_cash_ = balance->second.amount - balance->second.reserved;
  }

  [[nodiscard]] trading::exposure account(const trading::instrument_id& id) {
    auto e = accounts_[id];
    e.free_cash = free_cash_;
    return e;
  }
  [[nodiscard]] trading::slot_exposure slot(const trading::slot_id& id) { return slots_[id]; }

  void reserve(const trading::signal& s, const trading::verdict& v) {
    auto& e = accounts_[s.instrument];
    auto& reserved = v.direction == trading::side::buy ? e.reserved_buy : e.reserved_sell;
    reserved += v.size;
    free_cash_ -= v.reserve_cash;
    slots_[s.key.slot].pending += trading::signed_quantity(v.direction, v.size);
  }

private:
  std::map<trading::instrument_id, trading::exposure> accounts_;
  std::map<trading::slot_id, trading::slot_exposure> slots_;
  trading::money free_cash_;
};

const protocols::mark* find_mark(const std::vector<protocols::mark>& marks, const trading::instrument_id& id) {
  auto found = std::find_if(marks.begin(), marks.end(), [&](const auto& m) { return m.instrument == id; });
  return found == marks.end() ? nullptr : &*found;
}

trading::decision_input input_for(const trading::signal& s, const storage::account_snapshot& rows,
                                  const decision_frame& frame, running_exposure& exposure) {
  trading::decision_input in;
  in.wish = s;
  if (const auto* traded = frame.settings->find_instrument(s.instrument))
    in.traded = *traded;
  auto own = frame.account->instrument_limits.find(s.instrument);
  in.limits = own == frame.account->instrument_limits.end() ? frame.account->limits : own->second;
  const auto* strategy = frame.settings->find_strategy(s.strategy);
  SUPREME_CHECK(strategy != nullptr, "a signal comes from a configured strategy");
  in.size = strategy->size;
  in.account = exposure.account(s.instrument);
  in.slot = exposure.slot(s.key.slot);
  in.mode = mode_of(s, rows, frame);
  // Without a mark of the step the close it was decided on is all there is; its age is checked.
  const auto* mark = find_mark(frame.marks, s.instrument);
  in.mark = mark != nullptr ? mark->price : s.reference_price;
  in.mark_time = mark != nullptr ? mark->time : s.event_time;
  in.now = frame.now;
  return in;
}

} // namespace

std::vector<made_decision> decide_all(const std::vector<trading::signal>& signals,
                                      const storage::account_snapshot& rows, const decision_frame& frame) {
  running_exposure exposure{rows, frame.account->quote};
  std::vector<made_decision> made;
  for (const auto& s : signals) {
    auto in = input_for(s, rows, frame, exposure);
    auto verdict = trading::decide(in);
    if (verdict.outcome == trading::refusal::none)
      exposure.reserve(s, verdict);
    made.push_back({s, std::move(verdict), in.mark, in.limits});
  }
  return made;
}

} // namespace supreme::actors
