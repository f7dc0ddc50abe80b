#include "actors/cluster/directory.hpp"

#include "actors/cluster/units.hpp"
#include "actors/log.hpp"
#include "config/defaults.hpp"

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = directory::stateful_pointer<directory_state>;
using peer = directory_state::peer;

caf::error unresolved(const std::string& text) {
  return protocols::make_error(protocols::fault::unresolved, text);
}

void ask_gate(self_pointer self, const std::string& name, directory_state::question q) {
  auto& p = self->state.peers[name];
  auto gate = p.gate;
  self->request(gate, limits::resolve_deadline, protocols::resolve_atom_v, q.unit)
    .then([q](const protocols::unit_address& found) mutable { q.promise.deliver(found); },
          [self, q, name, gate](caf::error& why) mutable {
            // A gate that does not answer is dropped; one that answered "not here" is fine.
            if (why.category() == caf::atom("system")) {
              auto& dropped = self->state.peers[name];
              if (dropped.gate == gate)
                dropped.gate = nullptr;
            }
            q.promise.deliver(std::move(why));
          });
}

void fail_waiting(peer& p, const caf::error& why) {
  for (auto& q : std::exchange(p.waiting, {}))
    q.promise.deliver(why);
}

void connect(self_pointer self, const std::string& name) {
  auto& p = self->state.peers[name];
  p.connecting = true;
  self
    ->request(self->state.link, limits::mesh_probe_timeout + limits::mesh_hello_deadline * 3,
              connect_to{p.host, p.port})
    .then(
      [self, name](const protocols::gatekeeper& gate) {
        auto& found = self->state.peers[name];
        found.connecting = false;
        found.gate = gate;
        self->monitor(gate);
        log(log_level::info, directory_state::name, "peer_linked", name);
        for (auto& q : std::exchange(found.waiting, {}))
          ask_gate(self, name, std::move(q));
      },
      [self, name](caf::error& why) {
        auto& lost = self->state.peers[name];
        lost.connecting = false;
        log(log_level::warning, directory_state::name, "peer_unreachable",
            name + ": " + protocols::describe(why));
        fail_waiting(lost, unresolved(name + " cannot be reached"));
      });
}

/// The peer to ask for a unit; null when nobody is known to hold it.
const std::string* peer_of(const directory_state& st, const std::string& unit) {
  if (auto venue = st.peers.find(unit); venue != st.peers.end())
    return &venue->first;
  auto holder = st.holders.find(unit);
  return holder == st.holders.end() ? nullptr : &holder->second;
}

caf::result<protocols::unit_address> find_local(const directory_state& st,
                                                const std::string& unit) {
  if (auto found = st.local.find(unit); found != st.local.end())
    return found->second;
  return protocols::make_error(protocols::fault::not_here, unit + " does not live on " + st.node);
}

caf::result<protocols::unit_address> resolve(self_pointer self, const std::string& unit) {
  auto& st = self->state;
  if (st.local.count(unit) != 0)
    return find_local(st, unit);
  const auto* name = peer_of(st, unit);
  if (name == nullptr || *name == st.node)
    return unresolved("nobody is known to hold " + unit);
  auto found = st.peers.find(*name);
  if (found == st.peers.end())
    return unresolved("the address of " + *name + " is not known");
  auto promise = self->make_response_promise<protocols::unit_address>();
  if (found->second.gate) {
    ask_gate(self, *name, {unit, promise});
  } else {
    found->second.waiting.push_back({unit, promise});
    if (!found->second.connecting)
      connect(self, *name);
  }
  return promise;
}

void update_peer(directory_state& st, const std::string& name, const std::string& host,
                 uint16_t port, uint64_t incarnation) {
  auto& p = st.peers[name];
  if (p.host == host && p.port == port && p.incarnation == incarnation)
    return;
  p.host = host;
  p.port = port;
  p.incarnation = incarnation;
  p.gate = nullptr; // A handle of the former process is dead for ever.
}

void learn(directory_state& st, const cluster_news& news) {
  std::map<std::pair<std::string, uint64_t>, bool> live;
  for (const auto& n : news.view.nodes) {
    live[{n.node, n.incarnation}] = n.live;
    if (n.live && n.node != st.node)
      update_peer(st, n.node, n.host, n.port, n.incarnation);
  }
  st.holders.clear();
  for (const auto& u : news.view.units) {
    if (auto holder = live.find({u.holder, u.holder_incarnation});
        holder != live.end() && holder->second)
      st.holders[u.unit] = u.holder;
  }
  if (news.config) {
    for (const auto& v : news.config->settings.venues)
      update_peer(st, venue_unit(v.id), v.host, v.port, 1);
  }
}

} // namespace

directory::behavior_type make_directory(directory::stateful_pointer<directory_state> self,
                                        std::string node, connector link) {
  self->state.node = std::move(node);
  self->state.link = std::move(link);
  self->set_down_handler([self](const caf::down_msg& down) {
    for (auto& [name, p] : self->state.peers) {
      if (p.gate && p.gate.address() == down.source) {
        p.gate = nullptr;
        log(log_level::warning, directory_state::name, "peer_lost",
            name + ": " + protocols::describe(down.reason));
      }
    }
  });
  return {
    [self](protocols::resolve_atom, const std::string& unit) { return resolve(self, unit); },
    [self](const resolve_local& q) { return find_local(self->state, q.unit); },
    [self](const local_unit& u) {
      if (u.address.handle)
        self->state.local[u.address.unit] = u.address;
      else
        self->state.local.erase(u.address.unit);
    },
    [self](const cluster_news& news) { learn(self->state, news); },
  };
}

} // namespace supreme::actors
