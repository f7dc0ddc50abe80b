#pragma once

#include <string>

namespace supreme::storage {

/// At most defaults::event_detail_max bytes of the text, cut before a UTF-8 character rather than
/// inside it.
[[nodiscard]] std::string cut_event_detail(const std::string& text);

} // namespace supreme::storage
