#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace supreme::commands::report {

/// Text for HTML, between tags as well as in an attribute with double or single quotes. Control
/// characters and bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string escape(std::string_view text);

/// The first `characters` characters, with "…" in the place of the rest. Not escaped.
[[nodiscard]] std::string shortened(std::string_view text, size_t characters);

/// JSON text that may stand in a script element: the same value, without any character that HTML
/// reads.
[[nodiscard]] std::string escape_script_json(std::string_view json);

} // namespace supreme::commands::report
