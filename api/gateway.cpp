#include "api/gateway.hpp"

#include "api/ascii.hpp"
#include "api/cluster_report.hpp"
#include "api/mode_request.hpp"
#include "api/risk_request.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace supreme::api {

namespace {

namespace defaults = config::defaults;
using nlohmann::json;
using storage::failure_kind;
using trading::trading_mode;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

response json_response(const json& value, unsigned status = 200) {
  response answer;
  answer.status = status;
  answer.body = dump(value);
  return answer;
}

const char* verb_name(verb method) { return method == verb::post ? "POST" : "GET"; }

response answer_index(bool expose_metrics) {
  auto items = json::array();
  for (const auto& known : routes()) {
    if (known.does == endpoint::metrics && !expose_metrics)
      continue;
    auto parameters = json::array();
    for (const auto& f : known.filters)
      parameters.push_back(f.parameter);
    if (known.does == endpoint::list) {
      parameters.push_back("limit");
      parameters.push_back("cursor");
    }
    items.push_back({{"method", verb_name(known.method)},
                     {"path", known.path},
                     {"needs", to_string(known.needs)},
                     {"text", known.text},
                     {"parameters", std::move(parameters)}});
  }
  return json_response({{"items", std::move(items)}});
}

/// Fields of which a second one would let two readers of the request understand different things.
constexpr std::string_view single_fields[] = {
  "host", "authorization", "content-type", "content-encoding", "idempotency-key", "expect"};

std::optional<response> check_fields(const request_head& head) {
  for (const auto name : single_fields)
    if (head.headers.count(name) > 1)
      return make_problem(problem::malformed_request,
                          "The header field '" + std::string{name} + "' is given twice.");
  return std::nullopt;
}

/// What a change needs besides the right to make it.
std::optional<response> check_change(const request_head& head) {
  const auto type = head.headers.find("content-type");
  if (!type || !is_json(*type))
    return make_problem(problem::unsupported_media_type, "Send Content-Type: application/json.");
  if (const auto coding = head.headers.find("content-encoding");
      coding && !equal_ignoring_case(trimmed(*coding), "identity"))
    return make_problem(problem::unsupported_media_type, "Send the body without Content-Encoding.");
  const auto key = head.headers.find("idempotency-key");
  if (!key || !is_idempotency_key(*key))
    return make_problem(problem::idempotency_key_missing,
                        "Send an Idempotency-Key of 1 to "
                          + std::to_string(defaults::idempotency_key_length_max)
                          + " letters, digits or '-._:~', a new one for each change.");
  return std::nullopt;
}

/// limit and cursor belong to every list; other parameters are its filters.
std::optional<response> check_parameters(const route& asked, const target& where) {
  for (const auto& [name, value] : where.query) {
    const bool pages = asked.does == endpoint::list && (name == "limit" || name == "cursor");
    const bool filters =
      std::any_of(asked.filters.begin(), asked.filters.end(),
                  // Named anew: clang 14 captures no structured binding.
                  [&parameter = name](const filter& f) { return parameter == f.parameter; });
    if (!pages && !filters)
      return make_problem(problem::unknown_parameter,
                          "This route has no parameter " + quote(name) + ".");
    if (value.empty())
      return make_problem(problem::bad_parameter, "The parameter " + quote(name) + " is empty.");
  }
  return std::nullopt;
}

std::optional<size_t> parse_limit(const std::string& text) {
  size_t limit = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, limit);
  if (error != std::errc{} || stop != end || limit < 1 || limit > defaults::page_rows_max)
    return std::nullopt;
  return limit;
}

/// The same request with another cursor.
std::string next_target(const target& where, const std::string& cursor) {
  std::string out = where.path;
  char separator = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    out += separator + percent_encode(name) + '=' + percent_encode(value);
    separator = '&';
  };
  for (const auto& [name, value] : where.query)
    if (name != "cursor")
      add(name, value);
  add("cursor", cursor);
  return out;
}

/// What a failure of the database looks like from outside. Its text is for the log only.
response failure_response(const storage::store_failure& failure) {
  switch (failure.kind()) {
    case failure_kind::transient:
      return make_problem(problem::backend_unavailable, "Try again in a moment.");
    case failure_kind::unknown:
      return make_problem(problem::outcome_unknown,
                          "The connection was lost at the end. Repeat the request.");
    case failure_kind::definitive:
      break;
  }
  return make_problem(problem::internal, "The log of this node says what happened.");
}

