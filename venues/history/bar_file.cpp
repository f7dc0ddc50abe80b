#include "venues/history/bar_file.hpp"

#include "config/defaults.hpp"

#include <algorithm>
#include <optional>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

constexpr int64_t earliest = std::numeric_limits<int64_t>::min();

/// Takes in what a reader finds.
class file_check {
public:
  trading::result<file_summary, file_defects>
  run(bar_reader& reader, const std::function<void(const trading::bar&)>& seen = {}) {
    for (auto found = reader.next(); found != csv_outcome::end; found = reader.next())
      if (found == csv_outcome::defect) {
        add(reader.defect());
      } else {
        summary_.add(reader.current());
        if (seen)
          seen(reader.current());
      }
    if (summary_.rows == 0 && defects_.total == 0)
      add(data_defect{path_, reader.line(), "no rows after the header", ""});
    if (defects_.total == 0 && !reader.is_unchanged())
      add(data_defect{path_, 0, "the file was changed while it was read", ""});
    if (defects_.total > 0)
      return std::move(defects_);
    summary_.rounded_values = reader.rounded_values();
    return summary_;
  }

  explicit file_check(const std::string& path) : path_(path) {}

private:
  void add(data_defect d) {
    if (++defects_.total <= defaults::csv_defects_max)
      defects_.listed.push_back(std::move(d));
  }

  const std::string& path_;
  file_summary summary_;
  file_defects defects_;
};

} // namespace

void file_summary::add(const trading::bar& b) {
  has_volume |= b.volume.is_positive();
  if (rows++ == 0) {
    first_open = b.open_time;
  } else {
    // Both times are in the range of times; their distance need not be.
    const auto previous_open = last_close - b.interval;
    const uint64_t distance_ns =
      static_cast<uint64_t>(b.open_time.ns()) - static_cast<uint64_t>(previous_open.ns());
    const auto step = trading::nanoseconds{
      static_cast<int64_t>(std::min<uint64_t>(distance_ns, std::numeric_limits<int64_t>::max()))};
    if (smallest_step.count() == 0 || step < smallest_step)
      smallest_step = step;
    if (step > b.interval)
      if (const auto missing = distance_ns / static_cast<uint64_t>(b.interval.count()) - 1) {
        ++gaps;
        missing_bars += missing;
      }
    const auto [lower, higher] = std::minmax({last_price.raw(), b.open.raw()});
    if (lower <= higher / 3 * 2 && leaps++ == 0)
      first_leap = b.open_time;
  }
  last_close = b.close_time();
  last_price = b.close;
}

std::string file_defects::to_string() const {
  std::string out;
  for (const auto& d : listed)
    out += d.to_string() + "\n";
  if (total > listed.size())
    out += "and " + std::to_string(total - listed.size()) + " more\n";
  return out;
}

trading::result<file_summary, file_defects>
check_file(const bar_file_settings& settings,
           const std::function<void(const trading::bar&)>& seen) {
  bar_reader reader{settings};
  return file_check{settings.path}.run(reader, seen);
}

trading::result<std::unique_ptr<bar_file>, file_defects>
bar_file::open(const bar_file_settings& settings) {
  std::unique_ptr<bar_file> file{new bar_file{settings}};
  auto checked = file_check{settings.path}.run(file->reader_);
  if (!checked)
    return checked.error();
  file->summary_ = *checked;
  file->is_checked_ = true;
  file->reader_.go_to(file->places_.front());
  return file;
}

bar_file::bar_file(const bar_file_settings& settings)
  : settings_(settings),
    rows_between_places_(defaults::bar_file_mark_rows),
    reader_(settings, [this](const bar_reader& r) { note_place(r); }) {}

const trading::instrument_id& bar_file::instrument() const noexcept { return settings_.instrument; }

trading::nanoseconds bar_file::interval() const noexcept { return settings_.interval; }

std::vector<trading::bar> bar_file::range(trading::timestamp after_close,
                                          trading::timestamp up_to_close, size_t max) {
  if (!reader_.is_unchanged())
    throw defective_data{{settings_.path, 0, "the file was changed after it was checked", ""}};
  // A bar closes at or before a time when it opens at or before that time less the interval.
  int64_t skipped_open_ns = 0;
  if (__builtin_sub_overflow(after_close.ns(), int64_t{settings_.interval.count()},
                             &skipped_open_ns))
    skipped_open_ns = earliest;
  seek(skipped_open_ns);
  std::vector<trading::bar> out;
  while (out.size() < max) {
    const trading::bar* const b = peek();
    if (b == nullptr || b->close_time() > up_to_close)
      break;
    ahead_ = false;
    passed_open_ns_ = b->open_time.ns();
    if (b->close_time() > after_close)
      out.push_back(*b);
  }
  return out;
}

std::vector<trading::bar> bar_file::after(trading::timestamp close_time, size_t max) {
  return range(close_time, trading::timestamp::from_ns(std::numeric_limits<int64_t>::max()), max);
}

/// Keeps a bounded number of places, evenly spread however long the file turns out to be.
void bar_file::note_place(const bar_reader& r) {
  if (is_checked_ || (!places_.empty() && r.rows() < places_.back().rows() + rows_between_places_))
    return;
  places_.push_back(r.here());
  if (places_.size() < defaults::bar_file_marks_max)
    return;
  rows_between_places_ *= 2;
  std::vector<bar_reader::place> kept;
  for (size_t i = 0; i < places_.size(); i += 2)
    kept.push_back(std::move(places_[i]));
  places_ = std::move(kept);
}

/// Goes to where no bar that opens after the given time has been passed: on from here, or to a
/// place that is nearer.
void bar_file::seek(int64_t skipped_open_ns) {
  const auto behind =
    std::ranges::upper_bound(places_, skipped_open_ns, {}, &bar_reader::place::previous_open_ns);
  // The beginning of the file is a place before all bars, so there is one.
  const auto& nearest = *std::prev(behind);
  if (passed_open_ns_ <= skipped_open_ns && nearest.previous_open_ns <= reader_.previous_open_ns())
    return;
  reader_.go_to(nearest);
  ahead_ = false;
  passed_open_ns_ = nearest.previous_open_ns;
}

const trading::bar* bar_file::peek() {
  if (!ahead_) {
    const auto found = reader_.next();
    if (found == csv_outcome::end)
      return nullptr;
    if (found == csv_outcome::defect)
      throw defective_data{reader_.defect()};
    ahead_ = true;
  }
  return &reader_.current();
}

} // namespace supreme::venues
