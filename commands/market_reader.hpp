#pragma once

#include "config/settings.hpp"
#include "trading/backtest/run.hpp"
#include "venues/history/bar_file_stream.hpp"

#include <memory>
#include <string>
#include <vector>

namespace supreme::commands {

/// The bars of all configured feeds, as a backtest reads them: each file once, from front to back.
/// Blocking reads; one owner.
class market_reader {
public:
  /// Bars that close inside the range. Throws verb_error when a feed without an end is to be read
  /// without an end of the range. A file that cannot be read, or turns out to be defective, ends
  /// the run that comes to it: next() of its stream throws defective_data.
  market_reader(const config::cluster_settings& settings, const venues::close_range& range);

  /// In the order of the feeds and their instruments; as long as this lives.
  [[nodiscard]] const std::vector<trading::market_input>& inputs() const noexcept {
    return inputs_;
  }

  /// What of the files that have been read deserves a word, one sentence each: gaps and numbers
  /// that were rounded.
  [[nodiscard]] std::vector<std::string> remarks() const;

private:
  struct open_file {
    std::string path;
    const venues::bar_file_stream* stream;
  };

  void add(const trading::instrument_id& instrument, trading::nanoseconds interval,
           std::unique_ptr<trading::bar_stream> stream);
  void add_files(const config::feed_settings& feed, uint32_t shard,
                 const venues::close_range& range);

  std::vector<std::unique_ptr<trading::bar_stream>> streams_;
  std::vector<open_file> files_;
  std::vector<trading::market_input> inputs_;
};

} // namespace supreme::commands
