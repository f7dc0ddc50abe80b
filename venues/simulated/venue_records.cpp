#include "venues/simulated/venue_records.hpp"

#include "config/defaults.hpp"

#include <limits>
#include <utility>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

/// First byte of a record. Values are never reused.
enum class kind : uint8_t {
  ledger_opened = 1,
  session_opened = 2,
  order_received = 3,
  order_cancelled = 4,
  step_taken = 5,
};

/// Longest text inside a record; ids and names are far shorter.
constexpr uint64_t text_bytes_max = 1'024;
constexpr unsigned bits_per_byte = 7;

/// Numbers are written in groups of seven bits, the lowest first; the high bit says that more
/// follow. Signed ones are folded before, so that small negative numbers stay short.
class writer {
public:
  explicit writer(std::string& out) : out_(out) {}

  void put_byte(uint8_t value) { out_ += static_cast<char>(value); }
  void put(kind value) { put_byte(static_cast<uint8_t>(value)); }
  void put(bool value) { put_byte(value ? 1 : 0); }

  void put(uint64_t value) {
    while (value >= 0x80) {
      put_byte(static_cast<uint8_t>(value | 0x80));
      value >>= bits_per_byte;
    }
    put_byte(static_cast<uint8_t>(value));
  }

  void put(int64_t value) {
    put((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }

  void put(std::string_view text) {
    put(uint64_t{text.size()});
    out_ += text;
  }

  template <class Tag>
  void put(const trading::id<Tag>& id) {
    put(std::string_view{id.str()});
  }

  void put(trading::decimal value) { put(value.raw()); }
  void put(trading::timestamp value) { put(value.ns()); }
  void put(trading::nanoseconds value) { put(int64_t{value.count()}); }

  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value)
      put(*value);
  }

private:
  std::string& out_;
};

/// Reads what writer wrote. After the first failure everything fails; the caller asks once at the
/// end.
class reader {
public:
  explicit reader(std::string_view& bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  void fail() noexcept { ok_ = false; }

  uint8_t take_byte() {
    if (!ok_ || bytes_.empty()) {
      fail();
      return 0;
    }
    const auto value = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }

  void take(bool& value) {
    const uint8_t byte = take_byte();
    if (byte > 1)
      fail();
    value = byte == 1;
  }

  void take(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += bits_per_byte) {
      const uint64_t byte = take_byte();
      const uint64_t bits = byte & 0x7F;
      // The tenth byte has room for one bit, and a last byte of zero would be a second spelling.
      if ((shift == 63 && bits > 1) || (shift > 0 && byte == 0))
        return fail();
      value |= bits << shift;
      if (byte < 0x80)
        return;
    }
    fail();
  }

  void take(int64_t& value) {
    uint64_t folded = 0;
    take(folded);
    value = static_cast<int64_t>((folded >> 1) ^ (0 - (folded & 1)));
  }

  void take(std::string& text) {
    uint64_t size = 0;
    take(size);
    if (!ok_ || size > text_bytes_max || size > bytes_.size())
      return fail();
    text.assign(bytes_.substr(0, static_cast<size_t>(size)));
    bytes_.remove_prefix(static_cast<size_t>(size));
  }

  template <class Tag>
  void take(trading::id<Tag>& id) {
    std::string text;
    take(text);
    id = trading::id<Tag>{std::move(text)};
  }

  void take(trading::decimal& value) {
    int64_t raw = 0;
    take(raw);
    value = trading::decimal::from_raw(raw);
  }

  void take(trading::timestamp& value) {
    int64_t ns = 0;
    take(ns);
    value = trading::timestamp::from_ns(ns);
  }

  void take(trading::nanoseconds& value) {
    int64_t count = 0;
    take(count);
    value = trading::nanoseconds{count};
  }

  template <class T>
  void take(std::optional<T>& value) {
    bool present = false;
    take(present);
    if (!present)
      return value.reset();
    take(value.emplace());
  }

  /// Reads an enum whose values run from `first` to `last`.
  template <class Enum>
  void take_enum(Enum& value, Enum first, Enum last) {
    const uint8_t byte = take_byte();
    if (byte < static_cast<uint8_t>(first) || byte > static_cast<uint8_t>(last))
      return fail();
    value = static_cast<Enum>(byte);
  }

  /// How many elements follow. Each takes at least one byte, so that a wrong number cannot ask for
  /// memory that the bytes do not back.
  size_t take_count(uint64_t max) {
    uint64_t count = 0;
    take(count);
    if (!ok_ || count > max || count > bytes_.size()) {
      fail();
      return 0;
    }
    return static_cast<size_t>(count);
  }

private:
  std::string_view& bytes_;
  bool ok_ = true;
};

void write(writer& out, const ledger_opened& r) {
  out.put(kind::ledger_opened);
  out.put(uint64_t{r.format});
  out.put(r.venue);
}

