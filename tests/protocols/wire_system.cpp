#include "protocols/interfaces.hpp"
#include "tests/protocols/bytes.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace supreme::tests {

namespace {

struct settings : caf::actor_system_config {
  settings() {
    add_message_types<caf::id_block::supreme>();
    set("scheduler.policy", caf::atom("testing"));
  }
};

/// Ends with the tests: CAF does not survive the end of main.
class wire_environment : public ::testing::Environment {
public:
  void SetUp() override { system = std::make_unique<caf::actor_system>(config); }
  void TearDown() override { system.reset(); }

  settings config;
  std::unique_ptr<caf::actor_system> system;
};

auto* const environment = new wire_environment;
const auto* const registered = ::testing::AddGlobalTestEnvironment(environment);

} // namespace

caf::actor_system& wire_system() { return *environment->system; }

} // namespace supreme::tests
