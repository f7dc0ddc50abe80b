#pragma once

#include "storage/memory/memory_database.hpp"

namespace supreme::storage {

/// Membership, epochs and configuration in memory, by the rules of the database's functions.
class memory_cluster_store final : public cluster_store {
public:
  explicit memory_cluster_store(std::shared_ptr<memory_database> database);

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
  /// Runs `work` under the lock, with the fault injected for `call`.
  template <class Work>
  auto locked(std::string_view call, Work work);
  void bury_expired();
  [[nodiscard]] bool is_live(uint64_t incarnation) const;
  [[nodiscard]] cluster_view current_view() const;
  [[nodiscard]] std::string registration_refusal(const node_registration& r) const;
  void note(const std::string& node, uint64_t incarnation, const std::string& kind,
            const std::string& unit, uint64_t epoch, const std::string& detail);

  std::shared_ptr<memory_database> database_;
};

} // namespace supreme::storage
