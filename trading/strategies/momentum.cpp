#include "trading/strategies/momentum.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// On which side of its signal line the MACD is: 1 above, −1 below, 0 at it.
inline double side_of(const macd_value& v) noexcept {
  return v.line > v.signal ? 1 : v.line < v.signal ? -1 : 0;
}

} // namespace

momentum::momentum(const momentum_settings& settings)
  : settings_(settings),
    macd_(settings.fast, settings.slow, settings.signal),
    rsi_(settings.rsi_length),
    rules_(settings.common) {}

void momentum::on_fill(const slot_holding& after) { rules_.on_fill(after); }

std::optional<decision> momentum::on_bar(const bar& b) {
  decision wish;
  if (take_quietly(b.high, b.low, b.close) || !decide(wish))
    return std::nullopt;
  return wish;
}

bool momentum::on_bars(std::span<const bar_record> bars, bar&, size_t& taken, decision& wish) {
  for (taken = 0; taken < bars.size();) {
    if (is_steady()) [[likely]] {
      if (!take_steadily(bars, taken))
        break;
    } else {
      const auto& b = bars[taken++];
      if (take_quietly(b.high, b.low, b.close))
        continue;
    }
    if (decide(wish))
      return true;
  }
  return false;
}

/// As long as the MACD stays on its side of the signal line it crosses nothing, and what is held
/// is kept.
bool momentum::is_steady() const noexcept {
  return now_.ready && rsi_.is_ready() && rules_.is_idle() && !has_turned();
}

bool momentum::has_turned() const noexcept {
  return now_.ready && !rules_.is_flat()
         && (rules_.is_long() ? now_.trend.line < now_.trend.signal
                              : now_.trend.line > now_.trend.signal);
}

/// The loop that nearly all bars go through, with its state in registers.
bool momentum::take_steadily(std::span<const bar_record> bars, size_t& taken) noexcept {
  const double side = side_of(now_.trend);
  auto trend = macd_;
  auto strength = rsi_;
  auto now = now_.trend;
  auto before = before_.trend;
  size_t i = taken;
  bool steady = true;
  for (; steady && i < bars.size(); ++i) {
    before = now;
    const double close = bars[i].close.to_double();
    now = trend.advance(close);
    strength.advance(close);
    steady = (now.line - now.signal) * side > 0;
  }
  close_ = bars[i - 1].close.to_double();
  taken = i;
  macd_ = trend;
  rsi_ = strength;
  before_ = {before, true};
  now_ = {now, true};
  crossed_ = crossing_now();
  return !steady;
}

crossing momentum::crossing_now() const noexcept {
  return before_.ready && now_.ready ? find_crossing(before_.trend.line, before_.trend.signal,
                                                     now_.trend.line, now_.trend.signal)
                                     : crossing::none;
}

inline bool momentum::take_quietly(price high, price low, price close) noexcept {
  before_ = now_;
  close_ = close.to_double();
  const auto trend = macd_.update(close_);
  now_.ready = trend.has_value();
  if (trend) [[likely]]
    now_.trend = *trend;
  rsi_.add(close_);
  crossed_ = crossing_now();
  if (!rules_.on_bar(high, low, close_)) [[unlikely]]
    return true;
  if (crossed_ != crossing::none)
    return false;
  if (rules_.is_flat())
    return true;
  return !has_turned() && rules_.keeps_holding();
}

uint32_t momentum::warmup_bars() const {
  const uint32_t crossing_bars = settings_.slow + settings_.signal - 1;
  return rules_.warmup_bars(std::max(crossing_bars, settings_.rsi_length));
}

bool momentum::decide(decision& wish) {
  const auto strength = rsi_.value();
  rule_findings found;
  find_entry(strength, found);
  found.exit_reason = find_exit();
  const auto judged = rules_.judge(found);
  if (!judged)
    return false;
  list_inputs(strength, wish.inputs);
  rules_.complete(*judged, wish);
  return true;
}

void momentum::find_entry(const std::optional<double>& strength, rule_findings& found) const {
  if (!strength)
    return;
  if (crossed_ == crossing::above && *strength < settings_.rsi_max) {
    found.entry = desire::long_position;
    found.entry_reason = "MACD crossed above its signal line, RSI below its maximum";
  }
  if (crossed_ == crossing::below && *strength > settings_.rsi_min) {
    found.entry = desire::short_position;
    found.entry_reason = "MACD crossed below its signal line, RSI above its minimum";
  }
}

const char* momentum::find_exit() const {
  if (rules_.is_flat() || !now_.ready)
    return nullptr;
  const bool is_long = rules_.is_long();
  if (crossed_ == (is_long ? crossing::below : crossing::above))
    return is_long ? "MACD crossed below its signal line" : "MACD crossed above its signal line";
  // An exit that was refused, rejected or halted is said again with every bar, until it is done or
  // the reason for it is gone.
  if (is_long && now_.trend.line < now_.trend.signal)
    return "Still held although MACD is below its signal line";
  if (!is_long && now_.trend.line > now_.trend.signal)
    return "Still held although MACD is above its signal line";
  return nullptr;
}

void momentum::list_inputs(const std::optional<double>& strength, decision_numbers& inputs) const {
  inputs.clear();
  const auto add_trend = [&inputs](const close_state& at, input_name line, input_name signal) {
    if (!at.ready)
      return;
    inputs.push_back({line, at.trend.line});
    inputs.push_back({signal, at.trend.signal});
  };
  add_trend(now_, "macd", "signal");
  add_trend(before_, "macd_before", "signal_before");
  if (strength)
    inputs.push_back({"rsi", *strength});
  if (rules_.allows(desire::long_position))
    inputs.push_back({"rsi_max", settings_.rsi_max});
  if (rules_.allows(desire::short_position))
    inputs.push_back({"rsi_min", settings_.rsi_min});
  inputs.push_back({"close", close_});
}

} // namespace supreme::trading
