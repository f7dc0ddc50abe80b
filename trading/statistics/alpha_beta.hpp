#pragma once

#include "trading/market/decimal.hpp"

#include <optional>

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
  void add(money equity, price market) noexcept;
  /// `risk_free_rate` is taken as it is, for the whole period.
  [[nodiscard]] market_relation value(double risk_free_rate) const noexcept;

private:
  struct sample {
    money equity;
    price market;
  };

  std::optional<sample> first_;
  sample last_;
  bool has_logarithms_ = true;
  double count_ = 0; ///< of the log returns
  double equity_mean_ = 0;
  double market_mean_ = 0;
  double market_squares_ = 0; ///< Σ (m − mean)²
  double products_ = 0;       ///< Σ (e − mean)(m − mean)
};

} // namespace supreme::trading
