#include "commands/why_text.hpp"

#include "trading/market/decimal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace supreme::commands {

namespace {

using nlohmann::json;

/// Where the lines below an event begin.
constexpr std::string_view indent = "      ";

const json& part(const json& object, const char* key) {
  static const json nothing;
  if (!object.is_object())
    return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

/// "0.01000000" is how a column shows 0.01.
std::string shortest(const std::string& text) {
  if (text.find('.') == std::string::npos)
    return text;
  const auto value = trading::decimal::parse(text);
  return value ? value->to_string() : text;
}

/// A scalar as a person reads it; empty for everything else.
std::string word(const json& value) {
  if (value.is_string()) {
    auto text = value.get<std::string>();
    // A venue's text must not be able to act on the terminal.
    std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return shortest(text);
  }
  return value.is_primitive() && !value.is_null() ? value.dump() : std::string{};
}

std::string word(const json& object, const char* key) { return word(part(object, key)); }

/// "label value", empty without a value.
std::string labelled(const std::string& label, const std::string& value) {
  return value.empty() ? std::string{} : label + " " + value;
}

/// The words that are there, separated.
std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (const auto& each : words)
    if (!each.empty())
      out += (out.empty() ? std::string{} : std::string{separator}) + each;
  return out;
}

/// "2026-04-19T13:56:00.5+00:00" as "2026-04-19 13:56:00.500000"; other text as it is.
std::string time_text(const json& object, const char* key) {
  auto text = word(object, key);
  for (const std::string_view zone : {"+00:00", "Z"})
    if (text.ends_with(zone)) {
      text.resize(text.size() - zone.size());
      constexpr size_t seconds_length = 19;
      if (text.size() < seconds_length || text[10] != 'T')
        return text;
      text[10] = ' ';
      if (text.size() == seconds_length)
        text += '.';
      text.resize(seconds_length + 7, '0');
      return text;
    }
  return text;
}

class timeline {
public:
  void line(const std::string& text) { out_ += text + "\n"; }
  /// A line below the event; nothing without text.
  void below(const std::string& text) {
    if (!text.empty())
      line(std::string{indent} + text);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

private:
  std::string out_;
};

void show_order(const json& order, timeline& out) {
  const auto size = word(order, "size");
  out.line(join({"order " + word(order, "id") + ":", word(order, "direction"), size,
                 word(order, "instrument"), word(order, "type"),
                 labelled("limit", word(order, "limit_price")),
                 labelled("stop", word(order, "stop_price"))},
                " "));
  out.line(
    join({labelled("account", word(order, "account")), labelled("venue", word(order, "venue")),
          labelled("venue's id", word(order, "venue_order"))},
         ", "));
  out.line(join({labelled("now", word(order, "state")),
                 size.empty() ? std::string{} : "filled " + word(order, "filled") + " of " + size,
                 word(order, "reason")},
                ", "));
}

void show_inputs(const json& inputs, timeline& out) {
  if (!inputs.is_array())
    return;
  std::vector<std::string> words;
  for (const auto& each : inputs)
    if (each.is_array() && each.size() == 2)
      words.push_back(word(each[0]) + " " + word(each[1]));
  out.below(labelled("seen:", join(words, ", ")));
}

void show_signal(const json& detail, timeline& out) {
  out.below(join(
    {labelled("wants", word(detail, "wanted")), labelled("for slot", word(detail, "slot"))}, " "));
  out.below(labelled("because:", word(detail, "reason")));
  show_inputs(part(detail, "inputs"), out);
  const auto hints = part(detail, "hints");
  out.below(labelled("sized by:",
                     join({labelled("stop distance", word(hints, "stop_distance")),
                           labelled("take-profit distance", word(hints, "take_profit_distance")),
                           labelled("volatility ppb", word(hints, "volatility_ppb")),
                           labelled("weight ppb", word(hints, "weight_ppb"))},
                          ", ")));
  out.below(
    join({labelled("decided on", word(detail, "cause")), labelled("leg", word(detail, "leg")),
          labelled("reference price", word(detail, "reference_price"))},
         ", "));
}

void show_checks(const json& checks, timeline& out) {
  if (!checks.is_array())
    return;
  for (const auto& each : checks)
    out.below(join({word(each, "passed") == "true" ? "passed" : "REFUSED", word(each, "code") + ":",
                    labelled("saw", word(each, "seen")), labelled("limit", word(each, "limit")),
                    labelled("why", word(each, "why"))},
                   " "));
}

void show_verdict(const json& detail, timeline& out) {
  const auto refusal = word(detail, "refusal");
  const auto by = labelled("by the", word(detail, "decided_by"));
  if (refusal == "none")
    out.below(join({"accepted " + by + ":", word(detail, "direction"), word(detail, "size"),
                    labelled("at mark", word(detail, "mark"))},
                   " "));
  else
    out.below(join({"refused", by, labelled("for", refusal)}, " "));
  show_checks(part(detail, "checks"), out);
  out.below(join({labelled("worst price", word(detail, "worst_price")),
                  labelled("reserves cash", word(detail, "reserve_cash")),
                  labelled("position limit", word(detail, "max_position")),
                  labelled("configuration version", word(detail, "config_version"))},
                 ", "));
}

void show_move(const json& detail, timeline& out) {
  const auto from = word(detail, "from");
  const auto to = word(detail, "to");
  out.below(
    join({from.empty() || from == to ? to : from + " -> " + to, word(detail, "detail")}, ", "));
  const auto& fill = part(detail, "fill");
  out.below(join({labelled("fee", join({word(fill, "fee"), word(fill, "fee_asset")}, " ")),
                  labelled("position then", word(fill, "position_after")),
                  labelled("slot then", word(fill, "slot_after")),
                  labelled("account event", word(fill, "account_seq"))},
                 ", "));
}

void show_event(const json& event, timeline& out) {
  const auto what = word(event, "what");
  const auto& detail = part(event, "detail");
  out.line("");
  out.line(join({time_text(event, "at"), what, labelled("by", word(event, "who")),
                 labelled("on", word(event, "node")), labelled("epoch", word(event, "epoch"))},
                "  "));
  if (what == "signal")
    show_signal(detail, out);
  else if (what == "verdict")
    show_verdict(detail, out);
  else
    show_move(detail, out);
}

} // namespace

std::string why_text(const json& found) {
  timeline out;
  show_order(part(found, "order"), out);
  const auto& configuration = part(found, "configuration");
  if (configuration.is_object())
    out.line(join({labelled("configuration version", word(configuration, "version")),
                   labelled("applied by", word(configuration, "applied_by"))},
                  ", "));
  const auto& events = part(found, "events");
  if (events.is_array())
    for (const auto& event : events)
      show_event(event, out);
  return out.take();
}

} // namespace supreme::commands
