#pragma once

#include "config/defaults.hpp"
#include "storage/audit.hpp"

#include <string>
#include <utility>

namespace supreme::storage {

/// Collects defects up to the limit; the rest of a trail that was rewritten says nothing new.
class defect_list {
public:
  explicit defect_list(audit_report& report) : report_(report) {}

  void add(std::string where, std::string what) {
    if (report_.defects.size() < config::defaults::audit_defects_max)
      report_.defects.push_back({std::move(where), std::move(what)});
  }
  [[nodiscard]] size_t size() const { return report_.defects.size(); }

private:
  audit_report& report_;
};

[[nodiscard]] inline std::string audit_place(const std::string& stream, int64_t seq) {
  return "audit.log stream=" + stream + " seq=" + std::to_string(seq);
}

} // namespace supreme::storage
