#pragma once

#include "config/loader.hpp"

#include <string>
#include <vector>

namespace supreme::commands {

/// Where a custom strategy finds the product.
struct strategy_kit {
  std::string headers; ///< folder that includes are written from
  std::string library; ///< for tests, which run without the program
};

/// The kit of the checkout or the installation that `program` belongs to; SUPREME_HOME, where set,
/// goes before it. Throws verb_error when there is none.
[[nodiscard]] strategy_kit find_strategy_kit(const std::string& program,
                                             const config::environment& env);

/// Writes the source, the test, the build file and the instructions of a new strategy into a
/// folder, which is made where it is missing. Returns the paths of the files. Throws verb_error,
/// with nothing written, when the name is none or one of the files is there already.
std::vector<std::string> write_strategy_skeleton(const std::string& name, const std::string& folder,
                                                 const strategy_kit& kit);

} // namespace supreme::commands
