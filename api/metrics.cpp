#include "api/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace supreme::api {

namespace {

const char* name_of(storage::failure_kind kind) noexcept {
  switch (kind) {
    case storage::failure_kind::definitive:
      return "definitive";
    case storage::failure_kind::transient:
      return "transient";
    case storage::failure_kind::unknown:
      return "unknown";
  }
  return "invalid";
}

const prometheus::Histogram::BucketBoundaries buckets = {
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

} // namespace

gateway_metrics::gateway_metrics(std::shared_ptr<prometheus::Registry> registry)
  : registry_(std::move(registry)),
    requests_(prometheus::BuildCounter()
                .Name("supreme_http_requests_total")
                .Help("Requests that were answered, by route, method and status.")
                .Register(*registry_)),
    seconds_(prometheus::BuildHistogram()
               .Name("supreme_http_request_seconds")
               .Help("Time from a request's header to its answer, by route.")
               .Register(*registry_)),
    connections_(prometheus::BuildGauge()
                   .Name("supreme_http_connections")
                   .Help("Connections that are being served.")
                   .Register(*registry_)
                   .Add({})),
    refused_(prometheus::BuildCounter()
               .Name("supreme_http_connections_refused_total")
               .Help("Connections beyond the limit.")
               .Register(*registry_)
               .Add({})),
    auth_failures_(prometheus::BuildCounter()
                     .Name("supreme_http_auth_failures_total")
                     .Help("Requests without the right to what they asked for, by reason.")
                     .Register(*registry_)),
    backend_failures_(prometheus::BuildCounter()
                        .Name("supreme_http_backend_failures_total")
                        .Help("Calls that the database failed, by kind of failure.")
                        .Register(*registry_)),
    mode_changes_(prometheus::BuildCounter()
                    .Name("supreme_http_mode_changes_total")
                    .Help("Halts and resumes that were asked for, by wanted mode and outcome.")
                    .Register(*registry_)),
    risk_commands_(prometheus::BuildCounter()
                     .Name("supreme_http_risk_commands_total")
                     .Help("Commands over breakers and drawdown, by command and outcome.")
                     .Register(*registry_)) {}

void gateway_metrics::answered(const char* route, const char* method, unsigned status,
                               std::chrono::nanoseconds took) {
  auto*& requests = request_series_[{route, method, status}];
  if (requests == nullptr)
    requests =
      &requests_.Add({{"route", route}, {"method", method}, {"status", std::to_string(status)}});
  requests->Increment();
  auto*& seconds = seconds_series_[route];
  if (seconds == nullptr)
    seconds = &seconds_.Add({{"route", route}}, buckets);
  seconds->Observe(std::chrono::duration<double>(took).count());
}

void gateway_metrics::auth_failed(const std::string& reason) {
  auth_failures_.Add({{"reason", reason}}).Increment();
}

void gateway_metrics::backend_failed(storage::failure_kind kind) {
  backend_failures_.Add({{"kind", name_of(kind)}}).Increment();
}

void gateway_metrics::mode_changed(const std::string& mode, const std::string& outcome) {
  mode_changes_.Add({{"mode", mode}, {"outcome", outcome}}).Increment();
}

void gateway_metrics::risk_commanded(const std::string& command, const std::string& outcome) {
  risk_commands_.Add({{"command", command}, {"outcome", outcome}}).Increment();
}

std::string gateway_metrics::render() const {
  return prometheus::TextSerializer{}.Serialize(registry_->Collect());
}

} // namespace supreme::api
