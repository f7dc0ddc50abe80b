#pragma once

#include "tests/commands/run.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/support/postgres_fixture.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace supreme::tests {

/// Runs verbs as an operator would, against a database of the test's own.
class database_verbs : public postgres_test {
protected:
  run_result call(const std::vector<std::string>& arguments) {
    return run(arguments, {{"SUPREME_DATABASE_URL", conninfo()}, {"USER", "alice"}});
  }
  std::string file(const std::string& text) {
    auto path = folder_.file("cluster.toml");
    std::ofstream{path, std::ios::trunc} << text;
    return path;
  }

  temporary_folder folder_;
};

} // namespace supreme::tests
