#include "trading/strategies/sma_cross.hpp"

#include "trading/strategies/crossing.hpp"
#include "trading/strategies/price_units.hpp"

#include <utility>

namespace supreme::trading {

sma_cross::sma_cross(const sma_cross_settings& settings)
  : settings_(settings), fast_(settings.fast), slow_(settings.slow), rules_(settings.common) {}

void sma_cross::on_fill(const slot_holding& after) { rules_.on_fill(after); }

std::optional<decision> sma_cross::on_bar(const bar& b) {
  reading r;
  r.close = b.close.to_double();
  const auto fast = fast_.update(to_units(b.close));
  const auto slow = slow_.update(to_units(b.close));
  if (fast && slow)
    r.now = averages{*fast, *slow};
  r.before = std::exchange(previous_, r.now);
  return rules_.on_bar(b, r.close) ? decide(r) : std::nullopt;
}

uint32_t sma_cross::warmup_bars() const { return rules_.warmup_bars(settings_.slow); }

std::optional<decision> sma_cross::decide(const reading& r) {
  const auto crossed = r.before && r.now
                         ? find_crossing(r.before->fast, r.before->slow, r.now->fast, r.now->slow)
                         : crossing::none;
  rule_findings found;
  if (crossed == crossing::above)
    found = {desire::long_position, "Fast average crossed above the slow one", nullptr};
  if (crossed == crossing::below)
    found = {desire::short_position, "Fast average crossed below the slow one", nullptr};
  if (!rules_.is_flat() && r.now)
    found.exit_reason =
      find_exit(*r.now, crossed == (rules_.is_long() ? crossing::below : crossing::above));
  const auto judged = rules_.judge(found);
  return judged ? std::optional{rules_.make(*judged, list_inputs(r))} : std::nullopt;
}

const char* sma_cross::find_exit(const averages& now, bool crossed_against) const {
  const bool is_long = rules_.is_long();
  if (crossed_against)
    return is_long ? "Fast average crossed below the slow one"
                   : "Fast average crossed above the slow one";
  // As long as the exit was not done and its reason is there.
  if (is_long && now.fast < now.slow)
    return "Still held although the fast average is below the slow one";
  if (!is_long && now.fast > now.slow)
    return "Still held although the fast average is above the slow one";
  return nullptr;
}

decision_numbers sma_cross::list_inputs(const reading& r) {
  decision_numbers inputs{{"close", r.close}};
  if (r.now) {
    inputs.push_back({"fast", from_units(r.now->fast)});
    inputs.push_back({"slow", from_units(r.now->slow)});
  }
  if (r.before) {
    inputs.push_back({"fast_before", from_units(r.before->fast)});
    inputs.push_back({"slow_before", from_units(r.before->slow)});
  }
  return inputs;
}

} // namespace supreme::trading
