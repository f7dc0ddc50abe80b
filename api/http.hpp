#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace supreme::api {

enum class verb : uint8_t {
  get = 1,
  head = 2,
  post = 3,
  other = 4,   ///< a method of HTTP that no route has
  unknown = 5, ///< no method that we know
};

/// The header fields of a request, as views into the buffer that they were read into.
struct header_fields {
  std::vector<std::pair<std::string_view, std::string_view>> fields;

  /// Names are compared without regard to case.
  [[nodiscard]] size_t count(std::string_view name) const noexcept;
  /// The first of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
};

/// What is known of a request before its body has been read. Views live as long as the connection's
/// buffer.
struct request_head {
  verb method = verb::get;
  std::string_view target;
  header_fields headers;
  std::string peer;      ///< address of the client, without its port
  std::string id;        ///< of the request, for the log
  bool has_body = false; ///< a body was announced, even an empty chunked one
};

/// Codes of the problems that the API answers with. The code is part of the contract with clients;
/// values and codes are never reused. docs/api.md says what each means and what to do.
enum class problem : uint8_t {
  malformed_request = 1,
  bad_target = 2,
  unknown_parameter = 3,
  bad_parameter = 4,
  body_not_allowed = 5,
  bad_json = 6,
  bad_field = 7,
  idempotency_key_missing = 8,
  idempotency_key_reused = 9,
  request_in_progress = 10,
  unauthorized = 11,
  forbidden = 12,
  too_many_failures = 13,
  not_found = 14,
  unknown_order = 15,
  unknown_scope = 16,
  method_not_allowed = 17,
  method_unknown = 18,
  not_acceptable = 19,
  unsupported_media_type = 20,
  request_timeout = 21,
  body_too_large = 22,
  header_too_large = 23,
  version_not_supported = 24,
  transfer_coding_unknown = 25,
  expectation_failed = 26,
  needs_second_person = 27,
  would_loosen = 28,
  would_tighten = 29,
  too_many_connections = 30,
  busy = 31,
  backend_slow = 32,
  backend_unavailable = 33,
  outcome_unknown = 34,
  halt_not_recorded = 35,
  not_ready = 36,
  internal = 37,
  unknown_rule = 38,
};

/// One row of the table of problems.
struct problem_spec {
  problem value;
  const char* code; ///< stable, "needs_second_person"
  unsigned status;
  const char* title; ///< one sentence that is the same for every occurrence
};

/// All problems, in order of their values.
[[nodiscard]] const std::vector<problem_spec>& problem_specs();
[[nodiscard]] const problem_spec& spec_of(problem p);

/// An answer before the fields that every answer has were added.
struct response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// Set for errors: finish_response() makes the body of it, because the id of the request belongs
  /// into it.
  std::optional<problem> error;
  std::string
    detail; ///< of the error: one sentence about this occurrence, without internals or secrets
};

/// An error answer (RFC 9457) with the status of its kind.
[[nodiscard]] response make_problem(problem p, std::string detail);

/// Completes an answer: the problem's body, X-Request-Id, and the headers that keep browsers from
/// guessing, framing or storing it. `instance` is the path of the request.
void finish_response(response& answer, const std::string& request_id, std::string_view instance);

/// Whether an Accept header allows `type`, "application/json". An absent header allows everything.
[[nodiscard]] bool accepts(const header_fields& headers, std::string_view type);

/// Whether a Content-Type is JSON in UTF-8.
[[nodiscard]] bool is_json(std::string_view content_type);

/// Text for people that quotes what a client sent: cut to a few dozen bytes, with everything that
/// is not printable ASCII shown as '?', so that it is safe in logs and terminals.
[[nodiscard]] std::string quote(std::string_view text);

} // namespace supreme::api
