#include "trading/strategies/momentum.hpp"

#include <algorithm>
#include <utility>

namespace supreme::trading {

namespace {

enum class crossing : uint8_t { none, above, below };

crossing find_crossing(const std::optional<macd_value>& before,
                       const std::optional<macd_value>& now) noexcept {
  if (!before || !now)
    return crossing::none;
  if (before->line <= before->signal && now->line > now->signal)
    return crossing::above;
  if (before->line >= before->signal && now->line < now->signal)
    return crossing::below;
  return crossing::none;
}

} // namespace

momentum::momentum(const momentum_settings& settings)
  : settings_(settings),
    macd_(settings.fast, settings.slow, settings.signal),
    rsi_(settings.rsi_length),
    atr_(settings.atr_length) {}

void momentum::on_fill(const slot_holding& after) {
  const bool same_holding = (holding_.size.is_positive() && after.size.is_positive())
                            || (holding_.size.is_negative() && after.size.is_negative());
  if (!same_holding)
    entry_atr_.reset();
  holding_ = after;
}

std::optional<decision> momentum::on_bar(const bar& b) {
  const reading now = read(b);
  if (holding_.size.is_zero())
    return decide_flat(now);
  if (holding_.size.is_positive())
    return decide_long(now);
  return make(desire::flat, "A short holding is not wanted", now);
}

uint32_t momentum::warmup_bars() const {
  const uint32_t crossing_bars = settings_.slow + settings_.signal - 1;
  return std::max(
    {crossing_bars, settings_.rsi_length, settings_.stop_atr > 0 ? settings_.atr_length - 1 : 0});
}

momentum::reading momentum::read(const bar& b) {
  reading now;
  now.close = b.close.to_double();
  now.trend_before = std::exchange(previous_, macd_.update(now.close));
  now.trend = previous_;
  now.strength = rsi_.update(now.close);
  if (settings_.stop_atr > 0) {
    const auto range = atr_.update(b.high.to_double(), b.low.to_double(), now.close);
    if (!entry_atr_ && !holding_.size.is_zero())
      entry_atr_ = range;
  }
  return now;
}

std::optional<decision> momentum::decide_flat(const reading& r) const {
  if (find_crossing(r.trend_before, r.trend) != crossing::above || !r.strength
      || *r.strength >= settings_.rsi_max)
    return std::nullopt;
  return make(desire::long_position, "MACD crossed above its signal line, RSI below its maximum",
              r);
}

std::optional<decision> momentum::decide_long(const reading& r) const {
  const auto stop = stop_price();
  if (stop && r.close <= *stop)
    return make(desire::flat, "Close at or below the ATR stop", r);
  if (find_crossing(r.trend_before, r.trend) == crossing::below)
    return make(desire::flat, "MACD crossed below its signal line", r);
  // An exit that was refused, rejected or halted is said again with every bar, until it is done or
  // the reason for it is gone.
  if (r.trend && r.trend->line < r.trend->signal)
    return make(desire::flat, "Still held although MACD is below its signal line", r);
  return std::nullopt;
}

decision momentum::make(desire wanted, const char* reason, const reading& r) const {
  decision d{wanted, reason, {}, {}};
  const auto add_trend = [&d](const std::optional<macd_value>& trend, const char* line,
                              const char* signal) {
    if (!trend)
      return;
    d.inputs.emplace_back(line, trend->line);
    d.inputs.emplace_back(signal, trend->signal);
  };
  add_trend(r.trend, "macd", "signal");
  add_trend(r.trend_before, "macd_before", "signal_before");
  if (r.strength)
    d.inputs.emplace_back("rsi", *r.strength);
  d.inputs.emplace_back("rsi_max", settings_.rsi_max);
  d.inputs.emplace_back("close", r.close);
  if (const auto stop = stop_price()) {
    d.inputs.emplace_back("average_price", holding_.average_price.to_double());
    d.inputs.emplace_back("entry_atr", *entry_atr_);
    d.inputs.emplace_back("stop", *stop);
  }
  return d;
}

std::optional<double> momentum::stop_price() const {
  if (!entry_atr_ || !holding_.size.is_positive())
    return std::nullopt;
  return holding_.average_price.to_double() - settings_.stop_atr * *entry_atr_;
}

} // namespace supreme::trading
