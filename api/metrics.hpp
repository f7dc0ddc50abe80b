#pragma once

#include "storage/failure.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace supreme::api {

/// The gateway's own metrics in the process's registry, which outlives them. Labels come from the
/// table of routes and from enums, never from clients, so their number is bounded. Thread-safe.
class gateway_metrics {
public:
  explicit gateway_metrics(std::shared_ptr<prometheus::Registry> registry);

  /// `route` and `method` are string literals. One thread at a time.
  void answered(const char* route, const char* method, unsigned status,
                std::chrono::nanoseconds took);
  void connection_opened() { connections_.Increment(); }
  void connection_closed() { connections_.Decrement(); }
  void connection_refused() { refused_.Increment(); }
  /// `reason`: "missing", "wrong", "locked", "role".
  void auth_failed(const std::string& reason);
  void backend_failed(storage::failure_kind kind);
  void mode_changed(const std::string& mode, const std::string& outcome);
  void risk_commanded(const std::string& command, const std::string& outcome);

  /// Everything in the registry, in the text format.
  [[nodiscard]] std::string render() const;

private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Gauge& connections_;
  prometheus::Counter& refused_;
  prometheus::Family<prometheus::Counter>& auth_failures_;
  prometheus::Family<prometheus::Counter>& backend_failures_;
  prometheus::Family<prometheus::Counter>& mode_changes_;
  prometheus::Family<prometheus::Counter>& risk_commands_;

  // Looking a series up by its labels costs more than answering /healthz does.
  std::map<std::tuple<std::string_view, std::string_view, unsigned>, prometheus::Counter*>
    request_series_;
  std::map<std::string_view, prometheus::Histogram*> seconds_series_;
};

} // namespace supreme::api
