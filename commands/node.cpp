#include "actors/backoff.hpp"
#include "actors/ledger/anchorer.hpp"
#include "actors/log.hpp"
#include "actors/node.hpp"
#include "api/gateway_actor.hpp"
#include "commands/database.hpp"
#include "commands/mesh.hpp"
#include "commands/verbs.hpp"
#include "config/build_id.hpp"
#include "config/defaults.hpp"
#include "storage/migrate.hpp"
#include "storage/open.hpp"

#include <CLI/CLI.hpp>
#include <prometheus/registry.h>

#include <filesystem>
#include <thread>

namespace supreme::commands {

namespace {

namespace limits = config::defaults;

config::node_settings load_node(const std::string& file, const config::environment& environment) {
  return require_valid(config::parse_node(text_of_file(file), file, environment));
}

/// Waits for a database that is not there yet; refuses one of another schema version at once.
void wait_for_schema(const std::string& url, const std::string& node) {
  for (uint32_t failures = 1;; ++failures) {
    auto wait = actors::backoff(failures, node);
    try {
      auto found = storage::schema_version(url);
      if (found != storage::expected_schema_version())
        throw verb_error(
          "the database has schema version " + std::to_string(found) + ", this build needs "
          + std::to_string(storage::expected_schema_version()) + ": run `supreme db migrate`");
      return;
    } catch (const storage::store_failure& why) {
      if (why.kind() == storage::failure_kind::definitive)
        throw;
      actors::log(actors::log_level::error, "node", "database_unreachable",
                  std::string{why.what()} + "; trying again in " + std::to_string(wait.count())
                    + " ms");
    }
    std::this_thread::sleep_for(wait);
  }
}

storage::node_registration make_registration(const config::node_settings& settings,
                                             caf::actor_system& system) {
  storage::node_registration r;
  r.node = settings.name;
  r.runtime_id = caf::to_string(system.node());
  r.cluster = settings.cluster;
  r.build = std::string{config::build_id()};
  r.messages = protocols::message_set_hash();
  r.host = settings.mesh.host;
  r.port = settings.mesh.port;
  r.labels = settings.node_labels;
  if (settings.gateway.port != 0)
    r.labels[actors::gateway_label] = "yes";
  return r;
}

actors::unit_factory gateway_factory(const config::node_settings& settings) {
  api::gateway_settings gateway;
  gateway.server.listen = settings.gateway;
  gateway.server.gateway.tokens = settings.tokens;
  auto reader_url = settings.reader_url.empty() ? settings.database_url : settings.reader_url;
  gateway.stores.reader = [reader_url] { return storage::open_postgres_reader(reader_url); };
  gateway.stores.ledger = [url = settings.database_url] {
    return storage::open_postgres_ledger(url);
  };
  gateway.stores.cluster = [url = settings.database_url] {
    return storage::open_postgres_cluster(url);
  };
  gateway.metrics = std::make_shared<prometheus::Registry>();
  return [gateway](caf::actor_system& system, const actors::unit_context& context) {
    return caf::actor_cast<caf::actor>(
      system.spawn<caf::detached>(api::make_gateway, context, gateway));
  };
}

/// Signs what the audit trail says into the node's own folder, with a key that is made there and
/// never leaves it.
void start_anchoring(caf::actor_system& system, const config::node_settings& settings) {
  if (settings.data_dir.empty())
    return;
  std::filesystem::path folder{settings.data_dir};
  std::filesystem::create_directories(folder);
  auto key = (folder / "audit-anchor.key").string();
  auto anchors = (folder / anchor_file_name).string();
  storage::make_anchor_key(key);
  // Where verification looks for the public half.
  std::filesystem::copy_file(key + ".pub", anchors + ".pub",
                             std::filesystem::copy_options::overwrite_existing);
  system.spawn<caf::detached>(actors::make_anchorer,
                              std::shared_ptr<storage::audit_heads>{
                                storage::open_postgres_audit_heads(settings.database_url)},
                              std::make_shared<storage::anchor_writer>(anchors, key));
}

/// Leaves the cluster in order, so that others take over at once instead of after the lease; then
/// ends, in order or not.
void leave(caf::actor_system& system, const actors::node_handles& node) {
  actors::log(actors::log_level::info, "node", "stopping", "leaving the cluster");
  caf::scoped_actor self{system};
  self->request(node.registry, limits::shutdown_watchdog, actors::leave_cluster{})
    .receive([] {},
             [](const caf::error& why) {
               actors::log(actors::log_level::warning, "node", "left_without_word",
                           protocols::describe(why));
             });
}

void run_node(const std::string& file, const config::environment& environment) {
  block_stop_signals();
  auto settings = load_node(file, environment);
  actors::open_log(settings.name, settings.log_file, settings.log_level);
  wait_for_schema(settings.database_url, settings.name);
  mesh_config mesh{settings.tls};
  caf::actor_system system{mesh};

  actors::node_parts parts;
  parts.registration.registration = make_registration(settings, system);
  parts.ledger_rows = storage::open_postgres_ledger(settings.database_url);
  parts.cluster_rows = storage::open_postgres_cluster(settings.database_url);
  parts.node_lease = std::make_shared<actors::lease>(actors::system_process_clock());
  parts.dial = make_dial(system);
  parts.factories = actors::trading_factories(true);
  parts.factories.make[actors::unit_kind::gateway] = gateway_factory(settings);
  parts.give_up = [](const std::string& why) {
    actors::log(actors::log_level::error, "node", "giving_up", why);
    end_process(limits::exit_supervision_exhausted);
  };
  auto node = actors::start_node(system, std::move(parts));
  publish(system, node.gate, settings.mesh);
  start_anchoring(system, settings);
  actors::log(actors::log_level::info, "node", "listening",
              settings.mesh.host + ":" + std::to_string(settings.mesh.port));
  wait_for_stop_signal();
  leave(system, node);
  end_process(exit_ok);
}

} // namespace

void add_node(CLI::App& app, verb_context& context) {
  auto* node = app.add_subcommand("node", "Run one node of a cluster until SIGTERM or Ctrl-C");
  auto file = std::make_shared<std::string>();
  node->add_option("file", *file, "the node's TOML file")->required();
  node->callback([file, &context] { run_node(*file, context.environment); });
}

} // namespace supreme::commands
