#pragma once

#include "api/server.hpp"
#include "tests/api/http_client.hpp"
#include "tests/api/scripted_backend.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace supreme::api::tests {

/// A token as the configuration holds it.
[[nodiscard]] config::api_token stored_token(const std::string& principal, config::api_role role,
                                             const std::string& token);

/// A server on a free loopback port over a scripted backend, with one token per role and a second
/// risk manager.
class gateway_test : public ::testing::Test {
protected:
  static constexpr const char* viewer = "viewer-token";
  static constexpr const char* trader = "trader-token";
  static constexpr const char* risk = "risk-token";
  static constexpr const char* second_risk = "second-risk-token";
  static constexpr const char* admin = "admin-token";

  gateway_test();

  /// Starts it with `options`; a test that changes them does so before.
  void start();
  [[nodiscard]] uint16_t port() const { return server_->port(); }

  /// Over a connection of its own.
  [[nodiscard]] http_answer get(const std::string& target, const std::string& token = viewer,
                                const std::string& more_headers = {});
  [[nodiscard]] http_answer post(const std::string& target, const std::string& token,
                                 const std::string& body);
  /// A key that was never used before.
  [[nodiscard]] std::string new_key() { return "key-" + std::to_string(++keys_); }
  /// The value of a series, "supreme_http_connections"; -1 when there is none.
  [[nodiscard]] double metric(const std::string& series) const;

  /// Everything that was logged, a line each: level, event, text.
  [[nodiscard]] std::string log() const {
    const std::lock_guard lock{log_mutex_};
    return log_;
  }

  /// Moves the clock that lockouts and readiness look at.
  void advance(std::chrono::milliseconds by) { clock_ns_ += std::chrono::nanoseconds{by}.count(); }

  server_options options;
  std::shared_ptr<scripted_backend> backend_ = std::make_shared<scripted_backend>();
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::unique_ptr<server> server_;

private:
  mutable std::mutex log_mutex_;
  std::string log_;
  std::atomic<int64_t> clock_ns_{0};
  unsigned keys_ = 0;
};

} // namespace supreme::api::tests
