#include "config/transition.hpp"

namespace supreme::config {

namespace {

void require_same(std::vector<std::string>& found, const std::string& key, const std::string& before,
                  const std::string& after) {
  if (before != after)
    found.push_back(key + " stays " + before + ": its rows depend on it, and " + after
                    + " would contradict them");
}

void check_account(std::vector<std::string>& found, const account_settings& before,
                   const account_settings* after) {
  const auto path = "accounts[" + before.id.str() + "]";
  if (after == nullptr) {
    found.push_back(path + " stays: nobody would see to its orders and positions any more; halt it instead");
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

} // namespace

std::vector<std::string> find_forbidden_changes(const cluster_settings& running, const cluster_settings& wanted) {
  std::vector<std::string> found;
  for (const auto& each : running.instruments)
    check_instrument(found, each, wanted.find_instrument(each.id));
  for (const auto& each : running.accounts)
    check_account(found, each, wanted.find_account(each.id));
  return found;
}

} // namespace supreme::config
