#include "config/risk_section.hpp"

#include "config/common_sections.hpp"
#include "config/names.hpp"
#include "trading/market/utc_day.hpp"
#include "trading/risk/event_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace supreme::config {

namespace {

constexpr int64_t whole_bps = 10'000;
constexpr int64_t times_max_bps = 1'000'000; ///< a hundredfold
constexpr int64_t span_max_ms = 30LL * 86'400 * 1000;

std::optional<int64_t> optional_bps(table_reader& section, const char* key, int64_t minimum,
                                    int64_t maximum) {
  if (!section.has(key))
    return std::nullopt;
  return section.bps_as_ppb(key, minimum, maximum);
}

std::optional<uint32_t> optional_count(table_reader& section, const char* key, uint32_t maximum) {
  if (!section.has(key))
    return std::nullopt;
  return section.whole<uint32_t>(key, 1, maximum);
}

std::chrono::milliseconds span(table_reader& section, const char* key,
                               std::optional<int64_t> fallback = std::nullopt) {
  return std::chrono::milliseconds{
    section.whole<int64_t>(key, fallback && *fallback == 0 ? 0 : 1, span_max_ms, fallback)};
}

// -- exposure and restrictions --------------------------------------------------------------

void read_exposure(table_reader& account, trading::exposure_limits& out) {
  auto section = account.table("exposure");
  out.max_gross = section.limit("max_gross", {}, std::nullopt);
  out.max_net = section.limit("max_net", {}, std::nullopt);
  out.max_concentration_ppb = optional_bps(section, "max_concentration_bps", 1, times_max_bps);
  out.initial_margin_ppb = optional_bps(section, "initial_margin_bps", 1, whole_bps);
  out.maintenance_margin_ppb = optional_bps(section, "maintenance_margin_bps", 1, whole_bps);
  out.max_open_orders = optional_count(section, "max_open_orders", 1'000'000);
  out.max_daily_loss = section.limit("max_daily_loss", {}, std::nullopt);
  section.finish();
  if (out.initial_margin_ppb && out.maintenance_margin_ppb
      && *out.maintenance_margin_ppb > *out.initial_margin_ppb)
    account.problems_found().add(section.path() + ".maintenance_margin_bps",
                                 "expected at most initial_margin_bps, was more");
}

void read_restricted(table_reader& account, const cluster_settings& all,
                     trading::exposure_limits& out) {
  auto section = account.table("restricted");
  const auto names = section.keys();
  for (const auto& name : names)
    out.restricted.emplace(name, section.choice(name, restriction_names));
  check_instruments(section, all, "", names);
}

// -- sessions ---------------------------------------------------------------------------------

constexpr std::array<const char*, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

const text_rule window_text{[](char c) {
                              return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' '
                                     || c == ':' || c == '-';
                            },
                            19, 19, "hours in UTC like \"mon 13:30-mon 20:00\""};
const text_rule date_text{[](char c) { return (c >= '0' && c <= '9') || c == '-'; }, 10, 10,
                          "a date like \"2026-12-25\""};

/// Two digits below the limit.
std::optional<int32_t> two_digits(std::string_view text, int32_t limit) {
  int32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() != 2 || read.ec != std::errc{} || read.ptr != text.data() + 2 || value >= limit)
    return std::nullopt;
  return value;
}

/// "mon 13:30" as seconds of the week.
std::optional<int32_t> week_second(std::string_view text) {
  const auto day = std::find(days.begin(), days.end(), text.substr(0, 3));
  const auto hour = two_digits(text.substr(4, 2), 24);
  const auto minute = two_digits(text.substr(7, 2), 60);
  if (day == days.end() || text[3] != ' ' || text[6] != ':' || !hour || !minute)
    return std::nullopt;
  return static_cast<int32_t>(day - days.begin()) * 86'400 + *hour * 3'600 + *minute * 60;
}

trading::trading_session read_session(table_reader& section) {
  trading::trading_session out;
  for (const auto& text : section.texts("open", window_text)) {
    const auto opens = week_second(std::string_view{text}.substr(0, 9));
    const auto closes = week_second(std::string_view{text}.substr(10));
    if (text[9] != '-' || !opens || !closes)
      section.problems_found().add(section.path_of("open"), std::string{"expected "}
                                                              + window_text.description + ", was "
                                                              + quoted(text));
    else
      out.windows.push_back({*opens, *closes});
  }
  if (!section.has("holidays"))
    return out;
  for (const auto& text : section.texts("holidays", date_text)) {
    if (const auto day = trading::timestamp::parse(text + "T00:00:00Z"))
      out.holidays.insert(trading::utc_day(*day));
    else
      section.problems_found().add(section.path_of("holidays"), std::string{"expected "}
                                                                  + date_text.description + ", was "
                                                                  + quoted(text));
  }
  return out;
}

