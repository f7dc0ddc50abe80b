#pragma once

#include "actors/clock.hpp"
#include "protocols/interfaces.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

namespace supreme::tests {

using namespace std::chrono_literals;
using trading::nanoseconds;

/// Process time that moves only when a test says so.
class manual_clock final : public actors::process_clock {
public:
  [[nodiscard]] nanoseconds since_boot() const override { return since_boot_; }
  [[nodiscard]] trading::timestamp wall() const override { return boot_ + since_boot_; }
  void advance(nanoseconds by) { since_boot_ += by; }

private:
  trading::timestamp boot_ = trading::timestamp::from_ms(1'767'225'600'000);
  nanoseconds since_boot_ = 1s; ///< not 0, which a lease understands as "never"
};

/// CAF on one thread: messages run when the test lets them, timers fire when the test lets time
/// pass, and both clocks (CAF's and the process's) always show the same.
class test_system {
public:
  test_system();
  ~test_system();
  test_system(const test_system&) = delete;
  test_system& operator=(const test_system&) = delete;

  [[nodiscard]] caf::actor_system& actors() { return system_; }
  [[nodiscard]] caf::scheduler::test_coordinator& scheduler() { return scheduler_; }
  [[nodiscard]] const manual_clock& clock() const { return clock_; }
  [[nodiscard]] caf::scoped_actor& self() { return self_; }

  /// Lets every waiting message run, and those that they cause. Throws when that does not end.
  void run();
  /// Lets `by` pass, timer by timer, running what each one causes.
  void advance(nanoseconds by);
  /// Moves both clocks on and fires what is due; runs nothing.
  void pass(nanoseconds by);
  /// Time until the next timer; nothing when there is none.
  [[nodiscard]] std::optional<nanoseconds> next_timer();

  /// Ends an actor at once, before anybody else runs.
  void kill(const caf::weak_actor_ptr& actor);

  /// Asks, lets `within` of process time pass, and returns the answer or the error;
  /// sec::request_timeout when there was none.
  template <class Answer, class Handle, class... Ts>
  caf::expected<Answer> ask(const Handle& handle, nanoseconds within, Ts&&... question) {
    constexpr auto last_moment = nanoseconds{1};
    auto reply = self_->request(handle, within + last_moment, std::forward<Ts>(question)...);
    advance(within);
    pass(last_moment); // Without an answer by now, the request ends as timed out.
    std::optional<caf::expected<Answer>> result;
    reply.receive([&](Answer& answer) { result.emplace(std::move(answer)); },
                  [&](caf::error& why) { result.emplace(std::move(why)); });
    return std::move(*result);
  }

private:
  struct config : caf::actor_system_config {
    config();
  };

  manual_clock clock_;
  config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_;
  caf::scoped_actor self_{system_};
};

} // namespace supreme::tests
