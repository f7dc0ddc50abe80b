#include "tests/support/source_tree.hpp"

#include <cstdlib>
#include <stdexcept>

namespace supreme::tests {

std::filesystem::path source_root() {
  const char* home = std::getenv("SUPREME_HOME");
  std::filesystem::path root = home != nullptr && *home != '\0' ? home : SUPREME_SOURCE_ROOT;
  if (!std::filesystem::exists(root / "meson.build"))
    throw std::runtime_error("no source tree in " + root.string() + ": set SUPREME_HOME");
  return root;
}

} // namespace supreme::tests