void read_sessions(table_reader& account, const cluster_settings& all, trading::risk_policy& out) {
  auto section = account.table("sessions");
  const auto names = section.keys();
  for (const auto& name : names) {
    auto entry = section.table(name);
    out.sessions.emplace(name, read_session(entry));
    entry.finish();
  }
  check_instruments(section, all, "", names);
}

// -- rates --------------------------------------------------------------------------------------

void read_rates(table_reader& account, trading::risk_policy& out) {
  auto section = account.table("rates");
  if (section.has("max_orders"))
    out.order_rate =
      trading::rate_limit{section.whole<uint32_t>("max_orders", 1, trading::rate_limit::max_count),
                          span(section, "window_ms")};
  else
    section.refuse("window_ms", "it belongs to max_orders");
  if (section.has("duplicate_window_ms"))
    out.duplicates =
      trading::duplicate_limit{span(section, "duplicate_window_ms"),
                               section.whole<uint32_t>("duplicate_capacity", 1, 100'000,
                                                       trading::duplicate_limit{}.capacity)};
  else
    section.refuse("duplicate_capacity", "it belongs to duplicate_window_ms");
  out.max_repeated_executions = optional_count(section, "max_repeated_executions", 1'000'000);
  section.finish();
}

// -- drawdown -------------------------------------------------------------------------------------

void read_drawdown(table_reader& account, trading::risk_policy& out) {
  if (!account.has("drawdown"))
    return;
  auto section = account.table("drawdown");
  trading::drawdown_policy policy;
  policy.shape = section.choice("shape", drawdown_shape_names, std::optional{policy.shape});
  for (auto& point : section.tables("points")) {
    policy.points.push_back({point.bps_as_ppb("drawdown_bps", 0, whole_bps),
                             point.bps_as_ppb("scale_bps", 0, whole_bps)});
    point.finish();
  }
  policy.no_entries_ppb = optional_bps(section, "no_entries_bps", 1, whole_bps);
  policy.reduce_ppb = optional_bps(section, "reduce_bps", 1, whole_bps);
  policy.flatten_ppb = optional_bps(section, "flatten_bps", 1, whole_bps);
  policy.recovery_ppb = section.bps_as_ppb("recovery_bps", 0, whole_bps, policy.recovery_ppb);
  section.finish();
  if (!policy.usable())
    account.problems_found().add(
      section.path(), "expected points with ascending drawdown_bps and never ascending scale_bps, "
                      "no_entries_bps <= reduce_bps <= flatten_bps, and recovery_bps below the "
                      "first of all these, was not so");
  else
    out.drawdown = std::move(policy);
}

// -- breakers -------------------------------------------------------------------------------------

std::optional<trading::decimal> optional_percent(table_reader& section, const char* key) {
  const auto ppb = optional_bps(section, key, 1, times_max_bps);
  return ppb ? std::optional{trading::percent(*ppb)} : std::nullopt;
}

struct level_key {
  const char* key;
  trading::breaker_trigger trigger;
};
constexpr std::array<level_key, 8> level_keys{{
  {"daily_loss", trading::breaker_trigger::daily_loss},
  {"drawdown_bps", trading::breaker_trigger::drawdown},
  {"consecutive_losses", trading::breaker_trigger::consecutive_losses},
  {"volatility_bps", trading::breaker_trigger::volatility},
  {"reject_rate_bps", trading::breaker_trigger::reject_rate},
  {"venue_error_rate_bps", trading::breaker_trigger::venue_error_rate},
  {"stale_feed_ms", trading::breaker_trigger::stale_feed},
  {"latency_ms", trading::breaker_trigger::latency},
}};

std::optional<trading::decimal> optional_seconds(table_reader& section, const char* key) {
  return section.has(key) ? std::optional{trading::seconds_of(span(section, key))} : std::nullopt;
}