void read(reader& in, ledger_opened& r) {
  uint64_t format = 0;
  in.take(format);
  if (format > std::numeric_limits<uint32_t>::max())
    in.fail();
  r.format = static_cast<uint32_t>(format);
  in.take(r.venue);
}

void write(writer& out, const session_opened& r) {
  out.put(kind::session_opened);
  out.put(r.account);
  out.put(r.session);
}

void read(reader& in, session_opened& r) {
  in.take(r.account);
  in.take(r.session);
}

void write(writer& out, const order_received& r) {
  out.put(kind::order_received);
  out.put(r.number);
  out.put(r.account);
  out.put(r.session);
  out.put(r.id);
  out.put(r.instrument);
  out.put(r.quote);
  out.put_byte(static_cast<uint8_t>(r.direction));
  out.put_byte(static_cast<uint8_t>(r.type));
  out.put(r.size);
  out.put(r.limit_price);
  out.put(r.stop_price);
  out.put(r.slot);
  out.put(r.reduce_only);
  out.put_byte(static_cast<uint8_t>(r.refusal));
}

void read(reader& in, order_received& r) {
  in.take(r.number);
  in.take(r.account);
  in.take(r.session);
  in.take(r.id);
  in.take(r.instrument);
  in.take(r.quote);
  in.take_enum(r.direction, trading::side::buy, trading::side::sell);
  in.take_enum(r.type, trading::order_type::market, trading::order_type::stop_limit);
  in.take(r.size);
  in.take(r.limit_price);
  in.take(r.stop_price);
  in.take(r.slot);
  in.take(r.reduce_only);
  in.take_enum(r.refusal, venue_refusal::none, venue_refusal::withdrawn);
}

void write(writer& out, const order_cancelled& r) {
  out.put(kind::order_cancelled);
  out.put(r.number);
}

void read(reader& in, order_cancelled& r) { in.take(r.number); }

void write(writer& out, const trading::bar& b) {
  out.put(b.instrument);
  out.put(b.open_time);
  out.put(b.interval);
  out.put(b.open);
  out.put(b.high);
  out.put(b.low);
  out.put(b.close);
  out.put(b.volume);
}

void read(reader& in, trading::bar& b) {
  in.take(b.instrument);
  in.take(b.open_time);
  in.take(b.interval);
  in.take(b.open);
  in.take(b.high);
  in.take(b.low);
  in.take(b.close);
  in.take(b.volume);
}

void write(writer& out, const order_execution& e) {
  out.put(e.number);
  out.put(e.triggered);
  out.put_byte(static_cast<uint8_t>(e.ending));
  out.put(e.maker);
  out.put(e.size);
  out.put(e.at);
  out.put(e.fee);
}

void read(reader& in, order_execution& e) {
  in.take(e.number);
  in.take(e.triggered);
  in.take_enum(e.ending, venue_refusal::none, venue_refusal::withdrawn);
  in.take(e.maker);
  in.take(e.size);
  in.take(e.at);
  in.take(e.fee);
}

template <class Element>
void write_all(writer& out, const std::vector<Element>& elements) {
  out.put(uint64_t{elements.size()});
  for (const auto& element : elements)
    write(out, element);
}

template <class Element>
void read_all(reader& in, std::vector<Element>& elements, uint64_t max) {
  const size_t count = in.take_count(max);
  for (size_t i = 0; i < count && in.ok(); ++i)
    read(in, elements.emplace_back());
}

void write(writer& out, const step_taken& r) {
  out.put(kind::step_taken);
  out.put(std::string_view{r.market.run});
  out.put(r.market.number);
  out.put(r.market.event_time);
  write_all(out, r.market.bars);
  write_all(out, r.executions);
}

void read(reader& in, step_taken& r) {
  in.take(r.market.run);
  in.take(r.market.number);
  in.take(r.market.event_time);
  read_all(in, r.market.bars, defaults::venue_step_bars_max);
  read_all(in, r.executions, defaults::venue_accounts_max * defaults::venue_open_orders_max);
}

template <class Record>
std::optional<record> read_record(reader& in) {
  Record r;
  read(in, r);
  if (!in.ok())
    return std::nullopt;
  return record{std::move(r)};
}

} // namespace

void encode(std::string& out, const record& r) {
  writer to{out};
  std::visit([&to](const auto& content) { write(to, content); }, r);
}

std::optional<record> decode(std::string_view& bytes) {
  reader in{bytes};
  switch (static_cast<kind>(in.take_byte())) {
    case kind::ledger_opened:
      return read_record<ledger_opened>(in);
    case kind::session_opened:
      return read_record<session_opened>(in);
    case kind::order_received:
      return read_record<order_received>(in);
    case kind::order_cancelled:
      return read_record<order_cancelled>(in);
    case kind::step_taken:
      return read_record<step_taken>(in);
  }
  return std::nullopt;
}

} // namespace supreme::venues
