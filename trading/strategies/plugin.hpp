#pragma once

#include "trading/indicators/sma.hpp"
#include "trading/strategies/strategy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <type_traits>

/// The release that these headers belong to, "major.minor.patch".
#define SUPREME_VERSION "0.1.0"

/// The contract between the program and a library of custom strategies. A strategy's file ends in
///
///     SUPREME_STRATEGY(uptrend)
///
/// where the class derives from `strategy` or `pair_strategy`, can be made from `const parameters&`
/// and says in `static strategy_kind kind()` its name, its text and its parameters. What must hold
/// between parameters it may say in `static std::vector<std::string> check(const parameters&)`.
namespace supreme::trading {

/// Raised with every change of a virtual function or of a type that program and plug-in exchange.
/// Program and plug-in must agree exactly.
inline constexpr uint32_t plugin_interface_version = 4;

/// What a plug-in was built with. Plain C, read before anything of the plug-in runs that needs the
/// same C++ on both sides; its layout never changes as long as the magic is the same.
struct plugin_descriptor {
  char magic[8];
  uint32_t bytes; ///< of this struct
  uint32_t interface_version;
  char product_version[16]; ///< of the headers, ends in a zero
  char compiler[32];        ///< for people, ends in a zero
  uint32_t compiler_abi;    ///< differs between compiler families
  uint32_t string_abi;      ///< which std::string
  /// Of what is exchanged, and of classes whose code is in the program: a changed, or differently
  /// laid out, type shows here. What is not used is 0.
  uint32_t type_bytes[16];
};

inline constexpr char plugin_magic[8] = {'S', 'U', 'P', 'R', 'E', 'M', 'E', '1'};

/// Names of the two symbols that a plug-in exports: its descriptor, and a plugin_kinds_function.
inline constexpr const char* plugin_descriptor_symbol = "supreme_strategy_plugin";
inline constexpr const char* plugin_kinds_symbol = "supreme_strategy_kinds";

/// Appends the plug-in's kinds to `kinds`, a std::vector<strategy_kind>. Anything but 0 is a
/// failure, which `problem` describes, cut to `problem_bytes` with its zero. Throws nothing.
using plugin_kinds_function = int(void* kinds, char* problem, size_t problem_bytes);

/// What a file that includes this is built with.
constexpr plugin_descriptor describe_this_build() noexcept {
  plugin_descriptor d{};
  std::copy(std::begin(plugin_magic), std::end(plugin_magic), d.magic);
  d.bytes = sizeof(plugin_descriptor);
  d.interface_version = plugin_interface_version;
  const auto copy_text = [](const char* text, char* to, size_t bytes) {
    for (size_t i = 0; i + 1 < bytes && text[i] != '\0'; ++i)
      to[i] = text[i];
  };
  copy_text(SUPREME_VERSION, d.product_version, sizeof d.product_version);
#ifdef __clang__
  copy_text(__VERSION__, d.compiler, sizeof d.compiler);
#else
  copy_text("GCC " __VERSION__, d.compiler, sizeof d.compiler);
#endif
  d.compiler_abi = __GXX_ABI_VERSION;
#ifdef _GLIBCXX_USE_CXX11_ABI
  d.string_abi = _GLIBCXX_USE_CXX11_ABI;
#else
  d.string_abi = 2; // Another standard library than GCC's.
#endif
  const uint32_t bytes[] = {sizeof(bar),           sizeof(decision),
                            sizeof(pair_decision), sizeof(std::optional<decision>),
                            sizeof(slot_holding),  sizeof(parameter_spec),
                            sizeof(strategy_kind), sizeof(parameters),
                            sizeof(sma),           sizeof(timestamp),
                            sizeof(bar_record)};
  std::copy(std::begin(bytes), std::end(bytes), d.type_bytes);
  return d;
}

/// The kind of a strategy class, complete with what makes and checks it.
template <class Strategy>
[[nodiscard]] strategy_kind plugin_kind() {
  constexpr bool is_pair = std::is_base_of_v<pair_strategy, Strategy>;
  static_assert(is_pair || std::is_base_of_v<strategy, Strategy>,
                "a strategy's class derives from strategy or pair_strategy");
  strategy_kind kind = Strategy::kind();
  if constexpr (is_pair)
    kind.make_pair = [](const parameters& values) -> std::unique_ptr<pair_strategy> {
      return std::make_unique<Strategy>(values);
    };
  else
    kind.make = [](const parameters& values) -> std::unique_ptr<strategy> {
      return std::make_unique<Strategy>(values);
    };
  if constexpr (requires { &Strategy::check; })
    kind.check = &Strategy::check;
  return kind;
}

/// What a plug-in's exported function does.
template <class... Strategies>
int add_plugin_kinds(void* kinds, char* problem, size_t problem_bytes) noexcept {
  const auto fail = [&](const char* text) {
    if (problem_bytes > 0) {
      const auto length = std::min(std::strlen(text), problem_bytes - 1);
      std::memcpy(problem, text, length);
      problem[length] = '\0';
    }
    return 1;
  };
  try {
    auto& out = *static_cast<std::vector<strategy_kind>*>(kinds);
    (out.push_back(plugin_kind<Strategies>()), ...);
    return 0;
  } catch (const std::exception& why) {
    return fail(why.what());
  } catch (...) {
    return fail("an exception without a text");
  }
}

} // namespace supreme::trading

#define SUPREME_PLUGIN_EXPORT extern "C" __attribute__((visibility("default")))

/// Makes the library of this file a plug-in with these strategy classes, one or several. Outside of
/// every namespace, once in a library.
#define SUPREME_STRATEGY(...)                                                                      \
  SUPREME_PLUGIN_EXPORT const ::supreme::trading::plugin_descriptor supreme_strategy_plugin;       \
  const ::supreme::trading::plugin_descriptor supreme_strategy_plugin =                            \
    ::supreme::trading::describe_this_build();                                                     \
  SUPREME_PLUGIN_EXPORT int supreme_strategy_kinds(void* kinds, char* problem,                     \
                                                   size_t problem_bytes) {                         \
    return ::supreme::trading::add_plugin_kinds<__VA_ARGS__>(kinds, problem, problem_bytes);       \
  }
