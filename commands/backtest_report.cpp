#include "commands/backtest_report.hpp"

#include <nlohmann/json.hpp>

#include <iomanip>
#include <ostream>
#include <sstream>

namespace supreme::commands {

namespace {

using nlohmann::json;

json number(const std::optional<double>& value) { return value ? json(*value) : json{}; }
json number(const std::optional<trading::money>& value) {
  return value ? json(value->to_string()) : json{};
}
json instant(const std::optional<trading::timestamp>& value) {
  return value ? json(value->to_string()) : json{};
}

std::string percent(const std::optional<double>& value) {
  if (!value)
    return "–";
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << *value * 100 << " %";
  return text.str();
}

std::string plain(const std::optional<double>& value) {
  if (!value)
    return "–";
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << *value;
  return text.str();
}

} // namespace

backtest_report::backtest_report(trading::asset_id quote, std::ostream* fills_csv,
                                 std::ostream* equity_csv)
  : quote_(std::move(quote)), fills_csv_(fills_csv), equity_csv_(equity_csv) {
  if (fills_csv_ != nullptr)
    *fills_csv_ << "account_seq,event_time,slot,instrument,direction,size,price,fee,fee_asset,"
                   "position\n";
  if (equity_csv_ != nullptr)
    *equity_csv_ << "event_time,equity,cash\n";
}

void backtest_report::decided(const trading::made_decision& d,
                              const trading::client_order_id& order) {
  ++signals_;
  if (order.empty())
    ++refusals_[to_string(d.verdict.outcome)];
  else
    ++orders_;
}

void backtest_report::filled(const trading::fill& f, const trading::slot_id& slot,
                             const trading::booked_fill& after, uint64_t account_seq) {
  ++fills_;
  performance_.add(trading::fill_cost{multiply(f.at, f.size, trading::rounding::half_even), f.fee});
  auto& trip = trips_.try_emplace(slot, trading::round_trip{quote_}).first->second;
  if (auto closed = trip.add(f, f.fee))
    performance_.add(*closed);
  if (fills_csv_ != nullptr)
    *fills_csv_ << account_seq << ',' << f.event_time.to_string() << ',' << slot.str() << ','
                << f.instrument.str() << ',' << to_string(f.direction) << ',' << f.size.to_string()
                << ',' << f.at.to_string() << ',' << f.fee.to_string() << ',' << f.fee_asset.str()
                << ',' << after.account_after.size.to_string() << '\n';
}

void backtest_report::expired(const trading::client_order_id&, trading::timestamp) { ++expired_; }

void backtest_report::valued(const trading::account_value& v) {
  ++steps_;
  equity_ = v.equity;
  cash_ = v.cash;
  performance_.add(trading::equity_sample{v.at, v.equity, std::nullopt, v.exposed});
  if (equity_csv_ != nullptr)
    *equity_csv_ << v.at.to_string() << ',' << v.equity.to_string() << ',' << v.cash.to_string()
                 << '\n';
}

json backtest_report::to_json() const {
  const auto p = performance_.value();
  auto positions = json::object();
  if (engine_ != nullptr) {
    for (const auto& [id, held] : engine_->positions())
      positions[id.str()] = {{"size", held.size.to_string()},
                             {"cost", held.cost.to_string()},
                             {"realised_gross", held.realised_gross.to_string()},
                             {"fees", held.fees_quote.to_string()},
                             {"fills", held.fill_count}};
  }
  return {{"bars", bars_},
          {"steps", steps_},
          {"signals", signals_},
          {"orders", orders_},
          {"open_orders", engine_ == nullptr ? 0 : engine_->open_orders()},
          {"expired", expired_},
          {"fills", fills_},
          {"refusals", refusals_},
          {"quote", quote_.str()},
          {"equity", equity_.to_string()},
          {"cash", cash_.to_string()},
          {"positions", std::move(positions)},
          {"from", instant(p.from)},
          {"to", instant(p.to)},
          {"start_equity", number(p.start_equity)},
          {"days_per_year", p.days_per_year},
          {"total_return", number(p.total_return)},
          {"annual_return", number(p.annual_return)},
          {"annual_volatility", number(p.annual_volatility)},
          {"cagr", number(p.cagr)},
          {"sharpe", number(p.sharpe)},
          {"sortino", number(p.sortino)},
          {"calmar", number(p.calmar)},
          {"max_drawdown", number(p.drawdown.deepest)},
          {"exposure_time", number(p.exposure_time)},
          {"traded_notional", number(p.traded_notional)},
          {"fees", number(p.fees)},
          {"trades",
           {{"closed", p.trades.count},
            {"win_rate", number(p.trades.win_rate)},
            {"profit_factor", number(p.trades.profit_factor)},
            {"expectancy", number(p.trades.expectancy)},
            {"sqn", number(p.trades.system_quality)}}}};
}

void backtest_report::print(std::ostream& out) const {
  const auto p = performance_.value();
  auto line = [&](const char* name, const std::string& text) {
    out << "  " << std::left << std::setw(20) << name << text << '\n';
  };
  auto money_text = [&](const std::optional<trading::money>& m) {
    return m ? m->to_string() + " " + quote_.str() : std::string{"–"};
  };
  line("period", (p.from ? p.from->to_string() : "–") + " to " + (p.to ? p.to->to_string() : "–"));
  line("bars", std::to_string(bars_) + " in " + std::to_string(steps_) + " steps");
  line("signals", std::to_string(signals_));
  line("orders", std::to_string(orders_) + ", fills " + std::to_string(fills_));
  std::string refused;
  for (const auto& [code, count] : refusals_)
    refused += (refused.empty() ? "" : ", ") + code + " " + std::to_string(count);
  line("refusals", refused.empty() ? "none" : refused);
  if (expired_ != 0)
    line("expired", std::to_string(expired_));
  line("equity", equity_.to_string() + " " + quote_.str() + ", of it cash " + cash_.to_string());
  if (engine_ != nullptr) {
    for (const auto& [id, held] : engine_->positions())
      line("position", id.str() + " " + held.size.to_string() + ", realised "
                         + held.realised_net().to_string() + " net of fees, "
                         + std::to_string(held.fill_count) + " fills");
  }
  line("return", percent(p.total_return) + ", annual " + percent(p.annual_return) + ", volatility "
                   + percent(p.annual_volatility));
  line("sharpe", plain(p.sharpe) + ", sortino " + plain(p.sortino) + ", calmar " + plain(p.calmar));
  line("max drawdown", percent(p.drawdown.deepest));
  line("exposure", percent(p.exposure_time));
  line("fees", money_text(p.fees) + " on " + money_text(p.traded_notional));
  line("closed trades", std::to_string(p.trades.count) + ", won " + percent(p.trades.win_rate)
                          + ", profit factor " + plain(p.trades.profit_factor));
}

} // namespace supreme::commands
