#include "storage/postgres/postgres_cluster_store.hpp"

#include "config/defaults.hpp"
#include "storage/codec.hpp"
#include "storage/event_detail.hpp"
#include "storage/open.hpp"
#include "storage/postgres/values.hpp"

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

constexpr statement register_statement{"register_node", "SELECT cluster.register_node($1)", true};
constexpr statement renew_statement{"renew", "SELECT cluster.renew($1, $2, $3, $4)", true};
constexpr statement view_statement{"view", "SELECT cluster.view()", false};
constexpr statement leave_statement{"leave", "SELECT cluster.leave($1, $2)", true};
constexpr statement claim_statement{"claim", "SELECT cluster.claim($1, $2, $3)", true};
constexpr statement release_statement{"release", "SELECT cluster.release($1, $2, $3, $4)", true};
constexpr statement incarnation_statement{"next_incarnation", "SELECT cluster.next_incarnation()",
                                          false};
constexpr statement config_statement{
  "config", "SELECT version, text, sha256, applied_by FROM cluster.config($1)", false};
constexpr statement apply_statement{"apply_config", "SELECT cluster.apply_config($1, $2, $3, $4)",
                                    true};
constexpr statement event_statement{"record_event",
                                    "SELECT cluster.record_event($1, $2, $3, $4, $5, $6)", true};

std::optional<uint64_t> optional_number(const pqxx::result& answer) {
  if (answer[0][0].is_null())
    return std::nullopt;
  return answer[0][0].as<uint64_t>();
}

} // namespace

postgres_cluster_store::postgres_cluster_store(const std::string& conninfo)
  : session_(conninfo, {.role = "supreme_writer",
                        .application = "supreme cluster",
                        .statement_timeout = defaults::statement_timeout,
                        .lock_timeout = defaults::lock_timeout}) {}

registered postgres_cluster_store::register_node(const node_registration& r) {
  const auto answer =
    parse_json(session_.run(register_statement, {codec::readable(codec::to_json(r)).c_str()}));
  return {.incarnation = answer.at("incarnation").get<uint64_t>(),
          .refusal = answer.at("refusal").get<std::string>()};
}

cluster_view postgres_cluster_store::renew(const std::string& node, uint64_t incarnation,
                                           int64_t ttl_ms, uint64_t config_version) {
  const auto i = std::to_string(incarnation), ttl = std::to_string(ttl_ms),
             version = std::to_string(config_version);
  return codec::view_from_json(parse_json(
    session_.run(renew_statement, {node.c_str(), i.c_str(), ttl.c_str(), version.c_str()})));
}

cluster_view postgres_cluster_store::view() {
  return codec::view_from_json(parse_json(session_.run(view_statement, {})));
}

void postgres_cluster_store::leave(const std::string& node, uint64_t incarnation) {
  session_.run(leave_statement, {node.c_str(), std::to_string(incarnation).c_str()});
}

std::optional<uint64_t> postgres_cluster_store::claim(const std::string& unit,
                                                      const std::string& node,
                                                      uint64_t incarnation) {
  return optional_number(session_.run(
    claim_statement, {unit.c_str(), node.c_str(), std::to_string(incarnation).c_str()}));
}

bool postgres_cluster_store::release(const std::string& unit, const std::string& node,
                                     uint64_t incarnation, uint64_t epoch) {
  const auto i = std::to_string(incarnation), e = std::to_string(epoch);
  return session_.run(release_statement, {unit.c_str(), node.c_str(), i.c_str(), e.c_str()})[0][0]
    .as<bool>();
}

uint64_t postgres_cluster_store::next_incarnation() {
  return session_.run(incarnation_statement, {})[0][0].as<uint64_t>();
}

std::optional<config_row> postgres_cluster_store::read_config(const char* version) {
  const auto answer = session_.run(config_statement, {version});
  if (answer.empty())
    return std::nullopt;
  return config_row{.version = answer[0][0].as<uint64_t>(),
                    .text = answer[0][1].as<std::string>(),
                    .sha256 = answer[0][2].as<std::string>(),
                    .applied_by = answer[0][3].as<std::string>()};
}

std::optional<config_row> postgres_cluster_store::latest_config() { return read_config(nullptr); }

std::optional<config_row> postgres_cluster_store::config(uint64_t version) {
  return read_config(std::to_string(version).c_str());
}

std::optional<uint64_t> postgres_cluster_store::apply_config(const std::string& text,
                                                             const std::string& sha256,
                                                             const std::string& applied_by,
                                                             uint64_t expected_previous) {
  const auto previous = std::to_string(expected_previous);
  return optional_number(session_.run(
    apply_statement, {text.c_str(), sha256.c_str(), applied_by.c_str(), previous.c_str()}));
}

void postgres_cluster_store::record_event(const actor_event& e) {
  const auto incarnation = std::to_string(e.incarnation), epoch = std::to_string(e.epoch);
  const auto detail = cut_event_detail(e.detail);
  session_.run(event_statement, {e.node.c_str(), incarnation.c_str(), e.actor.c_str(),
                                 e.kind.c_str(), epoch.c_str(), detail.c_str()});
}

std::unique_ptr<cluster_store> open_postgres_cluster(const std::string& conninfo) {
  return std::make_unique<postgres_cluster_store>(conninfo);
}

} // namespace supreme::storage
