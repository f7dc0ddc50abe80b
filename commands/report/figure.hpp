#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace supreme::commands::report {

/// What the crosshair says of a chart: one row for each place on its horizontal axis.
struct chart_rows {
  struct row {
    double fraction = 0; ///< of the width of the chart's areas
    std::string head;
    std::vector<std::string> values; ///< in the order of `labels`
  };
  /// Something that happened at a place between the rows.
  struct note {
    double fraction = 0;
    std::string text;
  };
  std::vector<std::string> labels;
  std::vector<row> rows;   ///< from left to right
  std::vector<note> notes; ///< from left to right
};

/// How a line or marker looks, and what it is.
struct legend_entry {
  std::string classes; ///< CSS classes of its sample
  std::string text;
};

struct figure {
  std::string id; ///< [a-z0-9-], once in the page
  std::string caption;
  std::vector<legend_entry> legend;
  std::vector<std::string> pictures; ///< svg elements
  bool logarithmic = false; ///< some of the pictures are of class log, others linear: let choose
  chart_rows rows;
};

/// Writes figures and keeps what the page's script must know of them.
class figure_writer {
public:
  explicit figure_writer(std::ostream& out) : out_(out) {}
  void write(const figure& f);
  /// Of all figures so far; safe inside a script element.
  [[nodiscard]] std::string script_json() const;

private:
  std::ostream& out_;
  std::string members_; ///< of the JSON object, one for each figure
};

} // namespace supreme::commands::report
