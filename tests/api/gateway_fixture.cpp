#include "tests/api/gateway_fixture.hpp"

#include "storage/sha256.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <stdexcept>

namespace supreme::api::tests {

config::api_token stored_token(const std::string& principal, config::api_role role,
                               const std::string& token) {
  const std::string salt = "salt-of-" + principal;
  return {principal, role, storage::to_hex(salt), storage::sha256_hex(salt + token)};
}

gateway_test::gateway_test() {
  using config::api_role;
  options.gateway.tokens = {
    stored_token("vera", api_role::viewer, viewer),
    stored_token("tom", api_role::trader, trader),
    stored_token("rita", api_role::risk, risk),
    stored_token("rob", api_role::risk, second_risk),
    stored_token("ada", api_role::admin, admin),
  };
  options.gateway.log = [this](log_level level, std::string_view event, std::string_view text) {
    const std::lock_guard lock{log_mutex_};
    log_ += std::to_string(static_cast<int>(level)) + " " + std::string{event} + " "
            + std::string{text} + "\n";
  };
  options.gateway.now = [this] { return clock_point{std::chrono::nanoseconds{clock_ns_}}; };
}

void gateway_test::start() {
  auto started = server::start(options, backend_, registry_);
  if (!started)
    throw std::runtime_error(started.error());
  server_ = std::move(started).value();
}

http_answer gateway_test::get(const std::string& target, const std::string& token,
                              const std::string& more_headers) {
  return http_client{port()}.get(target, token, more_headers);
}

http_answer gateway_test::post(const std::string& target, const std::string& token,
                               const std::string& body) {
  return http_client{port()}.post(target, token, body, new_key());
}

double gateway_test::metric(const std::string& series) const {
  std::istringstream lines{prometheus::TextSerializer{}.Serialize(registry_->Collect())};
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(series + " ", 0) == 0)
      return std::stod(line.substr(series.size() + 1));
  return -1;
}

} // namespace supreme::api::tests
