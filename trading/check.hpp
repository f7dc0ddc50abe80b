#pragma once

#include <stdexcept>
#include <string>

namespace supreme::trading {

/// A broken contract between parts of the program. Nobody catches it on purpose: the actor dies and
/// its supervisor decides.
class contract_violation : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// Throws contract_violation naming the condition and where it stood. Called by SUPREME_CHECK.
/// The place comes from compiler built-ins, because clang 14 has no std::source_location.
[[noreturn]] inline void fail_check(const char* condition, const char* text,
                                    const char* file = __builtin_FILE(),
                                    int line = __builtin_LINE()) {
  throw contract_violation(std::string{file} + ":" + std::to_string(line) + ": " + text + " ("
                           + condition + ")");
}

} // namespace supreme::trading

/// Always on, also in release builds: a trading system that goes on after a broken contract loses
/// money.
#define SUPREME_CHECK(condition, text)                                                             \
  do {                                                                                             \
    if (!(condition)) [[unlikely]]                                                                 \
      ::supreme::trading::fail_check(#condition, text);                                            \
  } while (false)
