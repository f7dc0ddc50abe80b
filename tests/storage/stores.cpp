#include "tests/storage/stores.hpp"

#include "storage/memory/memory_cluster_store.hpp"
#include "storage/memory/memory_ledger_store.hpp"
#include "storage/migrate.hpp"
#include "storage/open.hpp"

#include <pqxx/pqxx>

namespace supreme::tests {

using namespace storage;

namespace {

constexpr int64_t long_ttl_ms = 600'000;

} // namespace

void PrintTo(store_kind kind, std::ostream* out) {
  *out << (kind == store_kind::postgres ? "postgres" : "memory");
}

void migrated_test::prepare_template(const std::string& conninfo) { migrate(conninfo); }

std::string migrated_test::sql(const std::string& text) const {
  pqxx::connection connection{conninfo()};
  pqxx::nontransaction session{connection};
  const auto answer = session.exec(text);
  return answer.empty() || answer[0].empty() || answer[0][0].is_null()
           ? std::string{}
           : answer[0][0].as<std::string>();
}

void store_test::SetUp() {
  if (GetParam() == store_kind::postgres) {
    migrated_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
  } else {
    memory_ = std::make_shared<memory_database>([this] { return memory_now_; });
  }
  ledger_ = open_ledger();
  cluster_ = open_cluster();
  node_registration n;
  n.node = "n1";
  n.runtime_id = "runtime-n1";
  n.cluster = "test";
  n.build = "build";
  n.messages = "messages";
  n.host = "localhost";
  n.port = 1;
  n.ttl_ms = long_ttl_ms;
  node_incarnation_ = cluster_->register_node(n).incarnation;
  ASSERT_GT(node_incarnation_, 0U);
}

std::unique_ptr<ledger_store> store_test::open_ledger() const {
  if (memory_)
    return std::make_unique<memory_ledger_store>(memory_);
  return open_postgres_ledger(conninfo());
}

std::unique_ptr<cluster_store> store_test::open_cluster() const {
  if (memory_)
    return std::make_unique<memory_cluster_store>(memory_);
  return open_postgres_cluster(conninfo());
}

void store_test::pass(std::chrono::milliseconds time) {
  if (memory_) {
    memory_now_ = memory_now_ + time;
    return;
  }
  const auto interval = "interval '" + std::to_string(time.count()) + " milliseconds'";
  sql("UPDATE cluster.nodes SET expires_at = expires_at - " + interval
      + ", registered_at = registered_at - " + interval + ", ended_at = ended_at - " + interval);
  sql("UPDATE trading.orders SET valid_until = valid_until - " + interval);
}

unit_claim store_test::own(const std::string& unit) {
  const auto epoch = cluster_->claim(unit, "n1", node_incarnation_);
  EXPECT_TRUE(epoch.has_value()) << unit;
  return {unit, epoch.value_or(0)};
}

} // namespace supreme::tests
