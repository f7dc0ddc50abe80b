#pragma once

#include "storage/ledger_store.hpp"
#include "storage/postgres/session.hpp"

namespace supreme::storage {

/// The ledger in PostgreSQL: each call is one statement of the functions in migrations/.
class postgres_ledger_store final : public ledger_store {
public:
  explicit postgres_ledger_store(const std::string& conninfo);

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
  std::vector<outcome> run_group(const std::vector<const transaction*>& members);
  outcome run_alone(const transaction& member);
  outcome park(const transaction& member, const std::string& reason);

  postgres_session session_;
};

} // namespace supreme::storage
