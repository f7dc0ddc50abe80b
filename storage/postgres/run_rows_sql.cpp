#include "storage/postgres/run_rows_sql.hpp"

#include "trading/check.hpp"

namespace supreme::storage {

namespace {

/// As decision_key_text writes it.
constexpr const char* decision_of_s = "s.slot || ' ' || s.cause || ' ' || s.leg || '.' || s.child";
constexpr const char* decision_of_o = "o.slot || ' ' || o.cause || ' ' || o.leg || '.' || o.child";

constexpr const char* verdict_of_signal =
  " FROM trading.signals s JOIN trading.verdicts v USING (slot, cause, leg, child)";

std::string signals_sql() {
  return std::string{"SELECT s.event_time_ns, "} + decision_of_s
         + ", strategy, account, instrument, wanted, reference_price, reason, "
           "coalesce((SELECT string_agg((e->>0) || ' ' || (e->>1), ', ' ORDER BY n) "
           "FROM jsonb_array_elements(inputs) WITH ORDINALITY x(e, n)), ''), "
           "s.event_time_ns, seen_account_seq FROM trading.signals s ORDER BY s.event_time_ns";
}

std::string verdicts_sql() {
  return std::string{"SELECT s.event_time_ns, "} + decision_of_s
         + ", v.account, refusal, decided_by, direction, size, worst_price, reserve_cash, mark, "
           "max_position, allow_short"
         + verdict_of_signal + " ORDER BY s.event_time_ns";
}

std::string checks_sql() {
  return std::string{"SELECT s.event_time_ns, "} + decision_of_s
         + " || ' #' || n, e->>'code', (e->>'passed')::boolean, (e->>'limit')::numeric, "
           "(e->>'seen')::numeric, e->>'why'"
         + verdict_of_signal
         + ", jsonb_array_elements(v.checks) WITH ORDINALITY x(e, n) ORDER BY s.event_time_ns";
}

/// The place is the reader's to count: in the order of decision, which the numbers tell.
std::string orders_sql() {
  return std::string{"SELECT o.event_time_ns, "} + decision_of_o
         + ", NULL, strategy, account, venue, instrument, quote, direction, type, size, "
           "limit_price, stop_price, reduce_only, decision_price, o.event_time_ns, reserve_cash "
           "FROM trading.orders o ORDER BY o.event_time_ns, number";
}

std::string order_ends_sql() {
  return std::string{"SELECT o.event_time_ns, "} + decision_of_o
         + ", state, filled, reserved_quantity, reserved_cash FROM trading.orders o "
           "ORDER BY o.event_time_ns";
}

std::string fills_sql() {
  return std::string{"SELECT f.event_time_ns, f.account || ' ' || f.account_seq, "} + decision_of_o
         + ", f.venue, f.slot, f.instrument, f.direction, f.price, f.size, f.fee, f.fee_asset, "
           "f.event_time_ns, position_size, position_cost, position_realised, position_fees, "
           "position_fill_count, slot_size, slot_cost, slot_realised, slot_fees, slot_fill_count "
           "FROM trading.fills f LEFT JOIN trading.orders o ON o.id = f.order_id "
           "ORDER BY f.event_time_ns";
}

/// Initial balances are movements, too, but of no event time; the balances at the end hold them.
constexpr const char* movements_sql =
  "SELECT f.event_time_ns, m.account || ' ' || m.account_seq || ' ' || m.asset, m.delta "
  "FROM trading.movements m JOIN trading.fills f USING (account, account_seq) "
  "ORDER BY f.event_time_ns";

std::string steps_sql(const std::string& replay) {
  return "SELECT event_time_ns, event_time_ns, step, bars, signals FROM trading.replay_steps "
         "WHERE bars > 0 AND replay = "
         + replay + " ORDER BY event_time_ns";
}

std::string equity_sql(const std::string& replay) {
  return "SELECT e.event_time_ns, e.account, e.step, e.equity, e.cash FROM trading.equity e "
         "WHERE NOT EXISTS (SELECT FROM trading.replay_steps s WHERE s.replay = e.replay "
         "AND s.step = e.step AND s.bars = 0) AND e.replay = "
         + replay + " ORDER BY e.event_time_ns";
}

constexpr const char* positions_sql =
  "SELECT account || ' ' || instrument, size, cost, realised_gross, fees_quote, fill_count, "
  "reserved_buy, reserved_sell FROM trading.positions "
  "WHERE (size, cost, realised_gross, fees_quote, fill_count, reserved_buy, reserved_sell) "
  "<> (0, 0, 0, 0, 0, 0, 0)";
constexpr const char* slots_sql =
  "SELECT account || ' ' || slot, instrument, size, cost, realised_gross, fees_quote, fill_count "
  "FROM trading.slots WHERE (size, cost, realised_gross, fees_quote, fill_count) "
  "<> (0, 0, 0, 0, 0)";
constexpr const char* balances_sql = "SELECT account || ' ' || asset, amount, reserved "
                                     "FROM trading.balances WHERE (amount, reserved) <> (0, 0)";

} // namespace

std::string timed_rows_sql(parity_table t, const std::string& replay) {
  switch (t) {
    case parity_table::signals:
      return signals_sql();
    case parity_table::verdicts:
      return verdicts_sql();
    case parity_table::checks:
      return checks_sql();
    case parity_table::orders:
      return orders_sql();
    case parity_table::order_ends:
      return order_ends_sql();
    case parity_table::fills:
      return fills_sql();
    case parity_table::movements:
      return movements_sql;
    case parity_table::steps:
      return steps_sql(replay);
    case parity_table::equity:
      return equity_sql(replay);
    default:
      break;
  }
  trading::fail_check("timed table", "what is held has no event time");
}

std::string held_rows_sql(parity_table t) {
  SUPREME_CHECK(t == parity_table::positions || t == parity_table::slots
                  || t == parity_table::balances,
                "only what is held is read at once");
  return t == parity_table::positions ? positions_sql
         : t == parity_table::slots   ? slots_sql
                                      : balances_sql;
}

} // namespace supreme::storage
