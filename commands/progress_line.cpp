#include "commands/progress_line.hpp"

#include "commands/report/number_text.hpp"
#include "trading/statistics/equity_sample.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

namespace supreme::commands {

namespace {

constexpr std::chrono::milliseconds show_every{200};
/// Back to the line's begin, and nothing on it.
constexpr const char* clear_line = "\r\x1b[K";

} // namespace

std::string progress_text(const trading::run_progress& done, double share, double elapsed_s) {
  std::string text = std::to_string(static_cast<int>(share * 100)) + " %  "
                     + report::whole_text(done.bars) + " bars";
  if (!(elapsed_s > 0))
    return text;
  text += "  "
          + report::whole_text(static_cast<uint64_t>(static_cast<double>(done.bars) / elapsed_s))
          + " bars/s";
  if (share > 0)
    text += "  "
            + report::whole_text(static_cast<uint64_t>(std::ceil(elapsed_s * (1 - share) / share)))
            + " s left";
  return text;
}

progress_line::progress_line(std::ostream* terminal, trading::timestamp from, trading::timestamp to)
  : terminal_(terminal), from_(from), to_(to) {}

progress_line::~progress_line() {
  if (terminal_ != nullptr && shown_ != clock::time_point{})
    *terminal_ << clear_line << std::flush;
}

void progress_line::show(const trading::run_progress& done) {
  if (terminal_ == nullptr)
    return;
  const auto now = clock::now();
  if (now - shown_ < show_every)
    return;
  shown_ = now;
  const double whole = from_ < to_ ? trading::days_between(from_, to_) : 0;
  const double part = from_ < done.at ? trading::days_between(from_, done.at) : 0;
  const double share = whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0;
  *terminal_ << clear_line
             << progress_text(done, share, std::chrono::duration<double>(now - began_).count())
             << std::flush;
}

} // namespace supreme::commands
