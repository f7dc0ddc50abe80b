#include "commands/mesh.hpp"

#include "actors/log.hpp"
#include "commands/verbs.hpp"
#include "config/defaults.hpp"

#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>

#include <spdlog/spdlog.h>

#include <csignal>
#include <fstream>

namespace supreme::commands {

namespace {

namespace limits = config::defaults;

void require_readable(const std::string& file) {
  if (!std::ifstream{file})
    throw verb_error("the certificate file " + file + " cannot be read");
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

mesh_config::mesh_config(const config::tls_settings& tls) {
  for (const auto& file : {tls.ca_file, tls.certificate_file, tls.key_file})
    require_readable(file);
  add_message_types<caf::id_block::supreme>();
  load<caf::io::middleman>();
  load<caf::openssl::manager>();
  set("middleman.heartbeat-interval", caf::timespan{limits::mesh_heartbeat});
  set("middleman.connection-timeout", caf::timespan{limits::mesh_connection_timeout});
  set("middleman.workers", size_t{0});
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", limits::scheduler_threads_max);
  set("scheduler.max-throughput", limits::scheduler_throughput_max);
  openssl_cafile = tls.ca_file;
  openssl_certificate = tls.certificate_file;
  openssl_key = tls.key_file;
}

void publish(caf::actor_system& system, const protocols::gatekeeper& gate,
             const config::listen_settings& where) {
  // reuse: otherwise a restarted process cannot bind for a minute.
  auto bound = caf::openssl::publish(gate, where.port, where.host.c_str(), true);
  if (!bound)
    throw verb_error("cannot listen on " + where.host + ":" + std::to_string(where.port) + ": "
                     + system.render(bound.error()));
}

actors::dial_function make_dial(caf::actor_system& system) {
  return [&system](const std::string& host, uint16_t port) -> caf::expected<protocols::gatekeeper> {
    if (!actors::probe(host, port, limits::mesh_probe_timeout))
      return protocols::make_error(protocols::fault::unresolved,
                                   "nothing listens on " + host + ":" + std::to_string(port));
    return caf::openssl::remote_actor<protocols::gatekeeper>(system, host, port);
  };
}

void block_stop_signals() {
  auto set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int wait_for_stop_signal() {
  auto set = stop_signals();
  int signal = 0;
  sigwait(&set, &signal);
  return signal;
}

void end_process(int code) {
  spdlog::shutdown();
  std::_Exit(code);
}

} // namespace supreme::commands
