#pragma once

#include "config/settings.hpp"
#include "trading/backtest/run.hpp"
#include "venues/history/bar_file_stream.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace supreme::commands {

/// Which of the feeds' bars are wanted.
struct market_choice {
  std::optional<trading::timestamp> from;       ///< only bars that close after this
  std::optional<trading::timestamp> to;         ///< only bars that do not close after this
  std::optional<trading::nanoseconds> interval; ///< made of the feeds' shorter bars
  bool needs_volume = false; ///< orders fill a share of it: say where there is none
};

/// The bars of all configured feeds, side by side. Blocking reads; one owner.
class market_inputs {
public:
  /// Throws verb_error when a file cannot be read, naming file, line and reason, when bars of the
  /// wanted length cannot be made, or when a feed without an end is to be read without a `to`; and
  /// venues::defective_data for price factors, naming the same.
  market_inputs(const config::cluster_settings& settings, const market_choice& choice);

  /// In the order of the feeds. The streams live as long as this; reading them throws
  /// std::runtime_error naming file, line and reason where a file turns out to be damaged.
  [[nodiscard]] const std::vector<trading::market_input>& inputs() const noexcept {
    return inputs_;
  }
  /// The period that the bars are in, for saying how far a run is; equal when nobody knows.
  [[nodiscard]] trading::timestamp from() const noexcept { return from_; }
  [[nodiscard]] trading::timestamp to() const noexcept { return to_; }
  /// What a person should know of the files, one sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

private:
  void add_file(const venues::bar_file_settings& file, const market_choice& choice);
  void look_at(const venues::file_summary& known, const venues::bar_file_settings& file,
               const market_choice& choice);
  void note_adjustment(const std::string& instrument, const venues::factor_file& by);
  void add(const trading::instrument_id& id, trading::nanoseconds interval,
           std::unique_ptr<trading::bar_stream> bars, const market_choice& choice);

  std::vector<std::unique_ptr<trading::bar_stream>> streams_;
  std::vector<trading::market_input> inputs_;
  std::vector<std::string> notes_;
  trading::timestamp from_;
  trading::timestamp to_;
};

} // namespace supreme::commands
