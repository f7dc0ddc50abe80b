#pragma once

#include "trading/market/decimal.hpp"
#include "trading/statistics/ratio.hpp"

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
  void add(money equity, price market) noexcept {
    if (!first_) {
      begin(equity, market);
      return;
    }
    has_logarithms_ = has_logarithms_ && equity.is_positive() && market.is_positive();
    if (has_logarithms_) {
      const double e = equity == last_.equity ? 0 : log_change_of(last_.equity, equity);
      const double m = market == last_.market ? 0 : log_change_of(last_.market, market);
      sums_.add(e, m);
    }
    last_ = {equity, market};
  }
  /// Many at once; as many prices.
  void add(std::span<const money> equity, std::span<const price> market) noexcept;
  /// `risk_free_rate` is taken as it is, for the whole period.
  [[nodiscard]] market_relation value(double risk_free_rate) const noexcept;

private:
  struct sample {
    money equity;
    price market;
  };

  void begin(money equity, price market) noexcept;
  /// ln(to/from) of positive amounts. Near 1 by the series of 2·artanh((to − from)/(to + from)),
  /// whose first left-out term is below 2⁻⁵³ of the sum: bars move little, and a library's
  /// logarithm costs several times as much.
  [[nodiscard]] static double log_change_of(money from, money to) noexcept {
    const auto a = static_cast<double>(from.raw());
    const auto b = static_cast<double>(to.raw());
    const double s = static_cast<double>(to.raw() - from.raw()) / (b + a);
    constexpr double near = 0.01;
    if (!(s < near && s > -near))
      return log_change(from, to).value_or(0);
    const double q = s * s;
    return 2 * s * (1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9)))));
  }
  /// Sums of the distances from the first returns: they are near the means, so that the products
  /// below lose nothing to cancellation where returns vary little around a trend.
  struct sums {
    double count = 0; ///< of the log returns
    double equity_shift = 0;
    double market_shift = 0;
    double equity = 0;
    double market = 0;
    double market_squares = 0; ///< Σ m²
    double products = 0;       ///< Σ e·m

    void add(double e, double m) noexcept {
      if (count == 0) {
        equity_shift = e;
        market_shift = m;
      }
      ++count;
      e -= equity_shift;
      m -= market_shift;
      equity += e;
      market += m;
      market_squares += m * m;
      products += e * m;
    }
  };

  std::optional<sample> first_;
  sample last_;
  bool has_logarithms_ = true;
  sums sums_;
};

} // namespace supreme::trading
