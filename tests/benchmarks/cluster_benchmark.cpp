// Goal: how fast three nodes replay in lockstep, beside what one commit and one synced write cost at the same time; how long a
// kill -9 stops trading; what an idle node and the whole demo use.
// Method: real processes on this machine, a generated market, all figures from one run; times from the rows' own clocks.
#include "tests/cluster/running_cluster.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
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
  cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE step >= " + std::to_string(steps_measured) + ")", patience);
  auto seconds = std::stod(cluster.value("SELECT extract(epoch FROM max(recorded_at) - min(recorded_at)) FROM "
                                         "trading.replay_steps WHERE step BETWEEN 100 AND "
                                         + std::to_string(steps_measured)));
  auto orders = cluster.value("SELECT count(*) FROM trading.orders WHERE event_time_ns <= (SELECT event_time_ns FROM "
                              "trading.replay_steps WHERE step = "
                              + std::to_string(steps_measured) + ")");
  auto rate = static_cast<double>(steps_measured - 100) / seconds;
  std::printf("%-52s %8.0f timestamps/s, %.2f ms each, %s orders\n", "lockstep on three nodes", rate, 1000 / rate, orders.c_str());
  // The cluster goes on meanwhile, so these carry its load, too.
  auto commit = commit_cost(cluster);
  auto sync = sync_cost(cluster.site().folder);
  std::printf("%-52s %8.2f ms   a timestamp costs %.1f of these\n", "one commit, while it runs", commit, 1000 / rate / commit);
  std::printf("%-52s %8.2f ms   a timestamp costs %.1f of these\n", "one synced write, while it runs", sync, 1000 / rate / sync);
}

void measure_failover(running_cluster& cluster) {
  auto victim = cluster.holder("guard/main");
  auto before = cluster.step();
  cluster.kill_node(victim);
  cluster.wait_until("EXISTS (SELECT FROM trading.replays WHERE step >= " + std::to_string(before + 200) + ")", patience);
  auto gap = cluster.value("SELECT max(d) FROM (SELECT extract(epoch FROM recorded_at - lag(recorded_at) OVER (ORDER BY step)) d "
                           "FROM trading.replay_steps WHERE step >= "
                           + std::to_string(before) + ") x");
  std::printf("%-52s %8.2f s from the last step before to the first after\n", "kill -9 of the guard's node", std::stod(gap));
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
  cluster.wait_until("(SELECT count(*) FROM cluster.units WHERE holder IS NOT NULL) >= 10", patience);
  auto pid = cluster.pid("node-b");
  auto before = usage_of(pid);
  auto begin = clock_type::now();
  cluster.wait_until("clock_timestamp() > timestamptz " + ("'" + cluster.value("SELECT clock_timestamp() + interval '10 s'") + "'"),
                     patience);
  auto after = usage_of(pid);
  auto seconds = std::chrono::duration<double>(clock_type::now() - begin).count();
  auto percent = 100.0 * static_cast<double>(after.ticks - before.ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)) / seconds;
  std::printf("%-52s %8.2f %% of a core, %.1f MB resident\n", "an idle node", percent, static_cast<double>(after.kib) / 1024);
  return 0;
}

} // namespace
} // namespace supreme::tests

int main() { return supreme::tests::run(); }
