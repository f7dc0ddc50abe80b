#include "commands/backtest_tables.hpp"

#include <ostream>

namespace supreme::commands {

namespace {

/// As CSV wants a text: in quotes, those inside twice.
std::string quoted_field(const std::string& text) {
  std::string out = "\"";
  for (const char c : text)
    out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + '"';
}

} // namespace

table_writer::table_writer(trading::backtest_listener& next, std::ostream* fills,
                           std::ostream* equity)
  : next_(next), fills_(fills), equity_(equity) {
  if (fills_ != nullptr)
    *fills_ << "account_seq,event_time,slot,instrument,direction,size,price,fee,fee_asset,"
               "position\n";
  if (equity_ != nullptr)
    *equity_ << "event_time,equity,cash\n";
}

void table_writer::on_fill(const trading::fill_event& e) {
  next_.on_fill(e);
  if (fills_ == nullptr)
    return;
  const auto& f = *e.named;
  *fills_ << e.account_seq << ',' << f.event_time.to_string() << ',' << e.slot_name->str() << ','
          << f.instrument.str() << ',' << to_string(f.direction) << ',' << f.size.to_string() << ','
          << f.at.to_string() << ',' << f.fee.to_string() << ',' << f.fee_asset.str() << ','
          << e.account_after->size.to_string() << '\n';
}

void table_writer::on_values(const trading::valued_steps& v) {
  next_.on_values(v);
  if (equity_ == nullptr)
    return;
  for (size_t i = 0; i < v.times.size(); ++i)
    *equity_ << v.times[i].to_string() << ',' << v.equity[i].to_string() << ','
             << v.cash.to_string() << '\n';
}

void write_trades(std::ostream& out, const trading::backtest_result& result) {
  out << "strategy,instrument,direction,opened_at,closed_at,size,entry_cost,gross,fees,net,fills,"
         "entry_reason,exit_reason\n";
  for (const auto& t : result.trades)
    out << result.strategy_of(t).str() << ',' << result.instrument_of(t).id.str() << ','
        << (t.trade.direction == trading::side::buy ? "long" : "short") << ','
        << t.trade.opened_at.to_string() << ',' << t.trade.closed_at.to_string() << ','
        << t.trade.entered.to_string() << ',' << t.trade.entry_cost.to_string() << ','
        << t.trade.gross.to_string() << ',' << t.trade.fees.to_string() << ','
        << t.trade.net().to_string() << ',' << t.trade.fill_count << ','
        << quoted_field(result.entry_reason_of(t)) << ',' << quoted_field(result.exit_reason_of(t))
        << '\n';
}

} // namespace supreme::commands
