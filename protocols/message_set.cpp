#include "protocols/interfaces.hpp"

#include <array>

namespace supreme::protocols {

namespace {

/// Writes the name and the nesting of every field of a type by inspecting a default value of it.
class layout_writer {
public:
  using result_type = int;
  // CAF asks an inspector for both, whether or not the types at hand make it look.
  [[maybe_unused]] static constexpr bool reads_state = true;
  [[maybe_unused]] static constexpr bool writes_state = false;

  explicit layout_writer(std::string& text) : text_(text) {}

  template <class... Ts>
  int operator()(caf::meta::type_name_t name, Ts&... xs) {
    text_ += name.value;
    text_ += '{';
    (write(xs), ...);
    text_ += '}';
    return 0;
  }

private:
  template <class T>
  void write(std::vector<T>&) {
    text_ += '[';
    T element{};
    write(element);
    text_ += ']';
  }
  template <class A, class B>
  void write(std::pair<A, B>& x) {
    write(x.first);
    write(x.second);
  }
  void write(std::string&) { text_ += 's'; }
  void write(caf::strong_actor_ptr&) { text_ += 'a'; }
  template <class T>
  void write(T& x) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
      text_ += std::to_string(sizeof(T)) + (std::is_signed_v<T> ? "i" : "u");
    else
      inspect(*this, x);
    text_ += ',';
  }

  std::string& text_;
};

template <class T>
std::string layout() {
  std::string text;
  layout_writer writer{text};
  T value{};
  inspect(writer, value);
  return text + ';';
}

template <class... Ts>
std::string layouts() {
  return (layout<Ts>() + ...);
}

std::string wire_layouts() {
  return layouts<hello, unit_address, bar_query, bar_batch, step_event, step_done, signal_emission,
                 decide_step, step_decided, approved_batch, rest_step, step_rested, mark_step,
                 equity_report, venue_logon, venue_session, venue_submit, venue_query,
                 venue_reports, venue_cancel, venue_trades_query, venue_trades, venue_step,
                 venue_stepped, settle_step, step_settled, book_fills, fills_booked>();
}

/// FNV-1a, 64 bits: an identity, not a secret.
uint64_t fnv1a(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001b3u;
  return hash;
}

} // namespace

std::string message_set_hash() {
  static const std::string hash = [] {
    constexpr std::array<char, 16> hex{'0', '1', '2', '3', '4', '5', '6', '7',
                                       '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    auto value = fnv1a(wire_layouts());
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4)
      text += hex[(value >> shift) & 15u];
    return text;
  }();
  return hash;
}

} // namespace supreme::protocols
