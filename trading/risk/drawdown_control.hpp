#pragma once

#include "trading/market/decimal.hpp"
#include "trading/risk/check_result.hpp"
#include "trading/risk/ppb.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace supreme::trading {

/// What a drawdown asks for; each stage includes the ones before it. Stored by name; values are
/// never reused.
enum class drawdown_stage : uint8_t {
  normal = 1,
  no_entries = 2, ///< no order that adds risk
  reduce = 3,     ///< positions are cut to their scaled size
  flatten = 4,    ///< positions are closed; the scale is 0
};

[[nodiscard]] const char* to_string(drawdown_stage s) noexcept;
[[nodiscard]] std::optional<drawdown_stage> parse_drawdown_stage(std::string_view text) noexcept;

/// From this drawdown on sizes are scaled by this. Both in parts per billion, 0…1e9.
struct drawdown_point {
  int64_t drawdown_ppb = 0;
  int64_t scale_ppb = whole_ppb;
};

/// How the scale runs between two points. Before the first it is 1e9, after the last the last's.
enum class drawdown_shape : uint8_t { steps = 1, linear = 2 };

struct drawdown_policy {
  drawdown_shape shape = drawdown_shape::steps;
  std::vector<drawdown_point> points; ///< drawdowns ascending, scales never ascending
  /// Where the stages begin; in this order where they are given, > 0.
  std::optional<int64_t> no_entries_ppb;
  std::optional<int64_t> reduce_ppb;
  std::optional<int64_t> flatten_ppb;
  /// Hysteresis: what was tightened at a drawdown is eased again this far below it. ≥ 0 and below
  /// the first point and the first stage, so that a new peak eases everything.
  int64_t recovery_ppb = 0;

  [[nodiscard]] bool usable() const noexcept;
};

/// All that drawdown control remembers: a value that can be stored and given back.
struct drawdown_memory {
  money peak;           ///< the highest equity so far; 0 before the first that is positive
  int64_t held_ppb = 0; ///< the drawdown that is acted upon, which lags behind a recovery

  friend bool operator==(const drawdown_memory&, const drawdown_memory&) = default;
};

struct drawdown_reading {
  int64_t drawdown_ppb = 0; ///< (peak − equity)/peak rounded up, 0…1e9
  int64_t held_ppb = 0;     ///< what is acted upon, ≥ drawdown_ppb
  int64_t scale_ppb = 0;    ///< for every size of a new position
  drawdown_stage stage = drawdown_stage::flatten;

  friend bool operator==(const drawdown_reading&, const drawdown_reading&) = default;
};

/// The policy's scale at a drawdown, without memory; rounded down. Needs a usable policy.
[[nodiscard]] int64_t scale_at(const drawdown_policy& policy, int64_t drawdown_ppb) noexcept;
[[nodiscard]] drawdown_stage stage_at(const drawdown_policy& policy, int64_t drawdown_ppb) noexcept;

/// Position scale and stage as functions of the drawdown from the equity peak. What is acted upon
/// follows a growing drawdown at once and a shrinking one only when it is more than the recovery
/// band behind (the play operator of Prandtl and Ishlinskii), so that moves within the band change
/// nothing. A plain value: any thread.
class drawdown_control {
public:
  /// Throws contract_violation unless the policy is usable.
  explicit drawdown_control(drawdown_policy policy, const drawdown_memory& memory = {});

  [[nodiscard]] const drawdown_memory& memory() const noexcept { return memory_; }

  /// Nothing before the first positive equity: without a peak there is no drawdown. Equity that is
  /// not positive afterwards is a drawdown of 1e9.
  std::optional<drawdown_reading> update(money equity);
  /// A person accepts the loss: the peak is this equity. Needed after a flattening, because an
  /// account without positions cannot recover by itself.
  void restart(money equity) noexcept;

private:
  drawdown_policy policy_;
  drawdown_memory memory_;
};

/// The refusal of orders that add risk: passed in the stage normal. Shows the drawdown
/// that is acted upon, in per cent.
[[nodiscard]] check_result check_drawdown(const drawdown_policy& policy,
                                          const drawdown_reading& reading) noexcept;

} // namespace supreme::trading
