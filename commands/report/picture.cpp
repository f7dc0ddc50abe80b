#include "commands/report/picture.hpp"

#include "commands/report/escape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace supreme::commands::report {

namespace {

constexpr double left_margin = 76;
constexpr double right_margin = 14;
constexpr double letter_width = 6.8; ///< of the widest system fonts at 12 units, digits

/// One fraction digit: a tenth of a unit is less than anybody sees.
std::string unit_text(double value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                 std::round(value * 10) / 10 + 0.0, std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

std::string pair_text(picture::spot s) { return unit_text(s.x) + " " + unit_text(s.y); }

double across(const plot_area& a, double fraction) {
  return a.left + fraction * (a.right - a.left);
}

double upward(const plot_area& a, const value_axis& y, double value) {
  return a.bottom - y.fraction(value) * (a.bottom - a.top);
}

/// The letters that are seen: bytes that do not continue a UTF-8 character.
double text_width(std::string_view text) {
  const auto letters =
    std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return letter_width * static_cast<double>(letters);
}

} // namespace

picture::picture(layout size, double height, std::string_view classes, std::string_view label)
  : width_(size == layout::wide   ? 960
           : size == layout::half ? 540
                                  : 400),
    height_(height) {
  const auto a = area(0, 0);
  svg_ = "<svg class=\"";
  svg_.append(size == layout::narrow ? "narrow" : "broad").append(classes.empty() ? "" : " ");
  svg_.append(classes).append("\" viewBox=\"0 0 ").append(unit_text(width_)).append(" ");
  svg_.append(unit_text(height_)).append("\" role=\"img\" tabindex=\"0\" aria-label=\"");
  svg_.append(escape(label)).append("\" data-left=\"").append(unit_text(a.left));
  svg_.append("\" data-right=\"").append(unit_text(a.right)).append("\">\n");
}

plot_area picture::area(double top, double bottom) const noexcept {
  return {left_margin, top, width_ - right_margin, bottom};
}

size_t picture::time_tick_count() const noexcept {
  return static_cast<size_t>((width_ - left_margin - right_margin) / 64);
}
size_t picture::point_count() const noexcept { return static_cast<size_t>(width_ / 2); }

void picture::path(std::string_view data, std::string_view classes) {
  if (!data.empty())
    svg_.append("<path class=\"").append(classes).append("\" d=\"").append(data).append("\"/>\n");
}

void picture::text(double x, double y, std::string_view anchor, std::string_view content) {
  svg_.append("<text x=\"").append(unit_text(x)).append("\" y=\"").append(unit_text(y));
  svg_.append("\" text-anchor=\"").append(anchor).append("\">");
  svg_.append(escape(content)).append("</text>\n");
}

void picture::value_grid(const plot_area& a, const value_axis& y) {
  std::string lines;
  for (const auto& tick : y.ticks()) {
    const double at = upward(a, y, tick.value);
    lines += "M" + pair_text({a.left, at}) + "H" + unit_text(a.right);
    text(a.left - 7, at + 4, "end", tick.label);
  }
  path(lines, "grid");
}

void picture::time_grid(const plot_area& a, const time_span& x) {
  std::string lines;
  std::vector<placed_text> labels;
  for (auto& tick : time_ticks(x, time_tick_count())) {
    const double fraction = x.fraction(tick.at);
    lines += "M" + pair_text({across(a, fraction), a.bottom}) + "V" + unit_text(a.bottom + 5);
    labels.push_back({fraction, std::move(tick.label)});
  }
  labels_below(a, labels);
  lines += "M" + pair_text({a.left, a.bottom}) + "H" + unit_text(a.right);
  path(lines, "axis");
}

void picture::labels_below(const plot_area& a, std::span<const placed_text> labels) {
  constexpr double gap = 6;
  double free_from = 0;
  for (const auto& each : labels) {
    const double half = text_width(each.text) / 2;
    const double at = std::clamp(across(a, each.fraction), half, width_ - half);
    if (at - half < free_from)
      continue;
    text(at, a.bottom + 18, "middle", each.text);
    free_from = at + half + gap;
  }
}

void picture::title(const plot_area& a, std::string_view content) {
  text(a.left, a.top - 7, "start", content);
}

void picture::level(const plot_area& a, const value_axis& y, double value,
                    std::string_view classes) {
  path("M" + pair_text({a.left, upward(a, y, value)}) + "H" + unit_text(a.right), classes);
}

void picture::line(const plot_area& a, const time_span& x, const value_axis& y,
                   std::span<const chart_point> points, std::string_view classes) {
  std::string data;
  for (const auto& p : points)
    data += (data.empty() ? "M" : "L") + pair_text(place(a, x, y, p.at, p.value));
  // A single point is a line without length, which round ends make visible.
  if (points.size() == 1)
    data += "L" + pair_text(place(a, x, y, points[0].at, points[0].value));
  path(data, classes);
}

void picture::band(const plot_area& a, const time_span& x, const value_axis& y,
                   std::span<const chart_point> points, std::string_view classes) {
  std::string data;
  for (const auto& p : points)
    data += (data.empty() ? "M" : "L") + pair_text(place(a, x, y, p.at, p.highest));
  for (auto p = points.rbegin(); p != points.rend(); ++p)
    data += "L" + pair_text(place(a, x, y, p->at, p->lowest));
  path(points.empty() ? data : data + "Z", classes);
}

void picture::filled(const plot_area& a, const time_span& x, const value_axis& y,
                     std::span<const chart_point> points, double base, std::string_view classes) {
  if (points.empty())
    return;
  std::string data = "M" + pair_text(place(a, x, y, points.front().at, base));
  for (const auto& p : points) {
    const double far = base - p.lowest > p.highest - base ? p.lowest : p.highest;
    data += "L" + pair_text(place(a, x, y, p.at, far));
  }
  data += "L" + pair_text(place(a, x, y, points.back().at, base)) + "Z";
  path(data, classes);
}

void picture::bar(const plot_area& a, const value_axis& y, double left, double right, double value,
                  std::string_view classes) {
  const double x = across(a, left);
  const double top = upward(a, y, value);
  svg_.append("<rect class=\"").append(classes).append("\" x=\"").append(unit_text(x));
  svg_.append("\" y=\"").append(unit_text(top)).append("\" width=\"");
  svg_.append(unit_text(across(a, right) - x)).append("\" height=\"");
  svg_.append(unit_text(upward(a, y, 0) - top)).append("\"/>\n");
}

void picture::upright(const plot_area& a, double fraction, std::string_view classes) {
  path("M" + pair_text({across(a, fraction), a.top}) + "V" + unit_text(a.bottom), classes);
}

picture::spot picture::place(const plot_area& a, const time_span& x, const value_axis& y,
                             trading::timestamp at, double value) noexcept {
  return {across(a, x.fraction(at)), upward(a, y, value)};
}

void picture::markers(std::span<const spot> spots, marker shape, double r,
                      std::string_view classes) {
  std::string data;
  for (const auto& s : spots) {
    const double tip = shape == marker::up ? -r : r;
    const std::array<spot, 4> corners =
      shape != marker::diamond ? std::array<spot, 4>{spot{s.x, s.y + tip}, spot{s.x + r, s.y - tip},
                                                     spot{s.x - r, s.y - tip}, spot{s.x, s.y + tip}}
                               : std::array<spot, 4>{spot{s.x, s.y - r}, spot{s.x + r, s.y},
                                                     spot{s.x, s.y + r}, spot{s.x - r, s.y}};
    char command = 'M';
    for (const auto& c : corners) {
      data += command + pair_text(c);
      command = 'L';
    }
    data += 'Z';
  }
  path(data, classes);
}

void picture::segments(std::span<const segment> all, std::string_view classes) {
  std::string data;
  for (const auto& s : all)
    data += "M" + pair_text(s.from) + "L" + pair_text(s.to);
  path(data, classes);
}

std::string picture::finish() && {
  svg_ += "<path class=\"cross\" d=\"\"/>\n</svg>\n";
  return std::move(svg_);
}

} // namespace supreme::commands::report
