#include "tests/storage/transactions.hpp"

namespace supreme::tests {

using namespace storage;
using namespace trading;

namespace {

const asset_id quote{"USDT"};
const asset_id base{"BTC"};
constexpr auto event_time = timestamp::from_ns(1'776'607'020'123'456'789);

void move_balance(std::vector<asset_change>& changes, const asset_id& asset, decimal delta) {
  for (auto& c : changes)
    if (c.asset == asset) {
      c.delta += delta;
      return;
    }
  changes.push_back({asset, delta});
}

} // namespace

decide_transaction desk::decide(const std::string& cause, side direction, std::string_view size,
                                std::string_view reserve_cash) const {
  decide_transaction t;
  t.wish.key = {make_slot(strategy_id{"trend"}, instrument_id{instrument}), cause, 0, 0};
  t.wish.strategy = strategy_id{"trend"};
  t.wish.account = account_id{account};
  t.wish.instrument = instrument_id{instrument};
  t.wish.wanted = direction == side::buy ? target::long_position : target::flat;
  t.wish.reference_price = "100.5"_d;
  t.wish.reason = "macd crossed";
  t.wish.inputs = {{"macd", "0.12345678"_d}, {"signal", "-0.5"_d}};
  t.wish.event_time = event_time;
  t.verdict.direction = direction;
  t.verdict.size = decimal::literal(size);
  t.verdict.worst_price = "101.5"_d;
  t.verdict.reserve_cash = decimal::literal(reserve_cash);
  t.verdict.checks = {{refusal::max_quantity, true, "10"_d, t.verdict.size}};
  t.mark = "100.5"_d;
  t.venue = venue_id{"sim"};
  t.quote = quote;
  t.guard = guard;
  t.strategy = strategy;
  t.shard = "m";
  t.config_version = 1;
  return t;
}

decide_transaction desk::refuse(const std::string& cause, refusal why) const {
  auto t = decide(cause, side::buy, "0", "0");
  t.verdict = {};
  t.verdict.outcome = why;
  t.verdict.checks = {{why, false, "1"_d, "2"_d}};
  return t;
}

decide_transaction desk::fused(decide_transaction t, uint64_t incarnation,
                               int64_t valid_for_ms) const {
  t.fused = fused_executor{executor, incarnation, valid_for_ms};
  return t;
}

submit_transaction desk::submit(const client_order_id& id, uint64_t incarnation) const {
  submit_transaction t;
  t.account = account_id{account};
  t.id = id;
  t.executor = executor;
  t.incarnation = incarnation;
  t.valid_for_ms = 2000;
  return t;
}

report_transaction desk::report(const client_order_id& id, order_state state) const {
  report_transaction t;
  t.account = account_id{account};
  t.id = id;
  t.executor = executor;
  t.state = state;
  t.event_time = event_time;
  return t;
}

fill_transaction desk::fill(ledger_store& ledger, const order_row& order, const std::string& trade,
                            std::string_view price, std::string_view size, std::string_view fee,
                            const std::string& fee_asset) const {
  const auto& o = order.order;
  fill_transaction t;
  t.fill = {.venue = o.venue,
            .account = o.account,
            .id = trade_id{trade},
            .order = o.id,
            .instrument = o.instrument,
            .direction = o.direction,
            .at = decimal::literal(price),
            .size = decimal::literal(size),
            .fee = decimal::literal(fee),
            .fee_asset = asset_id{fee_asset},
            .event_time = event_time};
  t.portfolio = portfolio;
  t.slot = o.key.slot;
  const auto snapshot = ledger.load_account(o.account);
  position before, slot_before;
  if (const auto p = snapshot.positions.find(o.instrument); p != snapshot.positions.end())
    before = p->second.position;
  if (const auto s = snapshot.slots.find(t.slot); s != snapshot.slots.end())
    slot_before = s->second.position;
  const auto effect = apply_fill(before, t.fill, quote);
  t.account_after = effect.after;
  t.slot_after = apply_fill(slot_before, t.fill, quote).after;
  move_balance(t.balances, quote, effect.quote_change);
  move_balance(t.balances, base, effect.base_change);
  if (!t.fill.fee.is_zero())
    move_balance(t.balances, t.fill.fee_asset, -t.fill.fee);
  return t;
}

outcome commit(ledger_store& ledger, const transaction& t) { return ledger.commit({t}).at(0); }

} // namespace supreme::tests
