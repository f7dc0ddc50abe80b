#pragma once

#include "commands/report/series.hpp"
#include "commands/report/time_axis.hpp"
#include "commands/report/value_axis.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::commands::report {

/// A chart is drawn twice, for broad screens (over the whole width or half of it) and for narrow
/// ones: letters keep their size.
enum class layout : uint8_t { wide = 1, half = 2, narrow = 3 };

/// The rectangle that values are drawn in, in units of the view box; top < bottom.
struct plot_area {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

/// Shapes that tell what happened without colour.
enum class marker : uint8_t { up = 1, down = 2, diamond = 3 };

/// An SVG picture in the making. Every coordinate lies in its view box.
class picture {
public:
  /// `classes` are CSS classes, `label` tells what is shown to those who do not see it.
  picture(layout size, double height, std::string_view classes, std::string_view label);

  /// From the left to the right margin; the lowest 22 units below the last area are for the time.
  [[nodiscard]] plot_area area(double top, double bottom) const noexcept;
  /// How many ticks of time fit side by side, and how many points of a line are worth drawing.
  [[nodiscard]] size_t time_tick_count() const noexcept;
  [[nodiscard]] size_t point_count() const noexcept;

  void value_grid(const plot_area& a, const value_axis& y);
  void time_grid(const plot_area& a, const time_span& x);
  /// A name in the upper left corner of an area.
  void title(const plot_area& a, std::string_view text);
  /// Where `value` lies, across the area.
  void level(const plot_area& a, const value_axis& y, double value, std::string_view classes);

  void line(const plot_area& a, const time_span& x, const value_axis& y,
            std::span<const chart_point> points, std::string_view classes);
  /// Between the lowest and the highest of each point.
  void band(const plot_area& a, const time_span& x, const value_axis& y,
            std::span<const chart_point> points, std::string_view classes);
  /// Between `base` and the lowest values, or the highest where these are further from it.
  void filled(const plot_area& a, const time_span& x, const value_axis& y,
              std::span<const chart_point> points, double base, std::string_view classes);
  /// From `left` to `right`, fractions of the area, and from 0 to the value.
  void bar(const plot_area& a, const value_axis& y, double left, double right, double value,
           std::string_view classes);
  /// A line across the heights of an area, at a fraction of its width.
  void upright(const plot_area& a, double fraction, std::string_view classes);
  struct placed_text {
    double fraction = 0; ///< of the area's width
    std::string text;
  };
  /// Texts below an area, from left to right. One that would touch its neighbour is left out.
  void labels_below(const plot_area& a, std::span<const placed_text> labels);

  struct spot {
    double x = 0; ///< in units of the view box
    double y = 0;
  };
  [[nodiscard]] static spot place(const plot_area& a, const time_span& x, const value_axis& y,
                                  trading::timestamp at, double value) noexcept;
  /// `radius` > 0, in units of the view box.
  void markers(std::span<const spot> spots, marker shape, double radius, std::string_view classes);
  struct segment {
    spot from;
    spot to;
  };
  void segments(std::span<const segment> all, std::string_view classes);

  /// The svg element.
  [[nodiscard]] std::string finish() &&;

private:
  void path(std::string_view data, std::string_view classes);
  void text(double x, double y, std::string_view anchor, std::string_view content);

  double width_;
  double height_;
  std::string svg_;
};

} // namespace supreme::commands::report
