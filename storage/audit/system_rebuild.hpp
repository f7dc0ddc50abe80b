#pragma once

#include "storage/audit/audit_row.hpp"
#include "storage/audit/defect_list.hpp"
#include "storage/audit/table.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace supreme::storage {

/// Computes what the rows that belong to no single account must be, from the streams "modes",
/// "config", "cluster" and "replay/...".
class system_rebuild {
public:
  explicit system_rebuild(defect_list& defects) : defects_(defects) {}

  void add(const audit_row& row);
  [[nodiscard]] expected_tables& tables() { return tables_; }

private:
  void mode_changed(const audit_row& row, const nlohmann::json& in);
  void cluster_event(const audit_row& row, const nlohmann::json& in);
  void step(const audit_row& row, const nlohmann::json& in);

  defect_list& defects_;
  expected_tables tables_;
  std::map<std::pair<std::string, std::string>, std::string> tightened_by_;
};

} // namespace supreme::storage
