#pragma once

#include "config/settings.hpp"
#include "venues/bar_history.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace supreme::commands {

/// Reads the bars of all configured feeds side by side, one close time after the other. Blocking
/// reads; one owner.
class market_reader {
public:
  /// Bars that close after `from` and, where it is given, not after `to`. Throws verb_error when a
  /// file cannot be read, naming file, line and reason, or when a feed without an end is to be read
  /// without a `to`.
  market_reader(const config::cluster_settings& settings, trading::timestamp from,
                std::optional<trading::timestamp> to);

  /// All bars of the next close time, in the order of the feeds; empty at the end. Throws
  /// std::runtime_error naming file, line and reason where a file turns out to be damaged.
  [[nodiscard]] std::vector<trading::bar> next();

private:
  struct stream {
    std::shared_ptr<venues::bar_history> history;
    std::deque<trading::bar> bars;
    trading::timestamp read_to;
    bool ended = false;
  };

  void refill(stream& s);

  std::vector<stream> streams_;
  std::optional<trading::timestamp> to_;
};

} // namespace supreme::commands
