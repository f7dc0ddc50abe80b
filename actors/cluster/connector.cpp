#include "actors/cluster/connector.hpp"

#include "actors/cluster/gatekeeper.hpp"
#include "actors/log.hpp"
#include "config/defaults.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;

class socket_handle {
public:
  explicit socket_handle(int fd) : fd_(fd) {}
  ~socket_handle() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  socket_handle(const socket_handle&) = delete;
  socket_handle& operator=(const socket_handle&) = delete;
  [[nodiscard]] int get() const { return fd_; }

private:
  int fd_;
};

bool connects(const addrinfo& address, std::chrono::milliseconds deadline) {
  socket_handle s{::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (s.get() < 0)
    return false;
  if (::connect(s.get(), address.ai_addr, address.ai_addrlen) == 0)
    return true;
  if (errno != EINPROGRESS)
    return false;
  pollfd waiting{s.get(), POLLOUT, 0};
  if (::poll(&waiting, 1, static_cast<int>(deadline.count())) != 1)
    return false;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(s.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

} // namespace

bool probe(const std::string& host, uint16_t port, std::chrono::milliseconds deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    return false;
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{found, &::freeaddrinfo};
  for (auto* address = found; address != nullptr; address = address->ai_next) {
    if (connects(*address, deadline))
      return true;
  }
  return false;
}

connector::behavior_type make_connector(connector::stateful_pointer<connector_state> self,
                                        dial_function dial, protocols::hello mine) {
  return {
    [self, dial, mine](const connect_to& peer) -> caf::result<protocols::gatekeeper> {
      auto gate = dial(peer.host, peer.port);
      if (!gate)
        return std::move(gate.error());
      auto promise = self->make_response_promise<protocols::gatekeeper>();
      self->request(*gate, limits::mesh_hello_deadline, mine)
        .then(
          [promise, mine, gate = *gate](const protocols::hello& theirs) mutable {
            if (auto why = compare_hello(mine, theirs); !why.empty()) {
              log(log_level::warning, connector_state::name, "peer_refused", why);
              promise.deliver(protocols::make_error(protocols::fault::hello_refused, why));
            } else {
              promise.deliver(gate);
            }
          },
          [promise](caf::error& why) mutable {
            log(log_level::warning, connector_state::name, "refused_by_peer",
                protocols::describe(why));
            promise.deliver(std::move(why));
          });
      return promise;
    },
  };
}

} // namespace supreme::actors
