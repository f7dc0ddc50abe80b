// A library of strategies with the one flaw that the build defines. What must not be reached ends
// the process.

#include "trading/strategies/plugin.hpp"

#include <cstdlib>
#include <limits>
#include <stdexcept>

namespace {

using namespace supreme::trading;

class quiet final : public strategy {
public:
  explicit quiet(const parameters&) {}
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override { return std::nullopt; }
  uint32_t warmup_bars() const override { return 0; }

  static strategy_kind kind() {
#ifdef THROWING
    throw std::runtime_error("no kind today");
#endif
    return {"quiet", "Never wants anything.", {}};
  }
};

#ifdef BAD_KINDS
/// Makes nothing.
class hollow final : public strategy {
public:
  explicit hollow(const parameters&) { throw std::runtime_error("nothing to make"); }
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override { return std::nullopt; }
  uint32_t warmup_bars() const override { return 0; }
  static strategy_kind kind() { return {"hollow", "Cannot be made.", {}}; }
};

/// Everything about its parameters is wrong.
class crooked final : public strategy {
public:
  explicit crooked(const parameters&) {}
  void on_fill(const slot_holding&) override {}
  std::optional<decision> on_bar(const bar&) override { return std::nullopt; }
  uint32_t warmup_bars() const override { return 0; }
  static strategy_kind kind() {
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    return {"Crooked Kind",
            "",
            {{"outside", "Default above its maximum.", 0, 1, 2, false},
             {"nan", "Default is no number.", 0, 1, nan, false},
             {"turned", "Minimum above maximum.", 2, 1, 1, false},
             {"broken", "Default is not whole.", 0, 1, 0.5, true},
             {"mute", "", 0, 1, 0, false},
             {"two words", "A name that no file can give.", 0, 1, 0, false},
             {"mute", "Stands twice.", 0, 1, 0, false}}};
  }
};
#endif

} // namespace

#if defined(CHANGE)
namespace {
constexpr plugin_descriptor changed() {
  auto d = describe_this_build();
  CHANGE;
  return d;
}
} // namespace
SUPREME_PLUGIN_EXPORT const plugin_descriptor supreme_strategy_plugin;
const plugin_descriptor supreme_strategy_plugin = changed();
SUPREME_PLUGIN_EXPORT int supreme_strategy_kinds(void*, char*, size_t) { std::abort(); }
#elif defined(NO_DESCRIPTOR)
SUPREME_PLUGIN_EXPORT int supreme_strategy_kinds(void*, char*, size_t) { std::abort(); }
#elif defined(SHORT_DESCRIPTOR)
SUPREME_PLUGIN_EXPORT const int supreme_strategy_plugin;
const int supreme_strategy_plugin = 1;
SUPREME_PLUGIN_EXPORT int supreme_strategy_kinds(void*, char*, size_t) { std::abort(); }
#elif defined(NO_FUNCTION)
SUPREME_PLUGIN_EXPORT const plugin_descriptor supreme_strategy_plugin;
const plugin_descriptor supreme_strategy_plugin = describe_this_build();
#elif defined(NO_STRATEGIES)
SUPREME_PLUGIN_EXPORT const plugin_descriptor supreme_strategy_plugin;
const plugin_descriptor supreme_strategy_plugin = describe_this_build();
SUPREME_PLUGIN_EXPORT int supreme_strategy_kinds(void*, char*, size_t) { return 0; }
#elif defined(BAD_KINDS)
SUPREME_STRATEGY(crooked, hollow)
#elif defined(UNRESOLVED)
extern "C" int supreme_function_of_a_later_release();
SUPREME_PLUGIN_EXPORT int use_it() { return supreme_function_of_a_later_release(); }
SUPREME_STRATEGY(quiet)
#else
SUPREME_STRATEGY(quiet)
#endif
