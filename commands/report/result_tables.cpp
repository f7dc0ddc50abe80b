#include "commands/report/number_text.hpp"
#include "commands/report/sections.hpp"
#include "commands/report/table.hpp"
#include "trading/strategies/registry.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

// What became of the parts: strategies, instruments, refused signals, and what was set.

namespace supreme::commands::report {

namespace {

/// Which strategy earned what on which instrument, the best first. Where each strategy has one
/// instrument the table of strategies says it.
void write_slots(std::ostream& out, const trading::backtest_result& result) {
  using entry = std::pair<trading::slot_id, trading::contribution>;
  std::vector<entry> slots(result.earned.by_slot().begin(), result.earned.by_slot().end());
  if (slots.size() <= result.strategies.size())
    return;
  std::stable_sort(slots.begin(), slots.end(),
                   [](const entry& a, const entry& b) { return a.second.net() > b.second.net(); });
  const int digits = money_digits(result.statistics.start_equity);
  table t{"slots",
          {{"Strategy and instrument"},
           {"Net, " + result.quote.str(), true},
           {"Realised", true},
           {"Unrealised", true},
           {"Fees", true}}};
  for (const auto& [id, earned] : slots)
    t.add({id.str(), decimal_text(earned.net(), digits), decimal_text(earned.realised, digits),
           decimal_text(earned.unrealised, digits), decimal_text(earned.fees, digits)});
  t.write(out, "Result of each strategy on each instrument");
}

} // namespace

void write_strategies(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "strategies", "Strategies"};
  if (result.strategies.empty()) {
    write_sentence(out, "No strategy took part.");
    return;
  }
  const int digits = money_digits(result.statistics.start_equity);
  table t{"strategies",
          {{"Strategy"},
           {"Kind"},
           {"Net, " + result.quote.str(), true},
           {"Realised", true},
           {"Unrealised", true},
           {"Fees", true},
           {"Fills", true},
           {"Trades", true},
           {"Parameters"}}};
  for (const auto& each : result.strategies) {
    const auto& earned = result.earned_by(each);
    t.add(
      {each.id.str(), each.kind, decimal_text(earned.net(), digits),
       decimal_text(earned.realised, digits), decimal_text(earned.unrealised, digits),
       decimal_text(earned.fees, digits), whole_text(each.fills), whole_text(each.trades),
       trading::parameters_text(trading::find_strategy_kind(each.kind), each.parameters, ", ")});
  }
  t.write(out, "Result of each strategy");
  write_slots(out, result);
}

void write_instruments(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "instruments", "Instruments"};
  if (result.instruments.empty()) {
    write_sentence(out, "No instrument took part.");
    return;
  }
  const int digits = money_digits(result.statistics.start_equity);
  table t{"instruments",
          {{"Instrument"},
           {"Bars", true},
           {"Fills", true},
           {"Realised, net", true},
           {"Fees", true},
           {"Held at the end", true},
           {"Average price", true},
           {"Last close", true},
           {"Unrealised", true}}};
  for (const auto& each : result.instruments) {
    const auto& held = each.held;
    const int price_digits = fraction_digits(each.traded.tick_size);
    const bool flat = held.size.is_zero();
    const auto average = within_range([&] { return held.average_price(); });
    t.add({each.traded.id.str(), whole_text(each.bars), whole_text(held.fill_count),
           decimal_text(within_range([&] { return held.realised_net(); }), digits),
           decimal_text(held.fees_quote, digits), flat ? "0" : exact_text(held.size),
           flat ? no_value : decimal_text(average, price_digits),
           each.bars == 0 ? no_value : decimal_text(each.mark, price_digits),
           decimal_text(within_range([&] { return held.unrealised(each.mark); }), digits)});
  }
  t.write(out, "Result of each instrument");
}

void write_refusals(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "refusals", "Refused signals"};
  if (result.refusals.empty()) {
    write_sentence(out, "No signal was refused.");
    return;
  }
  table t{"reasons", {{"Code"}, {"Count", true}, {"Of all signals", true}, {"First"}, {"Last"}}};
  for (const auto& each : result.refusals) {
    const auto share =
      result.signals == 0
        ? std::nullopt
        : std::optional{static_cast<double>(each.count) / static_cast<double>(result.signals)};
    std::string code = each.code;
    for (const auto& [why, count] : each.why)
      code += (code == each.code ? ": " : ", ") + why + " " + whole_text(count);
    t.add({code, whole_text(each.count), percent_text(share, 1), time_text(each.first),
           time_text(each.last)});
  }
  t.write(out, "Refused signals by reason");
  write_sentence(out, "What a code means is in docs/errors, one page for each.");
}

void write_settings(std::ostream& out, const report_heading& heading) {
  section s{out, "settings", "Settings"};
  if (heading.settings.empty()) {
    write_sentence(out, "No settings were given to the report.");
    return;
  }
  table t{"settings", {{"Setting"}, {"Value"}}};
  for (const auto& [name, value] : heading.settings)
    t.add({name, value});
  t.write(out, "Settings of the backtest");
}

} // namespace supreme::commands::report
