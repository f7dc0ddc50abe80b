#include "trading/strategies/momentum.hpp"

#include <algorithm>
#include <utility>

namespace supreme::trading {

namespace {

/// Room for all of a decision's inputs, those of the exits included.
constexpr size_t inputs_expected = 14;

} // namespace

momentum::momentum(const momentum_settings& settings)
  : settings_(settings),
    macd_(settings.fast, settings.slow, settings.signal),
    rsi_(settings.rsi_length),
    rules_(settings.common) {}

void momentum::on_fill(const slot_holding& after) { rules_.on_fill(after); }

std::optional<decision> momentum::on_bar(const bar& b) {
  reading now;
  now.close = b.close.to_double();
  now.trend_before = std::exchange(previous_, macd_.update(now.close));
  now.trend = previous_;
  now.strength = rsi_.update(now.close);
  if (now.trend_before && now.trend)
    now.crossed = find_crossing(now.trend_before->line, now.trend_before->signal, now.trend->line,
                                now.trend->signal);
  const bool may_decide = rules_.on_bar(b, now.close);
  if (now.crossed == crossing::none && rules_.is_flat()) [[likely]]
    return std::nullopt;
  return may_decide ? decide(now) : std::nullopt;
}

uint32_t momentum::warmup_bars() const {
  const uint32_t crossing_bars = settings_.slow + settings_.signal - 1;
  return rules_.warmup_bars(std::max(crossing_bars, settings_.rsi_length));
}

std::optional<decision> momentum::decide(const reading& r) const {
  rule_findings found;
  find_entry(r, found);
  found.exit_reason = find_exit(r);
  const auto judged = rules_.judge(found);
  return judged ? std::optional{rules_.make(*judged, list_inputs(r))} : std::nullopt;
}

void momentum::find_entry(const reading& r, rule_findings& found) const {
  if (!r.strength)
    return;
  if (r.crossed == crossing::above && *r.strength < settings_.rsi_max) {
    found.entry = desire::long_position;
    found.entry_reason = "MACD crossed above its signal line, RSI below its maximum";
  }
  if (r.crossed == crossing::below && *r.strength > settings_.rsi_min) {
    found.entry = desire::short_position;
    found.entry_reason = "MACD crossed below its signal line, RSI above its minimum";
  }
}

const char* momentum::find_exit(const reading& r) const {
  if (rules_.is_flat() || !r.trend)
    return nullptr;
  const bool is_long = rules_.is_long();
  if (r.crossed == (is_long ? crossing::below : crossing::above))
    return is_long ? "MACD crossed below its signal line" : "MACD crossed above its signal line";
  // An exit that was refused, rejected or halted is said again with every bar, until it is done or
  // the reason for it is gone.
  if (is_long && r.trend->line < r.trend->signal)
    return "Still held although MACD is below its signal line";
  if (!is_long && r.trend->line > r.trend->signal)
    return "Still held although MACD is above its signal line";
  return nullptr;
}

std::vector<std::pair<std::string, double>> momentum::list_inputs(const reading& r) const {
  std::vector<std::pair<std::string, double>> inputs;
  inputs.reserve(inputs_expected);
  const auto add_trend = [&inputs](const std::optional<macd_value>& trend, const char* line,
                                   const char* signal) {
    if (!trend)
      return;
    inputs.emplace_back(line, trend->line);
    inputs.emplace_back(signal, trend->signal);
  };
  add_trend(r.trend, "macd", "signal");
  add_trend(r.trend_before, "macd_before", "signal_before");
  if (r.strength)
    inputs.emplace_back("rsi", *r.strength);
  if (rules_.allows(desire::long_position))
    inputs.emplace_back("rsi_max", settings_.rsi_max);
  if (rules_.allows(desire::short_position))
    inputs.emplace_back("rsi_min", settings_.rsi_min);
  inputs.emplace_back("close", r.close);
  return inputs;
}

} // namespace supreme::trading
