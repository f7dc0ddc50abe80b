#include "commands/verbs.hpp"
#include "config/build_id.hpp"
#include "storage/migrate.hpp"

#include <CLI/CLI.hpp>
#include <caf/config.hpp>
#include <libpq-fe.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

namespace supreme::commands {

namespace {

/// CAF's version number is two decimal digits for each of its parts.
std::string caf_version() {
  return std::to_string(CAF_VERSION / 10'000) + "." + std::to_string(CAF_VERSION / 100 % 100) + "."
         + std::to_string(CAF_VERSION % 100);
}

/// Since version 10, libpq counts in ten thousands: 150020 is 15.20.
std::string postgresql_version() {
  const int number = PQlibVersion();
  return std::to_string(number / 10'000) + "." + std::to_string(number % 10'000);
}

} // namespace

void add_version(CLI::App& app, verb_context& context) {
  auto* verb = app.add_subcommand("version", "The versions of this build and of what it runs on");
  const auto as_json = std::make_shared<bool>(false);
  verb->add_flag("--json", *as_json, "As one JSON object");
  verb->callback([as_json, &context] {
    // The order in which a person reads them.
    const nlohmann::ordered_json all{
      {"version", config::version()},
      {"build", config::build_id()},
      {"schema", storage::expected_schema_version()},
      {"caf", caf_version()},
      {"postgresql_client", postgresql_version()},
      {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
    };
    if (*as_json) {
      context.out << all.dump() << '\n';
      return;
    }
    context.out << "supreme            " << config::version() << '\n'
                << "build              " << config::build_id() << '\n'
                << "schema             " << storage::expected_schema_version() << '\n'
                << "CAF                " << caf_version() << '\n'
                << "PostgreSQL client  " << postgresql_version() << '\n'
                << "OpenSSL            " << OpenSSL_version(OPENSSL_VERSION_STRING) << '\n';
  });
}

} // namespace supreme::commands
