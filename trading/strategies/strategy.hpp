#pragma once

#include "trading/market/bar_record.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// One short sentence. One that stands for ever, as a literal does, costs nothing to hand on. A
/// plain value.
class reason_text {
public:
  reason_text() = default;
  reason_text(std::string text) : own_(std::move(text)) {} // NOLINT: texts are assigned as they are
  reason_text(const char* text) : own_(text) {}            // NOLINT
  /// Keeps no copy: the text outlives everything, because it is a literal.
  [[nodiscard]] static reason_text standing(std::string_view text) noexcept {
    reason_text r;
    r.standing_ = text;
    return r;
  }

  [[nodiscard]] std::string_view view() const noexcept {
    return standing_.empty() ? std::string_view{own_} : standing_;
  }
  [[nodiscard]] std::string str() const { return std::string{view()}; }
  [[nodiscard]] size_t size() const noexcept { return view().size(); }
  [[nodiscard]] bool empty() const noexcept { return view().empty(); }
  friend bool operator==(const reason_text& a, const reason_text& b) noexcept {
    return a.view() == b.view();
  }
  friend bool operator==(const reason_text& a, const char* b) noexcept { return a.view() == b; }
  friend bool operator==(const reason_text& a, const std::string& b) noexcept {
    return a.view() == b;
  }
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const reason_text& r) {
    return out << r.view();
  }

private:
  std::string_view standing_; ///< empty: own_
  std::string own_;
};

/// The name of one of a decision's inputs: a literal, which stands for ever and costs nothing to
/// hand on. A plain value.
class input_name {
public:
  consteval input_name(const char* literal) : text_(literal) {} // NOLINT: names are literals

  [[nodiscard]] const char* c_str() const noexcept { return text_; }
  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  friend bool operator==(const input_name& a, std::string_view b) noexcept { return a.view() == b; }
  friend bool operator==(const input_name& a, const input_name& b) noexcept {
    return a.view() == b.view();
  }

private:
  const char* text_;
};

/// A number that a decision rests on. The caller rounds it half-even to 1e-8 and drops the decision
/// with a logged defect when it is not finite.
struct decision_number {
  input_name name;
  double value = 0;

  friend bool operator==(const decision_number&, const decision_number&) = default;
};
using decision_numbers = std::vector<decision_number>;

/// A wish and the reason for it.
struct decision {
  desire wanted = desire::flat;
  reason_text reason; ///< at most 120 characters
  decision_numbers inputs;
  /// From the close to the entry's protective stop, quote units, > 0: what risk-based sizing
  /// reckons with, and where a stop order waits from the entry's fill on. Nothing where there is no
  /// stop.
  std::optional<double> stop_distance;
  /// From the close to the entry's profit target, quote units, > 0, where a limit order waits from
  /// the entry's fill on. Nothing where there is no target.
  std::optional<double> take_profit_distance;
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

  /// Takes the next bars up to the first that brings a wish, as on_bar() of each of them would;
  /// whether there was one, which is then in `wish`. `taken` counts the bars it has begun. `b`
  /// names their instrument and length, and its values are written over; so is whatever `wish`
  /// held, and its memory is used again. A strategy overrides it only to be faster.
  [[nodiscard]] virtual bool on_bars(std::span<const bar_record> bars, bar& b, size_t& taken,
                                     decision& wish) {
    for (taken = 0; taken < bars.size();) {
      set_values(b, bars[taken++]);
      if (auto said = on_bar(b)) {
        wish = std::move(*said);
        return true;
      }
    }
    return false;
  }

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
  reason_text reason;       ///< at most 120 characters
  decision_numbers inputs;
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
