#include "commands/report/table.hpp"

#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"

#include <ostream>

namespace supreme::commands::report {

namespace {

constexpr size_t cell_characters_max = 160;

const char* class_of(const column& c) { return c.numeric ? " class=\"number\"" : ""; }

} // namespace

void table::write(std::ostream& out, std::string_view label, std::string_view classes) const {
  write_cut_notice(out, rows_.size(), count_, rows_name_);
  out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" << escape(label)
      << "\"><table";
  if (!classes.empty())
    out << " class=\"" << classes << '"';
  out << ">\n<thead><tr>";
  for (const auto& c : columns_)
    out << "<th scope=\"col\"" << class_of(c) << '>' << escape(c.name) << "</th>";
  out << "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows_) {
    out << "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      const char* tag = i == 0 ? "th" : "td";
      out << '<' << tag << (i == 0 ? " scope=\"row\"" : "") << class_of(columns_[i]) << '>'
          << escape(shortened(row[i], cell_characters_max)) << "</" << tag << '>';
    }
    out << "</tr>\n";
  }
  out << "</tbody></table></div>\n";
}

void write_cut_notice(std::ostream& out, size_t shown, size_t all, std::string_view what) {
  if (shown < all)
    out << "<p class=\"cut\">The first " << whole_text(shown) << " of " << whole_text(all) << ' '
        << what << ".</p>\n";
}

} // namespace supreme::commands::report