trading::breaker_levels read_levels(table_reader& section, trading::breaker_scope scope) {
  trading::breaker_levels out;
  for (const auto& level : level_keys) {
    if (!trading::is_measured(scope, level.trigger))
      section.refuse(level.key, scope == trading::breaker_scope::global
                                  ? "it is not measured for all instruments at once"
                                  : std::string{"it is not measured for one "} + to_string(scope));
  }
  const auto measured = [&](trading::breaker_trigger t) { return trading::is_measured(scope, t); };
  using enum trading::breaker_trigger;
  if (measured(daily_loss))
    out.daily_loss = section.limit("daily_loss", {}, std::nullopt);
  if (measured(drawdown))
    out.drawdown = optional_percent(section, "drawdown_bps");
  if (measured(volatility))
    out.volatility = optional_percent(section, "volatility_bps");
  if (const auto count = optional_count(section, "consecutive_losses", 1'000'000))
    out.consecutive_losses = trading::decimal::from_integer(*count);
  out.reject_rate = optional_percent(section, "reject_rate_bps");
  if (measured(venue_error_rate))
    out.venue_error_rate = optional_percent(section, "venue_error_rate_bps");
  if (measured(stale_feed))
    out.stale_feed = optional_seconds(section, "stale_feed_ms");
  if (measured(latency))
    out.latency = optional_seconds(section, "latency_ms");
  return out;
}

trading::breaker_rule read_breaker(table_reader& section, const std::string& account,
                                   const cluster_settings& all) {
  trading::breaker_rule out;
  out.key.scope = section.choice("scope", trading::breaker_scope_names);
  const bool is_global = out.key.scope == trading::breaker_scope::global;
  if (is_global) {
    section.refuse("name", "a breaker of scope \"global\" guards every account");
  } else if (out.key.scope == trading::breaker_scope::account) {
    section.refuse("name", "a breaker of scope \"account\" guards its own account");
    out.key.name = account;
  } else {
    const bool of_strategy = out.key.scope == trading::breaker_scope::strategy;
    out.key.name = section.text("name", of_strategy ? name_text : instrument_text);
    if (!of_strategy && !out.key.name.empty())
      check_instruments(section, all, "name", {out.key.name});
  }
  out.settings.levels = read_levels(section, out.key.scope);
  if (is_global)
    section.refuse("cool_down_s", "a breaker of scope \"global\" waits for a person");
  out.settings.cool_down =
    is_global ? trading::until_a_person_releases
              : std::chrono::seconds{section.whole<int64_t>("cool_down_s", 1, span_max_ms / 1000)};
  out.settings.probes =
    section.whole<uint32_t>("probes", 1, trading::breaker_settings::max_probes, 1);
  out.settings.probe_deadline =
    std::chrono::seconds{section.whole<int64_t>("probe_deadline_s", 1, span_max_ms / 1000, 3'600)};
  section.finish();
  return out;
}

void read_breakers(table_reader& account, const std::string& id, const cluster_settings& all,
                   trading::risk_policy& out) {
  for (auto& section : account.tables("breakers")) {
    auto rule = read_breaker(section, id, all);
    for (const auto& other : out.breakers)
      if (other.key == rule.key)
        account.problems_found().add(section.path(),
                                     "expected one breaker for each scope and name, "
                                       + quoted(to_string(rule.key.scope)) + " of "
                                       + quoted(rule.key.name) + " stands twice");
    const auto& levels = rule.settings.levels;
    if (std::any_of(level_keys.begin(), level_keys.end(), [&](const auto& level) {
          return trading::level_of(levels, level.trigger).has_value();
        }))
      out.breakers.push_back(std::move(rule));
    else
      account.problems_found().add(section.path(),
                                   "expected at least one level that opens the breaker, was none");
  }
}

// -- what happened ----------------------------------------------------------------------------------

void read_watch(table_reader& account, trading::risk_policy& out) {
  auto section = account.table("watch");
  out.max_order_age = span(section, "max_order_age_ms", 0);
  out.max_fill_slippage_ppb = optional_bps(section, "max_fill_slippage_bps", 0, whole_bps);
  out.max_working_slippage_ppb = optional_bps(section, "max_working_slippage_bps", 0, whole_bps);
  out.reject_window = section.whole<uint32_t>("reject_window", 1, 10'000, out.reject_window);
  out.reject_least = section.whole<uint32_t>("reject_least", 1, 10'000,
                                             std::min(out.reject_least, out.reject_window));
  section.finish();
  if (out.reject_least > out.reject_window)
    account.problems_found().add(section.path_of("reject_least"),
                                 "expected at most reject_window ("
                                   + std::to_string(out.reject_window) + "), was "
                                   + std::to_string(out.reject_least));
}

} // namespace

trading::risk_policy read_policy(table_reader& account, const trading::account_id& id,
                                 const cluster_settings& all) {
  trading::risk_policy out;
  read_exposure(account, out.exposure);
  read_restricted(account, all, out.exposure);
  read_sessions(account, all, out);
  read_rates(account, out);
  read_drawdown(account, out);
  read_breakers(account, id.str(), all, out);
  read_watch(account, out);
  return out;
}

} // namespace supreme::config
