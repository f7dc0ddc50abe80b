#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

namespace {

/// Signals are exact to this: a nearer stop would be none.
constexpr double smallest_distance = 1e-8;

} // namespace

trade_rules::trade_rules(const common_settings& settings, bool always_atr)
  : settings_(settings),
    needs_atr_(always_atr || settings.exits.need_atr()),
    follows_bars_(needs_atr_ || settings.exits.any()),
    bars_to_wait_(std::max(settings.warmup_bars, 1U) - 1),
    exits_(settings.exits),
    atr_(settings.atr_length) {}

bool trade_rules::allows(desire side) const noexcept {
  switch (settings_.allowed) {
    case direction::long_only:
      return side == desire::long_position;
    case direction::short_only:
      return side == desire::short_position;
    case direction::both:
      break;
  }
  return side != desire::flat;
}

std::optional<judgement> trade_rules::judge(const rule_findings& found) const noexcept {
  const bool enters = can_enter(found.entry);
  if (is_flat())
    return enters ? std::optional{judgement{found.entry, found.entry_reason}} : std::nullopt;
  const auto held = is_long() ? desire::long_position : desire::short_position;
  if (!allows(held))
    return judgement{desire::flat,
                     is_long() ? "A long holding is not wanted" : "A short holding is not wanted"};
  if (enters && found.entry != held)
    return judgement{found.entry, found.entry_reason};
  if (const char* reason = exits_.find_exit())
    return judgement{desire::flat, reason};
  if (found.exit_reason != nullptr)
    return judgement{desire::flat, found.exit_reason};
  return std::nullopt;
}

decision trade_rules::make(const judgement& j, decision_numbers inputs) {
  decision d;
  d.inputs = std::move(inputs);
  complete(j, d);
  return d;
}

void trade_rules::complete(const judgement& j, decision& d) {
  d.wanted = j.wanted;
  d.reason = reason_text::standing(j.reason);
  if (atr_now_)
    d.inputs.push_back({"atr", *atr_now_});
  exits_.add_inputs(d.inputs);
  d.stop_distance.reset();
  d.take_profit_distance.reset();
  if (j.wanted == desire::flat)
    return;
  if (follows_bars_)
    exits_.on_entry(close_, atr_now_);
  d.stop_distance = distance(settings_.exits.stop_atr);
  if (d.stop_distance)
    d.inputs.push_back({"stop_distance", *d.stop_distance});
  d.take_profit_distance = distance(settings_.exits.take_profit_atr);
  if (d.take_profit_distance)
    d.inputs.push_back({"take_profit_distance", *d.take_profit_distance});
}

uint32_t trade_rules::warmup_bars(uint32_t own) const noexcept {
  return std::max(
    {own, std::max(settings_.warmup_bars, 1U) - 1, needs_atr_ ? settings_.atr_length - 1 : 0});
}

void trade_rules::follow(price high, price low, double close) noexcept {
  if (needs_atr_)
    atr_now_ = atr_.update(high.to_double(), low.to_double(), close);
  close_ = close;
  exits_.on_close(close, atr_now_);
}

std::optional<double> trade_rules::distance(double atrs) const noexcept {
  if (!(atrs > 0) || !atr_now_)
    return std::nullopt;
  return atrs * *atr_now_;
}

bool trade_rules::can_enter(desire side) const noexcept {
  if (!allows(side) || (needs_atr_ && !atr_now_))
    return false;
  const auto is_far_enough = [&](double atrs) {
    const auto d = distance(atrs);
    return !d || *d >= smallest_distance;
  };
  return is_far_enough(settings_.exits.stop_atr) && is_far_enough(settings_.exits.take_profit_atr);
}

} // namespace supreme::trading
