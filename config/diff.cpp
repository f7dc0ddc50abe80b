#include "config/loader.hpp"
#include "config/names.hpp"
#include "config/risk_text.hpp"
#include "trading/check.hpp"
#include "trading/market/decimal.hpp"

#include <algorithm>
#include <map>

namespace supreme::config {

namespace {

using flat = std::map<std::string, std::string>;

/// Parts per billion as the basis points that files give.
std::string bps_text(int64_t ppb) {
  constexpr int64_t units_per_ppb = trading::decimal::scale / 100'000;
  return trading::decimal::from_raw(ppb * units_per_ppb).to_string();
}

std::string flag_text(bool value) { return value ? "true" : "false"; }

std::string limit_text(const std::optional<trading::decimal>& value) {
  return value ? value->to_string() : "none";
}

/// "feeds[history].shards": a name in brackets may hold dots and still cannot be mistaken.
std::string entry(const std::string& section, const std::string& name) {
  return section + "[" + name + "]";
}

template <class Entries, class Name>
std::string join(const Entries& entries, Name name) {
  std::string out;
  for (const auto& each : entries)
    out += (out.empty() ? "" : ", ") + name(each);
  return out;
}

void put_labels(flat& out, const std::string& path, const labels& where) {
  for (const auto& [key, value] : where)
    out[path + "." + key] = value;
}

void put_limits(flat& out, const std::string& path, const trading::risk_limits& limits) {
  out[path + ".max_order_quantity"] = limit_text(limits.max_order_quantity);
  out[path + ".max_order_notional"] = limit_text(limits.max_order_notional);
  out[path + ".max_position"] = limit_text(limits.max_position);
  out[path + ".allow_short"] = flag_text(limits.allow_short);
  out[path + ".max_input_age_ms"] = std::to_string(
    std::chrono::duration_cast<std::chrono::milliseconds>(limits.max_input_age).count());
  out[path + ".collar_bps"] = bps_text(limits.collar_ppb);
  out[path + ".taker_fee_bps"] = bps_text(limits.taker_fee_ppb);
}

void put(flat& out, const lease_settings& lease) {
  out["lease.ttl_ms"] = std::to_string(lease.ttl_ms);
  out["lease.renew_ms"] = std::to_string(lease.renew_ms);
  out["lease.self_fence_ms"] = std::to_string(lease.self_fence_ms);
  out["lease.rebalance_after_ms"] = std::to_string(lease.rebalance_after_ms);
  out["lease.moves_at_once"] = std::to_string(lease.moves_at_once);
}

void put(flat& out, const trading::instrument& instrument) {
  const auto path = entry("instruments", instrument.id.str());
  out[path + ".base"] = instrument.base.str();
  out[path + ".quote"] = instrument.quote.str();
  out[path + ".tick_size"] = instrument.tick_size.to_string();
  out[path + ".lot_size"] = instrument.lot_size.to_string();
  out[path + ".min_notional"] = instrument.min_notional.to_string();
}

void put(flat& out, const feed_settings& feed) {
  const auto path = entry("feeds", feed.name);
  out[path + ".kind"] = trading::name_of(feed_kind_names, feed.kind);
  out[path + ".interval_s"] = std::to_string(feed.interval_s);
  out[path + ".shards"] = std::to_string(feed.shards);
  for (const auto& [instrument, file] : feed.files)
    out[entry(path + ".files", instrument.str())] = file;
  for (const auto& [instrument, file] : feed.factors)
    out[entry(path + ".factors", instrument.str())] = file;
  for (const auto& [instrument, price] : feed.start_prices)
    out[entry(path + ".start_prices", instrument.str())] = price.to_string();
  if (feed.kind == feed_kind::generated) {
    out[path + ".seed"] = std::to_string(feed.seed);
    out[path + ".start"] = feed.start.to_string();
    out[path + ".volatility_bps"] = bps_text(feed.volatility_ppb);
  }
  put_labels(out, path + ".where", feed.where);
}

void put(flat& out, const venue_settings& venue) {
  const auto path = entry("venues", venue.id.str());
  out[path + ".host"] = venue.host;
  out[path + ".port"] = std::to_string(venue.port);
}

void put(flat& out, const account_settings& account) {
  const auto path = entry("accounts", account.id.str());
  out[path + ".venue"] = account.venue.str();
  out[path + ".quote"] = account.quote.str();
  out[path + ".shard"] = account.shard;
  out[path + ".receive_window_ms"] = std::to_string(account.receive_window_ms);
  for (const auto& [asset, amount] : account.initial)
    out[entry(path + ".initial", asset.str())] = amount.to_string();
  put_limits(out, path + ".limits", account.limits);
  for (const auto& [instrument, limits] : account.instrument_limits)
    put_limits(out, entry(path + ".instrument_limits", instrument.str()), limits);
  for (const auto& [key, value] : flatten(account.policy))
    out[path + "." + key] = value;
  put_labels(out, path + ".guard_where", account.guard_where);
  put_labels(out, path + ".executor_where", account.executor_where);
  put_labels(out, path + ".portfolio_where", account.portfolio_where);
}

void put(flat& out, const strategy_plugin_settings& plugin) {
  out[entry("strategy_plugins", plugin.path) + ".sha256"] =
    plugin.sha256.empty() ? "any" : plugin.sha256;
}

void put(flat& out, const strategy_settings& strategy) {
  const auto path = entry("strategies", strategy.id.str());
  out[path + ".kind"] = strategy.kind;
  out[path + ".account"] = strategy.account.str();
  out[path + ".feed"] = strategy.feed;
  out[path + ".instruments"] =
    join(strategy.instruments, [](const auto& each) { return each.str(); });
  out[path + ".instances"] = std::to_string(strategy.instances);
  for (const auto& [key, value] : flatten(strategy.size))
    out[path + ".size." + key] = value;
  const auto* kind = trading::find_strategy_kind(strategy.kind);
  SUPREME_CHECK(kind != nullptr, "a configured strategy's kind exists");
  for (const auto& spec : kind->schema)
    out[path + ".parameters." + spec.name] =
      trading::value_text(spec, strategy.parameters.at(spec.name));
  put_labels(out, path + ".where", strategy.where);
}

flat flatten(const cluster_settings& all) {
  flat out;
  out["cluster"] = all.id;
  put(out, all.lease);
  // The order of entries breaks ties between simultaneous events, so that it is a setting, too.
  out["instruments"] = join(all.instruments, [](const auto& each) { return each.id.str(); });
  out["feeds"] = join(all.feeds, [](const auto& each) { return each.name; });
  out["venues"] = join(all.venues, [](const auto& each) { return each.id.str(); });
  out["accounts"] = join(all.accounts, [](const auto& each) { return each.id.str(); });
  out["strategies"] = join(all.strategies, [](const auto& each) { return each.id.str(); });
  for (const auto& each : all.instruments)
    put(out, each);
  for (const auto& each : all.feeds)
    put(out, each);
  for (const auto& each : all.venues)
    put(out, each);
  for (const auto& each : all.accounts)
    put(out, each);
  for (const auto& each : all.strategy_plugins)
    put(out, each);
  for (const auto& each : all.strategies)
    put(out, each);
  out["replay.name"] = all.replay.name;
  out["replay.speed"] = std::to_string(all.replay.speed);
  put_labels(out, "replay.where", all.replay.where);
  out["gateway.enabled"] = flag_text(all.gateway.enabled);
  put_labels(out, "gateway.where", all.gateway.where);
  return out;
}

} // namespace

std::vector<difference> diff(const cluster_settings& before, const cluster_settings& after) {
  auto old_values = flatten(before);
  std::vector<difference> out;
  const auto new_values = flatten(after);
  for (const auto& [key, value] : new_values) {
    const auto found = old_values.find(key);
    if (found == old_values.end())
      out.push_back({key, "", value});
    else if (found->second != value)
      out.push_back({key, found->second, value});
    if (found != old_values.end())
      old_values.erase(found);
  }
  for (const auto& [key, value] : old_values)
    out.push_back({key, value, ""});
  std::sort(out.begin(), out.end(),
            [](const difference& a, const difference& b) { return a.key < b.key; });
  return out;
}

} // namespace supreme::config
