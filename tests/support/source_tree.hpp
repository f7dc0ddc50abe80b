#pragma once

#include <filesystem>

namespace supreme::tests {

/// The root of the source tree under test: SUPREME_HOME where the launcher set it, otherwise the
/// place that this program was built from. Throws std::runtime_error when no source tree is there.
std::filesystem::path source_root();

} // namespace supreme::tests
