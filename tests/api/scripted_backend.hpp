#pragma once

#include "api/backend.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace supreme::api::tests {

/// A backend in memory that keeps the rules of the real one: lists page by a numeric cursor, modes
/// need a second person. A test can make it fail, or hold its calls and learn when they have come.
/// Thread-safe.
class scripted_backend final : public backend {
public:
  struct list_call {
    storage::view v;
    std::map<std::string, std::string> filters;
    size_t limit = 0;
    std::optional<std::string> cursor;
  };

  size_t rows_per_view = 0; ///< set before the server starts
  size_t row_bytes = 1;     ///< likewise

  storage::page list(storage::view v, const std::map<std::string, std::string>& filters,
                     size_t limit, const std::optional<std::string>& cursor) override {
    enter(reads_);
    const std::lock_guard lock{mutex_};
    lists_.push_back({v, filters, limit, cursor});
    size_t first = 0;
    if (cursor) {
      if (cursor->find_first_not_of("0123456789") != std::string::npos)
        throw storage::store_failure(storage::failure_kind::definitive, "unusable cursor");
      first = std::stoul(*cursor);
    }
    storage::page page;
    for (auto i = first; i < std::min(first + limit, rows_per_view); ++i)
      page.rows.push_back({{"n", i}, {"filler", std::string(row_bytes, 'x')}});
    if (first + limit < rows_per_view)
      page.next = std::to_string(first + limit);
    return page;
  }

  std::optional<nlohmann::json> why(const std::string& client_order_id) override {
    enter(reads_);
    if (client_order_id != "m1-7")
      return std::nullopt;
    return nlohmann::json{{"order", client_order_id}, {"steps", nlohmann::json::array()}};
  }

  nlohmann::json status() override { return named("status"); }
  nlohmann::json cluster() override { return named("cluster"); }
  nlohmann::json actors() override { return named("actors"); }
  nlohmann::json strategies() override { return named("strategies"); }

  bool ready(std::string& why) override {
    try {
      enter(reads_);
    } catch (const storage::store_failure&) {
      why = "The database does not answer.";
      return false;
    }
    return true;
  }

  storage::change_outcome change_mode(const storage::mode_change& change) override {
    enter(commands_);
    const std::lock_guard lock{mutex_};
    changes_.push_back(change);
    if (change.name == "nobody")
      return storage::change_outcome::unknown_scope;
    auto& now = modes_[{change.scope, change.name}];
    if (now.mode == change.mode)
      return storage::change_outcome::unchanged;
    if (change.mode < now.mode && now.tightened_by == change.principal)
      return storage::change_outcome::needs_second_person;
    if (change.mode > now.mode)
      now.tightened_by = change.principal;
    now.mode = change.mode;
    return storage::change_outcome::applied;
  }

  /// Account "nobody" has no rules; a latch needs a second person to release it.
  storage::change_outcome command_risk(const storage::command_request& request) override {
    using kind = trading::risk_command_kind;
    enter(commands_);
    const std::lock_guard lock{mutex_};
    commands_given_.push_back(request);
    if (request.account.str() == "nobody")
      return storage::change_outcome::unknown_scope;
    if (request.command.kind == kind::accept_drawdown)
      return storage::change_outcome::applied;
    const auto latch = latches_.find(request.command.breaker);
    if ((request.command.kind == kind::latch_breaker) == (latch != latches_.end()))
      return storage::change_outcome::unchanged;
    if (request.command.kind == kind::latch_breaker)
      latches_.emplace(request.command.breaker, request.principal);
    else if (latch->second == request.principal)
      return storage::change_outcome::needs_second_person;
    else
      latches_.erase(latch);
    return storage::change_outcome::applied;
  }

  trading::trading_mode current_mode(storage::mode_scope scope, const std::string& name) override {
    const std::lock_guard lock{mutex_};
    const auto at = modes_.find({scope, name});
    return at == modes_.end() ? trading::trading_mode::active : at->second.mode;
  }

  bool announce_unrecorded(const storage::mode_change& change) override {
    const std::lock_guard lock{mutex_};
    announced_.push_back(change);
    return guards_hear_;
  }

  // -- what a test arranges and asks ---------------------------------------------------------------

  /// Every call fails like this until `recover()`.
  void fail_with(storage::failure_kind kind, std::string sqlstate = {}) {
    const std::lock_guard lock{mutex_};
    failure_.emplace(kind, "secret-dsn: the outside world failed", std::move(sqlstate));
  }
  void throw_something() {
    const std::lock_guard lock{mutex_};
    broken_ = true;
  }
  void recover() {
    const std::lock_guard lock{mutex_};
    failure_.reset();
    broken_ = false;
  }
  void deafen_guards() {
    const std::lock_guard lock{mutex_};
    guards_hear_ = false;
  }

  /// Calls of that side wait from now on.
  void hold_reads() { hold(reads_); }
  void hold_commands() { hold(commands_); }
  void release() {
    {
      const std::lock_guard lock{mutex_};
      reads_.held = commands_.held = false;
    }
    changed_.notify_all();
  }
  /// Waits until that many calls of that side have begun since the start.
  void wait_for_reads(size_t count) { wait_for(reads_, count); }
  void wait_for_commands(size_t count) { wait_for(commands_, count); }

  size_t reads() { return count(reads_); }
  std::vector<list_call> lists() {
    const std::lock_guard lock{mutex_};
    return lists_;
  }
  std::vector<storage::mode_change> changes() {
    const std::lock_guard lock{mutex_};
    return changes_;
  }
  std::vector<storage::command_request> commands_given() {
    const std::lock_guard lock{mutex_};
    return commands_given_;
  }
  std::vector<storage::mode_change> announced() {
    const std::lock_guard lock{mutex_};
    return announced_;
  }

private:
  struct side {
    size_t begun = 0;
    bool held = false;
  };

  void enter(side& s) {
    std::unique_lock lock{mutex_};
    ++s.begun;
    changed_.notify_all();
    // Bounded, so that a test that never releases fails instead of hanging.
    if (!changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return !s.held; }))
      throw std::runtime_error("nobody released the backend");
    if (failure_)
      throw *failure_;
    if (broken_)
      throw std::runtime_error("secret-internals");
  }

  void hold(side& s) {
    const std::lock_guard lock{mutex_};
    s.held = true;
  }

  void wait_for(const side& s, size_t wanted) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return s.begun >= wanted; }))
      throw std::runtime_error("the backend was not called");
  }

  size_t count(const side& s) {
    const std::lock_guard lock{mutex_};
    return s.begun;
  }

  nlohmann::json named(const char* name) {
    enter(reads_);
    return {{"what", name}};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  side reads_;
  side commands_;
  std::optional<storage::store_failure> failure_;
  bool broken_ = false;
  bool guards_hear_ = true;
  std::vector<list_call> lists_;
  std::vector<storage::mode_change> changes_;
  std::vector<storage::mode_change> announced_;
  std::vector<storage::command_request> commands_given_;
  std::map<trading::breaker_key, std::string> latches_; ///< and who made them
  struct mode_row {
    trading::trading_mode mode = trading::trading_mode::active;
    std::string tightened_by;
  };
  std::map<std::pair<storage::mode_scope, std::string>, mode_row> modes_;
};

} // namespace supreme::api::tests
