#include "api/http.hpp"

#include "api/ascii.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace supreme::api {

namespace {

/// The q parameter of one element of an Accept header: whether it is above zero.
bool has_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    auto parameter = trimmed(cut(parameters, ';'));
    if (parameter.size() < 2 || to_lower(parameter[0]) != 'q' || parameter[1] != '=')
      continue;
    parameter.remove_prefix(2);
    return std::any_of(parameter.begin(), parameter.end(),
                       [](char c) { return c >= '1' && c <= '9'; });
  }
  return true;
}

/// 0 when the range does not name the type, else the more the closer it names it.
int specificity(std::string_view range, std::string_view type) {
  if (equal_ignoring_case(range, type))
    return 3;
  const auto main_type = type.substr(0, type.find('/') + 1);
  if (range.size() == main_type.size() + 1 && range.back() == '*'
      && equal_ignoring_case(range.substr(0, main_type.size()), main_type))
    return 2;
  return range == "*/*" ? 1 : 0;
}

} // namespace

size_t header_fields::count(std::string_view name) const noexcept {
  return static_cast<size_t>(std::count_if(fields.begin(), fields.end(), [name](const auto& field) {
    return equal_ignoring_case(field.first, name);
  }));
}

std::optional<std::string_view> header_fields::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : fields)
    if (equal_ignoring_case(key, name))
      return value;
  return std::nullopt;
}

