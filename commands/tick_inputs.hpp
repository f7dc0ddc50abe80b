#pragma once

#include "commands/backtest_flags.hpp"
#include "trading/backtest/tick_run.hpp"
#include "venues/history/tick_file_stream.hpp"

#include <memory>
#include <string>
#include <vector>

namespace supreme::commands {

/// The ticks of all instruments, side by side, each file read once while the run goes over it.
/// Blocking reads; one owner.
class tick_inputs {
public:
  /// A file that cannot be read, or turns out to be defective, ends the run that comes to it:
  /// next() of its stream throws venues::defective_data.
  explicit tick_inputs(const std::vector<tick_files>& files);

  /// In the order of the files; as long as this lives.
  [[nodiscard]] const std::vector<trading::tick_input>& inputs() const noexcept { return inputs_; }
  /// What orders take: trades, or what quotes or depth display.
  [[nodiscard]] trading::taken_liquidity liquidity() const noexcept { return liquidity_; }
  /// What a person should know of what has been read, one sentence each.
  [[nodiscard]] std::vector<std::string> notes() const;

private:
  struct trade_file {
    trading::instrument_id instrument;
    std::unique_ptr<venues::trade_file_stream> trades;
  };

  std::vector<trade_file> trades_;
  std::vector<std::unique_ptr<trading::quote_stream>> quotes_;
  std::vector<std::unique_ptr<trading::depth_stream>> depth_;
  std::vector<trading::tick_input> inputs_;
  trading::taken_liquidity liquidity_ = trading::taken_liquidity::trades;
};

} // namespace supreme::commands
