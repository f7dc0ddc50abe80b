#include "trading/orders/signal.hpp"

namespace supreme::trading {

const char* to_string(target t) noexcept {
  switch (t) {
    case target::flat:
      return "flat";
    case target::long_position:
      return "long";
    case target::short_position:
      return "short";
  }
  return "invalid";
}

} // namespace supreme::trading
