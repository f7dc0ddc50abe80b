// Goal: what the transactions of one order cost beyond the disk, and what grouping them saves.
// Method: every iteration also times a bare single-row commit on a connection of its own, so that
// the counter `x_bare` compares the two under the same load; only this ratio carries over between
// machines. The time shown is that of one member. Needs a cluster: SUPREME_TEST_PG, as for the
// tests; makes and drops a database of its own.

#include "storage/migrate.hpp"
#include "storage/open.hpp"
#include "tests/storage/transactions.hpp"

#include <benchmark/benchmark.h>
#include <libpq-fe.h>
#include <pqxx/pqxx>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace supreme::storage {
namespace {

using namespace trading;
using tests::commit;
using tests::desk;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point began) {
  return std::chrono::duration<double>(clock::now() - began).count();
}

/// A migrated database, a node that holds every unit, and an account with money.
class bench_database {
public:
  explicit bench_database(const std::string& server)
    : server_(server), name_("bench_" + std::to_string(::getpid())) {
    alone("CREATE DATABASE " + name_);
    conninfo_ = with_database(server_, name_);
    migrate(conninfo_);
    ledger = open_postgres_ledger(conninfo_);
    const auto cluster = open_postgres_cluster(conninfo_);
    node_registration n;
    n.node = n.runtime_id = n.cluster = n.build = n.messages = n.host = "bench";
    n.ttl_ms = 36'000'000;
    const auto incarnation = cluster->register_node(n).incarnation;
    const auto own = [&](const std::string& unit) {
      return unit_claim{unit, cluster->claim(unit, "bench", incarnation).value()};
    };
    d.guard = own("guard");
    d.strategy = own("strategy");
    d.executor = own("executor");
    d.portfolio = own("portfolio");
    ledger->open_account(account_id{"main"}, venue_id{"sim"},
                         {{asset_id{"USDT"}, decimal::literal("1000000000")}});
    bare_ = std::make_unique<pqxx::connection>(conninfo_);
    pqxx::nontransaction{*bare_}.exec("CREATE TABLE public.bare (number bigint, content text)");
    bare_->prepare("bare", "INSERT INTO public.bare VALUES ($1, $2)");
  }
  ~bench_database() {
    bare_.reset();
    ledger.reset();
    alone("DROP DATABASE " + name_ + " WITH (FORCE)");
  }

  /// Seconds of one durable single-row insert.
  double bare_commit() {
    pqxx::nontransaction session{*bare_};
    const auto began = clock::now();
    session.exec_prepared("bare", ++number_, "about as much text as one short row has");
    return seconds_since(began);
  }

  std::string next_cause() { return std::to_string(++number_); }

  order_row sent_order() {
    return commit(*ledger, d.fused(d.decide(next_cause(), side::buy, "0.001", "0.2"), 1))
      .order.value();
  }

  std::unique_ptr<ledger_store> ledger;
  desk d;

private:
  static std::string with_database(const std::string& server, const std::string& name) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
      PQconninfoParse(server.c_str(), nullptr), &PQconninfoFree};
    std::string out = "dbname=" + name;
    for (const auto* o = options.get(); o != nullptr && o->keyword != nullptr; ++o)
      if (o->val != nullptr && std::string{"dbname"} != o->keyword)
        out += std::string{" "} + o->keyword + "='" + o->val + "'";
    return out;
  }

  void alone(const std::string& statement) const {
    pqxx::connection connection{server_};
    pqxx::nontransaction{connection}.exec(statement);
  }

  std::string server_, name_, conninfo_;
  std::unique_ptr<pqxx::connection> bare_;
  int64_t number_ = 0;
};

std::unique_ptr<bench_database> database;

void expect_applied(const outcome& o) {
  if (o.status != commit_status::applied)
    throw std::runtime_error("not applied: " + o.text);
}

/// Times `run(prepared)` against a bare commit; `prepare` is not timed.
template <class Prepare, class Run>
void measure(benchmark::State& state, size_t members, Prepare prepare, Run run) {
  double ours = 0, bare = 0;
  for (auto _ : state) {
    auto prepared = prepare();
    bare += database->bare_commit();
    const auto began = clock::now();
    run(prepared);
    const auto taken = seconds_since(began);
    ours += taken;
    state.SetIterationTime(taken / static_cast<double>(members));
  }
  state.counters["bare_us"] = 1e6 * bare / static_cast<double>(state.iterations());
  state.counters["x_bare"] = ours / static_cast<double>(members) / bare;
}

void decide(benchmark::State& state) {
  auto& b = *database;
  measure(
    state, 1, [&] { return b.d.decide(b.next_cause(), side::buy, "0.001", "0.2"); },
    [&](const auto& t) { expect_applied(commit(*b.ledger, t)); });
}

void decide_fused(benchmark::State& state) {
  auto& b = *database;
  measure(
    state, 1, [&] { return b.d.fused(b.d.decide(b.next_cause(), side::buy, "0.001", "0.2"), 1); },
    [&](const auto& t) { expect_applied(commit(*b.ledger, t)); });
}

void submit(benchmark::State& state) {
  auto& b = *database;
  measure(
    state, 1,
    [&] {
      return b.d.submit(
        commit(*b.ledger, b.d.decide(b.next_cause(), side::buy, "0.001", "0.2")).order->order.id,
        1);
    },
    [&](const auto& t) { expect_applied(commit(*b.ledger, t)); });
}

void report(benchmark::State& state) {
  auto& b = *database;
  measure(
    state, 1, [&] { return b.d.report(b.sent_order().order.id, order_state::open); },
    [&](const auto& t) { expect_applied(commit(*b.ledger, t)); });
}

void fill(benchmark::State& state) {
  auto& b = *database;
  measure(
    state, 1,
    [&] { return b.d.fill(*b.ledger, b.sent_order(), b.next_cause(), "100", "0.001", "0.0001"); },
    [&](const auto& t) { expect_applied(commit(*b.ledger, t)); });
}

void decide_group(benchmark::State& state) {
  auto& b = *database;
  const auto members = static_cast<size_t>(state.range(0));
  measure(
    state, members,
    [&] {
      std::vector<transaction> group;
      for (size_t i = 0; i < members; ++i)
        group.emplace_back(b.d.fused(b.d.decide(b.next_cause(), side::buy, "0.001", "0.2"), 1));
      return group;
    },
    [&](const auto& group) {
      for (const auto& o : b.ledger->commit(group))
        expect_applied(o);
    });
}

BENCHMARK(decide)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(decide_fused)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(submit)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(report)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(fill)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(decide_group)->Arg(1)->Arg(8)->Arg(64)->UseManualTime()->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace supreme::storage

int main(int count, char** arguments) {
  const char* server = std::getenv("SUPREME_TEST_PG");
  if (server == nullptr || *server == '\0') {
    std::cerr << "needs a PostgreSQL cluster: set SUPREME_TEST_PG to the output of "
                 "deploy/postgres.sh start NAME\n";
    return 1;
  }
  supreme::storage::database = std::make_unique<supreme::storage::bench_database>(server);
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  supreme::storage::database.reset();
  return 0;
}
