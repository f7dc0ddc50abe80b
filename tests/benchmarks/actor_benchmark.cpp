// Goal: what an actor around a strategy costs: updates per second one bar a message and in batches,
// beside the bare object; and the memory of ten thousand idle strategy actors. Method: one process,
// one worker thread, ratios of things measured in this run. Prints a table; asserts nothing but
// that the three ways make the same number of decisions.
#include "actors/strategy/strategy.hpp"
#include "trading/orders/strategy_slot.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

namespace supreme::tests {
namespace {

using clock_type = std::chrono::steady_clock;

constexpr size_t bar_count = 1'000'000;
constexpr size_t batch_size = 512;
constexpr size_t actor_count = 10'000;

using bar_batch = std::vector<trading::bar>;

std::vector<trading::bar> make_bars() {
  std::vector<trading::bar> bars(bar_count);
  int64_t price = 60'000;
  uint64_t state = 1;
  for (size_t i = 0; i < bars.size(); ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    price += static_cast<int64_t>(state >> 61u) - 3;
    price = std::max<int64_t>(price, 1'000);
    auto p = trading::decimal::from_integer(price);
    bars[i] = {trading::instrument_id{"BTCUSDT"},
               trading::timestamp::from_ms(static_cast<int64_t>(i) * 60'000),
               std::chrono::seconds{60},
               p,
               p,
               p,
               p,
               trading::decimal::from_integer(1)};
  }
  return bars;
}

trading::strategy_slot make_slot() {
  const auto* kind = trading::find_strategy_kind("momentum");
  return {trading::strategy_id{"bench"}, trading::account_id{"main"},
          trading::instrument_id{"BTCUSDT"},
          kind->make(trading::check_parameters(*kind, {}).values)};
}

double million_per_second(size_t count, clock_type::duration took) {
  return static_cast<double>(count) / 1e6 / std::chrono::duration<double>(took).count();
}

} // namespace
} // namespace supreme::tests

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::trading::bar)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::tests::bar_batch)

namespace supreme::tests {
namespace {

/// A strategy behind a mailbox, as the strategy actor is, without the conductor's protocol.
caf::behavior bar_eater(caf::stateful_actor<size_t>* self) {
  auto slot = std::make_shared<trading::strategy_slot>(make_slot());
  auto signals = std::make_shared<std::vector<trading::signal>>();
  return {
    [self, slot, signals](const trading::bar& b) {
      slot->on_bar(0, b, *signals);
      self->state = signals->size();
    },
    [self, slot, signals](const bar_batch& batch) {
      for (const auto& b : batch)
        slot->on_bar(0, b, *signals);
      self->state = signals->size();
    },
    [self](caf::ok_atom) { return static_cast<uint64_t>(self->state); },
  };
}

size_t resident_kib() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") {
      size_t kib = 0;
      status >> kib;
      return kib;
    }
  }
  return 0;
}

template <class Send>
std::pair<double, uint64_t> measure(caf::actor_system& system, Send send) {
  caf::scoped_actor self{system};
  auto eater = system.spawn(bar_eater);
  auto begin = clock_type::now();
  send(eater);
  uint64_t decisions = 0;
  self->request(eater, std::chrono::seconds{120}, caf::ok_atom::value)
    .receive([&](uint64_t n) { decisions = n; },
             [&](const caf::error& e) { std::printf("failed: %s\n", system.render(e).c_str()); });
  auto rate = million_per_second(bar_count, clock_type::now() - begin);
  self->send_exit(eater, caf::exit_reason::user_shutdown);
  return {rate, decisions};
}

/// Ten thousand instances of one strategy, one instrument each: what units a node runs, and the
/// slot that each has.
std::vector<actors::unit_context> make_crowd_contexts() {
  config::strategy_settings strategy;
  strategy.id = trading::strategy_id{"bench"};
  strategy.kind = "momentum";
  strategy.account = trading::account_id{"main"};
  strategy.instances = actor_count;
  strategy.parameters =
    trading::check_parameters(*trading::find_strategy_kind(strategy.kind), {}).values;
  for (size_t i = 0; i < actor_count; ++i)
    strategy.instruments.emplace_back("COIN" + std::to_string(i) + "USDT");
  auto config = std::make_shared<actors::committed_config>();
  config->settings.strategies.push_back(strategy);
  config->settings.gateway.enabled = false;
  auto node_lease = std::make_shared<actors::lease>(actors::system_process_clock());
  std::vector<actors::unit_context> contexts;
  for (const auto& spec : actors::list_units(config->settings, 1)) {
    if (spec.kind == actors::unit_kind::strategy)
      contexts.push_back({"node", spec, 1, 0, config, {}, {}, {}, node_lease});
  }
  return contexts;
}

