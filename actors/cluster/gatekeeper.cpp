#include "actors/cluster/gatekeeper.hpp"

#include "actors/log.hpp"
#include "config/defaults.hpp"

namespace supreme::actors {

std::string compare_hello(const protocols::hello& mine, const protocols::hello& theirs) {
  auto differ = [&](const char* what, const std::string& here, const std::string& there) {
    return "node " + theirs.node + " has " + what + " " + there + ", here it is " + here;
  };
  if (mine.cluster != theirs.cluster)
    return differ("cluster", mine.cluster, theirs.cluster);
  if (mine.build != theirs.build)
    return differ("build", mine.build, theirs.build);
  if (mine.messages != theirs.messages)
    return differ("message set", mine.messages, theirs.messages);
  return {};
}

protocols::gatekeeper::behavior_type
make_gatekeeper(protocols::gatekeeper::stateful_pointer<gatekeeper_state> self,
                protocols::hello mine, directory local, refusal_hook on_refusal) {
  return {
    [mine, on_refusal](const protocols::hello& theirs) -> caf::result<protocols::hello> {
      if (auto why = compare_hello(mine, theirs); !why.empty()) {
        log(log_level::warning, gatekeeper_state::name, "peer_refused", why);
        on_refusal(why);
        return protocols::make_error(protocols::fault::hello_refused, why);
      }
      return mine;
    },
    [self, local](protocols::resolve_atom, const std::string& unit) {
      auto promise = self->make_response_promise<protocols::unit_address>();
      self->request(local, config::defaults::resolve_deadline, resolve_local{unit})
        .then([promise](const protocols::unit_address& found) mutable { promise.deliver(found); },
              [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
      return promise;
    },
  };
}

} // namespace supreme::actors
