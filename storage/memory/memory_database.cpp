#include "storage/memory/memory_database.hpp"

#include "storage/audit_hash.hpp"
#include "storage/codec.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace supreme::storage {

namespace {

std::string_view bytes_of(const sha256_digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace

memory_database::memory_database(clock now, bool with_audit)
  : now_(std::move(now)), with_audit_(with_audit) {}

void memory_database::set_faults(fault_source source) {
  const std::lock_guard lock{mutex_};
  faults_ = std::move(source);
}

injected_fault memory_database::next_fault(std::string_view call) const {
  fault_source source;
  {
    const std::lock_guard lock{mutex_};
    source = faults_;
  }
  return source ? source(call) : injected_fault::none;
}

std::vector<memory_audit_row> memory_database::audit_rows() const {
  const std::lock_guard lock{mutex_};
  std::vector<memory_audit_row> rows;
  for (const auto& [stream, chain] : audit_)
    rows.insert(rows.end(), chain.begin(), chain.end());
  return rows;
}

std::vector<memory_parked_row> memory_database::parked() const {
  const std::lock_guard lock{mutex_};
  return parked_;
}

std::vector<memory_quarantined_fill> memory_database::quarantined() const {
  const std::lock_guard lock{mutex_};
  return quarantine_;
}

std::vector<actor_event> memory_database::actor_events() const {
  const std::lock_guard lock{mutex_};
  return actor_events_;
}

std::vector<trading::breaker_report>
memory_database::breakers(const trading::account_id& account) const {
  const std::lock_guard lock{mutex_};
  std::vector<trading::breaker_report> out;
  if (const auto found = accounts_.find(account); found != accounts_.end())
    for (const auto& [key, report] : found->second.breakers)
      out.push_back(report);
  return out;
}

std::vector<equity_sample> memory_database::equity() const {
  const std::lock_guard lock{mutex_};
  return equity_;
}

void memory_database::apply_mode(const mode_change& change, const mode_record& old) {
  const auto tightened_by = change.mode == trading::trading_mode::active ? std::string{}
                            : change.mode > old.mode                     ? change.principal
                                                                         : old.tightened_by;
  const nlohmann::json payload = {{"scope", codec::to_string(change.scope)},
                                  {"name", change.name},
                                  {"from", to_string(old.mode)},
                                  {"to", to_string(change.mode)},
                                  {"principal", change.principal},
                                  {"reason", change.reason}};
  const auto content = payload.dump();
  modes_[{change.scope, change.name}] = {change.mode, tightened_by};
  append_audit("modes", "", 0, change.principal, "mode_changed", content);
}

void memory_database::reduce_all(const std::string& principal, const std::string& reason) {
  const auto found = modes_.find({mode_scope::global, ""});
  const auto old = found == modes_.end() ? mode_record{} : found->second;
  if (old.mode < trading::trading_mode::reducing)
    apply_mode({mode_scope::global, {}, trading::trading_mode::reducing, principal, reason}, old);
}

void memory_database::append_audit(const std::string& stream, const std::string& node,
                                   uint64_t epoch, const std::string& actor,
                                   const std::string& kind, const std::string& payload) {
  if (!with_audit_)
    return;
  auto& chain = audit_[stream];
  memory_audit_row row{stream, chain.size() + 1, now_(), node, epoch, actor, kind, payload, {}, {}};
  if (!chain.empty())
    row.prev_hash = chain.back().hash;
  row.hash = audit_hash({.stream = row.stream,
                         .seq = static_cast<int64_t>(row.seq),
                         .at_us = row.at.ns() / 1000,
                         .node = row.node,
                         .epoch = static_cast<int64_t>(row.epoch),
                         .actor = row.actor,
                         .kind = row.kind,
                         .payload = row.payload,
                         .prev_hash = bytes_of(row.prev_hash)});
  chain.push_back(std::move(row));
}

} // namespace supreme::storage
