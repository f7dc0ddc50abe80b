#pragma once

#include "trading/backtest/engine.hpp"
#include "trading/backtest/result.hpp"

#include <iosfwd>

namespace supreme::commands {

/// Writes fills and equity as they come, one line each below a header line, and lets another
/// listener hear everything.
class table_writer final : public trading::backtest_listener {
public:
  /// nullptr is not written. Streams and listener must outlive this.
  table_writer(trading::backtest_listener& next, std::ostream* fills, std::ostream* equity);

  [[nodiscard]] bool reads_signal_texts() const override { return next_.reads_signal_texts(); }
  void decided(const trading::made_decision& d, const trading::client_order_id& order) override;
  void filled(const trading::fill& f, const trading::slot_id& slot,
              const trading::booked_fill& after, uint64_t account_seq) override;
  void expired(const trading::client_order_id& order, trading::timestamp at) override;
  void valued(const trading::account_value& v) override;

private:
  trading::backtest_listener& next_;
  std::ostream* fills_;
  std::ostream* equity_;
};

/// The closed trades, one line each below a header line. Reasons stand in quotes.
void write_trades(std::ostream& out, const trading::backtest_result& result);

} // namespace supreme::commands
