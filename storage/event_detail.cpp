#include "storage/event_detail.hpp"

#include "config/defaults.hpp"

namespace supreme::storage {

std::string cut_event_detail(const std::string& text) {
  auto size = config::defaults::event_detail_max;
  if (text.size() <= size)
    return text;
  const auto continues = [&](size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (size > 0 && continues(size))
    --size;
  return text.substr(0, size);
}

} // namespace supreme::storage
