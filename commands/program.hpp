#pragma once

#include "commands/verbs.hpp"

#include <string>
#include <vector>

namespace supreme::commands {

/// Runs the verb that the arguments name (without the program's own name) and returns what the program ends
/// with. Throws nothing: whatever goes wrong becomes one plain line on context.err.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments, verb_context& context) noexcept;

} // namespace supreme::commands
