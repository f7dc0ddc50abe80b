#include "actors/node.hpp"

#include "actors/executor/executor.hpp"
#include "actors/feed/feed.hpp"
#include "actors/portfolio/portfolio.hpp"
#include "actors/replay/conductor.hpp"
#include "actors/risk_guard/risk_guard.hpp"
#include "actors/strategy/strategy.hpp"
#include "trading/check.hpp"

namespace supreme::actors {

namespace {

/// Spawns a blocking actor in its own thread, or on the testing scheduler with everybody else.
template <class F, class... Ts>
auto spawn_blocking(caf::actor_system& system, bool detached, F&& f, Ts&&... xs) {
  return detached ? system.spawn<caf::detached>(std::forward<F>(f), std::forward<Ts>(xs)...)
                  : system.spawn(std::forward<F>(f), std::forward<Ts>(xs)...);
}

caf::actor start_feed(caf::actor_system& system, const unit_context& context, bool detached) {
  const auto& settings = context.config->settings;
  const auto* feed = settings.find_feed(context.spec.subject);
  SUPREME_CHECK(feed != nullptr, "a feed unit is configured");
  auto histories = open_histories(settings, *feed, context.spec.index);
  return caf::actor_cast<caf::actor>(
    spawn_blocking(system, detached, make_feed, std::move(histories)));
}

template <class Make>
unit_factory scheduled(Make make) {
  return [make](caf::actor_system& system, const unit_context& context) {
    return caf::actor_cast<caf::actor>(system.spawn(make, context));
  };
}

/// A node without one of its own actors is a shell that nobody would restart: the process ends, and
/// what watches it starts it anew.
template <class Handle>
void watch(const Handle& own, const char* name,
           const std::function<void(const std::string&)>& give_up) {
  caf::actor_cast<caf::actor>(own)->attach_functor([name, give_up](const caf::error& why) {
    // So they end with their process, in order.
    if (why != caf::exit_reason::user_shutdown && why != caf::exit_reason::unreachable)
      give_up(std::string{"the "} + name + " ended: " + protocols::describe(why));
  });
}

} // namespace

unit_factories trading_factories(bool detached) {
  unit_factories factories;
  factories.make[unit_kind::feed] = [detached](caf::actor_system& system,
                                               const unit_context& context) {
    return start_feed(system, context, detached);
  };
  factories.make[unit_kind::strategy] = scheduled(make_strategy);
  factories.make[unit_kind::guard] = scheduled(make_risk_guard);
  factories.make[unit_kind::executor] = scheduled(make_executor);
  factories.make[unit_kind::portfolio] = scheduled(make_portfolio);
  factories.make[unit_kind::conductor] = scheduled(make_conductor);
  factories.make_quarantined = scheduled(make_quarantined_strategy);
  return factories;
}

protocols::hello make_hello(const storage::node_registration& r) {
  return {r.cluster, r.build, r.messages, r.node, 0};
}

node_handles start_node(caf::actor_system& system, node_parts parts) {
  SUPREME_CHECK(parts.give_up, "a process says how it ends when supervision gives up");
  node_handles node;
  auto hello = make_hello(parts.registration.registration);
  node.books =
    spawn_blocking(system, parts.detached, make_ledger, parts.ledger_rows, parts.node_lease);
  auto link = spawn_blocking(system, parts.detached, make_connector, parts.dial, hello);
  node.names = system.spawn(make_directory, hello.node, link);
  node.host = system.spawn(make_unit_host,
                           unit_host_settings{hello.node, std::move(parts.factories), node.names,
                                              node.books, parts.node_lease, parts.give_up});
  node.registry = spawn_blocking(system, parts.detached, make_registrar, parts.cluster_rows,
                                 parts.node_lease, parts.registration, node.host);
  caf::anon_send(node.host, node.registry);
  node.gate = system.spawn(make_gatekeeper, hello, node.names,
                           [registry = node.registry](const std::string& why) {
                             storage::actor_event event;
                             event.actor = gatekeeper_state::name;
                             event.kind = "refused_peer";
                             event.detail = why;
                             caf::anon_send(registry, std::move(event));
                           });
  watch(node.books, "ledger", parts.give_up);
  watch(link, "connector", parts.give_up);
  watch(node.names, "directory", parts.give_up);
  watch(node.host, "unit host", parts.give_up);
  watch(node.registry, "registrar", parts.give_up);
  watch(node.gate, "gatekeeper", parts.give_up);
  return node;
}

} // namespace supreme::actors
