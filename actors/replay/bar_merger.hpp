#pragma once

#include "config/settings.hpp"
#include "trading/market/bar.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace supreme::actors {

/// Merges the bars of all feed shards by close time; bars of one close time stand in the order in
/// which the configuration lists their instruments. Pure: it says what it needs, and somebody
/// fetches it.
class bar_merger {
public:
  bar_merger() = default;
  /// Inputs are named by their feed units. `after` is the event time that is already over.
  bar_merger(const config::cluster_settings& settings, trading::timestamp after);

  /// The input that must be refilled before the next step is known, and the time after which to
  /// ask.
  struct need {
    std::string unit;
    trading::timestamp after;
  };
  [[nodiscard]] std::optional<need> next_need() const;
  void refill(const std::string& unit, const std::vector<trading::bar>& bars, bool end_of_input);

  /// All bars of the next close time; empty at the end of all inputs. Only when next_need() is
  /// nothing.
  [[nodiscard]] std::vector<trading::bar> take();
  /// Whether nothing will ever follow; only known when next_need() is nothing.
  [[nodiscard]] bool exhausted() const;

private:
  struct input {
    std::string unit;
    std::deque<trading::bar> bars;
    trading::timestamp fetched_to;
    bool ended = false;
  };
  std::vector<input> inputs_;
  std::map<trading::instrument_id, size_t> order_;
};

} // namespace supreme::actors
