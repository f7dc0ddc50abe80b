#include "trading/risk/drawdown_control.hpp"

#include "trading/check.hpp"
#include "trading/names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace supreme::trading {

namespace {

__extension__ using wide = __int128;

constexpr std::array<named<drawdown_stage>, 4> stage_names{{
  {drawdown_stage::normal, "normal"},
  {drawdown_stage::no_entries, "no_entries"},
  {drawdown_stage::reduce, "reduce"},
  {drawdown_stage::flatten, "flatten"},
}};

/// On the straight line from a to b, rounded down; a.drawdown ≤ drawdown < b.drawdown.
int64_t interpolate(const drawdown_point& a, const drawdown_point& b, int64_t drawdown) noexcept {
  const wide fall = wide{a.scale_ppb - b.scale_ppb} * (drawdown - a.drawdown_ppb);
  const int64_t width = b.drawdown_ppb - a.drawdown_ppb;
  return a.scale_ppb - static_cast<int64_t>((fall + width - 1) / width);
}

int64_t drawdown_from(money peak, money equity) noexcept {
  if (!equity.is_positive())
    return whole_ppb;
  // Cannot fail: 0 < equity ≤ peak.
  const auto lost = checked_subtract(peak, equity);
  const auto share = lost ? checked_ratio_ppb(*lost, peak, rounding::away_from_zero) : std::nullopt;
  return share.value_or(whole_ppb);
}

bool points_usable(const std::vector<drawdown_point>& points) noexcept {
  for (size_t i = 0; i < points.size(); ++i) {
    if (!is_share(points[i].drawdown_ppb) || !is_share(points[i].scale_ppb))
      return false;
    if (i > 0
        && (points[i].drawdown_ppb <= points[i - 1].drawdown_ppb
            || points[i].scale_ppb > points[i - 1].scale_ppb))
      return false;
  }
  return true;
}

} // namespace

const char* to_string(drawdown_stage s) noexcept { return name_of(stage_names, s); }

std::optional<drawdown_stage> parse_drawdown_stage(std::string_view text) noexcept {
  return value_of(stage_names, text);
}

bool drawdown_policy::usable() const noexcept {
  if (!points_usable(points) || recovery_ppb < 0)
    return false;
  if (!points.empty() && recovery_ppb >= points.front().drawdown_ppb)
    return false;
  int64_t before = recovery_ppb + 1;
  for (const auto& level : {no_entries_ppb, reduce_ppb, flatten_ppb}) {
    if (!level)
      continue;
    if (*level < before || *level > whole_ppb)
      return false;
    before = *level;
  }
  return true;
}

int64_t scale_at(const drawdown_policy& policy, int64_t drawdown_ppb) noexcept {
  if (policy.flatten_ppb && drawdown_ppb >= *policy.flatten_ppb)
    return 0;
  const auto& points = policy.points;
  const auto after =
    std::upper_bound(points.begin(), points.end(), drawdown_ppb,
                     [](int64_t d, const drawdown_point& p) { return d < p.drawdown_ppb; });
  if (after == points.begin())
    return whole_ppb;
  const auto& before = *(after - 1);
  if (policy.shape == drawdown_shape::steps || after == points.end())
    return before.scale_ppb;
  return interpolate(before, *after, drawdown_ppb);
}

drawdown_stage stage_at(const drawdown_policy& policy, int64_t drawdown_ppb) noexcept {
  const auto reached = [&](const std::optional<int64_t>& level) {
    return level && drawdown_ppb >= *level;
  };
  if (reached(policy.flatten_ppb))
    return drawdown_stage::flatten;
  if (reached(policy.reduce_ppb))
    return drawdown_stage::reduce;
  return reached(policy.no_entries_ppb) ? drawdown_stage::no_entries : drawdown_stage::normal;
}

drawdown_control::drawdown_control(drawdown_policy policy, const drawdown_memory& memory)
  : policy_(std::move(policy)), memory_(memory) {
  SUPREME_CHECK(policy_.usable(), "a drawdown policy is ordered and its recovery band is narrow");
}

std::optional<drawdown_reading> drawdown_control::update(money equity) {
  memory_.peak = std::max(memory_.peak, equity);
  if (!memory_.peak.is_positive())
    return std::nullopt;
  const int64_t drawdown = drawdown_from(memory_.peak, equity);
  memory_.held_ppb = std::clamp(memory_.held_ppb, drawdown, drawdown + policy_.recovery_ppb);
  return drawdown_reading{drawdown, memory_.held_ppb, scale_at(policy_, memory_.held_ppb),
                          stage_at(policy_, memory_.held_ppb)};
}

void drawdown_control::restart(money equity) noexcept { memory_ = {std::max(equity, money{}), 0}; }

check_result check_drawdown(const drawdown_policy& policy,
                            const drawdown_reading& reading) noexcept {
  const auto first = policy.no_entries_ppb ? policy.no_entries_ppb
                     : policy.reduce_ppb   ? policy.reduce_ppb
                                           : policy.flatten_ppb;
  return {refusal::drawdown, reading.stage == drawdown_stage::normal,
          percent(first.value_or(whole_ppb)), percent(reading.held_ppb)};
}

} // namespace supreme::trading
