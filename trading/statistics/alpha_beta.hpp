#pragma once

#include "trading/market/decimal.hpp"
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
/// on beta and alpha are nothing. O(1) memory; a plain value.
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
  /// Equity and market side by side: the compiler reckons with both at once.
  using pair [[gnu::vector_size(2 * sizeof(double))]] = double;

  [[nodiscard]] static pair log_changes(const sample& from, const sample& to, pair sum) noexcept;
  void add_logarithms(std::span<const money> equity, std::span<const price> market) noexcept;

  /// Sums of the distances from the first returns: they are near the means, so that the products
  /// below lose nothing to cancellation where returns vary little around a trend.
  struct sums {
    uint64_t count = 0; ///< of the log returns
    pair shift{};
    pair total{};    ///< Σ e, Σ m
    pair products{}; ///< Σ e·m, Σ m²

    void add(pair returns) noexcept {
      if (count == 0) [[unlikely]]
        shift = returns;
      ++count;
      returns -= shift;
      total += returns;
      products += returns * returns[1];
    }
  };

  std::optional<sample> first_;
  sample last_;
  bool has_logarithms_ = true;
  sums sums_;
};

} // namespace supreme::trading
