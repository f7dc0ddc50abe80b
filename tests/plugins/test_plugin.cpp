#include "tests/plugins/test_plugin.hpp"

namespace supreme::tests {

std::string test_plugin(const std::string& name) {
  return std::string{SUPREME_TEST_PLUGINS} + "/" + name + ".so";
}

} // namespace supreme::tests
