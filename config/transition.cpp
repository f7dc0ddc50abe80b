#include "config/transition.hpp"

#include <algorithm>

namespace supreme::config {

namespace {

void require_same(std::vector<std::string>& found, const std::string& key,
                  const std::string& before, const std::string& after) {
  if (before != after)
    found.push_back(key + " stays " + before + ": its rows depend on it, and " + after
                    + " would contradict them");
}

void check_account(std::vector<std::string>& found, const account_settings& before,
                   const account_settings* after) {
  const auto path = "accounts[" + before.id.str() + "]";
  if (after == nullptr) {
    found.push_back(
      path + " stays: nobody would see to its orders and positions any more; halt it instead");
    return;
  }
  require_same(found, path + ".venue", before.venue.str(), after->venue.str());
  require_same(found, path + ".quote", before.quote.str(), after->quote.str());
  require_same(found, path + ".shard", before.shard, after->shard);
}

void check_instrument(std::vector<std::string>& found, const trading::instrument& before,
                      const trading::instrument* after) {
  const auto path = "instruments[" + before.id.str() + "]";
  if (after == nullptr) {
    found.push_back(path + " stays: accounts may hold it; take it out of the strategies instead");
    return;
  }
  require_same(found, path + ".base", before.base.str(), after->base.str());
  require_same(found, path + ".quote", before.quote.str(), after->quote.str());
}

void check_strategy(std::vector<std::string>& found, const strategy_settings& before,
                    const strategy_settings* after, const std::set<trading::slot_id>& held) {
  const auto path = "strategies[" + before.id.str() + "]";
  if (after != nullptr)
    require_same(found, path + ".account", before.account.str(), after->account.str());
  for (const auto& instrument : before.instruments) {
    const bool kept = after != nullptr
                      && std::find(after->instruments.begin(), after->instruments.end(), instrument)
                           != after->instruments.end();
    const auto slot = trading::make_slot(before.id, instrument);
    if (!kept && held.count(slot) > 0)
      found.push_back(path + ".instruments keeps " + instrument.str() + ": slot " + slot.str()
                      + " holds a position that nobody would close");
  }
}

/// What the bars of a run are made of.
std::string bars_of(const feed_settings& feed) {
  std::string out = std::to_string(static_cast<int>(feed.kind)) + " "
                    + std::to_string(feed.interval_s) + " " + std::to_string(feed.seed) + " "
                    + feed.start.to_string() + " " + std::to_string(feed.volatility_ppb);
  for (const auto& [id, file] : feed.files)
    out += " " + id.str() + "=" + file;
  for (const auto& [id, file] : feed.factors)
    out += " " + id.str() + "*" + file;
  for (const auto& [id, price] : feed.start_prices)
    out += " " + id.str() + "=" + price.to_string();
  return out;
}

void check_run(std::vector<std::string>& found, const cluster_settings& running,
               const cluster_settings& wanted) {
  require_same(found, "replay.name", running.replay.name, wanted.replay.name);
  for (const auto& before : running.feeds) {
    const auto* after = wanted.find_feed(before.name);
    if (after == nullptr || bars_of(before) != bars_of(*after))
      found.push_back("feeds[" + before.name + "] keeps its bars: the run is made of them");
  }
  if (wanted.feeds.size() > running.feeds.size())
    found.emplace_back("feeds stay as many as they are: the run is made of their bars");
  // The order of instruments is the order of simultaneous bars.
  for (size_t i = 0; i < std::min(running.instruments.size(), wanted.instruments.size()); ++i) {
    if (running.instruments[i].id != wanted.instruments[i].id) {
      found.emplace_back("instruments stay in their order, new ones come last: it decides between "
                         "simultaneous bars");
      break;
    }
  }
}

} // namespace

std::vector<std::string> find_forbidden_changes(const cluster_settings& running,
                                                const cluster_settings& wanted,
                                                const std::set<trading::slot_id>& held) {
  std::vector<std::string> found;
  check_run(found, running, wanted);
  for (const auto& each : running.strategies)
    check_strategy(found, each, wanted.find_strategy(each.id), held);
  for (const auto& each : running.instruments)
    check_instrument(found, each, wanted.find_instrument(each.id));
  for (const auto& each : running.accounts)
    check_account(found, each, wanted.find_account(each.id));
  return found;
}

} // namespace supreme::config