/// A definitive failure that the caller's values caused: the reader itself refuses an unusable
/// cursor without an SQLSTATE, and the server refuses a value that its column cannot hold with
/// class 22.
bool is_callers_fault(const storage::store_failure& failure) {
  return failure.kind() == failure_kind::definitive
         && (failure.sqlstate().empty() || failure.sqlstate().substr(0, 2) == "22");
}

/// Refuses what goes the wrong way. Only `reducing` can: nothing is stricter than halted or looser
/// than active.
std::optional<response> check_direction(backend& from, const storage::mode_change& change,
                                        bool is_halt) {
  if (change.mode != trading_mode::reducing)
    return std::nullopt;
  const auto current = from.current_mode(change.scope, change.name);
  if (is_halt && current == trading_mode::halted)
    return make_problem(problem::would_loosen,
                        "It is halted. Allowing reducing orders again is a resume.");
  if (!is_halt && current == trading_mode::active)
    return make_problem(problem::would_tighten,
                        "It is active. Allowing only reducing orders is a halt.");
  return std::nullopt;
}

const char* name_of(storage::change_outcome outcome) {
  switch (outcome) {
    case storage::change_outcome::applied:
      return "applied";
    case storage::change_outcome::unchanged:
      return "unchanged";
    case storage::change_outcome::needs_second_person:
      return "needs_second_person";
    case storage::change_outcome::unknown_scope:
      return "unknown_scope";
  }
  return "invalid";
}

response outcome_response(const storage::mode_change& change, storage::change_outcome outcome) {
  if (outcome == storage::change_outcome::needs_second_person)
    return make_problem(problem::needs_second_person,
                        "Somebody else with the right to resume has to do this.");
  if (outcome == storage::change_outcome::unknown_scope)
    return make_problem(problem::unknown_scope, "No " + std::string{to_string(change.scope)}
                                                  + " has the name " + quote(change.name) + ".");
  return json_response({{"scope", to_string(change.scope)},
                        {"name", change.name},
                        {"mode", trading::to_string(change.mode)},
                        {"outcome", name_of(outcome)},
                        {"principal", change.principal}});
}

/// Makes the change and logs it: who restricts or allows trading is always worth a line.
response do_change_mode(backend& from, gateway_metrics& metrics, const log_function& log,
                        const storage::mode_change& change, bool is_halt) {
  const auto what = dump({{"scope", to_string(change.scope)},
                          {"name", change.name},
                          {"mode", trading::to_string(change.mode)},
                          {"principal", change.principal},
                          {"reason", change.reason}});
  try {
    if (auto wrong_way = check_direction(from, change, is_halt))
      return std::move(*wrong_way);
    const auto outcome = from.change_mode(change);
    metrics.mode_changed(trading::to_string(change.mode), name_of(outcome));
    log(log_level::warning, "mode_change", std::string{name_of(outcome)} + " " + what);
    return outcome_response(change, outcome);
  } catch (const storage::store_failure& failure) {
    metrics.backend_failed(failure.kind());
    metrics.mode_changed(trading::to_string(change.mode), "failed");
    log(log_level::error, "mode_change_failed", what + ": " + failure.what());
    // Fail closed: guards that hear of it stop at once, whatever becomes of the row.
    if (is_halt && failure.kind() != failure_kind::definitive && from.announce_unrecorded(change))
      return make_problem(
        problem::halt_not_recorded,
        "Repeat the request until it is recorded: only the record survives a restart.");
    return failure_response(failure);
  }
}

response body_problem(const body_error& error) {
  return make_problem(error.is_json ? problem::bad_field : problem::bad_json, error.text);
}

trading::risk_command_kind command_of(endpoint does) {
  if (does == endpoint::latch_breaker)
    return trading::risk_command_kind::latch_breaker;
  return does == endpoint::release_breaker ? trading::risk_command_kind::release_breaker
                                           : trading::risk_command_kind::accept_drawdown;
}

response command_response(const storage::command_request& request, storage::change_outcome outcome,
                          json answer) {
  if (outcome == storage::change_outcome::needs_second_person)
    return make_problem(problem::needs_second_person,
                        "Somebody else with the right to resume has to do this.");
  if (outcome == storage::change_outcome::unknown_scope)
    return make_problem(
      problem::unknown_rule,
      request.command.kind == trading::risk_command_kind::accept_drawdown
        ? "Nothing looks at the drawdown of an account " + quote(request.account.str()) + "."
        : "Account " + quote(request.account.str()) + " has no breaker of this scope and name.");
  answer.erase("reason");
  answer["outcome"] = name_of(outcome);
  return json_response(answer);
}

