// Goal: how fast three nodes replay in lockstep, beside what a network round trip, a commit and a
// synced write cost at the same time; how long a kill -9 stops trading; what an idle node and the
// whole demo use. Method: real processes on this machine, a generated market, all figures from one
// run; times from the rows' own clocks.
#include "commands/mesh.hpp"
#include "config/build_id.hpp"
#include "config/loader.hpp"
#include "tests/cluster/running_cluster.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

namespace supreme::tests {
namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr uint64_t steps_measured = 2'000;
constexpr int probes = 200;
constexpr auto patience = 120s;

double milliseconds_each(clock_type::duration total, int count) {
  return std::chrono::duration<double, std::milli>(total).count() / count;
}

double commit_cost(running_cluster& cluster) {
  (void)cluster.lines("CREATE TABLE IF NOT EXISTS public.bench (n bigint)");
  auto begin = clock_type::now();
  for (int i = 0; i < probes; ++i)
    (void)cluster.lines("INSERT INTO public.bench VALUES (" + std::to_string(i) + ")");
  return milliseconds_each(clock_type::now() - begin, probes);
}

double sync_cost(const std::filesystem::path& folder) {
  auto path = (folder / "sync.probe").string();
  int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  auto begin = clock_type::now();
  for (int i = 0; i < probes; ++i) {
    if (::write(fd, "x", 1) != 1 || ::fdatasync(fd) != 0)
      std::abort();
  }
  auto cost = milliseconds_each(clock_type::now() - begin, probes);
  ::close(fd);
  ::unlink(path.c_str());
  return cost;
}

/// Asks a node's gatekeeper for its hello, over and over, as one actor of a process asks another.
class pinger {
public:
  pinger(caf::event_based_actor* self, protocols::gatekeeper gate, protocols::hello greeting)
    : self_(self), gate_(std::move(gate)), greeting_(std::move(greeting)) {}

  caf::behavior make_behavior() {
    return {[this](int count) {
      done_ = self_->make_response_promise();
      ping(count);
      return done_;
    }};
  }

private:
  void ping(int left) {
    if (left == 0) {
      done_.deliver(caf::unit);
      return;
    }
    self_->request(gate_, patience, greeting_)
      .then([this, left](const protocols::hello&) { ping(left - 1); },
            [this](caf::error& why) { done_.deliver(std::move(why)); });
  }

  caf::event_based_actor* self_;
  protocols::gatekeeper gate_;
  protocols::hello greeting_;
  caf::response_promise done_;
};

caf::behavior make_pinger(caf::stateful_actor<std::unique_ptr<pinger>>* self,
                          const protocols::gatekeeper& gate, const protocols::hello& greeting) {
  self->state = std::make_unique<pinger>(self, gate, greeting);
  return self->state->make_behavior();
}

/// Milliseconds from an actor of this process to one of a node and back, over mutual TLS.
double round_trip_cost(running_cluster& cluster) {
  auto file = cluster.site().node_files.begin()->second.string();
  auto text = std::get<std::string>(config::read_text_file(file));
  auto environment = [&](const std::string& name) {
    return name == "SUPREME_DATABASE_URL" ? std::optional{cluster.site().database} : std::nullopt;
  };
  auto parsed = config::parse_node(text, file, environment);
  if (auto* problems = std::get_if<config::problems>(&parsed))
    throw std::runtime_error(problems->front().to_string());
  const auto& node = std::get<config::node_settings>(parsed);
  commands::mesh_config mesh{node.tls};
  caf::actor_system system{mesh};
  auto gate = commands::make_dial(system)(node.mesh.host, node.mesh.port);
  if (!gate)
    throw std::runtime_error("cannot reach a node: " + system.render(gate.error()));
  caf::scoped_actor self{system};
  auto asker = system.spawn(make_pinger, *gate,
                            protocols::hello{node.cluster, std::string{config::build_id()},
                                             protocols::message_set_hash(), "bench", 0});
  auto begin = clock_type::now();
  self->request(asker, patience, probes)
    .receive([] {},
             [&](const caf::error& why) {
               throw std::runtime_error("a ping failed: " + system.render(why));
             });
  auto cost = milliseconds_each(clock_type::now() - begin, probes);
  self->send_exit(asker, caf::exit_reason::user_shutdown);
  return cost;
}

/// Processor time (clock ticks) and resident memory (KiB) of a process.
struct usage {
  long ticks = 0;
  long kib = 0;
};

usage usage_of(pid_t pid) {
  usage u;
  std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{stat}, {}};
  std::istringstream fields{text.substr(text.rfind(')') + 2)};
  std::string word;
  for (int i = 3; fields >> word && i <= 24; ++i) {
    if (i == 14 || i == 15)
      u.ticks += std::stol(word);
    if (i == 24)
      u.kib = std::stol(word) * (::sysconf(_SC_PAGESIZE) / 1024);
  }
  return u;
}

