#include "api/routes.hpp"

#include "api/ascii.hpp"

#include <string_view>

namespace supreme::api {

namespace {

bool fits(std::string_view pattern, const std::vector<std::string>& segments, std::string& id) {
  pattern.remove_prefix(1);
  size_t i = 0;
  while (!pattern.empty()) {
    const auto wanted = cut(pattern, '/');
    if (i == segments.size())
      return false;
    if (wanted == "{id}") {
      if (segments[i].empty())
        return false;
      id = segments[i];
    } else if (segments[i] != wanted) {
      return false;
    }
    ++i;
  }
  return i == segments.size();
}

} // namespace

const std::vector<route>& routes() {
  using storage::view;
  static const std::vector<route> table = {
    {verb::get, "/", access::open, endpoint::index, "The routes of this gateway."},
    {verb::get, "/healthz", access::open, endpoint::health, "Whether the process is alive."},
    {verb::get, "/readyz", access::open, endpoint::ready, "Whether requests can be served."},
    {verb::get, "/metrics", access::open, endpoint::metrics, "Metrics in Prometheus' text format."},
    {verb::get, "/api/v1/status", access::read, endpoint::status,
     "Counts of bars, signals, orders, refusals and fills, and each account's equity."},
    {verb::get, "/api/v1/cluster", access::read, endpoint::cluster,
     "The nodes, and who holds which unit."},
    {verb::get, "/api/v1/actors", access::read, endpoint::actors,
     "Every unit, where it runs and what it owns."},
    {verb::get, "/api/v1/strategies", access::read, endpoint::strategies,
     "The configured strategies, their parameters, modes and instances."},
    {verb::get, "/api/v1/strategies/kinds", access::read, endpoint::strategy_kinds,
     "The kinds that strategies can be of, and what each parameter may be."},
    {verb::get,
     "/api/v1/orders",
     access::read,
     endpoint::list,
     "Orders, newest first.",
     view::orders,
     {{"account", "account"},
      {"strategy", "strategy"},
      {"instrument", "instrument"},
      {"slot", "slot"},
      {"state", "state"}}},
    {verb::get, "/api/v1/orders/{id}/why", access::read, endpoint::why,
     "Everything that led to an order and came of it."},
    {verb::get,
     "/api/v1/fills",
     access::read,
     endpoint::list,
     "Fills, newest first.",
     view::trades,
     {{"account", "account"},
      {"instrument", "instrument"},
      {"slot", "slot"},
      {"order", "order_id"}}},
    {verb::get,
     "/api/v1/positions",
     access::read,
     endpoint::list,
     "Positions by account and instrument.",
     view::positions,
     {{"account", "account"}, {"instrument", "instrument"}}},
    {verb::get,
     "/api/v1/slots",
     access::read,
     endpoint::list,
     "Each strategy's own position per instrument.",
     view::slots,
     {{"account", "account"}, {"slot", "slot"}, {"instrument", "instrument"}}},
    {verb::get,
     "/api/v1/signals",
     access::read,
     endpoint::list,
     "Signals and their verdicts, newest first.",
     view::signals,
     {{"account", "account"},
      {"strategy", "strategy"},
      {"instrument", "instrument"},
      {"slot", "slot"}}},
    {verb::get,
     "/api/v1/refusals",
     access::read,
     endpoint::list,
     "Signals that the guards refused, newest first.",
     view::refusals,
     {{"account", "account"},
      {"strategy", "strategy"},
      {"instrument", "instrument"},
      {"slot", "slot"},
      {"refusal", "refusal"}}},
    {verb::get,
     "/api/v1/equity",
     access::read,
     endpoint::list,
     "Equity samples of the accounts, newest first.",
     view::equity,
     {{"account", "account"}}},
    {verb::get,
     "/api/v1/modes",
     access::read,
     endpoint::list,
     "Halts and other restrictions that were ever set, as they stand.",
     view::modes,
     {{"scope", "scope"}, {"name", "name"}, {"mode", "mode"}}},
    {verb::get,
     "/api/v1/breakers",
     access::read,
     endpoint::list,
     "The circuit breakers of the accounts, as their guards told them last.",
     view::breakers,
     {{"account", "account"}, {"scope", "scope"}, {"name", "name"}, {"state", "state"}}},
    {verb::get,
     "/api/v1/nodes/history",
     access::read,
     endpoint::list,
     "What happened to nodes and units, newest first.",
     view::node_history,
     {{"node", "node"}, {"unit", "unit"}, {"kind", "kind"}}},
    {verb::get,
     "/api/v1/actors/history",
     access::read,
     endpoint::list,
     "What happened to actors, newest first.",
     view::actor_history,
     {{"node", "node"}, {"actor", "actor"}, {"kind", "kind"}}},
    {verb::get,
     "/api/v1/config",
     access::read,
     endpoint::list,
     "The committed configurations, newest first; with their text when one version is asked for.",
     view::config_versions,
     {{"version", "version"}}},
    {verb::post, "/api/v1/halt", access::halt, endpoint::halt,
     "Stops new orders, or allows only those that reduce positions."},
    {verb::post, "/api/v1/resume", access::resume, endpoint::resume,
     "Allows again what a halt stopped; needs somebody else than who halted."},
    {verb::post, "/api/v1/breakers/latch", access::halt, endpoint::latch_breaker,
     "Opens a circuit breaker until a person releases it."},
    {verb::post, "/api/v1/breakers/release", access::resume, endpoint::release_breaker,
     "Ends the latch of a circuit breaker, or the cool-down of one that is open without it."},
    {verb::post, "/api/v1/drawdown/accept", access::resume, endpoint::accept_drawdown,
     "Accepts an account's loss: its drawdown is measured from the present equity."},
  };
  return table;
}

route_match find_routes(const std::vector<std::string>& segments) {
  route_match found;
  for (const auto& candidate : routes()) {
    std::string id;
    if (!fits(candidate.path, segments, id))
      continue;
    found.fitting.push_back(&candidate);
    found.id = std::move(id);
  }
  return found;
}

std::string allowed_methods(const std::vector<const route*>& fitting) {
  std::string out;
  for (const auto* candidate : fitting) {
    if (!out.empty())
      out += ", ";
    out += candidate->method == verb::get ? "GET, HEAD" : "POST";
  }
  return out;
}

} // namespace supreme::api
