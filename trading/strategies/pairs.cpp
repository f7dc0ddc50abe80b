#include "trading/strategies/pairs.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

namespace {

/// A second leg that is smaller or larger than this, per notional of the first, hedges nothing.
constexpr double least_hedge = 1e-3;
constexpr double greatest_hedge = 1e3;

constexpr const char* stop_reason = "Spread moved past its stop";

} // namespace

pairs::pairs(const pairs_settings& settings)
  : settings_(settings),
    line_(settings.window),
    bars_to_wait_(std::max(settings.warmup_bars, 1U) - 1),
    exits_({0, 0, 0, settings.max_bars}) {}

void pairs::on_fill(pair_leg leg, const slot_holding& after) {
  if (leg == pair_leg::first)
    exits_.on_fill(after);
  else
    second_held_ = after.size;
  // A reversal may fill leg by leg and never be flat in between.
  const auto now = held();
  if (now != leaving_ && now != stance::broken)
    leaving_ = stance::flat;
}

std::optional<pair_decision> pairs::on_bars(const bar& first, const bar& second) {
  reading r;
  r.first = first.close.to_double();
  r.second = second.close.to_double();
  const double x = std::log(r.second);
  const double y = std::log(r.first);
  r.line = line_.update(x, y);
  r.spread = r.line ? y - r.line->slope * x : 0;
  exits_.on_close(r.first, std::nullopt);
  const auto z = r.line ? r.line->z : std::nullopt;
  relax(z);
  if (bars_to_wait_ > 0) {
    --bars_to_wait_;
    return std::nullopt;
  }
  const auto now = held();
  const auto wanted = find_entry(r);
  if (wanted != stance::flat && now != stance::broken && wanted != now)
    return enter(wanted, r);
  if (now == stance::flat)
    return std::nullopt;
  if (const char* reason = find_exit(r, now))
    return leave(reason, r);
  return std::nullopt;
}

uint32_t pairs::warmup_bars() const {
  return std::max(settings_.window, settings_.warmup_bars) - 1;
}

pairs::stance pairs::held() const noexcept {
  const auto& first_held = exits_.holding().size;
  if (first_held.is_zero() && second_held_.is_zero())
    return stance::flat;
  if (first_held.is_positive() && second_held_.is_negative())
    return stance::long_spread;
  if (first_held.is_negative() && second_held_.is_positive())
    return stance::short_spread;
  return stance::broken;
}

pairs::stance pairs::find_entry(const reading& r) const noexcept {
  if (!r.line || !r.line->z || pause_ == pause::stopped)
    return stance::flat;
  const double z = *r.line->z;
  const double beta = r.line->slope;
  // Not written the other way round: NaN must be refused as well.
  if (!(beta >= least_hedge && beta <= greatest_hedge && std::abs(z) > settings_.entry_z
        && std::abs(z) <= settings_.stop_z))
    return stance::flat;
  if (z < 0)
    return settings_.allowed != direction::short_only && pause_ != pause::low_said
             ? stance::long_spread
             : stance::flat;
  return settings_.allowed != direction::long_only && pause_ != pause::high_said
           ? stance::short_spread
           : stance::flat;
}

const char* pairs::find_exit(const reading& r, stance now) const noexcept {
  if (now == stance::broken)
    return "Only one leg is held, or both on the same side";
  if ((now == stance::long_spread && settings_.allowed == direction::short_only)
      || (now == stance::short_spread && settings_.allowed == direction::long_only))
    return "This side of the spread is not wanted";
  if (r.line && r.line->z) {
    // How far the spread is from its mean to the side at which it was entered.
    const double distance = now == stance::short_spread ? *r.line->z : -*r.line->z;
    if (distance > settings_.stop_z)
      return stop_reason;
    if (distance < settings_.exit_z)
      return "Spread came back to its mean";
  }
  if (const char* reason = exits_.find_exit())
    return reason;
  return leaving_ != stance::flat ? "Still held although its exit was decided" : nullptr;
}

void pairs::relax(const std::optional<double>& z) noexcept {
  if (!z)
    return;
  const double distance = std::abs(*z);
  const bool calm = distance < settings_.exit_z;
  const bool other_side =
    (pause_ == pause::low_said && *z > 0) || (pause_ == pause::high_said && *z < 0);
  if (calm || (pause_ != pause::stopped && (distance <= settings_.entry_z || other_side)))
    pause_ = pause::none;
}

pair_decision pairs::enter(stance wanted, const reading& r) {
  const bool long_spread = wanted == stance::long_spread;
  pair_decision d;
  d.first = long_spread ? desire::long_position : desire::short_position;
  d.second = long_spread ? desire::short_position : desire::long_position;
  d.second_weight = r.line->slope;
  d.reason = reason_text::standing(long_spread ? "Spread is low enough to enter"
                                               : "Spread is high enough to enter");
  d.inputs = list_inputs(r);
  leaving_ = held();
  pause_ = long_spread ? pause::low_said : pause::high_said;
  return d;
}

pair_decision pairs::leave(const char* reason, const reading& r) {
  if (reason == stop_reason)
    pause_ = pause::stopped;
  leaving_ = held();
  pair_decision d;
  d.reason = reason_text::standing(reason);
  d.inputs = list_inputs(r);
  return d;
}

decision_numbers pairs::list_inputs(const reading& r) const {
  decision_numbers inputs{{"first_close", r.first}, {"second_close", r.second}};
  if (r.line) {
    inputs.push_back({"beta", r.line->slope});
    inputs.push_back({"spread", r.spread});
    inputs.push_back({"spread_mean", r.line->intercept});
    inputs.push_back({"spread_deviation", r.line->deviation});
    if (r.line->z)
      inputs.push_back({"z", *r.line->z});
  }
  inputs.push_back({"entry_z", settings_.entry_z});
  inputs.push_back({"exit_z", settings_.exit_z});
  inputs.push_back({"stop_z", settings_.stop_z});
  exits_.add_inputs(inputs);
  return inputs;
}

} // namespace supreme::trading
