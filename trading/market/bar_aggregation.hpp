#pragma once

#include "trading/market/bar_record.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

namespace supreme::trading {

/// Bars that cannot be made into longer ones.
class aggregation_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Makes long bars of short ones, one after the other. Long bars begin at multiples of their length
/// since 1970 UTC, so bars of a week begin on Thursdays. Where there is no short bar there is no
/// long one, and a gap inside a long bar is nothing: it opens with the first short bar that there
/// is and closes with the last. A long bar is complete when a short one ends with it or a later one
/// comes; what is incomplete when the short ones end is no bar, because nobody knows its close. A
/// plain value; one owner.
class bar_aggregator {
public:
  /// Throws aggregation_error unless `to` is `from` times a whole number above 0; both > 0.
  bar_aggregator(nanoseconds from, nanoseconds to);

  /// Takes the next short bar, appends the long ones that it completes: one, or two where the one
  /// before had been left incomplete and the bar ends its own. Throws aggregation_error for a bar
  /// that reaches beyond its long bar, and std::overflow_error when the volume leaves the decimal
  /// range.
  void add(const bar_record& b, std::vector<bar_record>& out);

private:
  nanoseconds from_;
  nanoseconds to_;
  std::optional<bar_record> open_; ///< the long bar in hand
};

/// The bars of another stream, made longer. The other must outlive this.
class aggregated_bars final : public bar_stream {
public:
  /// Throws as the aggregator does.
  aggregated_bars(bar_stream& from, nanoseconds from_interval, nanoseconds to_interval)
    : from_(from), aggregator_(from_interval, to_interval) {}

  [[nodiscard]] std::span<const bar_record> next() override;

private:
  bar_stream& from_;
  bar_aggregator aggregator_;
  std::vector<bar_record> bars_;
};

} // namespace supreme::trading
