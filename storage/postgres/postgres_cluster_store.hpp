#pragma once

#include "storage/cluster_store.hpp"
#include "storage/postgres/session.hpp"

namespace supreme::storage {

/// Membership, epochs and configuration in PostgreSQL: each call is one statement of the functions
/// in migrations/.
class postgres_cluster_store final : public cluster_store {
public:
  explicit postgres_cluster_store(const std::string& conninfo);

  [[nodiscard]] registered register_node(const node_registration& r) override;
  [[nodiscard]] cluster_view renew(const std::string& node, uint64_t incarnation, int64_t ttl_ms,
                                   uint64_t config_version) override;
  [[nodiscard]] cluster_view view() override;
  void leave(const std::string& node, uint64_t incarnation) override;
  [[nodiscard]] std::optional<uint64_t> claim(const std::string& unit, const std::string& node,
                                              uint64_t incarnation) override;
  bool release(const std::string& unit, const std::string& node, uint64_t incarnation,
               uint64_t epoch) override;
  [[nodiscard]] uint64_t next_incarnation() override;
  [[nodiscard]] std::optional<config_row> latest_config() override;
  [[nodiscard]] std::optional<config_row> config(uint64_t version) override;
  [[nodiscard]] std::optional<uint64_t> apply_config(const std::string& text,
                                                     const std::string& sha256,
                                                     const std::string& applied_by,
                                                     uint64_t expected_previous) override;
  void record_event(const actor_event& e) override;

private:
  std::optional<config_row> read_config(const char* version);

  postgres_session session_;
};

} // namespace supreme::storage
