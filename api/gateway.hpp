#pragma once

#include "api/auth.hpp"
#include "api/backend.hpp"
#include "api/http.hpp"
#include "api/idempotency.hpp"
#include "api/log.hpp"
#include "api/metrics.hpp"
#include "api/routes.hpp"
#include "api/target.hpp"
#include "config/defaults.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace supreme::api {

struct gateway_options {
  log_function log;                      ///< must be given: what failed is told nowhere else
  std::vector<config::api_token> tokens; ///< none: every route that needs one answers 401
  bool expose_metrics = true;            ///< false: /metrics is not there
  uint32_t failures_max = config::defaults::http_failures_max;
  std::chrono::milliseconds lockout_window = config::defaults::http_lockout_window;
  /// The process clock; tests move their own.
  std::function<clock_point()> now = [] { return std::chrono::steady_clock::now(); };
};

/// A request whose head was found good: what it asks for, and who asks.
struct admitted {
  const route* asked = nullptr;
  std::string id;   ///< what stood for {id}
  principal caller; ///< without a name on open routes
  target where;
  std::string idempotency_key; ///< of changes
  std::string request_id;      ///< for the log
};

/// A request that was refused by its head.
struct refused {
  const route* asked = nullptr; ///< nullptr when there is no such route
  response answer;
};

/// An answer that a blocking call has to find.
struct deferred {
  enum class queue : uint8_t { reads = 1, commands = 2 };
  queue where = queue::reads;
  /// Called by the queue's thread. Never throws.
  std::function<response()> work;
  /// Called by the gateway's thread with what `work` found, also when nobody waits for it any more;
  /// with nothing when the work will never be done.
  std::function<void(const response*)> finished;
  problem when_late = problem::backend_slow; ///< what to say when the answer takes too long
};

/// Everything between HTTP and the backend: routes, rights, checks, answers. Knows no sockets. One
/// thread.
class gateway {
public:
  gateway(gateway_options options, std::shared_ptr<backend> from,
          std::shared_ptr<gateway_metrics> metrics);

  /// Judges a request by its head, before any of its body is read.
  [[nodiscard]] std::variant<refused, admitted> admit(const request_head& head);
  /// Answers it, or says how.
  [[nodiscard]] std::variant<response, deferred> execute(admitted request, const std::string& body);

private:
  [[nodiscard]] std::optional<response> check_caller(const request_head& head, const route& asked,
                                                     principal& caller);
  [[nodiscard]] std::variant<response, deferred> answer_ready(const std::string& request_id);
  [[nodiscard]] std::variant<response, deferred> answer_list(admitted request);
  [[nodiscard]] std::variant<response, deferred> answer_why(const admitted& request);
  [[nodiscard]] std::variant<response, deferred> change_mode(admitted request,
                                                             const std::string& body);
  [[nodiscard]] std::variant<response, deferred> command_risk(admitted request,
                                                              const std::string& body);
  /// A change, made once for each idempotency key.
  [[nodiscard]] std::variant<response, deferred>
  change(const admitted& request, const std::string& body, std::function<response(backend&)> make);
  /// Wraps a call of the backend: what it throws becomes a problem and a line in the log.
  [[nodiscard]] deferred read(const std::string& request_id,
                              std::function<response(backend&)> call);

  gateway_options options_;
  std::shared_ptr<backend> backend_;
  std::shared_ptr<gateway_metrics> metrics_;
  authenticator authenticator_;
  failure_limiter limiter_;
  // Completions may arrive after the gateway's connections are gone, so they share what they write
  // to.
  std::shared_ptr<idempotency_store> idempotency_;
  struct readiness {
    std::optional<response> answer;
    clock_point at;
  };
  std::shared_ptr<readiness> readiness_;
};

} // namespace supreme::api
