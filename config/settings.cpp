#include "config/settings.hpp"

#include <algorithm>

namespace supreme::config {

namespace {

template <class Entries, class Matches>
const typename Entries::value_type* find_entry(const Entries& entries, Matches matches) {
  const auto found = std::find_if(entries.begin(), entries.end(), matches);
  return found == entries.end() ? nullptr : &*found;
}

} // namespace

const trading::instrument*
cluster_settings::find_instrument(const trading::instrument_id& wanted) const {
  return find_entry(instruments, [&](const auto& entry) { return entry.id == wanted; });
}

const feed_settings* cluster_settings::find_feed(const std::string& name) const {
  return find_entry(feeds, [&](const auto& entry) { return entry.name == name; });
}

const account_settings* cluster_settings::find_account(const trading::account_id& wanted) const {
  return find_entry(accounts, [&](const auto& entry) { return entry.id == wanted; });
}

const venue_settings* cluster_settings::find_venue(const trading::venue_id& wanted) const {
  return find_entry(venues, [&](const auto& entry) { return entry.id == wanted; });
}

const strategy_settings* cluster_settings::find_strategy(const trading::strategy_id& wanted) const {
  return find_entry(strategies, [&](const auto& entry) { return entry.id == wanted; });
}

} // namespace supreme::config
