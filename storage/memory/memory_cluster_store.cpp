#include "storage/memory/memory_cluster_store.hpp"

#include "storage/event_detail.hpp"
#include "storage/memory/guarded_call.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace supreme::storage {

namespace {

/// How long the view shows a node after it ended.
constexpr std::chrono::hours ended_nodes_shown{1};

} // namespace

memory_cluster_store::memory_cluster_store(std::shared_ptr<memory_database> database)
  : database_(std::move(database)) {}

template <class Work>
auto memory_cluster_store::locked(std::string_view call, Work work) {
  return with_fault(database_->next_fault(call), [&] {
    const std::lock_guard lock{database_->mutex_};
    return work();
  });
}

void memory_cluster_store::note(const std::string& node, uint64_t incarnation,
                                const std::string& kind, const std::string& unit, uint64_t epoch,
                                const std::string& detail) {
  const nlohmann::json payload = {{"node", node},
                                  {"incarnation", incarnation},
                                  {"unit", unit},
                                  {"epoch", epoch},
                                  {"detail", detail}};
  database_->append_audit("cluster", node, epoch, unit.empty() ? "node" : unit, kind,
                          payload.dump());
}

void memory_cluster_store::bury_expired() {
  const auto now = database_->now_();
  for (auto& [incarnation, n] : database_->nodes_) {
    if (n.ended || n.expires_at >= now)
      continue;
    n.ended = true;
    n.ended_at = now;
    note(n.registration.node, incarnation, "dead", "", 0, "the heartbeat expired");
  }
}

bool memory_cluster_store::is_live(uint64_t incarnation) const {
  const auto found = database_->nodes_.find(incarnation);
  return found != database_->nodes_.end() && !found->second.ended
         && found->second.expires_at > database_->now_();
}

std::string memory_cluster_store::registration_refusal(const node_registration& r) const {
  const auto& db = *database_;
  if (!db.cluster_.empty() && db.cluster_ != r.cluster)
    return "this database belongs to cluster \"" + db.cluster_ + "\", not \"" + r.cluster + "\"";
  for (const auto& [incarnation, n] : db.nodes_)
    if (!n.ended && n.registration.node == r.node)
      return "node \"" + r.node + "\" is still live (incarnation " + std::to_string(incarnation)
             + ")";
  for (const auto& [incarnation, n] : db.nodes_) {
    if (n.ended)
      continue;
    const auto& other = n.registration;
    if (other.runtime_id == r.runtime_id)
      return "runtime id " + r.runtime_id + " already belongs to node \"" + other.node + "\"";
    if (other.build != r.build)
      return "node \"" + other.node + "\" runs build " + other.build + ", this is " + r.build;
    if (other.messages != r.messages)
      return "node \"" + other.node + "\" speaks message set " + other.messages + ", this is "
             + r.messages;
  }
  return {};
}

registered memory_cluster_store::register_node(const node_registration& r) {
  return locked("register_node", [&]() -> registered {
    auto& db = *database_;
    bury_expired();
    if (auto refusal = registration_refusal(r); !refusal.empty())
      return {.incarnation = 0, .refusal = std::move(refusal)};
    db.cluster_ = r.cluster;
    const auto incarnation = ++db.last_incarnation_;
    const auto now = db.now_();
    memory_database::node_record n;
    n.registration = r;
    n.registered_at = now;
    n.expires_at = now + std::chrono::milliseconds{r.ttl_ms};
    db.nodes_.emplace(incarnation, std::move(n));
    note(r.node, incarnation, "registered", "", 0,
         r.host + ":" + std::to_string(r.port) + " build " + r.build);
    return {.incarnation = incarnation, .refusal = {}};
  });
}

cluster_view memory_cluster_store::current_view() const {
  const auto& db = *database_;
  const auto now = db.now_();
  cluster_view v;
  for (const auto& [incarnation, n] : db.nodes_) {
    if (n.ended && now - n.ended_at >= ended_nodes_shown)
      continue;
    const auto& r = n.registration;
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - n.registered_at);
    v.nodes.push_back({.node = r.node,
                       .incarnation = incarnation,
                       .runtime_id = r.runtime_id,
                       .host = r.host,
                       .port = r.port,
                       .labels = r.labels,
                       .config_version = n.config_version,
                       .live = is_live(incarnation),
                       .age_ms = age.count()});
  }
  std::stable_sort(v.nodes.begin(), v.nodes.end(),
                   [](const auto& a, const auto& b) { return a.node < b.node; });
  for (const auto& [unit, u] : db.units_)
    v.units.push_back({unit, u.holder, u.holder_incarnation, u.epoch});
  v.config_version = db.configs_.size();
  return v;
}