void measure_lockstep(running_cluster& cluster) {
  cluster.wait_until(
    "EXISTS (SELECT FROM trading.replays WHERE step >= " + std::to_string(steps_measured) + ")",
    patience);
  auto seconds =
    std::stod(cluster.value("SELECT extract(epoch FROM max(recorded_at) - min(recorded_at)) FROM "
                            "trading.replay_steps WHERE step BETWEEN 100 AND "
                            + std::to_string(steps_measured)));
  auto orders = cluster.value(
    "SELECT count(*) FROM trading.orders WHERE event_time_ns <= (SELECT event_time_ns FROM "
    "trading.replay_steps WHERE step = "
    + std::to_string(steps_measured) + ")");
  auto steps = static_cast<double>(steps_measured - 100);
  auto each = 1000 * seconds / steps;
  auto orders_each = std::stod(orders) / static_cast<double>(steps_measured);
  std::printf("%-52s %8.0f timestamps/s, %.2f ms each, %.2f orders each\n",
              "lockstep on three nodes", 1000 / each, each, orders_each);
  // The cluster goes on meanwhile, so these carry its load, too.
  auto trip = round_trip_cost(cluster);
  auto commit = commit_cost(cluster);
  auto sync = sync_cost(cluster.site().folder);
  auto print = [&](const char* what, double cost) {
    std::printf("%-52s %8.2f ms   a timestamp costs %.1f of these\n", what, cost, each / cost);
  };
  print("one round trip between two processes, while it runs", trip);
  print("one single-row commit, while it runs", commit);
  print("one synced write, while it runs", sync);
  print("4 round trips + 1 commit + 3 commits per order",
        4 * trip + commit + 3 * orders_each * commit);
}

void measure_failover(running_cluster& cluster) {
  auto victim = cluster.holder("guard/main");
  auto before = cluster.step();
  cluster.kill_node(victim);
  cluster.wait_until(
    "EXISTS (SELECT FROM trading.replays WHERE step >= " + std::to_string(before + 200) + ")",
    patience);
  auto gap = cluster.value("SELECT max(d) FROM (SELECT extract(epoch FROM recorded_at - "
                           "lag(recorded_at) OVER (ORDER BY step)) d "
                           "FROM trading.replay_steps WHERE step >= "
                           + std::to_string(before) + ") x");
  std::printf("%-52s %8.2f s from the last step before to the first after\n",
              "kill -9 of the guard's node", std::stod(gap));
}

int run() {
  {
    commands::demo_options options;
    options.lockstep = true;
    options.gateway_port = 0;
    running_cluster cluster{options};
    measure_lockstep(cluster);
    measure_failover(cluster);
  }
  // A market that moves once an hour leaves the nodes idle.
  commands::demo_options options;
  options.speed = 1;
  options.gateway_port = 0;
  running_cluster cluster{options};
  cluster.wait_until("(SELECT count(*) FROM cluster.units WHERE holder IS NOT NULL) >= 10",
                     patience);
  auto pid = cluster.pid("node-b");
  auto before = usage_of(pid);
  auto begin = clock_type::now();
  cluster.wait_until("clock_timestamp() > timestamptz "
                       + ("'" + cluster.value("SELECT clock_timestamp() + interval '10 s'") + "'"),
                     patience);
  auto after = usage_of(pid);
  auto seconds = std::chrono::duration<double>(clock_type::now() - begin).count();
  auto percent = 100.0 * static_cast<double>(after.ticks - before.ticks)
                 / static_cast<double>(::sysconf(_SC_CLK_TCK)) / seconds;
  std::printf("%-52s %8.2f %% of a core, %.1f MB resident\n", "an idle node", percent,
              static_cast<double>(after.kib) / 1024);
  return 0;
}

} // namespace
} // namespace supreme::tests

int main() { return supreme::tests::run(); }
