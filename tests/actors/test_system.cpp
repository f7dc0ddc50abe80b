#include "tests/actors/test_system.hpp"

#include <algorithm>

namespace supreme::tests {

namespace {

/// More messages than this without a pause are two actors that answer each other for ever.
constexpr size_t messages_max = 10'000'000;

} // namespace

test_system::config::config() {
  add_message_types<caf::id_block::supreme>();
  set("scheduler.policy", caf::atom("testing"));
}

test_system::test_system()
  : scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  // Actors that a failed test leaves behind must not keep the program from ending.
  system_.await_actors_before_shutdown(false);
}

test_system::~test_system() = default;

void test_system::run() {
  for (size_t n = 0; scheduler_.try_run_once(); ++n) {
    if (n == messages_max)
      throw std::runtime_error("the actors never come to rest");
  }
}

std::optional<nanoseconds> test_system::next_timer() {
  auto& clock = scheduler_.clock();
  if (clock.schedule().empty())
    return std::nullopt;
  return std::max<nanoseconds>(clock.schedule().begin()->first - clock.now(), 0ns);
}

void test_system::pass(nanoseconds by) {
  clock_.advance(by);
  scheduler_.advance_time(by);
}

void test_system::advance(nanoseconds by) {
  run();
  while (by > 0ns) {
    auto part = std::clamp(next_timer().value_or(by), nanoseconds{1}, by);
    pass(part);
    by -= part;
    run();
  }
}

void test_system::kill(const caf::weak_actor_ptr& actor) {
  auto strong = caf::actor_cast<caf::strong_actor_ptr>(actor);
  if (!strong)
    return;
  auto handle = caf::actor_cast<caf::actor>(strong);
  auto& dying = dynamic_cast<caf::scheduled_actor&>(*caf::actor_cast<caf::abstract_actor*>(handle));
  if (dying.getf(caf::abstract_actor::is_initialized_flag)) {
    // Sent an exit message, it could handle one more message that waits already.
    dying.context(system_.dummy_execution_unit());
    dying.quit(caf::exit_reason::kill);
    dying.finalize();
    return;
  }
  // It is about to run for the first time, which it has to before it can end.
  caf::anon_send_exit(handle, caf::exit_reason::kill);
  while (!dying.getf(caf::abstract_actor::is_terminated_flag) && scheduler_.prioritize(handle))
    scheduler_.try_run_once();
}

} // namespace supreme::tests
