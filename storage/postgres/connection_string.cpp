#include "storage/postgres/connection_string.hpp"

#include "config/defaults.hpp"
#include "storage/failure.hpp"

#include <libpq-fe.h>

#include <map>
#include <memory>

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

/// Seconds of silence on an idle connection before the kernel probes the server.
constexpr int keepalives_idle_s = 5;
/// Seconds between two such probes.
constexpr int keepalives_interval_s = 2;
/// Probes without an answer before the connection counts as lost.
constexpr int keepalives_count = 3;

std::map<std::string, std::string> parse(const std::string& conninfo) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
    PQconninfoParse(conninfo.c_str(), &message), &PQconninfoFree};
  PQfreemem(message);
  if (!options)
    throw store_failure(failure_kind::definitive,
                        "the database's connection string cannot be parsed");
  std::map<std::string, std::string> result;
  for (const auto* o = options.get(); o->keyword != nullptr; ++o)
    if (o->val != nullptr)
      result[o->keyword] = o->val;
  return result;
}

std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "'";
}

std::string setting(const char* name, const std::string& value) {
  return std::string{" -c "} + name + "=" + value;
}

std::string setting(const char* name, std::chrono::milliseconds value) {
  return setting(name, std::to_string(value.count()));
}

} // namespace

std::string complete_connection_string(const std::string& conninfo,
                                       const session_options& options) {
  auto all = parse(conninfo);
  auto& settings = all["options"];
  settings += setting("statement_timeout", options.statement_timeout);
  settings += setting("lock_timeout", options.lock_timeout);
  settings += setting("idle_in_transaction_session_timeout", defaults::idle_in_transaction_timeout);
  // Durability and the format of times are promises of ours, not matters of a server's
  // configuration.
  settings += setting("synchronous_commit", "on") + setting("timezone", "UTC")
              + setting("datestyle", "ISO")
              + setting("default_transaction_isolation", R"(read\ committed)");
  if (options.generic_plans)
    settings += setting("plan_cache_mode", "force_generic_plan");
  if (!options.role.empty())
    settings += setting("role", options.role);
  all["application_name"] = options.application;
  all["client_encoding"] = "UTF8";
  all["connect_timeout"] = std::to_string(defaults::database_connect_timeout.count());
  all["keepalives"] = "1";
  all["keepalives_idle"] = std::to_string(keepalives_idle_s);
  all["keepalives_interval"] = std::to_string(keepalives_interval_s);
  all["keepalives_count"] = std::to_string(keepalives_count);
  all["tcp_user_timeout"] =
    std::to_string(std::chrono::milliseconds{defaults::database_watchdog}.count());
  std::string out;
  for (const auto& [key, value] : all)
    out += (out.empty() ? "" : " ") + key + "=" + quoted(value);
  return out;
}

} // namespace supreme::storage
