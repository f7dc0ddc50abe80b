#pragma once

#include "storage/memory/memory_database.hpp"

namespace supreme::storage {

/// The ledger in memory, by the rules of the database's functions: for actor tests and simulation.
class memory_ledger_store final : public ledger_store {
public:
  explicit memory_ledger_store(std::shared_ptr<memory_database> database);

  [[nodiscard]] std::vector<outcome> commit(const std::vector<transaction>& group) override;
  void open_account(const trading::account_id& account, const trading::venue_id& venue,
                    const std::map<trading::asset_id, trading::money>& initial) override;
  [[nodiscard]] account_snapshot load_account(const trading::account_id& account) override;
  [[nodiscard]] std::optional<order_row> find_order(const trading::client_order_id& id) override;
  [[nodiscard]] std::vector<fill_row> fills_after(const trading::account_id& account,
                                                  uint64_t after, size_t limit) override;
  [[nodiscard]] account_events events_after(const trading::account_id& account, uint64_t after,
                                            size_t limit) override;
  [[nodiscard]] std::vector<equity_point> equity_after(const trading::account_id& account,
                                                       const std::string& replay, uint64_t after,
                                                       size_t limit) override;
  [[nodiscard]] std::vector<trading::account_id> accounts() override;
  [[nodiscard]] replay_progress load_progress(const std::string& replay) override;
  [[nodiscard]] change_outcome change_mode(const mode_change& change) override;
  [[nodiscard]] change_outcome command_risk(const command_request& request) override;

private:
  template <class Work>
  auto locked(std::string_view call, Work work);

  std::shared_ptr<memory_database> database_;
};

} // namespace supreme::storage