/// Like a change of mode. A guard takes it from the rows, so that there is nobody to tell; while
/// they cannot be written nothing is committed that a latch would stop.
response do_command_risk(backend& from, gateway_metrics& metrics, const log_function& log,
                         const storage::command_request& request) {
  const auto& [kind, breaker] = request.command;
  const auto* command = trading::to_string(kind);
  json what = {{"account", request.account.str()},
               {"command", command},
               {"principal", request.principal},
               {"reason", request.reason}};
  if (kind != trading::risk_command_kind::accept_drawdown) {
    what["scope"] = trading::to_string(breaker.scope);
    what["name"] = breaker.name;
  }
  try {
    const auto outcome = from.command_risk(request);
    metrics.risk_commanded(command, name_of(outcome));
    log(log_level::warning, "risk_command", std::string{name_of(outcome)} + " " + dump(what));
    return command_response(request, outcome, std::move(what));
  } catch (const storage::store_failure& failure) {
    metrics.backend_failed(failure.kind());
    metrics.risk_commanded(command, "failed");
    log(log_level::error, "risk_command_failed", dump(what) + ": " + failure.what());
    return failure_response(failure);
  }
}

} // namespace

gateway::gateway(gateway_options options, std::shared_ptr<backend> from,
                 std::shared_ptr<gateway_metrics> metrics)
  : options_(std::move(options)),
    backend_(std::move(from)),
    metrics_(std::move(metrics)),
    authenticator_(options_.tokens),
    limiter_(options_.failures_max, options_.lockout_window, defaults::http_lockout_addresses_max),
    idempotency_(std::make_shared<idempotency_store>(defaults::idempotency_keys_max)),
    readiness_(std::make_shared<readiness>()) {
  SUPREME_CHECK(options_.log && options_.now, "a gateway has a log and a clock");
}

std::variant<refused, admitted> gateway::admit(const request_head& head) {
  if (auto wrong = check_fields(head))
    return refused{nullptr, std::move(*wrong)};
  if (head.method == verb::unknown)
    return refused{nullptr, make_problem(problem::method_unknown, "Use GET, HEAD or POST.")};
  auto where = parse_target(head.target);
  if (!where)
    return refused{nullptr, make_problem(problem::bad_target, where.error())};

  auto match = find_routes(where->segments);
  std::erase_if(match.fitting, [this](const route* candidate) {
    return candidate->does == endpoint::metrics && !options_.expose_metrics;
  });
  if (match.fitting.empty())
    return refused{nullptr, make_problem(problem::not_found, "GET / lists the routes.")};
  const auto wanted = head.method == verb::head ? verb::get : head.method;
  const auto at = std::find_if(match.fitting.begin(), match.fitting.end(),
                               [wanted](const route* r) { return r->method == wanted; });
  if (at == match.fitting.end()) {
    auto answer =
      make_problem(problem::method_not_allowed, "It has " + allowed_methods(match.fitting) + ".");
    answer.headers.emplace_back("Allow", allowed_methods(match.fitting));
    return refused{match.fitting.front(), std::move(answer)};
  }

  admitted out;
  out.asked = *at;
  out.request_id = head.id;
  out.id = std::move(match.id);
  out.where = std::move(where).value();
  if (auto no = check_caller(head, *out.asked, out.caller))
    return refused{out.asked, std::move(*no)};
  const auto* type = out.asked->does == endpoint::metrics ? "text/plain" : "application/json";
  if (!accepts(head.headers, type))
    return refused{
      out.asked, make_problem(problem::not_acceptable, std::string{"The answer is "} + type + ".")};
  if (auto no = check_parameters(*out.asked, out.where))
    return refused{out.asked, std::move(*no)};
  if (wanted == verb::get && head.has_body)
    return refused{out.asked, make_problem(problem::body_not_allowed, "Send this without a body.")};
  if (wanted == verb::post) {
    if (auto no = check_change(head))
      return refused{out.asked, std::move(*no)};
    out.idempotency_key = *head.headers.find("idempotency-key");
  }
  return out;
}

