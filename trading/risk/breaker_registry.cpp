#include "trading/risk/breaker_registry.hpp"

#include <array>

namespace supreme::trading {

namespace {

bool lets_pass(const circuit_breaker& breaker) noexcept {
  return breaker.state() == breaker_state::closed || breaker.has_probe();
}

/// A half-open breaker without a probe left refuses like an open one, and ranks with it.
int strictness(const circuit_breaker& breaker) noexcept {
  return lets_pass(breaker) ? static_cast<int>(breaker.state())
                            : static_cast<int>(breaker_state::open);
}

void show(const circuit_breaker& breaker, breaker_admission& out) {
  const auto& memory = breaker.memory();
  out.strictest = memory.state;
  out.check.passed = lets_pass(breaker);
  out.check.limit = memory.latched ? decimal{} : memory.tripped_limit;
  out.check.seen = memory.latched ? decimal{} : memory.tripped_seen;
}

} // namespace

const char* to_string(breaker_scope s) noexcept { return name_of(breaker_scope_names, s); }

std::optional<breaker_scope> parse_breaker_scope(std::string_view text) noexcept {
  return value_of(breaker_scope_names, text);
}

std::string to_string(const breaker_key& key) {
  return to_string(key.scope) + (key.name.empty() ? "" : " " + key.name);
}

std::array<breaker_key, 4> breaker_keys(const order_scopes& order) {
  return {{
    {breaker_scope::global, {}},
    {breaker_scope::account, order.account.str()},
    {breaker_scope::strategy, order.strategy.str()},
    {breaker_scope::instrument, order.instrument.str()},
  }};
}

void breaker_registry::put(breaker_key key, circuit_breaker breaker) {
  breakers_.insert_or_assign(std::move(key), std::move(breaker));
}

circuit_breaker* breaker_registry::find(const breaker_key& key) noexcept {
  const auto found = breakers_.find(key);
  return found == breakers_.end() ? nullptr : &found->second;
}

std::vector<breaker_report> breaker_registry::report() const {
  std::vector<breaker_report> out;
  for (const auto& [key, breaker] : breakers_) {
    const auto& m = breaker.memory();
    breaker_report r;
    r.key = key;
    r.state = m.state;
    r.latched = m.latched;
    if (m.entered) {
      r.trigger = m.entered->trigger;
      r.limit = m.entered->limit;
      r.seen = m.entered->seen;
      r.since = m.entered->at;
    }
    if (m.state == breaker_state::open && !m.latched) {
      r.trigger = m.tripped_by;
      r.limit = m.tripped_limit;
      r.seen = m.tripped_seen;
    }
    out.push_back(std::move(r));
  }
  return out;
}

std::vector<std::pair<breaker_key, breaker_transition>> breaker_registry::advance(timestamp at) {
  std::vector<std::pair<breaker_key, breaker_transition>> moved;
  for (auto& [key, breaker] : breakers_)
    if (const auto transition = breaker.advance(at))
      moved.emplace_back(key, *transition);
  return moved;
}

breaker_admission breaker_registry::admit(const order_scopes& order) {
  breaker_admission out;
  out.check.code = refusal::breaker_open;
  const auto keys = breaker_keys(order);
  int strictest = static_cast<int>(breaker_state::closed);
  for (const auto& key : keys)
    if (const auto* breaker = find(key); breaker && strictness(*breaker) > strictest) {
      strictest = strictness(*breaker);
      out.by = key;
      show(*breaker, out);
    }
  if (!out.check.passed)
    return out;
  for (const auto& key : keys)
    if (auto* breaker = find(key))
      if (const auto probe = breaker->take_probe())
        out.probes.emplace_back(key, *probe);
  return out;
}

} // namespace supreme::trading
