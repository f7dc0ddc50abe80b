#include "commands/child_process.hpp"
#include "commands/demo_setup.hpp"
#include "commands/mesh.hpp"
#include "commands/parity.hpp"
#include "commands/session_summary.hpp"
#include "commands/verbs.hpp"
#include "config/defaults.hpp"
#include "storage/open.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <csignal>

namespace supreme::commands {

namespace {

namespace limits = config::defaults;

constexpr int stop_patience_ms = 5'000;
constexpr long look_interval_ns = 500'000'000;
/// Without a terminal a line of progress is printed every so many looks.
constexpr uint32_t looks_per_line = 10;

/// The processes of one demo. They end with it.
struct demo_processes {
  child_process venue;
  std::map<std::string, child_process> nodes;
};

demo_processes start_processes(const demo_site& site, uint32_t count) {
  auto program = own_program();
  std::map<std::string, std::string> environment{{"SUPREME_DATABASE_URL", site.database}};
  demo_processes running;
  running.venue = child_process{program,
                                {"venue", "--cluster", demo_cluster_name, site.venue_file.string()},
                                environment,
                                (site.folder / "log" / "venue.log").string()};
  for (const auto& [name, file] : site.node_files) {
    if (running.nodes.size() == count)
      break;
    running.nodes.emplace(name, child_process{program,
                                              {"node", file.string()},
                                              environment,
                                              (site.folder / "log" / (name + ".log")).string()});
  }
  return running;
}

void print_addresses(const demo_site& site, const demo_processes& running, std::ostream& out) {
  out << "venue     pid " << running.venue.pid() << '\n';
  for (const auto& [name, process] : running.nodes)
    out << name << "    pid " << process.pid() << "  log "
        << (site.folder / "log" / (name + ".log")).string() << '\n';
  out << "gateway   http://127.0.0.1:" << site.gateway_port
      << "  (token: " << site.token_files.at("viewer").string() << ")\n"
      << "tables    ./supreme psql\n"
      << "config    " << site.cluster_file.string() << '\n'
      << std::flush;
}

/// Waits for a stop signal, at most one look long; true when it came.
bool stopped_meanwhile() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  timespec patience{0, look_interval_ns};
  return sigtimedwait(&set, nullptr, &patience) > 0;
}

/// One line that says how far the session is.
class progress_line {
public:
  explicit progress_line(std::ostream& out) : out_(out), terminal_(::isatty(STDOUT_FILENO) == 1) {}

  void show(const storage::replay_progress& p, const nlohmann::json& summary) {
    if (p.step == 0)
      return; // Nothing has happened yet.
    if (!terminal_ && looks_++ % looks_per_line != 0)
      return;
    auto text = "step " + std::to_string(p.step) + "  " + p.event_time.to_string() + "  "
                + "signals " + count(summary, "signals") + "  fills " + count(summary, "fills");
    if (terminal_)
      out_ << '\r' << text << "\033[K" << std::flush;
    else
      out_ << text << std::endl;
  }
  void end() {
    if (terminal_)
      out_ << "\r\033[K" << std::flush;
  }

private:
  static std::string count(const nlohmann::json& summary, const char* key) {
    auto found = summary.find(key);
    if (found == summary.end())
      return "0";
    return found->is_string() ? found->get<std::string>() : found->dump();
  }
  std::ostream& out_;
  bool terminal_;
  uint32_t looks_ = 0;
};

void require_alive(demo_processes& running, const demo_site& site) {
  if (!running.venue.running())
    throw verb_error("the venue has ended; its log: "
                     + (site.folder / "log" / "venue.log").string());
  for (auto& [name, process] : running.nodes) {
    if (process.running())
      return;
  }
  throw verb_error("no node runs any more; their logs are in " + (site.folder / "log").string());
}

/// Until the run is finished (when asked to exit then) or a stop signal comes.
void watch(demo_processes& running, const demo_site& site, bool exit_when_finished,
           std::ostream& out) {
  auto ledger = storage::open_postgres_ledger(site.database);
  auto rows = storage::open_postgres_reader(site.database);
  progress_line line{out};
  for (;;) {
    bool stop = stopped_meanwhile();
    storage::replay_progress progress;
    try {
      progress = ledger->load_progress("main");
      line.show(progress, rows->summary());
    } catch (const storage::store_failure& why) {
      line.end();
      out << "the database does not answer: " << why.what() << std::endl;
    }
    if (stop || (exit_when_finished && progress.finished)) {
      line.end();
      return;
    }
    require_alive(running, site);
  }
}

void stop_all(demo_processes& running) {
  for (auto& [name, process] : running.nodes)
    process.send_signal(SIGTERM);
  for (auto& [name, process] : running.nodes)
    process.stop(stop_patience_ms);
  running.venue.stop(stop_patience_ms);
}

/// Whether a backtest of the demo's files says what its database holds; true when nobody asked.
bool compare_with_backtest(const demo_options& options, const demo_site& site,
                           const config::environment& environment, std::ostream& out) {
  if (!options.parity)
    return true;
  out << "parity of the cluster's rows with a backtest\n" << std::flush;
  return check_parity({site.cluster_file.string(), {site.venue_file.string()}, site.database},
                      environment, out);
}

int run_demo(demo_options options, const config::environment& environment, std::ostream& out) {
  if (options.parity) {
    if (options.replay_files.empty())
      throw verb_error("--parity needs a market that ends: give recorded bars with --replay");
    options.lockstep = options.exit_when_finished = true;
  }
  block_stop_signals();
  auto site = set_up_demo(options, out);
  auto running = start_processes(site, options.nodes);
  print_addresses(site, running, out);
  watch(running, site, options.exit_when_finished, out);
  out << "stopping\n" << std::flush;
  stop_all(running);
  const bool sound = print_session_summary(site.database, site.venue_ledger.string(),
                                           site.anchor_file.string(), out);
  return compare_with_backtest(options, site, environment, out) && sound ? exit_ok : exit_found;
}

} // namespace

void add_demo(CLI::App& app, verb_context& context) {
  auto* demo = app.add_subcommand(
    "demo", "Run a whole cluster on this machine: venue, nodes, PostgreSQL, gateway");
  auto options = std::make_shared<demo_options>();
  demo->add_option("--replay", options->replay_files,
                   "recorded bars to trade, one file per instrument; "
                   "without it a generated market is traded");
  demo->add_flag("--lockstep", options->lockstep,
                 "as fast as the protocol allows instead of at a speed");
  demo->add_option("--speed", options->speed, "market seconds per second")
    ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  demo->add_flag("--exit", options->exit_when_finished, "end with the recorded data");
  demo->add_flag("--parity", options->parity,
                 "run --lockstep until the --exit, then compare every row with a backtest");
  demo->add_flag("--continue", options->resume,
                 "go on where the last session stopped instead of starting afresh");
  demo->add_flag("--spread-account", options->spread_account,
                 "guard, executor and portfolio on three different nodes");
  demo->add_option("--nodes", options->nodes, "node processes");
  demo
    ->add_option("--instances", options->instances,
                 "actors of the strategy that trades every instrument")
    ->check(CLI::Range(1u, 4u));
  demo->add_option("--seed", options->seed, "of the generated market");
  demo->add_option("--port", options->gateway_port, "of the gateway");
  demo->callback([options, &context] {
    context.exit_code = run_demo(*options, context.environment, context.out);
  });
}

} // namespace supreme::commands
