#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"
#include "commands/report/picture.hpp"
#include "commands/report/sections.hpp"
#include "commands/report/table.hpp"
#include "trading/statistics/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

// Months and days: the heat map and the distribution of daily returns.

namespace supreme::commands::report {

namespace {

constexpr size_t years_max = 200;

/// A cell of the heat map. Its shade grows with the root of the return, so that one large month
/// does not make all others pale; the sign is in the text, too.
void write_month(std::ostream& out, const std::optional<double>& value, double largest,
                 const char* classes) {
  out << "<td class=\"" << classes;
  if (value && *value != 0 && largest > 0) {
    const auto level = std::clamp(std::ceil(4 * std::sqrt(std::abs(*value) / largest)), 1.0, 4.0);
    out << (*value > 0 ? " gain-" : " loss-") << static_cast<int>(level);
  }
  // The column of percentages needs no sign of percent in each cell.
  const double percent = value.value_or(0) * 100;
  const bool huge = std::abs(percent) >= 10'000;
  out << "\">"
      << (!value ? no_value
          : huge ? percent_text(value, 0)
                 : std::string{percent >= 0.05 ? "+" : ""} + number_text(percent, 1))
      << "</td>";
}

double largest_month(std::span<const trading::year_returns> years) {
  double largest = 0;
  for (const auto& year : years)
    for (const auto& month : year.months)
      largest = std::max(largest, std::abs(month.value_or(0)));
  return largest;
}

std::string range_text(double from, double to) {
  return percent_text(from) + " to " + percent_text(to);
}

/// Bins, and where the first begins and the last ends: the same where all returns are equal.
struct distribution {
  trading::histogram bins;
  double from = 0;
  double to = 0;

