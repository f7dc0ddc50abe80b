#pragma once

#include <string>
#include <string_view>

namespace supreme::commands::report {

// What the page brings along. Neither holds the end of its own element.

[[nodiscard]] std::string_view style_sheet() noexcept;
[[nodiscard]] std::string_view script() noexcept;

/// What the page may do: nothing but apply this style sheet and run this script, which a browser
/// knows by their hashes. It loads nothing, from nowhere, and sends nothing.
[[nodiscard]] std::string content_security_policy();

} // namespace supreme::commands::report
