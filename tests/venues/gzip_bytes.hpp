#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace supreme::tests {

/// One gzip member that holds the text.
inline std::string gzip(std::string_view text) {
  z_stream z{};
  constexpr int window_with_gzip_header = 15 + 16;
  if (::deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, window_with_gzip_header, 8, Z_DEFAULT_STRATEGY)
      != Z_OK)
    throw std::runtime_error{"deflateInit2"};
  std::string out(::deflateBound(&z, text.size()) + 64, '\0');
  std::string in{text};
  z.next_in = reinterpret_cast<unsigned char*>(in.data());
  z.avail_in = static_cast<unsigned>(in.size());
  z.next_out = reinterpret_cast<unsigned char*>(out.data());
  z.avail_out = static_cast<unsigned>(out.size());
  const int code = ::deflate(&z, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  ::deflateEnd(&z);
  if (code != Z_STREAM_END)
    throw std::runtime_error{"deflate"};
  return out;
}

} // namespace supreme::tests