  [[nodiscard]] double fraction(double value) const {
    return std::clamp((value - from) / (to - from), 0.0, 1.0);
  }
  [[nodiscard]] double edge(size_t bin) const {
    return from + static_cast<double>(bin) * bins.width;
  }
};

distribution distribution_of(std::span<const double> returns) {
  const auto bins = std::clamp(std::sqrt(static_cast<double>(returns.size())) * 1.5, 5.0, 41.0);
  distribution d{trading::make_histogram(returns, static_cast<uint32_t>(bins))};
  d.from = d.bins.low;
  d.to = d.bins.low + d.bins.width * static_cast<double>(d.bins.counts.size());
  return d;
}

std::string draw(const distribution& d, const std::optional<double>& value_at_risk, layout size) {
  picture drawing{size, 260, "", "Histogram of daily returns: number of days by return"};
  const auto a = drawing.area(24, 232);
  const auto highest = *std::max_element(d.bins.counts.begin(), d.bins.counts.end());
  const auto y = value_axis::linear(0, static_cast<double>(std::max<uint64_t>(highest, 4)), 5,
                                    value_unit::number);
  drawing.value_grid(a, y);
  drawing.title(a, "Days");
  for (size_t i = 0; i < d.bins.counts.size(); ++i) {
    const auto middle = d.edge(i) + d.bins.width / 2;
    drawing.bar(a, y, d.fraction(d.edge(i)), d.fraction(d.edge(i + 1)),
                static_cast<double>(d.bins.counts[i]), middle < 0 ? "bar loss" : "bar gain");
  }
  const auto x =
    value_axis::linear(d.from, d.to, size == layout::narrow ? 3 : 5, value_unit::percent);
  std::vector<picture::placed_text> labels;
  for (const auto& tick : x.ticks())
    if (tick.value >= d.from && tick.value <= d.to)
      labels.push_back({d.fraction(tick.value), tick.label});
  drawing.labels_below(a, labels);
  if (d.from < 0 && d.to > 0)
    drawing.upright(a, d.fraction(0), "zero");
  if (value_at_risk && *value_at_risk >= d.from && *value_at_risk <= d.to)
    drawing.upright(a, d.fraction(*value_at_risk), "risk");
  return std::move(drawing).finish();
}

void write_histogram(figure_writer& figures, const distribution& d, size_t days,
                     const trading::performance& p) {
  figure f;
  f.id = "daily-returns";
  f.caption =
    whole_text(days) + " daily returns. A bar's colour is that of the middle of its range.";
  f.legend = {{"sample-bar gain", "Gain"},
              {"sample-bar loss", "Loss"},
              {"sample risk", "Value at risk, 95 %"}};
  f.pictures = {draw(d, p.historical_95.value_at_risk, layout::half),
                draw(d, p.historical_95.value_at_risk, layout::narrow)};
  f.rows.labels = {"Days"};
  for (size_t i = 0; i < d.bins.counts.size(); ++i)
    f.rows.rows.push_back({(d.fraction(d.edge(i)) + d.fraction(d.edge(i + 1))) / 2,
                           range_text(d.edge(i), d.edge(i + 1)),
                           {whole_text(d.bins.counts[i])}});
  figures.write(f);
}

void write_day_table(std::ostream& out, const trading::performance& p) {
  table t{"figures", {{"Daily returns"}, {"", true}}};
  t.add({"Best day", signed_percent_text(p.best_day)});
  t.add({"Worst day", signed_percent_text(p.worst_day)});
  t.add({"Skewness", number_text(p.skewness)});
  t.add({"Kurtosis (normal: 3)", number_text(p.kurtosis)});
  t.add({"Value at risk 95 %, historical", percent_text(p.historical_95.value_at_risk)});
  t.add({"Expected shortfall 95 %, historical", percent_text(p.historical_95.expected_shortfall)});
  t.add({"Value at risk 99 %, historical", percent_text(p.historical_99.value_at_risk)});
  t.add({"Expected shortfall 99 %, historical", percent_text(p.historical_99.expected_shortfall)});
  t.add({"Value at risk 95 %, parametric", percent_text(p.parametric_95.value_at_risk)});
  t.add({"Expected shortfall 95 %, parametric", percent_text(p.parametric_95.expected_shortfall)});
  t.write(out, "Figures of the daily returns");
}

} // namespace

void write_months(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "months", "Monthly returns"};
  const auto& all = result.statistics.months;
  if (all.empty()) {
    write_sentence(out, "No bar was seen, so there are no months.");
    return;
  }
  const std::span years{all.data(), std::min(all.size(), years_max)};
  write_cut_notice(out, years.size(), all.size(), "years");
  out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Monthly returns\">"
         "<table class=\"heat\">\n<thead><tr><th scope=\"col\">%</th>";
  for (const char* month :
       {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Year"})
    out << "<th scope=\"col\">" << month << "</th>";
  out << "</tr></thead>\n<tbody>\n";
  const double largest = largest_month(years);
  for (const auto& year : years) {
    out << "<tr><th scope=\"row\">" << year.year << "</th>";
    for (const auto& month : year.months)
      write_month(out, month, largest, "month");
    write_month(out, year.total, 0, "total");
    out << "</tr>\n";
  }
  out << "</tbody></table></div>\n";
  write_sentence(out, "In per cent. The first and the last month may be parts of months.");
}

void write_daily_returns(std::ostream& out, figure_writer& figures,
                         const trading::backtest_result& result) {
  section s{out, "daily", "Daily returns"};
  out << "<div class=\"pair\">\n<div>\n";
  const auto returns = trading::daily_returns(result.days);
  if (!returns)
    write_sentence(out, "A day closed with no equity left, so daily returns are not defined.");
  else if (returns->size() < 2)
    write_sentence(out, "A distribution takes at least two daily returns.");
  else if (const auto d = distribution_of(*returns); d.from < d.to)
    write_histogram(figures, d, returns->size(), result.statistics);
  else
    write_sentence(out, "All " + whole_text(returns->size()) + " daily returns are "
                          + percent_text(returns->front()) + ".");
  out << "</div>\n";
  write_day_table(out, result.statistics);
  out << "</div>\n";
}

} // namespace supreme::commands::report
