#pragma once

#include "trading/backtest/engine.hpp"
#include "trading/portfolio/closed_trade.hpp"
#include "trading/statistics/performance.hpp"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <map>
#include <optional>
#include <string>

namespace supreme::commands {

/// Listens to a backtest and tells what came of it. Memory grows with days and with what the given
/// streams do not take: nothing is kept of single fills and samples.
class backtest_report final : public trading::backtest_listener {
public:
  /// One line per fill and per equity sample goes to the streams that are given, with a header
  /// line; they must outlive this.
  explicit backtest_report(trading::asset_id quote, std::ostream* fills_csv = nullptr,
                           std::ostream* equity_csv = nullptr);
  /// The engine that is listened to: says whether anything is held.
  void watch(const trading::backtest_engine& engine) { engine_ = &engine; }
  void count_bars(size_t bars) { bars_ += bars; }

  void decided(const trading::made_decision& d, const trading::client_order_id& order) override;
  void filled(const trading::fill& f, const trading::slot_id& slot,
              const trading::booked_fill& after, uint64_t account_seq) override;
  void expired(const trading::client_order_id& order, trading::timestamp at) override;
  void valued(const trading::account_value& v) override;

  /// Everything, exact decimals as text, what is undefined as null.
  [[nodiscard]] nlohmann::json to_json() const;
  /// The same for people.
  void print(std::ostream& out) const;

private:
  trading::asset_id quote_;
  std::ostream* fills_csv_;
  std::ostream* equity_csv_;
  const trading::backtest_engine* engine_ = nullptr;
  trading::performance_accumulator performance_;
  std::map<trading::slot_id, trading::round_trip> trips_;
  std::map<std::string, uint64_t> refusals_;
  uint64_t bars_ = 0;
  uint64_t steps_ = 0;
  uint64_t signals_ = 0;
  uint64_t orders_ = 0;
  uint64_t fills_ = 0;
  uint64_t expired_ = 0;
  trading::money equity_;
  trading::money cash_;
};

} // namespace supreme::commands
