#include "tests/cluster/running_cluster.hpp"

#include "tests/support/eventually.hpp"

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace supreme::tests {

namespace {

std::string required(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr)
    throw std::runtime_error(std::string{variable}
                             + " is not set: run these tests with ./supreme test");
  return value;
}

/// State of these tests lives beside the demo's, never in it.
void use_own_state() {
  static const bool once = [] {
    auto own = required("SUPREME_VAR") + "/cluster-test";
    std::filesystem::create_directories(own);
    return ::setenv("SUPREME_VAR", own.c_str(), 1) == 0;
  }();
  (void)once;
}

commands::demo_site prepare(const commands::demo_options& options) {
  use_own_state();
  std::ostringstream ignored;
  return commands::set_up_demo(options, ignored);
}

} // namespace

running_cluster::running_cluster(const commands::demo_options& options)
  : site_(prepare(options)), program_(required("SUPREME_BINARY")) {
  database_ = std::make_unique<pqxx::connection>(site_.database);
  start_venue();
  for (const auto& [name, file] : site_.node_files) {
    if (nodes_.size() == options.nodes)
      break;
    start_node(name);
  }
}

running_cluster::~running_cluster() {
  nodes_.clear();
  venue_.stop(0);
}

void running_cluster::start_node(const std::string& name) {
  nodes_[name] = commands::child_process{program_,
                                         {"node", site_.node_files.at(name).string()},
                                         {{"SUPREME_DATABASE_URL", site_.database}},
                                         (site_.folder / "log" / (name + ".log")).string()};
}

void running_cluster::kill_node(const std::string& name) {
  nodes_.at(name).stop(0);
  nodes_.erase(name);
}

void running_cluster::kill_venue() { venue_.stop(0); }

void running_cluster::start_venue() {
  venue_ = commands::child_process{
    program_,
    {"venue", "--cluster", commands::demo_cluster_name, site_.venue_file.string()},
    {},
    (site_.folder / "log" / "venue.log").string()};
}

std::vector<std::string> running_cluster::lines(const std::string& sql) {
  pqxx::nontransaction work{*database_};
  std::vector<std::string> result;
  for (const auto& row : work.exec(sql)) {
    std::string line;
    for (const auto& field : row)
      line += (line.empty() ? "" : " | ") + std::string{field.is_null() ? "-" : field.c_str()};
    result.push_back(std::move(line));
  }
  return result;
}

std::string running_cluster::value(const std::string& sql) {
  pqxx::nontransaction work{*database_};
  auto rows = work.exec(sql);
  return rows.empty() || rows[0][0].is_null() ? std::string{} : std::string{rows[0][0].c_str()};
}

uint64_t running_cluster::step() {
  auto text = value("SELECT step FROM trading.replays");
  return text.empty() ? 0 : std::stoull(text);
}

bool running_cluster::finished() { return value("SELECT finished FROM trading.replays") == "t"; }

std::string running_cluster::holder(const std::string& unit) {
  return value("SELECT n.node FROM cluster.units u JOIN cluster.nodes n ON n.node = u.holder AND "
               "n.incarnation = "
               "u.holder_incarnation WHERE u.unit = "
               + database_->quote(unit) + " AND n.state = 'live'");
}

void running_cluster::wait_until(const std::string& sql, std::chrono::seconds patience) {
  if (!eventually([&] { return value("SELECT (" + sql + ")") == "t"; }, patience))
    throw std::runtime_error("not within " + std::to_string(patience.count()) + " s: " + sql);
}

void running_cluster::apply_config() {
  ::setenv("SUPREME_DATABASE_URL", site_.database.c_str(), 1);
  (void)commands::output_of(program_,
                            {"config", "apply", site_.cluster_file.string(), "--by", "test"});
}

std::vector<std::string> replay_rows(running_cluster& cluster) {
  std::vector<std::string> all;
  for (const char* sql :
       {"SELECT 'signal', slot, cause, leg, child, strategy, account, instrument, wanted, "
        "reference_price, reason, "
        "inputs, event_time_ns, seen_account_seq FROM trading.signals ORDER BY event_time_ns, "
        "slot, cause, leg, child",
        "SELECT 'verdict', v.slot, v.cause, v.leg, v.child, v.account, refusal, checks, direction, "
        "size, worst_price, "
        "reserve_cash, mark FROM trading.verdicts v JOIN trading.signals s USING (slot, cause, "
        "leg, child) "
        "ORDER BY s.event_time_ns, v.slot, v.cause, v.leg, v.child",
        "SELECT 'order', slot, cause, leg, child, strategy, account, venue, instrument, direction, "
        "type, size, "
        "limit_price, stop_price, decision_price, event_time_ns, reserve_cash, state, filled, "
        "reserved_quantity, "
        "reserved_cash, venue_order, reason FROM trading.orders ORDER BY event_time_ns, slot, "
        "cause, leg, child",
        "SELECT 'fill', venue, account, trade_id, slot, instrument, direction, price, size, fee, "
        "fee_asset, "
        "event_time_ns, account_seq, position_size, position_cost, position_realised, "
        "position_fees, slot_size, "
        "slot_cost FROM trading.fills ORDER BY account, account_seq",
        "SELECT 'position', account, instrument, size, cost, realised_gross, fees_quote, "
        "fill_count, reserved_buy, "
        "reserved_sell FROM trading.positions ORDER BY account, instrument",
        "SELECT 'slot', slot, account, instrument, size, cost, realised_gross FROM trading.slots "
        "ORDER BY slot",
        "SELECT 'balance', account, asset, amount, reserved FROM trading.balances ORDER BY "
        "account, asset",
        "SELECT 'step', replay, step, event_time_ns, bars, signals FROM trading.replay_steps WHERE "
        "bars > 0 "
        "ORDER BY replay, step",
        "SELECT 'equity', account, replay, step, event_time_ns, equity, cash FROM trading.equity "
        "ORDER BY account, replay, step"}) {
    auto part = cluster.lines(sql);
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::string first_difference(const std::vector<std::string>& expected,
                             const std::vector<std::string>& actual) {
  for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    auto left = i < expected.size() ? expected[i] : std::string{"(no row)"};
    auto right = i < actual.size() ? actual[i] : std::string{"(no row)"};
    if (left != right)
      return "row " + std::to_string(i) + "\n  expected " + left + "\n  actual   " + right;
  }
  return {};
}

} // namespace supreme::tests
