#include "tests/commands/report_page.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <vector>

namespace supreme::tests {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A tag, and the text from it to the next one.
struct tag {
  std::string name; ///< begins with "/" for an end tag
  std::string attributes;
  std::string text_after;
  bool closed = false; ///< ends in "/>"
};

struct tag_list {
  std::vector<tag> tags;
  std::string fault;
};

/// The end of the tag that begins at `at`: the first ">" outside quotes.
size_t end_of_tag(std::string_view page, size_t at) {
  char quote = 0;
  for (; at < page.size(); ++at) {
    const char c = page[at];
    if (quote != 0)
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      return at;
  }
  return std::string_view::npos;
}

/// Style and script hold anything up to their end tag.
bool is_raw(std::string_view name) { return name == "style" || name == "script"; }

tag_list read_tags(std::string_view page) {
  tag_list list;
  constexpr std::string_view doctype = "<!DOCTYPE html>\n";
  if (!page.starts_with(doctype)) {
    list.fault = "no doctype";
    return list;
  }
  for (size_t at = doctype.size(); at < page.size();) {
    if (page[at] != '<') {
      list.fault = "text where a tag should be: " + std::string{page.substr(at, 40)};
      return list;
    }
    const auto end = end_of_tag(page, at);
    if (end == std::string_view::npos || at + 1 == end
        || !(is_letter(page[at + 1]) || page[at + 1] == '/')) {
      list.fault = "no tag: " + std::string{page.substr(at, 40)};
      return list;
    }
    auto inside = page.substr(at + 1, end - at - 1);
    tag t;
    t.closed = inside.ends_with('/');
    if (t.closed)
      inside.remove_suffix(1);
    const auto space = std::min(inside.find(' '), inside.size());
    t.name = inside.substr(0, space);
    t.attributes = inside.substr(space);
    const auto next = is_raw(t.name) ? page.find("</" + t.name, end) : page.find('<', end);
    t.text_after = page.substr(end + 1, std::min(next, page.size()) - end - 1);
    list.tags.push_back(std::move(t));
    at = std::min(next, page.size());
  }
  return list;
}

/// ` name="value"` again and again, or ` name` alone.
std::string attribute_fault(std::string_view text) {
  std::set<std::string_view> seen;
  while (!text.empty()) {
    if (text.front() != ' ')
      return "no space before " + std::string{text};
    text.remove_prefix(1);
    size_t length = 0;
    while (length < text.size() && (is_letter(text[length]) || text[length] == '-'))
      ++length;
    if (length == 0 || !seen.insert(text.substr(0, length)).second)
      return "no attribute, or one for a second time: " + std::string{text};
    text.remove_prefix(length);
    if (!text.starts_with('='))
      continue;
    const auto end = text.starts_with("=\"") ? text.find('"', 2) : std::string_view::npos;
    if (end == std::string_view::npos)
      return "no quotes: " + std::string{text};
    if (text.substr(0, end).find('<') != std::string_view::npos)
      return "a tag in an attribute: " + std::string{text};
    text.remove_prefix(end + 1);
  }
  return {};
}

std::string entity_fault(std::string_view text) {
  static constexpr std::array<std::string_view, 5> known{"&amp;", "&lt;", "&gt;", "&quot;",
                                                         "&#39;"};
  for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1))
    if (std::none_of(known.begin(), known.end(),
                     [&](auto entity) { return text.substr(at).starts_with(entity); }))
      return "no entity: " + std::string{text.substr(at, 20)};
  return {};
}

bool is_void(std::string_view name) { return name == "meta" || name == "input"; }

std::optional<std::string> attribute(const tag& t, const std::string& name) {
  const auto start = t.attributes.find(" " + name + "=\"");
  if (start == std::string::npos)
    return std::nullopt;
  const auto from = start + name.size() + 3;
  return t.attributes.substr(from, t.attributes.find('"', from) - from);
}

double number(const tag& t, const std::string& name) {
  const auto text = attribute(t, name);
  return text ? std::strtod(text->c_str(), nullptr) : -1;
}

/// The view box of the svg element that is read.
struct view {
  double width = 0;
  double height = 0;
  [[nodiscard]] bool holds(double x, double y) const {
    return x >= 0 && x <= width && y >= 0 && y <= height;
  }
};

