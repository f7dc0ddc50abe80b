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

  [[nodiscard]] bool reads_names() const override {
    return fills_ != nullptr || next_.reads_names();
  }
  void on_decision(const trading::decision_event& e) override { next_.on_decision(e); }
  void on_fill(const trading::fill_event& e) override;
  void on_order_end(const trading::order_end_event& e) override { next_.on_order_end(e); }
  void on_values(const trading::valued_steps& v) override;
  void on_block(const trading::valued_block& b) override { next_.on_block(b); }

private:
  trading::backtest_listener& next_;
  std::ostream* fills_;
  std::ostream* equity_;
};

/// The closed trades, one line each below a header line. Reasons stand in quotes.
void write_trades(std::ostream& out, const trading::backtest_result& result);

} // namespace supreme::commands