cluster_view memory_cluster_store::renew(const std::string& node, uint64_t incarnation,
                                         int64_t ttl_ms, uint64_t config_version) {
  return locked("renew", [&] {
    const bool alive =
      is_live(incarnation) && database_->nodes_.at(incarnation).registration.node == node;
    if (alive) {
      auto& n = database_->nodes_.at(incarnation);
      n.expires_at = database_->now_() + std::chrono::milliseconds{ttl_ms};
      n.config_version = config_version;
    }
    bury_expired();
    auto v = current_view();
    v.alive = alive;
    return v;
  });
}

cluster_view memory_cluster_store::view() {
  return locked("view", [&] { return current_view(); });
}

void memory_cluster_store::leave(const std::string& node, uint64_t incarnation) {
  locked("leave", [&] {
    auto& db = *database_;
    const auto found = db.nodes_.find(incarnation);
    if (found != db.nodes_.end() && !found->second.ended
        && found->second.registration.node == node) {
      found->second.ended = true;
      found->second.ended_at = db.now_();
      note(node, incarnation, "left", "", 0, "");
    }
    for (auto& [unit, u] : db.units_) {
      if (u.holder_incarnation != incarnation || u.holder != node)
        continue;
      u.holder.clear();
      u.holder_incarnation = 0;
      note(node, incarnation, "released", unit, u.epoch, "the node left");
    }
  });
}

std::optional<uint64_t> memory_cluster_store::claim(const std::string& unit,
                                                    const std::string& node, uint64_t incarnation) {
  return locked("claim", [&]() -> std::optional<uint64_t> {
    auto& db = *database_;
    if (!is_live(incarnation) || db.nodes_.at(incarnation).registration.node != node)
      return std::nullopt;
    auto& u = db.units_[unit];
    std::string detail;
    if (u.holder_incarnation != 0) {
      auto& holder = db.nodes_.at(u.holder_incarnation);
      if (!holder.ended && holder.expires_at < db.now_()) {
        holder.ended = true;
        holder.ended_at = db.now_();
        note(u.holder, u.holder_incarnation, "dead", "", 0, "the heartbeat expired");
      }
      if (is_live(u.holder_incarnation))
        return std::nullopt;
      detail = "from " + u.holder + ", incarnation " + std::to_string(u.holder_incarnation);
    }
    u.holder = node;
    u.holder_incarnation = incarnation;
    ++u.epoch;
    note(node, incarnation, "claimed", unit, u.epoch, detail);
    return u.epoch;
  });
}

bool memory_cluster_store::release(const std::string& unit, const std::string& node,
                                   uint64_t incarnation, uint64_t epoch) {
  return locked("release", [&] {
    const auto found = database_->units_.find(unit);
    if (found == database_->units_.end())
      return false;
    auto& u = found->second;
    if (u.holder != node || u.holder_incarnation != incarnation || u.epoch != epoch)
      return false;
    u.holder.clear();
    u.holder_incarnation = 0;
    note(node, incarnation, "released", unit, epoch, "");
    return true;
  });
}

uint64_t memory_cluster_store::next_incarnation() {
  return locked("next_incarnation", [&] { return ++database_->last_incarnation_; });
}

std::optional<config_row> memory_cluster_store::latest_config() {
  return locked("latest_config", [&]() -> std::optional<config_row> {
    if (database_->configs_.empty())
      return std::nullopt;
    return database_->configs_.back();
  });
}

std::optional<config_row> memory_cluster_store::config(uint64_t version) {
  return locked("config", [&]() -> std::optional<config_row> {
    if (version == 0 || version > database_->configs_.size())
      return std::nullopt;
    return database_->configs_[version - 1];
  });
}

std::optional<uint64_t> memory_cluster_store::apply_config(const std::string& text,
                                                           const std::string& sha256,
                                                           const std::string& applied_by,
                                                           uint64_t expected_previous) {
  return locked("apply_config", [&]() -> std::optional<uint64_t> {
    if (applied_by.empty())
      throw store_failure(failure_kind::definitive, "a configuration is applied by somebody");
    if (sha256_hex(text) != sha256)
      throw store_failure(failure_kind::definitive,
                          "the configuration does not have the given SHA-256");
    auto& configs = database_->configs_;
    if (configs.size() != expected_previous)
      return std::nullopt;
    const uint64_t version = expected_previous + 1;
    configs.push_back({version, text, sha256, applied_by});
    const nlohmann::json payload = {
      {"version", version}, {"sha256", sha256}, {"applied_by", applied_by}};
    database_->append_audit("config", "", 0, applied_by, "config_applied", payload.dump());
    return version;
  });
}

void memory_cluster_store::record_event(const actor_event& e) {
  locked("record_event", [&] {
    auto kept = e;
    kept.detail = cut_event_detail(e.detail);
    database_->actor_events_.push_back(std::move(kept));
  });
}

} // namespace supreme::storage
