#include "config/risk_text.hpp"

#include "config/names.hpp"

namespace supreme::config {

namespace {

using flat = std::map<std::string, std::string>;

/// Parts per billion as the basis points that files give.
std::string bps_text(int64_t ppb) {
  constexpr int64_t units_per_ppb = trading::decimal::scale / 100'000;
  return trading::decimal::from_raw(ppb * units_per_ppb).to_string();
}

std::string milliseconds_text(trading::nanoseconds span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

template <class Value, class Text>
void put(flat& out, const std::string& key, const std::optional<Value>& value, Text text) {
  if (value)
    out[key] = text(*value);
}

std::string plain(trading::decimal value) { return value.to_string(); }
std::string plain(uint32_t value) { return std::to_string(value); }

void put_exposure(flat& out, const trading::exposure_limits& l) {
  const auto amount = [](trading::decimal v) { return plain(v); };
  put(out, "exposure.max_gross", l.max_gross, amount);
  put(out, "exposure.max_net", l.max_net, amount);
  put(out, "exposure.max_concentration_bps", l.max_concentration_ppb, bps_text);
  put(out, "exposure.initial_margin_bps", l.initial_margin_ppb, bps_text);
  put(out, "exposure.maintenance_margin_bps", l.maintenance_margin_ppb, bps_text);
  put(out, "exposure.max_open_orders", l.max_open_orders, [](uint32_t v) { return plain(v); });
  put(out, "exposure.max_daily_loss", l.max_daily_loss, amount);
  for (const auto& [id, what] : l.restricted)
    out["restricted[" + id.str() + "]"] = trading::name_of(restriction_names, what);
}

void put_session(flat& out, const std::string& key, const trading::trading_session& session) {
  std::string open, holidays;
  for (const auto& w : session.windows)
    open +=
      (open.empty() ? "" : ", ") + std::to_string(w.opens_s) + "-" + std::to_string(w.closes_s);
  for (const auto day : session.holidays)
    holidays += (holidays.empty() ? "" : ", ") + std::to_string(day);
  out[key + ".open"] = open;
  if (!holidays.empty())
    out[key + ".holidays"] = holidays;
}

void put_drawdown(flat& out, const trading::drawdown_policy& d) {
  out["drawdown.shape"] = trading::name_of(drawdown_shape_names, d.shape);
  std::string points;
  for (const auto& p : d.points)
    points += (points.empty() ? "" : ", ") + bps_text(p.drawdown_ppb) + ":" + bps_text(p.scale_ppb);
  if (!points.empty())
    out["drawdown.points"] = points;
  put(out, "drawdown.no_entries_bps", d.no_entries_ppb, bps_text);
  put(out, "drawdown.reduce_bps", d.reduce_ppb, bps_text);
  put(out, "drawdown.flatten_bps", d.flatten_ppb, bps_text);
  out["drawdown.recovery_bps"] = bps_text(d.recovery_ppb);
}

void put_breaker(flat& out, const trading::breaker_rule& rule) {
  const auto path = "breakers[" + to_string(rule.key) + "]";
  const auto& levels = rule.settings.levels;
  const auto amount = [](trading::decimal v) { return plain(v); };
  put(out, path + ".daily_loss", levels.daily_loss, amount);
  put(out, path + ".drawdown_percent", levels.drawdown, amount);
  put(out, path + ".consecutive_losses", levels.consecutive_losses, amount);
  put(out, path + ".volatility_percent", levels.volatility, amount);
  put(out, path + ".reject_rate_percent", levels.reject_rate, amount);
  put(out, path + ".venue_error_rate_percent", levels.venue_error_rate, amount);
  put(out, path + ".stale_feed_seconds", levels.stale_feed, amount);
  put(out, path + ".latency_seconds", levels.latency, amount);
  if (rule.key.scope != trading::breaker_scope::global)
    out[path + ".cool_down_ms"] = milliseconds_text(rule.settings.cool_down);
  out[path + ".probes"] = plain(rule.settings.probes);
  out[path + ".probe_deadline_ms"] = milliseconds_text(rule.settings.probe_deadline);
}

} // namespace

flat flatten(const trading::risk_policy& policy) {
  flat out;
  put_exposure(out, policy.exposure);
  for (const auto& [id, session] : policy.sessions)
    put_session(out, "sessions[" + id.str() + "]", session);
  if (policy.order_rate) {
    out["rates.max_orders"] = plain(policy.order_rate->count);
    out["rates.window_ms"] = milliseconds_text(policy.order_rate->window);
  }
  if (policy.duplicates) {
    out["rates.duplicate_window_ms"] = milliseconds_text(policy.duplicates->window);
    out["rates.duplicate_capacity"] = plain(policy.duplicates->capacity);
  }
  put(out, "rates.max_repeated_executions", policy.max_repeated_executions,
      [](uint32_t v) { return plain(v); });
  if (policy.drawdown)
    put_drawdown(out, *policy.drawdown);
  for (const auto& rule : policy.breakers)
    put_breaker(out, rule);
  if (!policy.breakers.empty()) {
    out["watch.reject_window"] = plain(policy.reject_window);
    out["watch.reject_least"] = plain(policy.reject_least);
  }
  if (policy.max_order_age.count() > 0)
    out["watch.max_order_age_ms"] = milliseconds_text(policy.max_order_age);
  put(out, "watch.max_fill_slippage_bps", policy.max_fill_slippage_ppb, bps_text);
  put(out, "watch.max_working_slippage_bps", policy.max_working_slippage_ppb, bps_text);
  return out;
}

flat flatten(const trading::sizing& size) {
  using enum trading::sizing_mode;
  flat out;
  out["mode"] = to_string(size.mode);
  if (size.mode == fixed_quantity || size.mode == fixed_notional)
    out["amount"] = plain(size.amount);
  if (size.mode == percent_of_equity || size.mode == risk_based || size.mode == volatility_target)
    out["share_bps"] = bps_text(size.share_ppb);
  if (size.mode == risk_based || size.mode == volatility_target || size.mode == kelly)
    out["max_notional_bps"] = bps_text(size.max_notional_ppb);
  if (size.mode == volatility_target)
    out["volatility_returns"] = plain(size.volatility_returns);
  if (size.mode == kelly) {
    out["fraction_bps"] = bps_text(size.kelly.fraction_ppb);
    out["shrinkage_trades"] = plain(size.kelly.shrinkage_trades);
    out["min_trades"] = plain(size.kelly.min_trades);
    out["floor_bps"] = bps_text(size.kelly.floor_ppb);
  }
  return out;
}

} // namespace supreme::config
