#pragma once

#include "trading/market/bar.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace supreme::trading {

/// What the slot holds, as told by its fills.
struct slot_holding {
  quantity size;       ///< signed
  price average_price; ///< of the open quantity; 0 when flat
};

/// What a strategy may wish for. (orders/signal.hpp maps it to a target of the slot.)
enum class desire : uint8_t { flat = 1, long_position = 2, short_position = 3 };

/// A wish and the reason for it. Inputs may be doubles here; the caller rounds them half-even to
/// 1e-8 and drops the decision with a logged defect when one is not finite.
struct decision {
  desire wanted = desire::flat;
  std::string reason; ///< at most 120 characters
  std::vector<std::pair<std::string, double>> inputs;
  /// From the entry's price to its protective stop, quote units, > 0: what risk-based sizing
  /// reckons with. Nothing where the strategy has no stop.
  std::optional<double> stop_distance;
};

/// The pure decision maker of one slot. Deterministic: the same bars and fills in the same order
/// give the same decisions, on any machine and after any restart. Not thread-safe; one owner.
class strategy {
public:
  virtual ~strategy() = default;

  /// Called for every fill of the slot, in account-event order, before the bar at which it became
  /// known.
  virtual void on_fill(const slot_holding& after) = 0;

  /// Called for every closed bar of the slot's instrument, in time order. A wish is acted on from
  /// the next bar on.
  [[nodiscard]] virtual std::optional<decision> on_bar(const bar& b) = 0;

  /// Bars needed before the first decision can come.
  [[nodiscard]] virtual uint32_t warmup_bars() const = 0;
};

/// Which instrument of a pair.
enum class pair_leg : uint8_t { first = 0, second = 1 };

/// A wish for both instruments of a pair at once.
struct pair_decision {
  desire first = desire::flat;
  desire second = desire::flat;
  double second_weight = 1; ///< > 0, finite: the second's notional per notional of the first
  std::string reason;       ///< at most 120 characters
  std::vector<std::pair<std::string, double>> inputs;
};

/// The pure decision maker of a pair of instruments; the contract of `strategy` holds.
class pair_strategy {
public:
  virtual ~pair_strategy() = default;

  virtual void on_fill(pair_leg leg, const slot_holding& after) = 0;

  /// Called for every close time at which both instruments have a bar, in time order.
  [[nodiscard]] virtual std::optional<pair_decision> on_bars(const bar& first,
                                                             const bar& second) = 0;

  /// Common close times needed before the first decision can come.
  [[nodiscard]] virtual uint32_t warmup_bars() const = 0;
};

/// One parameter of a strategy kind: feeds validation, docs and the API.
struct parameter_spec {
  std::string name;
  std::string text; ///< one sentence
  double minimum = 0;
  double maximum = 0;
  double initial = 0; ///< default
  bool integral = false;
  /// Names of the values 0, 1, …; empty for a number. Whole, from 0 to the last name.
  std::vector<std::string> choices = {};
};

/// A valid value as a file gives it: the shortest text that reads back as the same number, or the
/// name of a choice.
[[nodiscard]] std::string value_text(const parameter_spec& spec, double value);

using parameters = std::map<std::string, double>;

/// A kind of strategy: "momentum".
struct strategy_kind {
  std::string name;
  std::string text;
  std::vector<parameter_spec> schema;
  /// Builds an instance from complete, validated parameters. Exactly one of the two is there.
  std::unique_ptr<strategy> (*make)(const parameters&) = nullptr;
  std::unique_ptr<pair_strategy> (*make_pair)(const parameters&) = nullptr;
  /// What must hold between parameters that are each in range, "fast is below slow": one sentence
  /// per problem. Absent when there is no such rule.
  std::vector<std::string> (*check)(const parameters&) = nullptr;

  /// How many instruments one instance looks at: a strategy's instruments are taken that many at a
  /// time, in their order.
  [[nodiscard]] size_t width() const noexcept { return make_pair != nullptr ? 2 : 1; }
};

/// The kinds there are, in name order: the built-in ones and those of loaded plug-ins. The list and
/// everything in it stay as they are for as long as the process lives; a kind that is loaded later
/// is in a later answer. Any thread.
[[nodiscard]] const std::vector<strategy_kind>& strategy_kinds();
[[nodiscard]] const strategy_kind* find_strategy_kind(const std::string& name);

/// Fills in defaults and checks names, ranges and integrality. Problems come back all at once, one
/// sentence each.
struct checked_parameters {
  parameters values;
  std::vector<std::string> problems;
};
[[nodiscard]] checked_parameters check_parameters(const strategy_kind& kind,
                                                  const parameters& given);

} // namespace supreme::trading
