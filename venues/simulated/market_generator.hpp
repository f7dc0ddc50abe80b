#pragma once

#include "venues/bar_history.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace supreme::venues {

struct generated_market_settings {
  trading::instrument_id instrument;
  uint64_t seed = 1;
  trading::price start_price;       ///< first open, rounded to the tick; at least 100 ticks
  trading::timestamp start;         ///< open time of the first bar
  trading::nanoseconds interval{0}; ///< > 0
  /// Standard deviation of a bar's return, parts per billion: 1 to 100,000,000 (10 %).
  int64_t volatility_ppb = 1'000'000;
  trading::price tick_size;   ///< > 0
  trading::quantity lot_size; ///< > 0
};

/// A made-up market without end: a walk through rising, falling and sideways times, drawn back to
/// its first price the further it strays. Integer arithmetic only, so that the same settings give
/// the same bars with every compiler on every machine, and two instruments of one seed go their own
/// ways. Prices lie on the tick grid, volumes on the lot grid; each bar opens where the one before
/// closed.
///
/// Bars are not stored but made again from checkpoints. The first bar far from the start costs
/// making all before it once (some million a second). Bars that would close beyond the range of
/// timestamps do not exist.
class market_generator final : public bar_history {
public:
  /// Throws contract_violation when a setting is outside its range.
  explicit market_generator(const generated_market_settings& settings);

  [[nodiscard]] const trading::instrument_id& instrument() const noexcept override;
  [[nodiscard]] trading::nanoseconds interval() const noexcept override;
  [[nodiscard]] std::vector<trading::bar>
  range(trading::timestamp after_close, trading::timestamp up_to_close, size_t max) override;
  [[nodiscard]] std::vector<trading::bar> after(trading::timestamp close_time, size_t max) override;

private:
  /// xoshiro256**, by David Blackman and Sebastiano Vigna: written out, because the standard
  /// library leaves its distributions to the implementation.
  struct random_source {
    std::array<uint64_t, 4> state{};
    [[nodiscard]] uint64_t next() noexcept;
    /// 0 to limit − 1; limit is small against 2^32, so the bias is too.
    [[nodiscard]] int64_t below(int64_t limit) noexcept;
  };

  /// All that the next bar depends on.
  struct market_state {
    uint64_t index = 0; ///< of the next bar
    random_source random;
    int64_t price_raw = 0; ///< between ticks; what is shown is rounded
    int64_t regime_bars_left = 0;
    int64_t drift_ppb = 0;      ///< per bar
    int64_t volatility_ppb = 0; ///< per bar
  };

  [[nodiscard]] market_state first_state() const;
  [[nodiscard]] trading::bar make_next(market_state& s) const;
  void change_regime(market_state& s) const;
  [[nodiscard]] int64_t steady_change_ppb(const market_state& s) const;
  void move_price(market_state& s, int64_t steady_ppb) const;
  [[nodiscard]] trading::price shown_price(int64_t raw) const;
  [[nodiscard]] trading::quantity draw_volume(market_state& s, const trading::bar& b) const;
  void go_to(uint64_t index);
  void advance();
  void note_checkpoint();

  generated_market_settings settings_;
  int64_t lowest_raw_ = 0;
  int64_t highest_raw_ = 0;
  int64_t typical_lots_ = 0;  ///< of a bar's volume
  uint64_t bars_in_time_ = 0; ///< how many bars close within the range of timestamps
  market_state state_;
  trading::bar made_;                     ///< the bar before state_
  std::vector<market_state> checkpoints_; ///< ascending index, the first is 0
  uint64_t checkpoint_distance_ = 0;
};

} // namespace supreme::venues
