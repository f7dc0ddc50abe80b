#pragma once

#include "trading/market/timestamp.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace supreme::tests {

/// A strategy kind with parameters that decide often, so that a short market says much. A new kind
/// of the registry is one row of quick_kinds().
struct quick_kind {
  std::string kind;
  std::string parameters; ///< TOML lines
  size_t width = 1;       ///< instruments of one instance
};
[[nodiscard]] const std::vector<quick_kind>& quick_kinds();

struct market_instrument {
  std::string id;
  std::string base;
  std::string tick;
  std::string lot;
  std::string start_price;    ///< of a generated market
  std::filesystem::path file; ///< of a recorded one
};

/// One account that trades every kind on every instrument, both ways, on too little cash and under
/// limits that refuse much.
struct parity_market {
  std::string name;
  std::string quote;
  std::vector<market_instrument> instruments;
  int64_t interval_s = 60;
  uint64_t seed = 0;        ///< of a generated market; 0: recorded
  trading::timestamp end;   ///< bars that close later are not read
  std::string cash;         ///< to begin with
  std::string notional;     ///< of an order
  std::string notional_max; ///< the account's limit: less than the notional plus its rounding

  [[nodiscard]] std::string to_toml() const;
};

/// Generated from a seed: three instruments, one bar a minute.
[[nodiscard]] parity_market generated_market(uint64_t seed, int64_t minutes);

} // namespace supreme::tests
