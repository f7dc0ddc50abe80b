#include "tests/actors/unit_bench.hpp"
#include "config/strategy_instances.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::tests {

namespace {

constexpr uint64_t incarnation_here = 1;
constexpr int64_t ttl_ms =
  3'600'000; // The store's idea of the node; the lease is moved by the tests.

} // namespace

unit_bench::unit_bench()
  : database_(
    std::make_shared<storage::memory_database>([this] { return system_.clock().wall(); })),
    rows_(database_),
    members_(database_),
    lease_(std::make_shared<actors::lease>(system_.clock())) {
  storage::node_registration here;
  here.node = "here";
  here.runtime_id = "here#1";
  here.cluster = "test";
  here.build = "test-build";
  here.messages = protocols::message_set_hash();
  here.ttl_ms = ttl_ms;
  SUPREME_CHECK(members_.register_node(here).incarnation == incarnation_here,
                "the first node is number 1");
  lease_->renew(system_.clock().since_boot(), 24h);
  books_ = keep(system_.actors().spawn(
    actors::make_ledger, std::make_shared<storage::memory_ledger_store>(database_), lease_));
  names_ = keep(system_.actors().spawn(actors::make_directory, "here", actors::connector{}));
  configure(cluster_text{}.to_settings());
}

unit_bench::~unit_bench() {
  for (auto actor = kept_.rbegin(); actor != kept_.rend(); ++actor)
    kill(*actor);
}

void unit_bench::configure(config::cluster_settings settings, uint64_t version) {
  config_ = std::make_shared<actors::committed_config>(
    actors::committed_config{version, std::move(settings)});
  for (const auto& unit : actors::list_units(config_->settings, version)) {
    if (epochs_.count(unit.name) == 0)
      epochs_[unit.name] = members_.claim(unit.name, "here", incarnation_here).value();
  }
}

actors::unit_context unit_bench::context_of(const std::string& unit, uint64_t number) {
  for (auto& spec : actors::list_units(config_->settings, config_->version)) {
    if (spec.name == unit)
      return {"here", spec,   epochs_.at(unit),    number, config_,
              names_, books_, actors::registrar{}, lease_};
  }
  throw std::runtime_error("no unit " + unit);
}

uint64_t unit_bench::supersede(const std::string& unit) {
  SUPREME_CHECK(members_.release(unit, "here", incarnation_here, epochs_.at(unit)),
                "the unit is held");
  return epochs_[unit] = members_.claim(unit, "here", incarnation_here).value();
}

void unit_bench::place_actor(const std::string& unit, const caf::actor& handle, uint64_t number,
                             const std::string& node) {
  protocols::unit_address address;
  address.unit = unit;
  auto epoch = epochs_.find(unit);
  address.epoch = epoch == epochs_.end() ? 0 : epoch->second;
  address.node = node;
  address.incarnation = number;
  address.handle = caf::actor_cast<caf::strong_actor_ptr>(handle);
  caf::anon_send(names_, actors::local_unit{std::move(address)});
  system_.run();
}

void unit_bench::open_accounts() {
  for (const auto& a : config_->settings.accounts)
    rows_.open_account(a.id, a.venue, a.initial);
}

void unit_bench::set_mode(storage::mode_scope scope, const std::string& name,
                          trading::trading_mode mode, const std::string& who) {
  SUPREME_CHECK(rows_.change_mode({scope, name, mode, who, "test"})
                  == storage::change_outcome::applied,
                "a test's change of mode is applied");
}

storage::account_snapshot unit_bench::rows_of(const std::string& account) {
  return rows_.load_account(trading::account_id{account});
}

trading::signal unit_bench::make_signal(const std::string& strategy, const std::string& instrument,
                                        uint64_t number, trading::target wanted,
                                        const std::string& price) const {
  const auto* configured = settings().find_strategy(trading::strategy_id{strategy});
  SUPREME_CHECK(configured != nullptr, "the strategy is configured");
  trading::signal s;
  s.key.slot = trading::make_slot(configured->id, trading::instrument_id{instrument});
  s.key.cause = instrument + "/60s/" + std::to_string(minute(number).ms());
  s.strategy = configured->id;
  s.account = configured->account;
  s.instrument = trading::instrument_id{instrument};
  s.wanted = wanted;
  s.reference_price = trading::decimal::literal(price);
  s.reason = "test";
  s.event_time = minute(number);
  return s;
}

std::string unit_bench::strategy_unit_of(const trading::signal& wish) const {
  const auto& configured = *settings().find_strategy(wish.strategy);
  for (uint32_t i = 0; i < configured.instances; ++i) {
    auto slots = config::instruments_of(configured, i);
    if (std::find(slots.begin(), slots.end(), wish.instrument) != slots.end())
      return actors::strategy_unit(configured.id, i);
  }
  throw std::runtime_error("no instance trades " + wish.instrument.str());
}

storage::order_row unit_bench::approve(const trading::signal& wish, trading::side direction,
                                       const std::string& size, uint64_t executor_number) {
  const auto& account = *settings().find_account(wish.account);
  storage::decide_transaction t;
  t.wish = wish;
  t.verdict.direction = direction;
  t.verdict.size = trading::decimal::literal(size);
  t.verdict.worst_price = wish.reference_price;
  t.mark = wish.reference_price;
  t.venue = account.venue;
  t.quote = account.quote;
  t.guard = claim_of(actors::guard_unit(account.id));
  t.strategy = claim_of(strategy_unit_of(wish));
  if (executor_number != 0)
    t.fused = storage::fused_executor{claim_of(actors::executor_unit(account.id)), executor_number,
                                      account.receive_window_ms};
  t.shard = account.shard;
  t.config_version = 1;
  auto done = rows_.commit({t}).front();
  SUPREME_CHECK(done.status == storage::commit_status::applied && done.order,
                "a test's order is approved");
  return *done.order;
}

storage::order_row unit_bench::order_of(const trading::client_order_id& id) {
  return rows_.find_order(id).value();
}

trading::timestamp unit_bench::minute(uint64_t number) {
  return trading::timestamp::parse("2026-01-01T00:00:00Z").value()
         + static_cast<int64_t>(number) * 1min;
}

protocols::step_id unit_bench::step(uint64_t number, uint64_t attempt, uint64_t conductor_epoch) {
  return {"main",
          conductor_epoch,
          number,
          minute(number),
          number == 1 ? trading::timestamp{} : minute(number - 1),
          attempt,
          1};
}

trading::bar unit_bench::make_bar(const std::string& instrument, uint64_t closes_at_minute,
                                  const std::string& close) {
  auto price = trading::decimal::literal(close);
  return {trading::instrument_id{instrument},
          minute(closes_at_minute - 1),
          1min,
          price,
          price,
          price,
          price,
          trading::decimal::from_integer(1000)};
}

} // namespace supreme::tests
