#include "venues/history/bar_reader.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

/// Read from the file at once: large enough for the disk, small enough for the cache.
constexpr size_t chunk_bytes = 256 * 1024;
static_assert(chunk_bytes > 2 * defaults::csv_line_bytes_max);

constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t ns_per_hour = 3'600 * ns_per_second;
constexpr int64_t ns_per_day = 24 * ns_per_hour;
constexpr int64_t no_previous = std::numeric_limits<int64_t>::min();

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view header_hint =
  "the first line must name the columns, as in ts,open,high,low,close,volume";

/// A decimal's whole digits that fit into 64 bits together with its eight fraction digits.
constexpr std::ptrdiff_t fast_whole_digits = 10;
constexpr std::ptrdiff_t fraction_digits = trading::decimal::digits;
constexpr std::array<int64_t, 9> powers_of_ten{1,       10,        100,        1'000,      10'000,
                                               100'000, 1'000'000, 10'000'000, 100'000'000};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool are_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string quote(std::string_view line) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (const char c : line.substr(0, defaults::csv_quote_bytes_max)) {
    if (c >= ' ' && c <= '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return line.size() > defaults::csv_quote_bytes_max ? out + "..." : out;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

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

/// How columns of times are named and what a whole number in them counts.
struct time_column {
  std::string_view name;
  int64_t unit_ns;
  bool may_be_text;
};

constexpr std::array<time_column, 10> time_columns{{
  {"ts", 1'000'000, true},
  {"time", 1'000'000, true},
  {"timestamp", 1'000'000, true},
  {"date", 1'000'000, true},
  {"datetime", 1'000'000, true},
  {"open_time", 1'000'000, true},
  {"ts_s", ns_per_second, false},
  {"ts_ms", 1'000'000, false},
  {"ts_us", 1'000, false},
  {"ts_ns", 1, false},
}};

/// "+hh:mm" or "-hh:mm" at the end of a time, taken off; nothing when what is there is no offset.
std::optional<int64_t> take_offset_ns(std::string_view& text) {
  constexpr size_t length = 6;
  constexpr size_t time_of_day = 11; // Hyphens before it belong to the date.
  if (text.size() <= time_of_day)
    return 0;
  if (text.back() == 'Z') {
    text.remove_suffix(1);
    return 0;
  }
  const size_t sign = text.find_first_of("+-", time_of_day);
  if (sign == std::string_view::npos)
    return 0;
  const std::string_view offset = text.substr(sign);
  if (offset.size() != length || offset[3] != ':' || !are_digits(offset.substr(1, 2))
      || !are_digits(offset.substr(4, 2)))
    return std::nullopt;
  const int64_t hours = (offset[1] - '0') * 10 + (offset[2] - '0');
  const int64_t minutes = (offset[4] - '0') * 10 + (offset[5] - '0');
  if (hours > 23 || minutes > 59)
    return std::nullopt;
  text.remove_suffix(length);
  const int64_t ns = (hours * 60 + minutes) * 60 * ns_per_second;
  return offset.front() == '-' ? -ns : ns;
}

/// ISO 8601: a date, or a date and a time with seconds or without, with an offset or in UTC.
std::optional<int64_t> parse_time_text(std::string_view text) {
  constexpr size_t date_length = 10;    // 2026-04-19
  constexpr size_t minutes_length = 16; // 2026-04-19T13:56
  const auto offset = take_offset_ns(text);
  if (!offset || text.size() < date_length)
    return std::nullopt;
  std::string full{text};
  if (full.size() == date_length)
    full += "T00:00:00";
  else if (full[date_length] == ' ')
    full[date_length] = 'T';
  if (full.size() == minutes_length)
    full += ":00";
  const auto local = trading::timestamp::parse(full + "Z");
  int64_t ns = 0;
  if (!local || __builtin_sub_overflow(local->ns(), *offset, &ns))
    return std::nullopt;
  return ns;
}

/// Rounds a decimal with more than eight fraction digits half-even; nothing when the text is none.
std::optional<trading::decimal> parse_rounded(std::string_view text) {
  const size_t point = text.find('.');
  const size_t kept = point + 1 + static_cast<size_t>(fraction_digits);
  if (point == std::string_view::npos || text.size() <= kept)
    return std::nullopt;
  const std::string_view rest = text.substr(kept);
  const auto truncated = trading::decimal::parse(text.substr(0, kept));
  if (!truncated || !are_digits(rest))
    return std::nullopt;
  const bool beyond_half =
    rest[0] > '5' || (rest[0] == '5' && rest.find_first_not_of('0', 1) != std::string_view::npos);
  const bool half = rest[0] == '5' && !beyond_half;
  if (!beyond_half && !(half && truncated->raw() % 2 != 0))
    return truncated;
  const auto unit = trading::decimal::from_raw(1);
  return text.front() == '-' ? trading::checked_subtract(*truncated, unit)
                             : trading::checked_add(*truncated, unit);
}

/// Whether the text is a decimal whatever its size and its number of digits.
bool is_decimal_text(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+'))
    text.remove_prefix(1);
  const size_t point = text.find('.');
  if (point == std::string_view::npos)
    return are_digits(text);
  return are_digits(text.substr(0, point)) && are_digits(text.substr(point + 1));
}

const char* find_comma(const char* at, const char* end) {
  const void* found = std::memchr(at, ',', static_cast<size_t>(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

std::string_view text_between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

} // namespace

std::string data_defect::to_string() const {
  std::string out = file;
  if (line > 0)
    out += ":" + std::to_string(line);
  out += ": " + reason;
  return raw.empty() ? out : out + ": " + raw;
}

bar_reader::bar_reader(const bar_file_settings& settings, chunk_observer before_chunk)
  : file_(settings.path), before_chunk_(std::move(before_chunk)), buffer_(chunk_bytes) {
  SUPREME_CHECK(settings.interval.count() > 0, "the interval of bars is positive");
  bar_.instrument = settings.instrument;
  bar_.interval = settings.interval;
  auto stream = byte_stream::open(settings.path);
  if (stream)
    stream_ = std::move(stream).value();
  else
    reason_ = stream.error();
}

bar_reader::outcome bar_reader::next() {
  if (finished_)
    return outcome::end;
  if (!stream_)
    return report_and_finish({});
  std::string_view line;
  switch (next_line(line)) {
    case line_outcome::none:
      return end_of_stream();
    case line_outcome::too_long:
      reason_ = "longer than " + std::to_string(defaults::csv_line_bytes_max) + " bytes";
      return report(line);
    case line_outcome::whole:
      break;
  }
  return header_read_ ? read_row(line) : read_header(line);
}

bar_reader::place bar_reader::here() const {
  place p;
  p.stream = stream_->here();
  p.unread.assign(buffer_.data() + begin_, end_ - begin_);
  p.header_read = header_read_;
  p.line = line_;
  p.rows = rows_;
  p.previous_open_ns = previous_open_ns_;
  return p;
}

void bar_reader::go_to(const place& p) {
  stream_->go_to(*p.stream);
  std::ranges::copy(p.unread, buffer_.begin());
  begin_ = 0;
  end_ = p.unread.size();
  header_read_ = p.header_read;
  line_ = p.line;
  rows_ = p.rows;
  previous_open_ns_ = p.previous_open_ns;
  finished_ = false;
}

bool bar_reader::is_unchanged() const { return stream_ != nullptr && stream_->is_unchanged(); }

// Lines -------------------------------------------------------------------------------------------

bar_reader::line_outcome bar_reader::next_line(std::string_view& line) {
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const size_t unread = end_ - begin_;
    const void* const newline = std::memchr(start, '\n', unread);
    const size_t length =
      newline == nullptr ? unread : static_cast<size_t>(static_cast<const char*>(newline) - start);
    if (length > defaults::csv_line_bytes_max) {
      line = {start, length};
      ++line_;
      return line_outcome::too_long;
    }
    if (newline != nullptr) {
      line = {start, length};
      begin_ += length + 1;
      ++line_;
      if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
      return line_outcome::whole;
    }
    if (!fill())
      return line_outcome::none;
  }
}

/// Reads the next part of the file behind the unread bytes, which are less than a line.
bool bar_reader::fill() {
  if (before_chunk_)
    before_chunk_(*this);
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const size_t got = stream_->read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += got;
  return got > 0;
}

/// Drops the rest of the line in hand.
void bar_reader::skip_line() {
  for (;;) {
    const void* const newline = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
    if (newline != nullptr) {
      begin_ = static_cast<size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
      return;
    }
    begin_ = end_;
    if (!fill())
      return;
  }
}

bar_reader::outcome bar_reader::end_of_stream() {
  const std::string_view rest{buffer_.data() + begin_, end_ - begin_};
  if (!stream_->damage().empty()) {
    reason_ = stream_->damage();
    ++line_;
    return report_and_finish(rest);
  }
  if (!rest.empty()) {
    reason_ = "the last line has no end: the file may have been cut off";
    ++line_;
    return report_and_finish(rest);
  }
  if (!header_read_) {
    reason_ = "the file is empty";
    return report_and_finish({});
  }
  finished_ = true;
  return outcome::end;
}

// Header ------------------------------------------------------------------------------------------

bar_reader::outcome bar_reader::read_header(std::string_view line) {
  const std::string_view shown = line;
  if (line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  if (!name_columns(line))
    return report_and_finish(shown);
  header_read_ = true;
  return next();
}

bool bar_reader::name_columns(std::string_view line) {
  columns_.clear();
  names_.clear();
  if (static_cast<size_t>(std::ranges::count(line, ',')) >= defaults::csv_columns_max)
    return fail("more than " + std::to_string(defaults::csv_columns_max) + " columns");
  for (;;) {
    const size_t comma = line.find(',');
    if (!name_column(line.substr(0, comma)))
      return false;
    if (comma == std::string_view::npos)
      break;
    line.remove_prefix(comma + 1);
  }
  constexpr std::array<std::pair<column, const char*>, 6> needed{{
    {column::time, "ts"},
    {column::open, "open"},
    {column::high, "high"},
    {column::low, "low"},
    {column::close, "close"},
    {column::volume, "volume"},
  }};
  const auto has = [this](const auto& n) { return std::ranges::count(columns_, n.first) > 0; };
  if (std::ranges::none_of(needed, has))
    return fail("the header is missing: " + std::string{header_hint});
  for (const auto& n : needed)
    if (!has(n))
      return fail(std::string{"column "} + n.second + " is missing: " + std::string{header_hint});
  return true;
}

bool bar_reader::name_column(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, column>, 5> values{{
    {"open", column::open},
    {"high", column::high},
    {"low", column::low},
    {"close", column::close},
    {"volume", column::volume},
  }};
  std::string name = lower(text);
  column meaning = column::ignored;
  for (const auto& [known, is] : values)
    if (name == known)
      meaning = is;
  for (const auto& t : time_columns)
    if (name == t.name) {
      meaning = column::time;
      time_unit_ns_ = t.unit_ns;
      time_may_be_text_ = t.may_be_text;
    }
  if (meaning != column::ignored && std::ranges::count(columns_, meaning) > 0)
    return fail(meaning == column::time ? "a second column of times: " + name
                                        : "a second column " + name);
  columns_.push_back(meaning);
  names_.push_back(std::move(name));
  return true;
}

// Rows --------------------------------------------------------------------------------------------

bar_reader::outcome bar_reader::read_row(std::string_view line) {
  if (rows_ >= defaults::csv_rows_max) {
    reason_ = "more than " + std::to_string(defaults::csv_rows_max) + " rows";
    return report_and_finish(line);
  }
  if (line.empty()) {
    reason_ = "empty line";
    return report(line);
  }
  if (!read_fields(line.data(), line.data() + line.size())) {
    // A wrong number of columns explains whatever else seems wrong with the line.
    const auto count = static_cast<size_t>(std::ranges::count(line, ',')) + 1;
    if (count != columns_.size())
      reason_ = std::to_string(count) + " columns where the header names "
                + std::to_string(columns_.size());
    return report(line);
  }
  if (!check_bar())
    return report(line);
  previous_open_ns_ = bar_.open_time.ns();
  ++rows_;
  return outcome::bar;
}

bool bar_reader::read_fields(const char* at, const char* end) {
  const size_t count = columns_.size();
  for (field_ = 0; field_ < count; ++field_) {
    if (field_ > 0 && (at == end || *at++ != ','))
      return false;
    if (!read_field(at, end))
      return false;
  }
  return at == end;
}

bool bar_reader::read_field(const char*& at, const char* end) {
  switch (columns_[field_]) {
    case column::ignored:
      at = find_comma(at, end);
      return true;
    case column::time:
      return read_time(at, end);
    case column::open:
      return read_decimal(at, end, bar_.open);
    case column::high:
      return read_decimal(at, end, bar_.high);
    case column::low:
      return read_decimal(at, end, bar_.low);
    case column::close:
      return read_decimal(at, end, bar_.close);
    case column::volume:
      return read_decimal(at, end, bar_.volume);
  }
  return false;
}

/// The common forms, "12" and "12.345" with at most ten and eight digits, in one pass. All else
/// goes the slow way, so that both ways accept the same language.
bool bar_reader::read_decimal(const char*& at, const char* end, trading::decimal& to) {
  const char* p = at;
  int64_t value = 0;
  while (p != end && is_digit(*p) && p - at < fast_whole_digits)
    value = value * 10 + (*p++ - '0');
  bool simple = p != at;
  if (simple && p != end && *p == '.') {
    const char* const fraction = ++p;
    while (p != end && is_digit(*p) && p - fraction < fraction_digits)
      value = value * 10 + (*p++ - '0');
    simple = p != fraction;
    value *= powers_of_ten[static_cast<size_t>(fraction_digits - (p - fraction))];
  } else {
    value *= trading::decimal::scale;
  }
  if (simple && (p == end || *p == ',')) {
    to = trading::decimal::from_raw(value);
    at = p;
    return true;
  }
  const char* const comma = find_comma(p, end);
  if (!read_decimal_slowly(text_between(at, comma), to))
    return false;
  at = comma;
  return true;
}

bool bar_reader::read_decimal_slowly(std::string_view text, trading::decimal& to) {
  if (const auto exact = trading::decimal::parse(text)) {
    to = *exact;
    return true;
  }
  if (const auto rounded = parse_rounded(text)) {
    to = *rounded;
    ++rounded_values_;
    return true;
  }
  if (text.empty())
    return fail(names_[field_] + " is empty");
  return fail(
    names_[field_]
    + (is_decimal_text(text) ? " is outside the range of decimals" : " is not a decimal number"));
}

bool bar_reader::read_time(const char*& at, const char* end) {
  constexpr std::ptrdiff_t digits_max = 18; // Cannot overflow 64 bits.
  const char* p = at;
  int64_t value = 0;
  while (p != end && is_digit(*p) && p - at < digits_max)
    value = value * 10 + (*p++ - '0');
  int64_t ns = 0;
  if (p == at || (p != end && *p != ',') || __builtin_mul_overflow(value, time_unit_ns_, &ns)) {
    const char* const comma = find_comma(p, end);
    if (!read_time_text(text_between(at, comma)))
      return false;
    at = comma;
    return true;
  }
  at = p;
  bar_.open_time = trading::timestamp::from_ns(ns);
  return true;
}

/// Times that are not short positive numbers: negative ones, nanoseconds of 19 digits, and text.
bool bar_reader::read_time_text(std::string_view text) {
  if (text.empty())
    return fail(names_[field_] + " is empty");
  const bool minus = text.front() == '-';
  const std::string_view digits = text.substr(minus ? 1 : 0);
  if (are_digits(digits)) {
    int64_t ns = 0;
    for (const char c : digits)
      if (__builtin_mul_overflow(ns, 10, &ns) || __builtin_add_overflow(ns, c - '0', &ns))
        return fail(names_[field_] + " is outside the range of times: is its unit right?");
    if (__builtin_mul_overflow(minus ? -ns : ns, time_unit_ns_, &ns))
      return fail(names_[field_] + " is outside the range of times: is its unit right?");
    bar_.open_time = trading::timestamp::from_ns(ns);
    return true;
  }
  const auto ns = time_may_be_text_ ? parse_time_text(text) : std::nullopt;
  if (!ns)
    return fail(names_[field_]
                + (time_may_be_text_ ? " is neither whole milliseconds nor an ISO 8601 time"
                                     : " is not a whole number"));
  bar_.open_time = trading::timestamp::from_ns(*ns);
  return true;
}

/// Whether the row is a possible bar that follows the row before.
bool bar_reader::check_bar() {
  if (const auto d = trading::find_defect(bar_); d != trading::bar_defect::none)
    return fail(sentence(d));
  const int64_t open = bar_.open_time.ns();
  const int64_t interval = bar_.interval.count();
  int64_t close = 0;
  if (__builtin_add_overflow(open, interval, &close))
    return fail("the bar closes outside the range of times: is the unit right?");
  if (previous_open_ns_ == no_previous)
    return true;
  if (open <= previous_open_ns_)
    return fail("not later than the row before");
  const int64_t overlap_max = interval >= ns_per_day ? ns_per_hour : 0;
  if (previous_open_ns_ + interval - open > overlap_max)
    return fail("opens before the row before has closed: bars of "
                + std::to_string(interval / ns_per_second) + " s are expected");
  return true;
}

bool bar_reader::fail(std::string reason) {
  reason_ = std::move(reason);
  return false;
}

bar_reader::outcome bar_reader::report(std::string_view line) {
  defect_ = {file_, line_, std::move(reason_), quote(line)};
  reason_.clear();
  if (line.size() > defaults::csv_line_bytes_max)
    skip_line();
  // Without columns no row can be read.
  if (!header_read_)
    finished_ = true;
  return outcome::defect;
}

bar_reader::outcome bar_reader::report_and_finish(std::string_view line) {
  finished_ = true;
  defect_ = {file_, line_, std::move(reason_), quote(line)};
  reason_.clear();
  return outcome::defect;
}

} // namespace supreme::venues
