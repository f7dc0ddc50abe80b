#pragma once

#include "commands/child_process.hpp"
#include "commands/demo_setup.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace supreme::tests {

/// Real processes on this machine: a venue, nodes and a private PostgreSQL with an empty database,
/// in a folder of state of their own. They end with the object. The program is the one
/// SUPREME_BINARY names.
class running_cluster {
public:
  explicit running_cluster(const commands::demo_options& options);
  ~running_cluster();
  running_cluster(const running_cluster&) = delete;
  running_cluster& operator=(const running_cluster&) = delete;

  void start_node(const std::string& name);
  /// kill -9.
  void kill_node(const std::string& name);
  void kill_venue();
  void start_venue();
  [[nodiscard]] pid_t pid(const std::string& name) const { return nodes_.at(name).pid(); }
  [[nodiscard]] bool runs(const std::string& name) const { return nodes_.count(name) != 0; }

  /// The first column of the first row; empty when there is no row or it is null.
  [[nodiscard]] std::string value(const std::string& sql);
  [[nodiscard]] std::vector<std::string> lines(const std::string& sql);
  [[nodiscard]] uint64_t step();
  [[nodiscard]] bool finished();
  /// The node that holds a unit now; empty when nobody live does.
  [[nodiscard]] std::string holder(const std::string& unit);

  /// Looks until `sql` yields true; throws when it does not within `patience`, naming what was
  /// waited for.
  void wait_until(const std::string& sql, std::chrono::seconds patience);

  [[nodiscard]] const commands::demo_site& site() const { return site_; }
  /// The program that all of them run.
  [[nodiscard]] const std::string& program() const { return program_; }
  /// `supreme config apply` with the site's cluster file, as a person does it. Throws what it says
  /// when it is refused.
  void apply_config();

private:
  commands::demo_site site_;
  std::string program_;
  commands::child_process venue_;
  std::map<std::string, commands::child_process> nodes_;
  std::unique_ptr<pqxx::connection> database_;
};

/// Everything a replay decides and books, one line per row, without what may differ between two
/// runs: epochs, nodes, process times, and the order ids that carry an epoch.
[[nodiscard]] std::vector<std::string> replay_rows(running_cluster& cluster);

/// The first lines in which two runs differ; empty when they are the same.
[[nodiscard]] std::string first_difference(const std::vector<std::string>& expected,
                                           const std::vector<std::string>& actual);

} // namespace supreme::tests
