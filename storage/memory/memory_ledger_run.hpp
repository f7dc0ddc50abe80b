#pragma once

#include "storage/memory/memory_database.hpp"

#include <nlohmann/json.hpp>

namespace supreme::storage {

/// Runs transactions on a memory_database whose lock the caller holds. Each run computes everything
/// that may throw before it changes the first row, so a transaction that throws has done nothing.
class memory_ledger_run {
public:
  explicit memory_ledger_run(memory_database& database) : db_(database) {}

  [[nodiscard]] outcome operator()(const decide_transaction& t);
  [[nodiscard]] outcome operator()(const submit_transaction& t);
  [[nodiscard]] outcome operator()(const report_transaction& t);
  [[nodiscard]] outcome operator()(const fill_transaction& t);
  [[nodiscard]] outcome operator()(const step_transaction& t);
  [[nodiscard]] outcome operator()(const breakers_transaction& t);

  /// The order's row as a reader sees it now.
  [[nodiscard]] order_row row_of(const memory_database::order_record& o) const;
  /// The strictest mode that somebody set of all scopes an order belongs to.
  [[nodiscard]] trading::trading_mode mode_set(const trading::account_id& account,
                                               const trading::strategy_id& strategy,
                                               const trading::instrument_id& instrument) const;
  /// The same, and a latched breaker holds like `reducing`.
  [[nodiscard]] trading::trading_mode mode_in_force(const trading::account_id& account,
                                                    const trading::strategy_id& strategy,
                                                    const trading::instrument_id& instrument) const;

private:
  using order_record = memory_database::order_record;

  [[nodiscard]] bool holds(const unit_claim& claim) const;
  [[nodiscard]] const std::string& node_of(const unit_claim& claim) const;
  [[nodiscard]] order_record* find(const trading::client_order_id& id,
                                   const trading::account_id& account);
  /// The row's refusal of an order that the guard approved, with its check; nothing when it may be
  /// reserved.
  [[nodiscard]] std::optional<trading::check_result> refuse(const decide_transaction& t) const;
  [[nodiscard]] order_record make_order(const decide_transaction& t) const;
  void reserve(const order_record& o);
  void release(const order_record& o, trading::quantity quantity, trading::money cash);
  void close(const order_record& o);
  [[nodiscard]] outcome quarantine(const fill_transaction& t, const std::string& why);
  void apply(const fill_transaction& t, order_record& o, uint64_t seq, const std::string& kind);
  /// The audit payload: the transaction and what came of it. Throws when a text is not UTF-8 or
  /// holds a NUL, which the database cannot store either.
  [[nodiscard]] std::string payload(const transaction& t, const nlohmann::json& out) const;
  void audit(const trading::account_id& account, const unit_claim& by, const std::string& kind,
             const std::string& content);

  memory_database& db_;
};

} // namespace supreme::storage