const std::vector<problem_spec>& problem_specs() {
  static const std::vector<problem_spec> specs = {
    {problem::malformed_request, "malformed_request", 400, "The request is not valid HTTP."},
    {problem::bad_target, "bad_target", 400, "The path or query string is not well formed."},
    {problem::unknown_parameter, "unknown_parameter", 400, "The route has no such parameter."},
    {problem::bad_parameter, "bad_parameter", 400, "A parameter's value cannot be used."},
    {problem::body_not_allowed, "body_not_allowed", 400, "Requests of this kind carry no body."},
    {problem::bad_json, "bad_json", 400, "The body is not the JSON that is accepted here."},
    {problem::bad_field, "bad_field", 400, "A field of the body is missing, unknown or wrong."},
    {problem::idempotency_key_missing, "idempotency_key_missing", 400,
     "A change needs an Idempotency-Key."},
    {problem::idempotency_key_reused, "idempotency_key_reused", 422,
     "The Idempotency-Key was used for another request."},
    {problem::request_in_progress, "request_in_progress", 409,
     "The request with this Idempotency-Key is still being worked on."},
    {problem::unauthorized, "unauthorized", 401, "A valid bearer token is needed."},
    {problem::forbidden, "forbidden", 403, "The role of this token does not allow it."},
    {problem::too_many_failures, "too_many_failures", 429,
     "Too many wrong tokens came from this address."},
    {problem::not_found, "not_found", 404, "There is no such route."},
    {problem::unknown_order, "unknown_order", 404, "There is no such order."},
    {problem::unknown_scope, "unknown_scope", 404,
     "There is no such account, strategy or instrument."},
    {problem::method_not_allowed, "method_not_allowed", 405,
     "The route does not have this method."},
    {problem::method_unknown, "method_unknown", 501, "The method is not known."},
    {problem::not_acceptable, "not_acceptable", 406, "The answer's media type is not accepted."},
    {problem::unsupported_media_type, "unsupported_media_type", 415,
     "The body must be plain JSON."},
    {problem::request_timeout, "request_timeout", 408, "The request took too long to arrive."},
    {problem::body_too_large, "body_too_large", 413, "The body is too large."},
    {problem::header_too_large, "header_too_large", 431, "The header is too large."},
    {problem::version_not_supported, "version_not_supported", 505,
     "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
    {problem::transfer_coding_unknown, "transfer_coding_unknown", 501,
     "The only transfer coding understood is chunked."},
    {problem::expectation_failed, "expectation_failed", 417, "The expectation cannot be met."},
    {problem::needs_second_person, "needs_second_person", 409,
     "Whoever restricted trading cannot be the one who allows it again."},
    {problem::would_loosen, "would_loosen", 409, "A halt cannot allow more than is allowed now."},
    {problem::would_tighten, "would_tighten", 409,
     "A resume cannot allow less than is allowed now."},
    {problem::too_many_connections, "too_many_connections", 503,
     "The gateway serves as many connections as it may."},
    {problem::busy, "busy", 503, "Too many requests are waiting already."},
    {problem::backend_slow, "backend_slow", 503, "The database took too long to answer."},
    {problem::backend_unavailable, "backend_unavailable", 503, "The database cannot be reached."},
    {problem::outcome_unknown, "outcome_unknown", 503, "The change may or may not have been made."},
    {problem::halt_not_recorded, "halt_not_recorded", 503,
     "The database did not record the halt: it may not last. Repeat it."},
    {problem::not_ready, "not_ready", 503, "The gateway is not ready to serve."},
    {problem::internal, "internal", 500, "The gateway failed to answer."},
    {problem::unknown_rule, "unknown_rule", 404, "The account has no such risk rule."},
  };
  return specs;
}

const problem_spec& spec_of(problem p) {
  const auto& specs = problem_specs();
  const auto index = static_cast<size_t>(p) - 1;
  SUPREME_CHECK(index < specs.size() && specs[index].value == p, "every problem is in the table");
  return specs[index];
}

response make_problem(problem p, std::string detail) {
  response answer;
  answer.status = spec_of(p).status;
  answer.content_type = "application/problem+json";
  answer.error = p;
  answer.detail = std::move(detail);
  if (answer.status == 503)
    answer.headers.emplace_back("Retry-After",
                                std::to_string(config::defaults::http_retry_after.count()));
  return answer;
}

void finish_response(response& answer, const std::string& request_id, std::string_view instance) {
  if (answer.error) {
    const auto& spec = spec_of(*answer.error);
    const nlohmann::json body = {
      {"type", std::string{"urn:supreme:problem:"} + spec.code},
      {"code", spec.code},
      {"title", spec.title},
      {"status", spec.status},
      {"detail", answer.detail},
      {"instance", std::string{instance}},
      {"request_id", request_id},
    };
    answer.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  answer.headers.emplace_back("X-Request-Id", request_id);
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; frame-ancestors 'none'");
  answer.headers.emplace_back("Referrer-Policy", "no-referrer");
  answer.headers.emplace_back("Cache-Control", "no-store");
}

bool accepts(const header_fields& headers, std::string_view type) {
  int best = 0;
  bool allowed = false;
  bool present = false;
  for (const auto& [name, value] : headers.fields) {
    if (!equal_ignoring_case(name, "accept"))
      continue;
    auto rest = value;
    while (!rest.empty()) {
      auto element = trimmed(cut(rest, ','));
      if (element.empty())
        continue;
      present = true;
      const auto range = trimmed(cut(element, ';'));
      // The closest range decides, so that "text/html, */*;q=0" means text/html only.
      if (const auto closeness = specificity(range, type); closeness > best) {
        best = closeness;
        allowed = has_weight(element);
      }
    }
  }
  return !present || allowed;
}

bool is_json(std::string_view content_type) {
  if (!equal_ignoring_case(trimmed(cut(content_type, ';')), "application/json"))
    return false;
  while (!content_type.empty()) {
    auto parameter = trimmed(cut(content_type, ';'));
    if (parameter.empty())
      continue;
    const auto name = cut(parameter, '=');
    if (parameter.size() >= 2 && parameter.front() == '"' && parameter.back() == '"')
      parameter = parameter.substr(1, parameter.size() - 2);
    if (!equal_ignoring_case(name, "charset") || !equal_ignoring_case(parameter, "utf-8"))
      return false;
  }
  return true;
}

std::string quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, config::defaults::config_quote_bytes_max))
    out += is_control(c) || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  out += text.size() > config::defaults::config_quote_bytes_max ? "...'" : "'";
  return out;
}

} // namespace supreme::api
