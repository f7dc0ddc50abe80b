#include "trading/risk/risk_policy.hpp"

#include <array>
#include <algorithm>
#include <set>

namespace supreme::trading {

namespace {

constexpr std::array measured_triggers{
  breaker_trigger::daily_loss, breaker_trigger::drawdown,    breaker_trigger::consecutive_losses,
  breaker_trigger::volatility, breaker_trigger::reject_rate, breaker_trigger::venue_error_rate,
  breaker_trigger::stale_feed, breaker_trigger::latency,
};

bool has_exposure_limit(const exposure_limits& l) noexcept {
  return l.max_gross || l.max_net || l.max_concentration_ppb || l.initial_margin_ppb
         || l.maintenance_margin_ppb || l.max_open_orders || l.max_daily_loss || l.price_collar_ppb
         || !l.restricted.empty();
}

std::string name_of(const breaker_key& key) { return "the breaker of " + to_string(key); }

void check_breakers(const risk_policy& p, std::vector<std::string>& out) {
  std::set<breaker_key> seen;
  for (const auto& [key, settings] : p.breakers) {
    if (!seen.insert(key).second)
      out.push_back(name_of(key) + " stands twice");
    if (!settings.usable())
      out.push_back(name_of(key) + " needs positive levels, times and 1 to "
                    + std::to_string(breaker_settings::max_probes) + " probes");
    bool has_level = false;
    for (const auto trigger : measured_triggers) {
      if (!level_of(settings.levels, trigger))
        continue;
      has_level = true;
      if (!is_measured(key.scope, trigger))
        out.push_back(name_of(key) + " cannot have a level of " + to_string(trigger)
                      + ", which is not measured for it");
    }
    if (!has_level)
      out.push_back(name_of(key) + " has no level that would open it");
  }
  if (p.reject_least < 1 || p.reject_least > p.reject_window)
    out.emplace_back("the reject rate needs at least one order, and room for it in its window");
}

} // namespace

bool is_measured(breaker_scope scope, breaker_trigger trigger) noexcept {
  switch (trigger) {
    case breaker_trigger::daily_loss:
    case breaker_trigger::drawdown:
    case breaker_trigger::venue_error_rate:
    case breaker_trigger::stale_feed:
    case breaker_trigger::latency:
      return scope == breaker_scope::account || scope == breaker_scope::global;
    case breaker_trigger::volatility:
      return scope == breaker_scope::instrument;
    case breaker_trigger::consecutive_losses:
    case breaker_trigger::reject_rate:
      return true;
    default:
      return false;
  }
}

bool risk_policy::is_empty() const noexcept {
  return !has_exposure_limit(exposure) && sessions.empty() && !order_rate && !duplicates
         && !max_repeated_executions && !drawdown && breakers.empty() && max_order_age.count() == 0
         && !max_fill_slippage_ppb && !max_working_slippage_ppb;
}

bool risk_policy::speaks_unasked() const noexcept {
  return acts() || std::any_of(breakers.begin(), breakers.end(), [](const auto& rule) {
           return rule.key.scope == breaker_scope::global;
         });
}

std::vector<std::string> risk_policy::problems() const {
  std::vector<std::string> out;
  if (!exposure.may_short.empty())
    out.emplace_back("who may short is said by the limits of an instrument");
  if (exposure.initial_margin_ppb && exposure.maintenance_margin_ppb
      && *exposure.maintenance_margin_ppb > *exposure.initial_margin_ppb)
    out.emplace_back("the maintenance margin is above the initial one, so that an order could pass "
                     "and break it at once");
  if (order_rate && !order_rate->usable())
    out.emplace_back("the order rate needs a count within its range and a positive window");
  if (duplicates && (duplicates->window.count() <= 0 || duplicates->capacity == 0))
    out.emplace_back("the search for duplicates needs a positive window and capacity");
  if (max_repeated_executions && *max_repeated_executions == 0)
    out.emplace_back("a slot may execute at least once on a signal");
  if (drawdown && !drawdown->usable())
    out.emplace_back("the drawdown policy needs ascending drawdowns, scales that never ascend, its "
                     "stages in order, and a recovery below the first of them");
  for (const auto& [id, session] : sessions)
    if (!session.usable())
      out.push_back("the trading session of " + id.str() + " has a time outside the week");
  check_breakers(*this, out);
  return out;
}

} // namespace supreme::trading