/// Absolute commands only: M and L with a point, H and V with one coordinate, Z.
bool path_inside(const std::string& data, const view& box) {
  double x = 0;
  double y = 0;
  for (const char* at = data.c_str(); *at != '\0';) {
    const char command = *at++;
    char* end = const_cast<char*>(at);
    if (command == 'M' || command == 'L') {
      x = std::strtod(at, &end);
      if (end == at || *end != ' ')
        return false;
      at = end;
      y = std::strtod(at, &end);
    } else if (command == 'H') {
      x = std::strtod(at, &end);
    } else if (command == 'V') {
      y = std::strtod(at, &end);
    } else if (command != 'Z') {
      return false;
    }
    if ((command != 'Z' && end == at) || !box.holds(x, y))
      return false;
    at = end;
  }
  return true;
}

struct extent {
  double left;
  double right;
};

/// Letters are reckoned as 6.6 units wide, as digits of the usual fonts are at this size.
extent extent_of(const tag& t) {
  const auto letters = std::count_if(t.text_after.begin(), t.text_after.end(),
                                     [](char c) { return (c & 0xC0) != 0x80; });
  const double width = 6.6 * static_cast<double>(letters);
  const auto anchor = attribute(t, "text-anchor").value_or("start");
  const double x = number(t, "x");
  const double left = anchor == "end" ? x - width : anchor == "middle" ? x - width / 2 : x;
  return {left, left + width};
}

bool text_inside(const tag& t, const view& box) {
  const auto [left, right] = extent_of(t);
  return box.holds(left, number(t, "y") - 9) && box.holds(right, number(t, "y") + 3);
}

/// Whether two texts of a picture lie on top of each other, in part.
bool overlap(const tag& a, const tag& b) {
  const auto x = extent_of(a);
  const auto y = extent_of(b);
  return std::abs(number(a, "y") - number(b, "y")) < 11 && x.left < y.right && y.left < x.right;
}

bool rectangle_inside(const tag& t, const view& box) {
  const double width = number(t, "width");
  const double height = number(t, "height");
  return width >= 0 && height >= 0 && box.holds(number(t, "x"), number(t, "y"))
         && box.holds(number(t, "x") + width, number(t, "y") + height);
}

} // namespace

size_t report_page::count(std::string_view part) const {
  size_t found = 0;
  for (auto at = text_.find(part); at != std::string::npos; at = text_.find(part, at + 1))
    ++found;
  return found;
}

std::string report_page::chart_data() const {
  constexpr std::string_view start = "id=\"chart-data\">";
  const auto from = text_.find(start) + start.size();
  return text_.substr(from, text_.find("</script>", from) - from);
}

std::string report_page::tag_fault() const {
  const auto list = read_tags(text_);
  if (!list.fault.empty())
    return list.fault;
  std::vector<std::string> open;
  for (const auto& t : list.tags) {
    if (auto fault = attribute_fault(t.attributes); !fault.empty())
      return t.name + ": " + fault;
    if (auto fault = is_raw(t.name) ? "" : entity_fault(t.text_after); !fault.empty())
      return t.name + ": " + fault;
    if (t.name.starts_with('/')) {
      if (open.empty() || "/" + open.back() != t.name)
        return t.name + " closes " + (open.empty() ? "nothing" : open.back());
      open.pop_back();
    } else if (!t.closed && !is_void(t.name)) {
      open.push_back(t.name);
    }
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

std::string report_page::coordinate_fault() const {
  view box;
  std::vector<tag> texts; // Of the picture so far.
  for (const auto& t : read_tags(text_).tags) {
    if (t.name == "svg") {
      texts.clear();
      const auto sizes = attribute(t, "viewBox").value_or("");
      char* rest = nullptr;
      box.width = std::strtod(sizes.c_str() + std::string_view{"0 0 "}.size(), &rest);
      box.height = std::strtod(rest, nullptr);
    }
    const bool inside = t.name == "path"   ? path_inside(attribute(t, "d").value_or("none"), box)
                        : t.name == "text" ? text_inside(t, box)
                        : t.name == "rect" ? rectangle_inside(t, box)
                                           : true;
    if (!inside)
      return t.name + t.attributes.substr(0, 300) + " " + t.text_after;
    if (t.name == "text") {
      for (const auto& other : texts)
        if (overlap(t, other))
          return t.text_after + " overlaps " + other.text_after;
      texts.push_back(t);
    }
  }
  return {};
}

std::string report_page::repeated_ids() const {
  std::set<std::string> seen;
  std::string repeated;
  for (const auto& t : read_tags(text_).tags)
    if (const auto id = attribute(t, "id"); id && !seen.insert(*id).second)
      repeated += *id + " ";
  return repeated;
}

} // namespace supreme::tests
