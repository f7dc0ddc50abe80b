#include "venues/history/bar_reader.hpp"

#include "trading/check.hpp"

#include <utility>

namespace supreme::venues {

namespace {

constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t ns_per_hour = 3'600 * ns_per_second;
constexpr int64_t ns_per_day = 24 * ns_per_hour;
constexpr int64_t no_previous = std::numeric_limits<int64_t>::min();

const char* sentence(trading::bar_defect d) {
  switch (d) {
    case trading::bar_defect::price_not_positive:
      return "a price is not positive";
    case trading::bar_defect::high_below_low:
      return "high is below low";
    case trading::bar_defect::open_outside_range:
      return "open is outside low to high";
    case trading::bar_defect::close_outside_range:
      return "close is outside low to high";
    case trading::bar_defect::volume_negative:
      return "volume is negative";
    case trading::bar_defect::none:
    case trading::bar_defect::interval_not_positive:
      break;
  }
  return trading::to_string(d);
}

} // namespace

bar_reader::bar_reader(const bar_file_settings& settings, chunk_observer before_chunk)
  : csv_table(settings.path), adjusting_(settings.factors) {
  SUPREME_CHECK(settings.interval.count() > 0, "the interval of bars is positive");
  bar_.instrument = settings.instrument;
  bar_.interval = settings.interval;
  if (before_chunk)
    lines_.observe([this, observer = std::move(before_chunk)] { observer(*this); });
}

void bar_reader::go_to(const place& p) {
  table_go_to(p.table);
  previous_open_ns_ = p.previous_open_ns;
}

/// Whether the row is a possible bar that follows the row before.
bool bar_reader::check() {
  const int64_t open_ns = time_ns();
  bar_.open_time = trading::timestamp::from_ns(open_ns);
  if (const auto d = trading::find_defect(bar_); d != trading::bar_defect::none)
    return fail(sentence(d));
  const int64_t interval = bar_.interval.count();
  int64_t close_ns = 0;
  if (__builtin_add_overflow(open_ns, interval, &close_ns))
    return fail("the bar closes outside the range of times: is the unit right?");
  if (previous_open_ns_ != no_previous) {
    if (open_ns <= previous_open_ns_)
      return fail("not later than the row before");
    const int64_t overlap_max = interval >= ns_per_day ? ns_per_hour : 0;
    if (previous_open_ns_ + interval - open_ns > overlap_max)
      return fail("opens before the row before has closed: bars of "
                  + std::to_string(interval / ns_per_second) + " s are expected");
  }
  previous_open_ns_ = open_ns;
  return !adjusting_ || adjust();
}

bool bar_reader::adjust() {
  const auto& factors = adjusting_->factors;
  const auto* factor = factors.find(trading::utc_day(bar_.open_time));
  if (factor == nullptr)
    return fail("nobody knows its price factors: the last ones of " + adjusting_->path
                + " hold up to " + trading::day_text(factors.last_day()));
  const auto bar = adjusted(bar_, *factor);
  if (!bar)
    return fail("its adjusted prices or volume are outside the range of decimals");
  if (trading::find_defect(*bar) != trading::bar_defect::none)
    return fail("an adjusted price is below 1e-8");
  bar_ = *bar;
  return true;
}

} // namespace supreme::venues
