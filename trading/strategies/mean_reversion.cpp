#include "trading/strategies/mean_reversion.hpp"

#include "trading/strategies/crossing.hpp"
#include "trading/strategies/price_units.hpp"

#include <utility>

namespace supreme::trading {

namespace {

decision_numbers list_inputs(double close_before, double close,
                             const std::optional<bollinger_value>& bands_before,
                             const std::optional<bollinger_value>& bands) {
  decision_numbers inputs{{"close", from_units(close)}};
  if (bands) {
    inputs.push_back({"lower", from_units(bands->lower)});
    inputs.push_back({"middle", from_units(bands->middle)});
    inputs.push_back({"upper", from_units(bands->upper)});
  }
  if (bands_before) {
    inputs.push_back({"close_before", from_units(close_before)});
    inputs.push_back({"lower_before", from_units(bands_before->lower)});
    inputs.push_back({"middle_before", from_units(bands_before->middle)});
    inputs.push_back({"upper_before", from_units(bands_before->upper)});
  }
  return inputs;
}

} // namespace

mean_reversion::mean_reversion(const mean_reversion_settings& settings)
  : settings_(settings), bands_(settings.length, settings.width), rules_(settings.common) {}

void mean_reversion::on_fill(const slot_holding& after) { rules_.on_fill(after); }

std::optional<decision> mean_reversion::on_bar(const bar& b) {
  reading now;
  now.close = to_units(b.close);
  now.bands = bands_.update(now.close);
  now.close_before = std::exchange(previous_close_, now.close);
  now.bands_before = std::exchange(previous_bands_, now.bands);
  return rules_.on_bar(b, b.close.to_double()) ? decide(now) : std::nullopt;
}

uint32_t mean_reversion::warmup_bars() const { return rules_.warmup_bars(settings_.length); }

std::optional<decision> mean_reversion::decide(const reading& r) {
  rule_findings found;
  if (r.bands_before && r.bands) {
    const auto& before = *r.bands_before;
    if (find_crossing(r.close_before, before.lower, r.close, r.bands->lower) == crossing::below)
      found = {desire::long_position, "Close crossed below the lower Bollinger band", nullptr};
    if (find_crossing(r.close_before, before.upper, r.close, r.bands->upper) == crossing::above)
      found = {desire::short_position, "Close crossed above the upper Bollinger band", nullptr};
  }
  found.exit_reason = find_exit(r);
  const auto judged = rules_.judge(found);
  if (!judged)
    return std::nullopt;
  return rules_.make(*judged, list_inputs(r.close_before, r.close, r.bands_before, r.bands));
}

const char* mean_reversion::find_exit(const reading& r) const {
  if (rules_.is_flat() || !r.bands)
    return nullptr;
  const bool is_long = rules_.is_long();
  const double middle = r.bands->middle;
  const auto crossed = r.bands_before
                         ? find_crossing(r.close_before, r.bands_before->middle, r.close, middle)
                         : crossing::none;
  if (crossed == (is_long ? crossing::above : crossing::below))
    return is_long ? "Close crossed above the middle Bollinger band"
                   : "Close crossed below the middle Bollinger band";
  // As long as the exit was not done and its reason is there.
  if (is_long && r.close > middle)
    return "Still held although the close is above the middle Bollinger band";
  if (!is_long && r.close < middle)
    return "Still held although the close is below the middle Bollinger band";
  return nullptr;
}

} // namespace supreme::trading
