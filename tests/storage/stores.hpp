#pragma once

#include "storage/cluster_store.hpp"
#include "storage/ledger_store.hpp"
#include "storage/memory/memory_database.hpp"
#include "tests/support/postgres_fixture.hpp"

#include <memory>
#include <ostream>
#include <string>

namespace supreme::tests {

enum class store_kind : uint8_t { postgres = 1, memory = 2 };

void PrintTo(store_kind kind, std::ostream* out);

/// A migrated database of its own for each test.
class migrated_test : public postgres_test {
protected:
  std::string template_name() const override { return "storage"; }
  void prepare_template(const std::string& conninfo) override;

  /// Runs SQL as the superuser, for looking and for breaking things; the first field of the first
  /// row.
  std::string sql(const std::string& text) const;
};

/// Runs a test against the stores in PostgreSQL and against those in memory: one contract, two
/// implementations.
class store_test : public migrated_test, public ::testing::WithParamInterface<store_kind> {
protected:
  void SetUp() override;

  /// Another object on the same rows, as another process would have.
  std::unique_ptr<storage::ledger_store> open_ledger() const;
  std::unique_ptr<storage::cluster_store> open_cluster() const;

  /// Lets the server's clock pass this much time: at once in memory, by waiting in PostgreSQL's
  /// lease rows, which are moved into the past instead.
  void pass(std::chrono::milliseconds time);

  /// A live node that holds the unit.
  storage::unit_claim own(const std::string& unit);

  std::unique_ptr<storage::ledger_store> ledger_;
  std::unique_ptr<storage::cluster_store> cluster_;
  std::shared_ptr<storage::memory_database> memory_; ///< null for PostgreSQL
  trading::timestamp memory_now_ = trading::timestamp::from_ms(1'776'000'000'000);
  uint64_t node_incarnation_ = 0; ///< of the node "n1" that own() claims for
};

} // namespace supreme::tests
