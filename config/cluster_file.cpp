#include "config/common_sections.hpp"
#include "config/defaults.hpp"
#include "config/loader.hpp"
#include "config/names.hpp"
#include "config/risk_section.hpp"
#include "config/size_rule.hpp"
#include "config/strategy_plugins.hpp"
#include "config/toml_reader.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace supreme::config {

namespace {

constexpr int64_t day_s = 86'400;
constexpr uint32_t actors_max = 1'000;

/// Reports a name that stands twice. Names that were wrong already are empty and count for nothing.
class name_set {
public:
  explicit name_set(const char* what) : what_(what) {}

  void add(const table_reader& section, std::string_view key, const std::string& name) {
    if (!name.empty() && !seen_.insert(name).second)
      section.problems_found().add(section.path_of(key), std::string{"expected each "} + what_
                                                           + " once, " + quoted(name)
                                                           + " stands twice");
  }

private:
  const char* what_;
  std::set<std::string> seen_;
};

lease_settings read_lease(table_reader& root) {
  const lease_settings standard;
  auto section = root.table("lease");
  lease_settings out;
  const int64_t ttl_min = defaults::lease_ttl_min.count();
  const int64_t ttl_max = defaults::lease_ttl_max.count();
  out.ttl_ms = section.whole<int64_t>("ttl_ms", ttl_min, ttl_max, standard.ttl_ms);
  out.renew_ms = section.whole<int64_t>("renew_ms", 10, ttl_max, standard.renew_ms);
  out.self_fence_ms = section.whole<int64_t>("self_fence_ms", 10, ttl_max, standard.self_fence_ms);
  out.rebalance_after_ms =
    section.whole<int64_t>("rebalance_after_ms", 0, day_s * 1000, standard.rebalance_after_ms);
  out.moves_at_once =
    section.whole<uint32_t>("moves_at_once", 1, actors_max, standard.moves_at_once);
  section.finish();
  // A node must stop by itself before others may take its units, and one lost renewal must not stop
  // it.
  if (out.ttl_ms <= out.self_fence_ms)
    root.problems_found().add("lease.self_fence_ms", "expected less than ttl_ms ("
                                                       + std::to_string(out.ttl_ms) + "), was "
                                                       + std::to_string(out.self_fence_ms));
  if (out.self_fence_ms <= 2 * out.renew_ms)
    root.problems_found().add("lease.renew_ms", "expected less than half of self_fence_ms ("
                                                  + std::to_string(out.self_fence_ms) + "), was "
                                                  + std::to_string(out.renew_ms));
  return out;
}

void read_csv(table_reader& section, feed_settings& out) {
  auto files = section.table("files");
  for (const auto& name : files.keys())
    out.files.emplace(name, files.text(name, path_text));
  if (out.files.empty())
    section.problems_found().add(files.path(), "expected a file for each instrument, was none");
  auto factors = section.table("factors");
  for (const auto& name : factors.keys()) {
    const trading::instrument_id id{name};
    out.factors.emplace(id, factors.text(name, path_text));
    if (out.files.count(id) == 0)
      section.problems_found().add(factors.path_of(name), "expected an instrument that has a file");
  }
  for (const auto* key : {"start_prices", "seed", "start", "volatility_bps"})
    section.refuse(key, "it belongs to feeds of kind \"generated\"");
}

void read_generated(table_reader& section, feed_settings& out) {
  auto prices = section.table("start_prices");
  for (const auto& name : prices.keys())
    out.start_prices.emplace(name, prices.amount(name, {}));
  if (out.start_prices.empty())
    section.problems_found().add(prices.path(),
                                 "expected a first price for each instrument, was none");
  out.seed = section.whole<uint64_t>("seed", 0, std::numeric_limits<int64_t>::max(), out.seed);
  out.start = section.time("start");
  out.volatility_ppb = section.bps_as_ppb("volatility_bps", 0, 1'000, out.volatility_ppb);
  for (const auto* key : {"files", "factors"})
    section.refuse(key, "it belongs to feeds of kind \"csv\"");
  if (out.start.ns() % (out.interval_s * 1'000'000'000) != 0)
    section.problems_found().add(section.path_of("start"),
                                 "expected a multiple of interval_s, was " + out.start.to_string());
}

std::set<trading::instrument_id> instruments_of(const feed_settings& feed) {
  std::set<trading::instrument_id> out;
  for (const auto& [id, file] : feed.files)
    out.insert(id);
  for (const auto& [id, price] : feed.start_prices)
    out.insert(id);
  return out;
}

/// Bars of two feeds would move an instrument's market twice in one step.
void refuse_shared_instruments(table_reader& section, const std::vector<feed_settings>& others,
                               const feed_settings& feed) {
  for (const auto& id : instruments_of(feed)) {
    for (const auto& other : others) {
      if (instruments_of(other).count(id) > 0)
        section.problems_found().add(
          section.path_of(feed.kind == feed_kind::csv ? "files" : "start_prices"),
          "expected an instrument that no other feed has; " + id.str() + " comes from feed "
            + quoted(other.name));
    }
  }
}

std::vector<feed_settings> read_feeds(table_reader& root, const cluster_settings& all) {
  std::vector<feed_settings> out;
  name_set names{"feed"};
  for (auto& section : root.tables("feeds")) {
    feed_settings feed;
    feed.name = section.text("name", name_text);
    feed.kind = section.choice("kind", feed_kind_names);
    feed.interval_s = section.whole<int64_t>("interval_s", 1, 7 * day_s, feed.interval_s);
    feed.shards = section.whole<uint32_t>("shards", 1, actors_max, 1);
    feed.where = section.label_map("where");
    if (feed.kind == feed_kind::csv)
      read_csv(section, feed);
    else
      read_generated(section, feed);
    const auto given = section.table(feed.kind == feed_kind::csv ? "files" : "start_prices");
    check_instruments(given, all, "", given.keys());
    section.finish();
    names.add(section, "name", feed.name);
    const auto symbols = std::max(feed.files.size(), feed.start_prices.size());
    if (symbols > 0 && feed.shards > symbols)
      root.problems_found().add(section.path_of("shards"),
                                "expected at most the number of the feed's instruments ("
                                  + std::to_string(symbols) + "), was "
                                  + std::to_string(feed.shards));
    refuse_shared_instruments(section, out, feed);
    out.push_back(std::move(feed));
  }
  return out;
}

std::vector<venue_settings> read_venues(table_reader& root) {
  std::vector<venue_settings> out;
  name_set names{"venue"};
  for (auto& section : root.tables("venues")) {
    venue_settings venue;
    venue.id = trading::venue_id{section.text("id", name_text)};
    venue.host = section.text("host", host_text);
    venue.port = section.whole<uint16_t>("port", 1, std::numeric_limits<uint16_t>::max());
    section.finish();
    names.add(section, "id", venue.id.str());
    out.push_back(std::move(venue));
  }
  return out;
}

/// What is not given is taken from `standard`.
trading::risk_limits read_limits(table_reader& section, const trading::risk_limits& standard) {
  trading::risk_limits out;
  out.max_order_quantity = section.limit("max_order_quantity", {}, standard.max_order_quantity);
  out.max_order_notional = section.limit("max_order_notional", {}, standard.max_order_notional);
  out.max_position = section.limit("max_position", {.zero_allowed = true}, standard.max_position);
  out.allow_short = section.boolean("allow_short", standard.allow_short);
  const int64_t age_ms =
    std::chrono::duration_cast<std::chrono::milliseconds>(standard.max_input_age).count();
  out.max_input_age = std::chrono::milliseconds{
    section.whole<int64_t>("max_input_age_ms", 0, 30 * day_s * 1000, age_ms)};
  out.collar_ppb = section.bps_as_ppb("collar_bps", 0, 5'000, standard.collar_ppb);
  out.taker_fee_ppb = section.bps_as_ppb("taker_fee_bps", 0, 1'000, standard.taker_fee_ppb);
  section.finish();
  return out;
}

std::vector<account_settings> read_accounts(table_reader& root, const cluster_settings& all) {
  std::vector<account_settings> out;
  name_set names{"account"};
  name_set shards{"shard"};
  for (auto& section : root.tables("accounts")) {
    account_settings account;
    account.id = trading::account_id{section.text("id", name_text)};
    account.venue = trading::venue_id{section.text("venue", name_text)};
    account.quote = trading::asset_id{section.text("quote", instrument_text)};
    account.shard = section.text("shard", shard_text);
    account.receive_window_ms = section.whole<int64_t>(
      "receive_window_ms", 1, defaults::receive_window_max.count(), account.receive_window_ms);
    account.initial = read_balances(section.table("initial"));
    auto limits = section.table("limits");
    account.limits = read_limits(limits, {});
    auto special = section.table("instrument_limits");
    for (const auto& name : special.keys()) {
      auto entry = special.table(name);
      account.instrument_limits.emplace(name, read_limits(entry, account.limits));
    }
    check_instruments(special, all, "", special.keys());
    account.policy = read_policy(section, account.id, all);
    account.guard_where = section.label_map("guard_where");
    account.executor_where = section.label_map("executor_where");
    account.portfolio_where = section.label_map("portfolio_where");
    section.finish();
    names.add(section, "id", account.id.str());
    shards.add(section, "shard", account.shard);
    if (!account.venue.empty() && all.find_venue(account.venue) == nullptr)
      root.problems_found().add(section.path_of("venue"),
                                "expected the id of a venue of this file, was "
                                  + quoted(account.venue.str()));
    out.push_back(std::move(account));
  }
  return out;
}

/// The strategy libraries of a file, and what their kinds are taken from.
struct plugin_section {
  cluster_text origin = cluster_text::file;
  std::vector<strategy_plugin> loaded;
  bool complete = true; ///< all libraries that the file names are loaded
};

/// Relative paths begin at the folder of the file.
std::string path_of_library(const std::string& path, const std::string& file) {
  return path.front() == '/' ? path : file.substr(0, file.rfind('/') + 1) + path;
}

void load_plugin(const table_reader& section, const strategy_plugin_settings& plugin,
                 const std::string& file, plugin_section& to) {
  const bool committed = to.origin == cluster_text::committed;
  const bool relative = !plugin.path.empty() && plugin.path.front() != '/';
  if (committed && relative)
    section.problems_found().add(section.path_of("path"),
                                 "expected an absolute path, because a committed version has no "
                                 "folder, was "
                                   + quoted(plugin.path));
  const bool any_bytes = !committed && !section.has("sha256");
  // Code runs only where everything about it is said, and said well.
  if (plugin.path.empty() || (committed && relative) || (plugin.sha256.empty() && !any_bytes)) {
    to.complete = false;
    return;
  }
  const auto loaded = load_strategy_plugin(path_of_library(plugin.path, file), plugin.sha256);
  if (loaded) {
    to.loaded.push_back(*loaded);
    return;
  }
  to.complete = false;
  section.problems_found().add(section.path_of("path"),
                               "expected a library of strategies: " + loaded.error());
}

std::vector<strategy_plugin_settings> read_plugins(table_reader& root, const std::string& file,
                                                   plugin_section& to) {
  std::vector<strategy_plugin_settings> out;
  name_set paths{"path"};
  const bool committed = to.origin == cluster_text::committed;
  for (auto& section : root.tables("strategy_plugins")) {
    strategy_plugin_settings plugin;
    plugin.path = section.text("path", path_text);
    plugin.sha256 = section.text("sha256", sha256_text,
                                 committed ? std::nullopt : std::optional<std::string>{""});
    section.finish();
    paths.add(section, "path", plugin.path);
    load_plugin(section, plugin, file, to);
    out.push_back(std::move(plugin));
  }
  return out;
}

const strategy_plugin* find_plugin(const std::vector<strategy_plugin>& all,
                                   const std::string& kind) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) {
    return std::binary_search(each.kinds.begin(), each.kinds.end(), kind);
  });
  return found == all.end() ? nullptr : &*found;
}

const trading::strategy_kind* read_kind(table_reader& strategy, const plugin_section& plugins,
                                        strategy_settings& out) {
  out.kind = strategy.text("kind", name_text);
  const auto* kind = trading::find_strategy_kind(out.kind);
  if (kind == nullptr) {
    // The kind may be one of a library whose problem was told already.
    if (out.kind.empty() || !plugins.complete)
      return nullptr;
    std::string known;
    for (const auto& entry : trading::strategy_kinds())
      known += (known.empty() ? "" : ", ") + quoted(entry.name);
    strategy.problems_found().add(strategy.path_of("kind"),
                                  "expected one of " + known + ", was " + quoted(out.kind));
    return nullptr;
  }
  // What this process loaded for another reason, other nodes need not have.
  const auto everything = loaded_strategy_plugins();
  const auto* plugin = find_plugin(everything, out.kind);
  if (plugin == nullptr)
    return kind;
  out.library_sha256 = plugin->sha256;
  if (plugins.origin == cluster_text::committed && plugins.complete
      && find_plugin(plugins.loaded, out.kind) == nullptr)
    strategy.problems_found().add(strategy.path_of("kind"),
                                  "expected a built-in kind or one of strategy_plugins; "
                                    + quoted(out.kind) + " is of " + plugin->path
                                    + ", which is not among them");
  return kind;
}

/// A number, or the name of a choice as its number.
std::optional<double> read_value(table_reader& section, const trading::parameter_spec& spec) {
  if (spec.choices.empty())
    return section.number(spec.name);
  const auto place = section.choice(spec.name, spec.choices);
  return place ? std::optional{static_cast<double>(*place)} : std::nullopt;
}

/// check_parameters, whose last part may be code of a library.
trading::checked_parameters run_check(const trading::strategy_kind& kind,
                                      const trading::parameters& given) {
  try {
    return trading::check_parameters(kind, given);
  } catch (const std::exception& why) {
    return {{}, {"The check of " + kind.name + " failed: " + why.what()}};
  }
}

trading::parameters read_parameters(table_reader& strategy, const trading::strategy_kind& kind) {
  auto section = strategy.table("parameters");
  auto& found = strategy.problems_found();
  std::vector<std::string> known;
  trading::parameters given;
  for (const auto& spec : kind.schema) {
    known.push_back(spec.name);
    if (!section.has(spec.name))
      continue;
    if (const auto value = read_value(section, spec))
      given.emplace(spec.name, *value);
  }
  for (const auto& name : section.keys()) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    section.skip(name);
    const auto near = closest(name, known);
    found.add(section.path_of(name),
              "expected no such key, " + kind.name + " has no such parameter"
                + (near.empty() ? "" : ": did you mean " + quoted(near) + "?"));
  }
  auto checked = run_check(kind, given);
  for (const auto& text : checked.problems) {
    // A sentence begins with the parameter it is about, whose line is better than the section's.
    const auto subject = text.substr(0, text.find(' '));
    found.add(section.has(subject) ? section.path_of(subject) : section.path(),
              "expected valid parameters: " + text);
  }
  return std::move(checked.values);
}

bool feeds_instrument(const feed_settings& feed, const trading::instrument_id& instrument) {
  return feed.files.count(instrument) > 0 || feed.start_prices.count(instrument) > 0;
}

void check_references(const table_reader& section, const strategy_settings& strategy,
                      const cluster_settings& all) {
  auto& found = section.problems_found();
  const auto* feed = all.find_feed(strategy.feed);
  const auto* account = all.find_account(strategy.account);
  if (feed == nullptr && !strategy.feed.empty())
    found.add(section.path_of("feed"),
              "expected the name of a feed of this file, was " + quoted(strategy.feed));
  if (account == nullptr && !strategy.account.empty())
    found.add(section.path_of("account"),
              "expected the id of an account of this file, was " + quoted(strategy.account.str()));
  for (size_t i = 0; i < strategy.instruments.size(); ++i) {
    const auto& id = strategy.instruments[i];
    const auto* instrument = all.find_instrument(id);
    if (instrument == nullptr)
      continue; // check_instruments has said so.
    if (feed != nullptr && !feeds_instrument(*feed, id))
      found.add(section.path_of("instruments"),
                "expected instruments of feed " + quoted(feed->name) + ", which has no "
                  + (feed->kind == feed_kind::csv ? "file" : "start price") + " for "
                  + quoted(id.str()));
    if (account != nullptr && instrument->quote != account->quote)
      found.add(section.path_of("instruments"),
                "expected instruments quoted in " + quoted(account->quote.str())
                  + ", the account's quote; " + quoted(id.str()) + " is quoted in "
                  + quoted(instrument->quote.str()));
  }
}

std::vector<strategy_settings> read_strategies(table_reader& root, const plugin_section& plugins,
                                               const cluster_settings& all) {
  std::vector<strategy_settings> out;
  name_set names{"strategy"};
  for (auto& section : root.tables("strategies")) {
    strategy_settings strategy;
    strategy.id = trading::strategy_id{section.text("id", name_text)};
    const auto* kind = read_kind(section, plugins, strategy);
    strategy.account = trading::account_id{section.text("account", name_text)};
    strategy.feed = section.text("feed", name_text);
    // Each instrument once: (strategy, instrument) is the identity of a position.
    const auto instruments = section.texts("instruments", instrument_text);
    for (const auto& name : instruments)
      strategy.instruments.emplace_back(name);
    strategy.instances = section.whole<uint32_t>("instances", 1, actors_max, 1);
    strategy.size = read_size(section);
    if (kind != nullptr) {
      strategy.parameters = read_parameters(section, *kind);
      const auto complaint = size_complaint(*kind, strategy.parameters, strategy.size);
      if (!complaint.empty())
        root.problems_found().add(section.path_of("size"),
                                  "expected a size that can be: " + complaint);
    } else {
      section.skip("parameters");
    }
    strategy.where = section.label_map("where");
    section.finish();
    names.add(section, "id", strategy.id.str());
    check_instruments(section, all, "instruments", instruments);
    check_references(section, strategy, all);
    const auto width = kind != nullptr ? kind->width() : 1;
    if (instruments.size() % width != 0)
      root.problems_found().add(section.path_of("instruments"),
                                "expected pairs, because " + quoted(kind->name)
                                  + " trades two instruments at a time, was "
                                  + std::to_string(instruments.size()) + " instruments");
    if (!instruments.empty()
        && strategy.instances > std::max<size_t>(instruments.size() / width, 1))
      root.problems_found().add(section.path_of("instances"),
                                std::string{"expected at most the number of "}
                                  + (width == 1 ? "instruments (" : "pairs (")
                                  + std::to_string(instruments.size() / width) + "), was "
                                  + std::to_string(strategy.instances));
    out.push_back(std::move(strategy));
  }
  return out;
}

replay_settings read_replay(table_reader& root) {
  auto section = root.table("replay");
  replay_settings out;
  out.name = section.text("name", name_text, out.name);
  out.speed = section.whole<int64_t>("speed", 0, 1'000'000'000, out.speed);
  out.where = section.label_map("where");
  section.finish();
  return out;
}

gateway_settings read_gateway(table_reader& root) {
  auto section = root.table("gateway");
  gateway_settings out;
  out.enabled = section.boolean("enabled", out.enabled);
  out.where = section.label_map("where");
  section.finish();
  return out;
}

} // namespace

std::variant<cluster_settings, problems>
parse_cluster(std::string_view text, const std::string& file, cluster_text origin) {
  report found{file};
  const auto parsed = parse_toml(text, file, found);
  if (!parsed)
    return found.take();
  table_reader root{found, *parsed, ""};
  cluster_settings out;
  out.id = root.text("cluster", name_text);
  out.lease = read_lease(root);
  out.instruments = read_instruments(root);
  out.feeds = read_feeds(root, out);
  out.venues = read_venues(root);
  out.accounts = read_accounts(root, out);
  plugin_section plugins;
  plugins.origin = origin;
  out.strategy_plugins = read_plugins(root, file, plugins);
  out.strategies = read_strategies(root, plugins, out);
  out.replay = read_replay(root);
  out.gateway = read_gateway(root);
  root.finish();
  if (!found.empty())
    return found.take();
  return out;
}

} // namespace supreme::config
