#pragma once

#include "storage/failure.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace supreme::storage {

/// One thing that is wrong with the audit trail or contradicts it.
struct audit_defect {
  std::string
    where; ///< "audit.log stream=account/main seq=17", "trading.orders id=m1-3 column=state", ...
  std::string what; ///< one sentence
};

struct audit_report {
  uint64_t rows = 0;   ///< audit rows walked
  uint64_t orders = 0; ///< business rows compared
  uint64_t fills = 0;
  uint64_t positions = 0;
  std::vector<audit_defect>
    defects; ///< at most defaults::audit_defects_max; the first is the first wrong row
  [[nodiscard]] bool clean() const { return defects.empty(); }
};

/// Walks every stream's chain, compares heads (and the signed anchors of `anchor_file` when not
/// empty), rebuilds orders, fills, positions and balances from the payloads and compares them with
/// the business rows. Read-only, one snapshot.
class auditor {
public:
  virtual ~auditor() = default;
  [[nodiscard]] virtual audit_report verify(const std::string& anchor_file) = 0;
};

} // namespace supreme::storage
