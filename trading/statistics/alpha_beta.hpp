#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/lanes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace supreme::trading {

/// Equity compared with buying the instrument and holding it. Fractions.
struct market_relation {
  std::optional<double> beta;          ///< cov/var of the per-bar log returns of equity and market
  std::optional<double> alpha;         ///< total return − rf − beta·(market return − rf)
  std::optional<double> market_return; ///< from the first to the last sample

  friend bool operator==(const market_relation&, const market_relation&) = default;
};

/// Alpha and beta, bar by bar. An equity or price that is not positive has no logarithm: from then
/// on beta and alpha are nothing. Returns are summed in lanes, each in the lane of its number, so
/// that the sums are the same however samples are cut into parts. O(1) memory; a plain value.
class market_comparison {
public:
  void add(money equity, price market) noexcept { add({&equity, 1}, {&market, 1}); }
  /// Many at once; as many prices.
  void add(std::span<const money> equity, std::span<const price> market) noexcept;
  /// `risk_free_rate` is taken as it is, for the whole period.
  [[nodiscard]] market_relation value(double risk_free_rate) const noexcept;

private:
  struct sample {
    money equity;
    price market;

    [[nodiscard]] bool has_logarithms() const noexcept {
      return equity.is_positive() && market.is_positive();
    }
  };
  /// So many times lane_count samples, each with the one before it.
  struct lane_samples {
    const money* equity_before;
    const price* market_before;
    const money* equity;
    const price* market;
    size_t groups;
  };
  using lane_sums = std::array<double, lane_count>;
  /// Sums of the distances from the first returns: they are near the means, so that the products
  /// below lose nothing to cancellation where returns vary little around a trend.
  struct sums {
    uint64_t count = 0; ///< of the log returns
    double equity_shift = 0;
    double market_shift = 0;
    lane_sums equity{};   ///< Σ e
    lane_sums market{};   ///< Σ m
    lane_sums products{}; ///< Σ e·m
    lane_sums squares{};  ///< Σ m²
  };

  void add_logarithms(std::span<const money> equity, std::span<const price> market) noexcept;
  /// Whether the new samples have logarithms.
  [[nodiscard]] static bool add_one(sums& all, const sample& from, const sample& to) noexcept;
  [[nodiscard]] static bool add_group(sums& all, const lane_samples& samples) noexcept;
  /// Whether all of them are positive and near the ones before; otherwise nothing has changed.
  [[nodiscard]] static bool add_lanes(sums& all, const lane_samples& samples) noexcept;

  std::optional<sample> first_;
  sample last_;
  bool has_logarithms_ = true;
  sums returns_;
};

} // namespace supreme::trading
