#pragma once

#include "trading/backtest/run.hpp"

#include <chrono>
#include <iosfwd>
#include <string>

namespace supreme::commands {

/// "41 %  1,310,720 bars  2,621,440 bars/s  1 s left". `share` is how much of the whole is done,
/// 0…1.
[[nodiscard]] std::string progress_text(const trading::run_progress& done, double share,
                                        double elapsed_s);

/// One line of a terminal that says how far a run is, a few times a second.
class progress_line {
public:
  /// nullptr shows nothing. The run goes through these event times; the share is that of time.
  progress_line(std::ostream* terminal, trading::timestamp from, trading::timestamp to);
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  /// Leaves the line empty.
  ~progress_line();

  void show(const trading::run_progress& done);

private:
  using clock = std::chrono::steady_clock;

  std::ostream* terminal_;
  trading::timestamp from_;
  trading::timestamp to_;
  clock::time_point began_ = clock::now();
  clock::time_point shown_;
};

} // namespace supreme::commands
