#include "tests/support/postgres_fixture.hpp"

#include <libpq-fe.h>
#include <pqxx/pqxx>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

namespace supreme::tests {

namespace {

std::optional<std::string> set_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0')
    return std::nullopt;
  return value;
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

/// The connection string of another database in the cluster that `server` (of either form) names.
std::string with_database(const std::string& server, const std::string& database) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
    PQconninfoParse(server.c_str(), &message), &PQconninfoFree};
  if (!options) {
    std::string why = message != nullptr ? message : "out of memory";
    PQfreemem(message);
    throw std::runtime_error("SUPREME_TEST_PG is no connection string: " + why);
  }
  std::string out = "dbname=" + quoted(database);
  for (const auto* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr && std::string{"dbname"} != option->keyword)
      out += std::string{" "} + option->keyword + "=" + quoted(option->val);
  return out;
}

/// Runs one statement that PostgreSQL refuses inside a transaction block.
void execute_alone(const std::string& statement) {
  pqxx::connection connection{set_variable("SUPREME_TEST_PG").value()};
  pqxx::nontransaction session{connection};
  session.exec(statement);
}

void drop_database(const std::string& name) {
  execute_alone("DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
}

/// Programs that run side by side differ in their process id, which is therefore part of every
/// name.
std::string own_name(const std::string& what) {
  return "test_" + std::to_string(::getpid()) + "_" + what;
}

/// The template databases of this program, dropped when its last test has ended.
class templates : public ::testing::Environment {
public:
  static templates& instance() {
    // GoogleTest owns and deletes it.
    static auto* const one = static_cast<templates*>(
      ::testing::AddGlobalTestEnvironment(std::make_unique<templates>().release()));
    return *one;
  }

  bool contains(const std::string& name) const { return names_.contains(name); }
  void add(const std::string& name) { names_.insert(name); }

  void TearDown() override {
    for (const auto& name : names_)
      drop_database(name);
    names_.clear();
  }

private:
  std::set<std::string> names_;
};

// An environment must be known before the first test starts, or its TearDown is never called.
const auto& registered_templates = templates::instance();

} // namespace

postgres_test::~postgres_test() = default;

void postgres_test::prepare_template(const std::string&) {
  throw std::logic_error("a fixture with a template's name must prepare that template");
}

void postgres_test::SetUp() {
  const auto server = set_variable("SUPREME_TEST_PG");
  if (!server) {
    if (set_variable("SUPREME_TEST_NO_PG"))
      GTEST_SKIP() << "needs a PostgreSQL cluster, and SUPREME_TEST_NO_PG says that there is none";
    FAIL()
      << "needs a PostgreSQL cluster: run ./supreme test, or set SUPREME_TEST_PG to the output of "
         "deploy/postgres.sh start NAME, or set SUPREME_TEST_NO_PG to skip";
  }

  std::string source = "template1";
  if (const auto wanted = template_name(); !wanted.empty()) {
    source = own_name("template_" + wanted);
    if (!templates::instance().contains(source)) {
      drop_database(source); // Left over by a killed program that had the same process id.
      execute_alone("CREATE DATABASE \"" + source + "\"");
      prepare_template(with_database(*server, source));
      templates::instance().add(source); // Only a whole one may be copied.
    }
  }
  static int count = 0;
  database_ = own_name(std::to_string(++count));
  drop_database(database_);
  execute_alone("CREATE DATABASE \"" + database_ + "\" TEMPLATE \"" + source + "\"");
  conninfo_ = with_database(*server, database_);
}

void postgres_test::TearDown() {
  if (!conninfo_.empty())
    drop_database(database_);
}

} // namespace supreme::tests
