#pragma once

#include "commands/program.hpp"

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace supreme::tests {

/// What one run of the program did.
struct run_result {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs the whole program in this process, with exactly these environment variables.
inline run_result run(const std::vector<std::string>& arguments,
                      const std::map<std::string, std::string>& variables = {}) {
  std::ostringstream out;
  std::ostringstream err;
  commands::verb_context context{
    out, err, [&variables](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional<std::string>{found->second};
    }};
  run_result result;
  result.code = commands::run_program(arguments, context);
  result.out = out.str();
  result.err = err.str();
  return result;
}

} // namespace supreme::tests