std::optional<response> gateway::check_caller(const request_head& head, const route& asked,
                                              principal& caller) {
  if (asked.needs == access::open)
    return std::nullopt;
  const auto now = options_.now();
  const auto locked = limiter_.locked_for(head.peer, now);
  const auto refuse_locked = [&] {
    metrics_->auth_failed("locked");
    auto answer = make_problem(problem::too_many_failures, "Wait before trying again.");
    const auto wait =
      locked ? std::chrono::ceil<std::chrono::seconds>(*locked) : std::chrono::seconds{1};
    answer.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return answer;
  };
  // The lock must never stand between a person and the kill switch: whoever floods an address with
  // wrong tokens would otherwise keep everybody there from halting. Tokens are too long to be
  // guessed through that gap.
  if (locked && asked.needs != access::halt)
    return refuse_locked();

  const auto authorization = head.headers.find("authorization");
  const auto token = authorization ? bearer_token(*authorization) : std::nullopt;
  if (const auto known = token ? authenticator_.identify(*token) : std::nullopt) {
    caller = *known;
    if (allows(asked.needs, caller.role))
      return std::nullopt;
    metrics_->auth_failed("role");
    return make_problem(problem::forbidden,
                        std::string{"This needs a token that may "} + to_string(asked.needs) + ".");
  }
  if (locked)
    return refuse_locked();
  metrics_->auth_failed(authorization ? "wrong" : "missing");
  if (authorization) {
    limiter_.failed(head.peer, now);
    options_.log(log_level::warning, "wrong_token",
                 "from " + head.peer + " for " + asked.path + ", request " + head.id);
  }
  auto answer = make_problem(problem::unauthorized, "Send Authorization: Bearer <token>.");
  answer.headers.emplace_back("WWW-Authenticate",
                              authorization ? "Bearer realm=\"supreme\", error=\"invalid_token\""
                                            : "Bearer realm=\"supreme\"");
  return answer;
}

std::variant<response, deferred> gateway::execute(admitted request, const std::string& body) {
  const auto as_json = [](json value) { return json_response(value); };
  switch (request.asked->does) {
    case endpoint::index:
      return answer_index(options_.expose_metrics);
    case endpoint::health:
      return json_response({{"alive", true}});
    case endpoint::ready:
      return answer_ready(request.request_id);
    case endpoint::metrics: {
      response answer;
      answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
      answer.body = metrics_->render();
      return answer;
    }
    case endpoint::status:
      return read(request.request_id, [as_json](backend& b) { return as_json(b.status()); });
    case endpoint::cluster:
      return read(request.request_id, [as_json](backend& b) { return as_json(b.cluster()); });
    case endpoint::actors:
      return read(request.request_id, [as_json](backend& b) { return as_json(b.actors()); });
    case endpoint::strategies:
      return read(request.request_id, [as_json](backend& b) { return as_json(b.strategies()); });
    case endpoint::strategy_kinds:
      return json_response(describe_strategy_kinds());
    case endpoint::list:
      return answer_list(std::move(request));
    case endpoint::why:
      return answer_why(request);
    case endpoint::halt:
    case endpoint::resume:
      return change_mode(std::move(request), body);
    case endpoint::latch_breaker:
    case endpoint::release_breaker:
    case endpoint::accept_drawdown:
      return command_risk(std::move(request), body);
  }
  return make_problem(problem::internal, "The log of this node says what happened.");
}

deferred gateway::read(const std::string& request_id, std::function<response(backend&)> call) {
  deferred out;
  out.work = [call = std::move(call), from = backend_, metrics = metrics_, log = options_.log,
              request_id] {
    try {
      return call(*from);
    } catch (const storage::store_failure& failure) {
      metrics->backend_failed(failure.kind());
      log(log_level::error, "read_failed", "request " + request_id + ": " + failure.what());
      return failure_response(failure);
    } catch (const std::exception& e) {
      log(log_level::error, "read_failed", "request " + request_id + ": " + e.what());
      return make_problem(problem::internal, "The log of this node says what happened.");
    }
  };
  out.finished = [](const response*) {};
  return out;
}

std::variant<response, deferred> gateway::answer_ready(const std::string& request_id) {
  if (readiness_->answer && options_.now() - readiness_->at < defaults::http_readiness_age_max)
    return *readiness_->answer;
  auto out = read(request_id, [](backend& b) {
    std::string why;
    return b.ready(why) ? json_response({{"ready", true}}) : make_problem(problem::not_ready, why);
  });
  out.when_late = problem::not_ready;
  out.finished = [shared = readiness_, now = options_.now](const response* answer) {
    if (answer != nullptr)
      *shared = {*answer, now()};
  };
  return out;
}

