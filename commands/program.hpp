#pragma once

#include "commands/verbs.hpp"

#include <span>
#include <string>
#include <vector>

namespace supreme::commands {

/// Runs the verb that the arguments name (without the program's own name) and returns what the
/// program ends with. The verbs that run processes of a cluster come as an argument, because only
/// the program itself has to be linked with all of that. Throws nothing: whatever goes wrong
/// becomes one plain line on context.err.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments, verb_context& context,
                              std::span<const verb_adder> cluster_verbs = {}) noexcept;

} // namespace supreme::commands
