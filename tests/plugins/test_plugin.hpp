#pragma once

#include <string>

namespace supreme::tests {

/// The file of a library in this folder, as the build made it: "sample", or a name of one that is
/// wrong.
[[nodiscard]] std::string test_plugin(const std::string& name);

} // namespace supreme::tests
