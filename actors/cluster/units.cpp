#include "actors/cluster/units.hpp"

#include "actors/cluster/stable_hash.hpp"
#include "config/risk_text.hpp"
#include "config/strategy_instances.hpp"
#include "trading/strategies/strategy.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

namespace supreme::actors {

namespace {

void write(std::ostream& out, const config::placement& where) {
  for (const auto& [key, value] : where)
    out << key << '=' << value << ';';
}

void write(std::ostream& out, const trading::risk_limits& l) {
  auto one = [&](const std::optional<trading::decimal>& x) {
    out << (x ? x->to_string() : "-") << ',';
  };
  one(l.max_order_quantity);
  one(l.max_order_notional);
  one(l.max_position);
  out << l.allow_short << ',' << l.max_input_age.count() << ',' << l.collar_ppb << ','
      << l.taker_fee_ppb << ';';
}

void write(std::ostream& out, const std::vector<trading::instrument>& instruments) {
  for (const auto& i : instruments)
    out << i.id.str() << ',' << i.base.str() << ',' << i.quote.str() << ','
        << i.tick_size.to_string() << ',' << i.lot_size.to_string() << ','
        << i.min_notional.to_string() << ';';
}

uint64_t feed_definition(const config::feed_settings& f, uint32_t shard) {
  std::ostringstream out;
  out << static_cast<int>(f.kind) << ',' << f.interval_s << ',' << f.seed << ',' << f.start.ns()
      << ',' << f.volatility_ppb << ';';
  for (const auto& id : symbols_of(f, shard)) {
    out << id.str() << '=';
    if (auto file = f.files.find(id); file != f.files.end())
      out << file->second;
    if (auto start = f.start_prices.find(id); start != f.start_prices.end())
      out << start->second.to_string();
    out << ';';
  }
  write(out, f.where);
  return stable_hash(out.str());
}

/// The gateway tells the guards of all accounts when a mode changes.
uint64_t gateway_definition(const config::cluster_settings& settings) {
  std::ostringstream out;
  for (const auto& a : settings.accounts)
    out << a.id.str() << ';';
  return stable_hash(out.str());
}

uint64_t account_definition(const config::cluster_settings& settings,
                            const config::account_settings& a) {
  std::ostringstream out;
  out << a.venue.str() << ',' << a.quote.str() << ',' << a.shard << ',' << a.receive_window_ms
      << ';';
  write(out, a.limits);
  for (const auto& [instrument, limits] : a.instrument_limits) {
    out << instrument.str() << '=';
    write(out, limits);
  }
  for (const auto& s : settings.strategies) {
    if (s.account == a.id)
      write(out << s.id.str() << ',', config::flatten(s.size));
  }
  write(out, config::flatten(a.policy));
  write(out, settings.instruments);
  return stable_hash(out.str());
}

unit_spec make_spec(std::string name, unit_kind kind, std::string subject, uint32_t index,
                    config::placement where, uint64_t definition) {
  auto affinity = name;
  return {std::move(name),  kind,      std::move(subject), index, std::move(affinity),
          std::move(where), definition};
}

} // namespace

const char* to_string(unit_kind k) noexcept {
  switch (k) {
    case unit_kind::feed:
      return "feed";
    case unit_kind::strategy:
      return "strategy";
    case unit_kind::guard:
      return "guard";
    case unit_kind::executor:
      return "executor";
    case unit_kind::portfolio:
      return "portfolio";
    case unit_kind::conductor:
      return "conductor";
    case unit_kind::gateway:
      return "gateway";
  }
  return "unknown";
}

std::string feed_unit(const std::string& feed, uint32_t shard) {
  return "feed/" + feed + "/" + std::to_string(shard);
}
std::string strategy_unit(const trading::strategy_id& id, uint32_t instance) {
  return "strategy/" + id.str() + "/" + std::to_string(instance);
}
std::string guard_unit(const trading::account_id& id) { return "guard/" + id.str(); }
std::string executor_unit(const trading::account_id& id) { return "executor/" + id.str(); }
std::string portfolio_unit(const trading::account_id& id) { return "portfolio/" + id.str(); }
std::string conductor_unit(const std::string& run) { return "conductor/" + run; }
std::string venue_unit(const trading::venue_id& id) { return "venue/" + id.str(); }

namespace {

std::vector<trading::instrument_id> all_symbols(const config::feed_settings& f) {
  std::vector<trading::instrument_id> result;
  for (const auto& [id, path] : f.files)
    result.push_back(id);
  for (const auto& [id, price] : f.start_prices)
    result.push_back(id);
  return result;
}

} // namespace

std::vector<trading::instrument_id> symbols_of(const config::feed_settings& f, uint32_t shard) {
  std::vector<trading::instrument_id> result;
  auto all = all_symbols(f);
  for (size_t k = shard; k < all.size(); k += f.shards)
    result.push_back(all[k]);
  return result;
}

std::optional<uint32_t> shard_of(const config::feed_settings& f, const trading::instrument_id& id) {
  auto all = all_symbols(f);
  auto found = std::find(all.begin(), all.end(), id);
  if (found == all.end())
    return std::nullopt;
  return static_cast<uint32_t>(static_cast<size_t>(found - all.begin()) % f.shards);
}

uint64_t strategy_definition(const config::strategy_settings& s, uint32_t instance) {
  std::ostringstream out;
  out << s.kind << ',' << s.library_sha256 << ',' << s.account.str() << ',' << s.feed << ';';
  for (const auto& id : config::instruments_of(s, instance))
    out << id.str() << ';';
  for (const auto& [name, value] : s.parameters)
    out << name << '=' << std::hexfloat << value << ';';
  // What it measures for its sizes is part of what it says.
  if (s.size.mode == trading::sizing_mode::volatility_target)
    out << "volatility=" << s.size.volatility_returns << ';';
  write(out, s.where);
  return stable_hash(out.str());
}

std::vector<unit_spec> list_units(const config::cluster_settings& settings,
                                  uint64_t config_version) {
  std::vector<unit_spec> units;
  for (const auto& f : settings.feeds) {
    for (uint32_t shard = 0; shard < f.shards; ++shard)
      units.push_back(make_spec(feed_unit(f.name, shard), unit_kind::feed, f.name, shard, f.where,
                                feed_definition(f, shard)));
  }
  for (const auto& a : settings.accounts) {
    auto definition = account_definition(settings, a);
    for (auto [name, kind, where] :
         {std::tuple{portfolio_unit(a.id), unit_kind::portfolio, a.portfolio_where},
          std::tuple{executor_unit(a.id), unit_kind::executor, a.executor_where},
          std::tuple{guard_unit(a.id), unit_kind::guard, a.guard_where}}) {
      auto spec = make_spec(name, kind, a.id.str(), 0, where, definition);
      // The path between the three never crosses a network unless the configuration says so.
      spec.affinity = "account/" + a.id.str();
      units.push_back(std::move(spec));
    }
  }
  for (const auto& s : settings.strategies) {
    for (uint32_t instance = 0; instance < s.instances; ++instance)
      units.push_back(make_spec(strategy_unit(s.id, instance), unit_kind::strategy, s.id.str(),
                                instance, s.where, strategy_definition(s, instance)));
  }
  auto conductor = make_spec(conductor_unit(settings.replay.name), unit_kind::conductor,
                             settings.replay.name, 0, settings.replay.where, config_version);
  // A step waits for the account's units in three of its four phases: beside them it costs no
  // network.
  if (!settings.accounts.empty())
    conductor.affinity = "account/" + settings.accounts.front().id.str();
  units.push_back(std::move(conductor));
  if (settings.gateway.enabled) {
    // Only nodes that were given an address to serve on can hold it: they carry this label by
    // themselves.
    auto where = settings.gateway.where;
    where[gateway_label] = "yes";
    units.push_back(make_spec("gateway/0", unit_kind::gateway, "", 0, std::move(where),
                              gateway_definition(settings)));
  }
  return units;
}

} // namespace supreme::actors
