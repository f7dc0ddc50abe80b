#pragma once

#include "storage/audit/audit_row.hpp"
#include "storage/audit/defect_list.hpp"
#include "storage/audit_anchor.hpp"

#include <map>
#include <optional>
#include <string>

namespace supreme::storage {

/// Walks one stream row by row: numbers without gaps, each hash right and bound to the one before,
/// the head and every signed anchor where the rows say. An altered row gives one defect, not one
/// for each row after it.
class chain_walk {
public:
  /// `anchors` are the signed heads of this stream by number.
  chain_walk(std::string stream, std::map<int64_t, std::string> anchors, defect_list& defects);

  void add(const audit_row& row);
  void finish(const std::optional<audit_head>& head);

  [[nodiscard]] bool intact() const { return intact_; }

private:
  void fault(int64_t seq, const std::string& what);

  std::string stream_;
  std::map<int64_t, std::string> anchors_;
  defect_list& defects_;
  int64_t last_seq_ = 0;
  std::string stored_hash_;   ///< of the last row, as it stands there
  std::string computed_hash_; ///< of the last row, as it should be
  bool intact_ = true;
};

} // namespace supreme::storage
