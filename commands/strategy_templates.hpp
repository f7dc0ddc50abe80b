#pragma once

#include <array>

namespace supreme::commands {

/// A file of a new strategy. In name and text, @NAME@ is the strategy's name, @CLASS@ its class,
/// @INCLUDE@ the line that includes its source, @HEADERS@ and @LIBRARY@ are paths of the
/// strategy_kit.
struct strategy_template {
  const char* file;
  const char* text;
};

/// Source, test, build file and instructions.
extern const std::array<strategy_template, 4> strategy_templates;

} // namespace supreme::commands