std::variant<response, deferred> gateway::answer_list(admitted request) {
  const auto& query = request.where.query;
  size_t limit = defaults::page_rows_default;
  if (const auto at = query.find("limit"); at != query.end()) {
    const auto wanted = parse_limit(at->second);
    if (!wanted)
      return make_problem(problem::bad_parameter, "'limit' is a whole number from 1 to "
                                                    + std::to_string(defaults::page_rows_max)
                                                    + ".");
    limit = *wanted;
  }
  std::optional<std::string> cursor;
  if (const auto at = query.find("cursor"); at != query.end())
    cursor = at->second;
  std::map<std::string, std::string> filters;
  for (const auto& f : request.asked->filters)
    if (const auto at = query.find(f.parameter); at != query.end())
      filters.emplace(f.column, at->second);

  const bool is_config = *request.asked->rows == storage::view::config_versions;
  if (is_config)
    limit = std::min(limit, defaults::config_page_rows_max);

  const auto request_id = request.request_id;
  return read(
    request_id, [limit, cursor, filters, is_config, request = std::move(request)](backend& b) {
      try {
        auto page = b.list(*request.asked->rows, filters, limit, cursor);
        // An overview of versions is not made longer by the text of each.
        if (is_config && filters.empty())
          for (auto& row : page.rows)
            row.erase("text");
        auto answer = json_response(
          {{"items", page.rows}, {"next", page.next ? json(*page.next) : json(nullptr)}});
        if (page.next)
          answer.headers.emplace_back("Link", "<" + next_target(request.where, *page.next)
                                                + ">; rel=\"next\"");
        return answer;
      } catch (const storage::store_failure& failure) {
        if (!is_callers_fault(failure) || (filters.empty() && !cursor))
          throw;
        return make_problem(problem::bad_parameter,
                            cursor ? "'cursor' is not one of this list, or a filter cannot be used."
                                   : "A filter's value cannot be used.");
      }
    });
}

std::variant<response, deferred> gateway::answer_why(const admitted& request) {
  const auto& id = request.id;
  if (id.size() > defaults::client_order_id_length_max)
    return make_problem(problem::unknown_order, "No order has an id that long.");
  return read(request.request_id, [id](backend& b) {
    const auto found = b.why(id);
    return found ? json_response(*found)
                 : make_problem(problem::unknown_order, "No order has the id " + quote(id) + ".");
  });
}

std::variant<response, deferred> gateway::change_mode(admitted request, const std::string& body) {
  const bool is_halt = request.asked->does == endpoint::halt;
  auto parsed = parse_mode_request(body, is_halt);
  if (!parsed)
    return body_problem(parsed.error());
  auto wanted = std::move(parsed).value();
  wanted.principal = request.caller.name;
  return change(request, body,
                [wanted, is_halt, metrics = metrics_, log = options_.log](backend& from) {
                  return do_change_mode(from, *metrics, log, wanted, is_halt);
                });
}

std::variant<response, deferred> gateway::command_risk(admitted request, const std::string& body) {
  auto parsed = parse_risk_request(body, command_of(request.asked->does));
  if (!parsed)
    return body_problem(parsed.error());
  auto wanted = std::move(parsed).value();
  wanted.principal = request.caller.name;
  return change(request, body, [wanted, metrics = metrics_, log = options_.log](backend& from) {
    return do_command_risk(from, *metrics, log, wanted);
  });
}

std::variant<response, deferred> gateway::change(const admitted& request, const std::string& body,
                                                 std::function<response(backend&)> make) {
  // Keys of different people and routes never meet; the parts cannot run into each other either.
  const auto key =
    std::string{request.asked->path} + '\n' + request.caller.name + '\n' + request.idempotency_key;
  const auto known = idempotency_->begin(key, storage::sha256(body));
  switch (known.found) {
    case idempotency_store::state::started:
      break;
    case idempotency_store::state::in_progress:
      return make_problem(problem::request_in_progress, "Ask again with the same key.");
    case idempotency_store::state::reused:
      return make_problem(problem::idempotency_key_reused,
                          "Its first request had another body. Use a new key for each change.");
    case idempotency_store::state::done: {
      auto again = *known.first_answer;
      again.headers.emplace_back("Idempotency-Replayed", "true");
      return again;
    }
  }

  deferred out;
  out.where = deferred::queue::commands;
  out.when_late = problem::outcome_unknown;
  out.work = [make = std::move(make), from = backend_, log = options_.log,
              request_id = request.request_id] {
    try {
      return make(*from);
    } catch (const std::exception& e) {
      log(log_level::error, "change_failed", "request " + request_id + ": " + e.what());
      return make_problem(problem::internal, "The log of this node says what happened.");
    }
  };
  out.finished = [store = idempotency_, key](const response* answer) {
    // What a server's failure prevented may be tried again under the same key.
    if (answer != nullptr && answer->status < 500)
      store->finish(key, *answer);
    else
      store->forget(key);
  };
  return out;
}

} // namespace supreme::api