/// Bytes per strategy actor once each has taken its first bar; nothing when one has not answered.
std::optional<size_t> measure_crowd(caf::actor_system& system) {
  caf::scoped_actor self{system};
  auto contexts = make_crowd_contexts();
  std::vector<protocols::strategy> crowd;
  crowd.reserve(actor_count);
  auto before = resident_kib();
  for (auto& c : contexts)
    crowd.push_back(system.spawn(actors::make_strategy, c));
  size_t answered = 0;
  for (size_t i = 0; i < crowd.size(); ++i) {
    protocols::step_event first;
    first.id = {"bench", 1, 1, trading::timestamp::from_ms(60'000), {}, 1, 1};
    first.definition = contexts[i].spec.definition;
    auto p = trading::decimal::from_integer(100);
    first.bars.push_back({trading::instrument_id{"COIN" + std::to_string(i) + "USDT"},
                          {},
                          std::chrono::seconds{60},
                          p,
                          p,
                          p,
                          p,
                          p});
    self->request(crowd[i], std::chrono::seconds{60}, first)
      .receive([&](const protocols::step_done&) { ++answered; },
               [&](const caf::error& e) { std::printf("failed: %s\n", system.render(e).c_str()); });
  }
  auto bytes = (resident_kib() - before) * 1024 / actor_count;
  for (auto& a : crowd)
    self->send_exit(a, caf::exit_reason::user_shutdown);
  return answered == crowd.size() ? std::optional{bytes} : std::nullopt;
}

int run() {
  caf::actor_system_config config;
  config.add_message_types<caf::id_block::supreme>();
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", size_t{1});
  caf::actor_system system{config};
  // First, while there is no freed memory that could be used again unseen.
  auto bytes = measure_crowd(system);

  auto bars = make_bars();
  auto slot = make_slot();
  std::vector<trading::signal> said;
  auto begin = clock_type::now();
  for (const auto& b : bars)
    slot.on_bar(0, b, said);
  auto bare = million_per_second(bar_count, clock_type::now() - begin);
  const uint64_t expected = said.size();

  auto [one, decisions_one] = measure(system, [&](const caf::actor& to) {
    for (const auto& b : bars)
      caf::anon_send(to, b);
  });
  std::vector<bar_batch> batches;
  for (size_t i = 0; i < bars.size(); i += batch_size)
    batches.emplace_back(bars.begin() + static_cast<std::ptrdiff_t>(i),
                         bars.begin()
                           + static_cast<std::ptrdiff_t>(std::min(i + batch_size, bars.size())));
  auto [batched, decisions_batched] = measure(system, [&](const caf::actor& to) {
    for (auto& batch : batches)
      caf::anon_send(to, std::move(batch));
  });

  std::printf("%-44s %8.2f M bars/s   1.00\n", "strategy slot, called", bare);
  std::printf("%-44s %8.2f M bars/s   %.2f of the bare call\n",
              "behind a mailbox, one bar a message", one, one / bare);
  std::printf("%-44s %8.2f M bars/s   %.2f of the bare call\n",
              "behind a mailbox, 512 bars a message", batched, batched / bare);
  std::printf("%-44s %8zu bytes each\n", "10,000 strategy actors", bytes.value_or(0));
  bool same = decisions_one == expected && decisions_batched == expected;
  std::printf("decisions %lu, %lu, %lu: %s\n", expected, decisions_one, decisions_batched,
              same ? "equal" : "DIFFERENT");
  return same && bytes ? 0 : 1;
}

} // namespace
} // namespace supreme::tests

int main() { return supreme::tests::run(); }
