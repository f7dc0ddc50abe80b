#include "trading/strategies/momentum.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// Room for all of a decision's inputs, those of the exits included.
constexpr size_t inputs_expected = 14;

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
  return take_quietly(b.high, b.low, b.close) ? std::nullopt : decide();
}

std::optional<decision> momentum::on_bars(std::span<const bar_record> bars, bar&, size_t& taken) {
  for (taken = 0; taken < bars.size();) {
    if (is_steady()) [[likely]] {
      if (!take_steadily(bars, taken))
        break;
    } else {
      const auto& b = bars[taken++];
      if (take_quietly(b.high, b.low, b.close))
        continue;
    }
    if (auto wish = decide())
      return wish;
  }
  return std::nullopt;
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

std::optional<decision> momentum::decide() const {
  const auto trend_of = [](const close_state& c) {
    return c.ready ? std::optional{c.trend} : std::nullopt;
  };
  const reading r{close_, trend_of(before_), trend_of(now_), rsi_.value(), crossed_};
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
