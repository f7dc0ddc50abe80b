#include "trading/strategies/breakout.hpp"

#include <algorithm>

namespace supreme::trading {

breakout::breakout(const breakout_settings& settings)
  : settings_(settings),
    entry_(settings.entry_length),
    exit_(settings.exit_length),
    rules_(settings.common, true) {}

void breakout::on_fill(const slot_holding& after) {
  const bool was_long = rules_.is_long();
  rules_.on_fill(after);
  if (rules_.is_flat() || rules_.is_long() != was_long)
    leaving_ = false;
}

std::optional<decision> breakout::on_bar(const bar& b) {
  const reading now{b.close.to_double(), entry_.value(), exit_.value()};
  (void)entry_.update(b.high.to_double(), b.low.to_double());
  (void)exit_.update(b.high.to_double(), b.low.to_double());
  return rules_.on_bar(b, now.close) ? decide(now) : std::nullopt;
}

uint32_t breakout::warmup_bars() const {
  return rules_.warmup_bars(std::max(settings_.entry_length, settings_.exit_length));
}

std::optional<decision> breakout::decide(const reading& r) {
  auto found = find_entry(r);
  found.exit_reason = find_exit(r);
  const auto judged = rules_.judge(found);
  if (!judged)
    return std::nullopt;
  leaving_ = !rules_.is_flat();
  return rules_.make(*judged, list_inputs(r));
}

rule_findings breakout::find_entry(const reading& r) const {
  const auto range = rules_.atr_now();
  if (!r.entry || !r.exit || !range || !(*range > settings_.min_volatility * r.close))
    return {};
  if (r.close > r.entry->upper)
    return {desire::long_position, "Close above the entry channel, volatility above its minimum",
            nullptr};
  if (r.close < r.entry->lower)
    return {desire::short_position, "Close below the entry channel, volatility above its minimum",
            nullptr};
  return {};
}

const char* breakout::find_exit(const reading& r) const {
  if (rules_.is_flat())
    return nullptr;
  if (r.exit && rules_.is_long() && r.close < r.exit->lower)
    return "Close below the exit channel";
  if (r.exit && !rules_.is_long() && r.close > r.exit->upper)
    return "Close above the exit channel";
  return leaving_ ? "Still held although its exit was decided" : nullptr;
}

decision_numbers breakout::list_inputs(const reading& r) const {
  decision_numbers inputs{{"close", r.close}};
  if (r.entry) {
    inputs.push_back({"entry_upper", r.entry->upper});
    inputs.push_back({"entry_lower", r.entry->lower});
  }
  if (r.exit) {
    inputs.push_back({"exit_upper", r.exit->upper});
    inputs.push_back({"exit_lower", r.exit->lower});
  }
  inputs.push_back({"min_volatility", settings_.min_volatility});
  return inputs;
}

} // namespace supreme::trading
