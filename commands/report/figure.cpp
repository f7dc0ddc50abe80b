#include "commands/report/figure.hpp"

#include "commands/report/escape.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <ostream>

namespace supreme::commands::report {

namespace {

using nlohmann::json;

/// Fractions as whole ten-thousandths, which is finer than any screen.
int64_t place_of(double fraction) { return std::llround(fraction * 10'000); }

json json_of(const chart_rows& rows) {
  auto places = json::array();
  auto heads = json::array();
  auto values = json::array();
  for (const auto& row : rows.rows) {
    places.push_back(place_of(row.fraction));
    heads.push_back(row.head);
    values.push_back(row.values);
  }
  auto notes = json::array();
  for (const auto& note : rows.notes)
    notes.push_back(json::array({place_of(note.fraction), note.text}));
  return {{"labels", rows.labels},
          {"at", places},
          {"heads", heads},
          {"values", values},
          {"notes", notes}};
}

void write_scale_choice(std::ostream& out, const std::string& id) {
  for (const char* scale : {"linear", "log"}) {
    const bool first = scale == std::string_view{"linear"};
    out << "<input type=\"radio\" class=\"choice choose-" << scale << "\" name=\"" << id
        << "-scale\" id=\"" << id << '-' << scale << "\"" << (first ? " checked" : "")
        << "><label for=\"" << id << '-' << scale << "\">" << (first ? "Linear" : "Logarithmic")
        << "</label>\n";
  }
}

} // namespace

void figure_writer::write(const figure& f) {
  out_ << "<figure id=\"" << f.id << "-chart\" data-chart=\"" << f.id << "\">\n";
  if (!f.legend.empty()) {
    out_ << "<ul class=\"legend\">";
    for (const auto& entry : f.legend)
      out_ << "<li><span class=\"" << entry.classes << "\" aria-hidden=\"true\"></span>"
           << escape(entry.text) << "</li>";
    out_ << "</ul>\n";
  }
  if (f.logarithmic)
    write_scale_choice(out_, f.id);
  for (const auto& svg : f.pictures)
    out_ << svg;
  out_ << "<div class=\"readout\" aria-live=\"polite\" hidden></div>\n<figcaption>"
       << escape(f.caption) << "</figcaption>\n</figure>\n";
  const auto data = json_of(f.rows).dump(-1, ' ', true, json::error_handler_t::replace);
  members_ += (members_.empty() ? "\"" : ",\"") + f.id + "\":" + data;
}

std::string figure_writer::script_json() const { return escape_script_json("{" + members_ + "}"); }

} // namespace supreme::commands::report
