#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"
#include "commands/report/picture.hpp"
#include "commands/report/sections.hpp"
#include "commands/report/trade_prices.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

namespace supreme::commands::report {

namespace {

using trading::backtest_trade;
using trading::instrument_result;

constexpr size_t instruments_max = 12;
/// Of all charts together.
constexpr size_t marked_trades_max = 1'800;

using trade_list = std::vector<const backtest_trade*>;

trade_list trades_of(const trading::backtest_result& result, const instrument_result& i) {
  trade_list found;
  for (const auto& t : result.trades)
    if (&result.instruments.at(t.instrument) == &i)
      found.push_back(&t);
  return found;
}

time_span span_of(const instrument_result& i) {
  return {i.prices.front().from, i.prices.back().to};
}

/// Where trades begin and end, by how they are marked.
struct marks {
  std::vector<picture::spot> long_entries;
  std::vector<picture::spot> short_entries;
  std::vector<picture::spot> wins;
  std::vector<picture::spot> losses;
  std::vector<picture::segment> won;
  std::vector<picture::segment> lost;
};

marks marks_of(const plot_area& a, const time_span& x, const value_axis& y,
               const trade_list& trades) {
  marks m;
  for (const auto* t : trades) {
    const auto entry = entry_price(t->trade);
    const auto exit = exit_price(t->trade);
    if (!entry || !exit)
      continue;
    const auto from = picture::place(a, x, y, t->trade.opened_at, entry->to_double());
    const auto to = picture::place(a, x, y, t->trade.closed_at, exit->to_double());
    const bool won = t->trade.gross > t->trade.fees;
    (t->trade.direction == trading::side::buy ? m.long_entries : m.short_entries).push_back(from);
    (won ? m.wins : m.losses).push_back(to);
    (won ? m.won : m.lost).push_back({from, to});
  }
  return m;
}

/// Markers thinner than this have thin borders.
constexpr double dense_radius = 3;

/// Many trades have small markers, so that the price stays in sight: together they cover as much as
/// those of `roomy` trades, down to a size that is still seen.
double marker_radius(size_t trades) {
  constexpr double largest = 4.5;
  constexpr double smallest = 1.4;
  constexpr size_t roomy = 150;
  const auto crowd = static_cast<double>(std::max(trades, roomy));
  return std::max(smallest, largest * std::sqrt(static_cast<double>(roomy) / crowd));
}

std::string draw(const instrument_result& i, const trade_list& trades, layout size) {
  picture drawing{size, size == layout::wide ? 340.0 : 300.0, "",
                  "Price of " + i.traded.id.str() + " over time with entries and exits"};
  const auto points = thinned(points_of(i.prices), drawing.point_count());
  double lowest = points.front().lowest;
  double highest = points.front().highest;
  for (const auto& p : points) {
    lowest = std::min(lowest, p.lowest);
    highest = std::max(highest, p.highest);
  }
  const auto x = span_of(i);
  const auto y = value_axis::linear(lowest, highest, 6, value_unit::number);
  const auto a = drawing.area(24, size == layout::wide ? 312.0 : 272.0);
  drawing.value_grid(a, y);
  drawing.title(a, shortened(i.traded.id.str(), 24) + ", " + shortened(i.traded.quote.str(), 12));
  drawing.time_grid(a, x);
  drawing.band(a, x, y, points, "price-band");
  drawing.line(a, x, y, points, "line price");
  const auto m = marks_of(a, x, y, trades);
  drawing.segments(m.won, "held won");
  drawing.segments(m.lost, "held lost");
  const double radius = marker_radius(trades.size());
  const std::string dense = radius < dense_radius ? " dense" : "";
  drawing.markers(m.long_entries, marker::up, radius, "entry" + dense);
  drawing.markers(m.short_entries, marker::down, radius, "entry" + dense);
  drawing.markers(m.wins, marker::diamond, radius, "exit won" + dense);
  drawing.markers(m.losses, marker::diamond, radius, "exit lost" + dense);
  return std::move(drawing).finish();
}

std::string note_text(const std::string& what, const std::string& price,
                      const std::string& reason) {
  return what + " at " + price + (reason.empty() ? "" : ": " + shortened(reason, 80));
}

chart_rows rows_of(const trading::backtest_result& result, const instrument_result& i,
                   const trade_list& trades) {
  constexpr size_t rows_max = 320;
  const auto x = span_of(i);
  const int digits = fraction_digits(i.traded.tick_size);
  const int profit_digits = money_digits(result.statistics.start_equity);
  chart_rows rows;
  rows.labels = {"Close", "Low", "High"};
  for (const auto& p : thinned(points_of(i.prices), rows_max))
    rows.rows.push_back({x.fraction(p.at),
                         time_text(p.at),
                         {number_text(p.value, digits), number_text(p.lowest, digits),
                          number_text(p.highest, digits)}});
  for (const auto* t : trades) {
    const std::string side = t->trade.direction == trading::side::buy ? "long " : "short ";
    rows.notes.push_back(
      {x.fraction(t->trade.opened_at),
       note_text("Entry " + side + exact_text(t->trade.entered),
                 decimal_text(entry_price(t->trade), digits), result.entry_reason_of(*t))});
    rows.notes.push_back(
      {x.fraction(t->trade.closed_at),
       note_text("Exit " + side + "with " + decimal_text(net_profit(t->trade), profit_digits),
                 decimal_text(exit_price(t->trade), digits), result.exit_reason_of(*t))});
  }
  std::stable_sort(rows.notes.begin(), rows.notes.end(),
                   [](const auto& a, const auto& b) { return a.fraction < b.fraction; });
  return rows;
}

void write_choice(std::ostream& out, const std::vector<const instrument_result*>& shown) {
  if (shown.size() < 2)
    return;
  out << "<p class=\"with-script\"><label for=\"instrument\">Instrument</label> "
         "<select id=\"instrument\" data-shows=\"price\">";
  for (size_t n = 0; n < shown.size(); ++n)
    out << "<option value=\"price-" << n << "\">"
        << escape(shortened(shown[n]->traded.id.str(), 60)) << "</option>";
  out << "</select></p>\n";
}

std::string caption_of(size_t marked, size_t all) {
  if (all == 0)
    return "No trade of this instrument was closed.";
  if (marked == all)
    return whole_text(all) + (all == 1 ? " closed trade." : " closed trades.");
  return "The first " + whole_text(marked) + " of " + whole_text(all)
         + " closed trades are marked.";
}

} // namespace

void write_prices(std::ostream& out, figure_writer& figures,
                  const trading::backtest_result& result) {
  section s{out, "prices", "Trades on price"};
  std::vector<const instrument_result*> shown;
  size_t with_prices = 0;
  for (const auto& i : result.instruments)
    if (!i.prices.empty() && ++with_prices <= instruments_max)
      shown.push_back(&i);
  if (shown.empty()) {
    write_sentence(out, "No bar was seen, so there are no prices to draw.");
    return;
  }
  if (shown.size() < with_prices)
    write_sentence(out, "The first " + whole_text(shown.size()) + " of " + whole_text(with_prices)
                          + " instruments.");
  write_choice(out, shown);
  for (size_t n = 0; n < shown.size(); ++n) {
    const auto& i = *shown[n];
    auto trades = trades_of(result, i);
    const size_t all = trades.size();
    trades.resize(std::min(all, marked_trades_max / shown.size()));
    figure f;
    f.id = "price-" + std::to_string(n);
    f.caption = shortened(i.traded.id.str(), 60) + ". " + caption_of(trades.size(), all);
    f.legend = {{"sample price", "Close, with lows and highs"},
                {"sample-mark entry-long", "Long entry"},
                {"sample-mark entry-short", "Short entry"},
                {"sample-mark exit-won", "Exit with a profit"},
                {"sample-mark exit-lost", "Exit without"}};
    f.pictures = {draw(i, trades, layout::wide), draw(i, trades, layout::narrow)};
    f.rows = rows_of(result, i, trades);
    figures.write(f);
  }
}

} // namespace supreme::commands::report
