#include "commands/html_report.hpp"

#include "commands/report/assets.hpp"
#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"
#include "commands/report/sections.hpp"
#include "commands/token_maker.hpp"
#include "storage/sha256.hpp"

#include <algorithm>
#include <ostream>

namespace supreme::commands {

namespace report {

namespace {

constexpr size_t title_characters_max = 200;

/// As a policy names it: base64 with the letters of RFC 4648, section 4, and its padding.
std::string hash_source(std::string_view content) {
  const auto digest = storage::sha256(content);
  auto text = base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  return "'sha256-" + text + "='";
}

void write_head(std::ostream& out, const std::string& title) {
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      << "<meta http-equiv=\"Content-Security-Policy\" content=\"" << content_security_policy()
      << "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      << "<meta name=\"referrer\" content=\"no-referrer\">\n<title>" << escape(title)
      << "</title>\n<style>" << style_sheet() << "</style>\n</head>\n";
}

std::string period_text(const trading::backtest_result& result) {
  const auto& p = result.statistics;
  std::string text = "Account " + shortened(result.account.str(), 60);
  if (p.from && p.to)
    text += ", " + time_text(*p.from) + " to " + time_text(*p.to) + " UTC, "
            + duration_text(trading::days_between(*p.from, *p.to));
  return text + ". Amounts in " + shortened(result.quote.str(), 20) + ".";
}

void write_page_header(std::ostream& out, const report_heading& heading,
                       const trading::backtest_result& result) {
  out << "<header>\n<h1>" << escape(shortened(heading.title, title_characters_max)) << "</h1>\n";
  if (!heading.subtitle.empty())
    out << "<p class=\"subtitle\">" << escape(shortened(heading.subtitle, 2 * title_characters_max))
        << "</p>\n";
  out << "<p class=\"period\">" << escape(period_text(result)) << "</p>\n";
  if (!result.complete)
    out << "<p class=\"banner\" role=\"note\"><strong>Incomplete.</strong> The backtest was ended "
           "before its last bar: all that follows is about the part that was run.</p>\n";
  out << "<nav aria-label=\"Sections\">";
  struct link {
    const char* id;
    const char* text;
  };
  for (const auto& l :
       {link{"figures", "Key figures"}, link{"equity", "Equity"}, link{"months", "Months"},
        link{"daily", "Daily returns"}, link{"prices", "Trades on price"},
        link{"strategies", "Strategies"}, link{"trades", "Trades"}, link{"settings", "Settings"},
        link{"definitions", "Definitions"}})
    out << "<a href=\"#" << l.id << "\">" << l.text << "</a>";
  out << "</nav>\n</header>\n";
}

} // namespace

std::string content_security_policy() {
  return "default-src 'none'; style-src " + hash_source(style_sheet()) + "; script-src "
         + hash_source(script()) + "; base-uri 'none'; form-action 'none'";
}

section::section(std::ostream& out, std::string_view id, std::string_view title) : out_(out) {
  out_ << "<section id=\"" << id << "\" aria-labelledby=\"" << id << "-title\">\n<h2 id=\"" << id
       << "-title\">" << title << "</h2>\n";
}

section::~section() { out_ << "</section>\n"; }

void write_sentence(std::ostream& out, std::string_view text) {
  out << "<p>" << escape(text) << "</p>\n";
}

} // namespace report

void write_html_report(std::ostream& out, const report_heading& heading,
                       const trading::backtest_result& result) {
  using namespace report;
  figure_writer figures{out};
  write_head(out, shortened(heading.title, title_characters_max));
  out << "<body>\n";
  write_page_header(out, heading, result);
  out << "<main>\n";
  write_key_figures(out, result);
  write_equity(out, figures, result);
  write_months(out, result);
  out << "<div class=\"pair\">\n";
  write_rolling_sharpe(out, figures, result);
  write_exposure(out, figures, result);
  out << "</div>\n";
  write_daily_returns(out, figures, result);
  write_prices(out, figures, result);
  write_trade_statistics(out, result);
  write_strategies(out, result);
  write_instruments(out, result);
  write_refusals(out, result);
  write_trades(out, result);
  write_settings(out, heading);
  write_definitions(out);
  out << "</main>\n<footer>Made by supreme backtest. What a strategy would have done is no promise "
         "of what it will do.</footer>\n<script type=\"application/json\" id=\"chart-data\">"
      << figures.script_json() << "</script>\n<script>" << script() << "</script>\n</body>\n"
      << "</html>\n";
}

} // namespace supreme::commands
