#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace supreme::tests {

/// A report read back. What is wrong is told as text, which is empty when nothing is.
class report_page {
public:
  explicit report_page(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool has(std::string_view part) const {
    return text_.find(part) != std::string::npos;
  }
  [[nodiscard]] size_t count(std::string_view part) const;
  [[nodiscard]] size_t charts() const { return count("<figure "); }
  /// The JSON that the script reads.
  [[nodiscard]] std::string chart_data() const;

  /// Every tag is closed, in order; every attribute is quoted; nothing else looks like a tag or an
  /// entity without being one.
  [[nodiscard]] std::string tag_fault() const;
  /// Paths, rectangles and texts of every svg element lie in its view box, a text with all its
  /// letters and on no other text.
  [[nodiscard]] std::string coordinate_fault() const;
  [[nodiscard]] std::string repeated_ids() const;

private:
  std::string text_;
};

} // namespace supreme::tests
