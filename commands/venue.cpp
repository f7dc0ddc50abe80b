#include "actors/cluster/gatekeeper.hpp"
#include "actors/cluster/units.hpp"
#include "actors/log.hpp"
#include "actors/venue/venue_host.hpp"
#include "commands/database.hpp"
#include "commands/mesh.hpp"
#include "commands/verbs.hpp"
#include "config/backtest_plan.hpp"
#include "config/build_id.hpp"
#include "config/defaults.hpp"

#include <CLI/CLI.hpp>

namespace supreme::commands {

namespace {

namespace limits = config::defaults;

config::simulated_venue_settings load_venue(const std::string& file,
                                            const config::environment& environment) {
  return require_valid(config::parse_venue(text_of_file(file), file, environment));
}

std::shared_ptr<venues::bar_venue> open_engine(const config::simulated_venue_settings& settings) {
  venues::bar_venue_settings engine;
  engine.id = settings.id;
  engine.ledger_file = settings.ledger_file;
  engine.instruments = settings.instruments;
  engine.costs = config::costs_of(settings);
  engine.deposits = settings.deposits;
  auto opened = venues::bar_venue::open(engine);
  if (!opened)
    throw verb_error(opened.error().to_string());
  std::shared_ptr<venues::bar_venue> made = std::move(opened).value();
  if (made->torn_bytes() != 0)
    actors::log(actors::log_level::warning, "venue", "tail_cut",
                std::to_string(made->torn_bytes()) + " bytes of an unfinished record were cut off");
  return made;
}

/// The venue's own names: there is exactly one unit here.
actors::directory::behavior_type venue_names(actors::directory::pointer,
                                             protocols::unit_address port) {
  return {
    [port](protocols::resolve_atom, const std::string&) { return port; },
    [port](const actors::resolve_local& q) -> caf::result<protocols::unit_address> {
      if (q.unit != port.unit)
        return protocols::make_error(protocols::fault::not_here, q.unit + " is not this venue");
      return port;
    },
    [](const actors::local_unit&) {},
    [](const actors::cluster_news&) {},
  };
}

void run_venue(const std::string& file, const std::string& cluster,
               const config::environment& environment) {
  block_stop_signals();
  auto settings = load_venue(file, environment);
  actors::open_log("venue-" + settings.id.str(), "", settings.log_level);
  auto engine = open_engine(settings);
  mesh_config mesh{settings.tls};
  caf::actor_system system{mesh};
  auto host =
    system.spawn<caf::detached>(actors::make_venue_host, engine, settings.id,
                                &actors::system_process_clock(), [](const std::string& why) {
                                  actors::log(actors::log_level::error, "venue", "giving_up", why);
                                  end_process(limits::exit_supervision_exhausted);
                                });
  protocols::unit_address port;
  port.unit = actors::venue_unit(settings.id);
  port.node = "venue-" + settings.id.str();
  port.handle = caf::actor_cast<caf::strong_actor_ptr>(host);
  auto names = system.spawn(venue_names, port);
  protocols::hello hello{cluster, std::string{config::build_id()}, protocols::message_set_hash(),
                         port.node, 0};
  auto gate = system.spawn(actors::make_gatekeeper, hello, names, [](const std::string&) {});
  publish(system, gate, settings.listen);
  actors::log(actors::log_level::info, "venue", "listening",
              settings.listen.host + ":" + std::to_string(settings.listen.port));
  wait_for_stop_signal();
  end_process(exit_ok);
}

} // namespace

void add_venue(CLI::App& app, verb_context& context) {
  auto* venue = app.add_subcommand("venue", "Run the simulated venue until SIGTERM or Ctrl-C");
  auto file = std::make_shared<std::string>();
  auto cluster = std::make_shared<std::string>();
  venue->add_option("file", *file, "the venue's TOML file")->required();
  venue->add_option("--cluster", *cluster, "the cluster that may trade here")->required();
  venue->callback([file, cluster, &context] { run_venue(*file, *cluster, context.environment); });
}

} // namespace supreme::commands
