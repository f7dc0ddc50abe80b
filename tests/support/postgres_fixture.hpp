#pragma once

#include <gtest/gtest.h>

#include <string>

namespace supreme::tests {

/// Gives each test a database of its own inside the cluster that SUPREME_TEST_PG names (a URL or a
/// libpq connection string of a superuser), and drops it afterwards, whoever is still connected.
///
/// ./supreme test starts that cluster and sets the variable. By hand:
///     SUPREME_TEST_PG=$(deploy/postgres.sh start mine) var/build/.../storage_tests
/// Without the variable every such test fails, because a suite that silently skips the database
/// proves nothing. Who really has none sets SUPREME_TEST_NO_PG, and the tests skip.
///
/// A derived SetUp calls this one first and returns when `IsSkipped() || HasFatalFailure()`.
/// One thread per fixture object; several programs may use one cluster at the same time.
class postgres_test : public ::testing::Test {
public:
  ~postgres_test() override;

protected:
  /// A derived fixture whose tests all begin with the same schema names it here (letters, digits
  /// and underscores, at most 30) and makes it in `prepare_template`. That runs once per program;
  /// each test's database is then a copy, which takes milliseconds. With no name a test begins with
  /// an empty database.
  virtual std::string template_name() const { return {}; }
  virtual void prepare_template(const std::string& conninfo);

  void SetUp() override;
  void TearDown() override;

  /// The libpq connection string of this test's database, with key=value pairs.
  const std::string& conninfo() const { return conninfo_; }

  /// The name of this test's database.
  const std::string& database() const { return database_; }

private:
  std::string database_;
  std::string conninfo_;
};

} // namespace supreme::tests
