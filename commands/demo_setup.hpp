#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace supreme::commands {

/// What the person asked the demo for.
struct demo_options {
  std::vector<std::string> replay_files; ///< empty: a generated market
  bool lockstep = false;                 ///< as fast as the protocol allows
  int64_t speed = 60;                    ///< event seconds per second when not lockstep
  bool exit_when_finished = false;
  bool parity = false;         ///< compare the finished run with a backtest
  bool resume = false;         ///< go on where the last session stopped
  bool spread_account = false; ///< guard, executor and portfolio on three different nodes
  uint32_t nodes = 3;
  uint32_t instances = 2; ///< of the strategy that trades every instrument
  uint64_t seed = 7;
  uint16_t gateway_port = 8080;
};

/// Files and addresses of one demo, all below var/demo.
struct demo_site {
  std::filesystem::path folder;
  std::string database; ///< conninfo; no secrets: a private socket
  std::filesystem::path cluster_file;
  std::filesystem::path venue_file;
  std::filesystem::path venue_ledger;
  std::map<std::string, std::filesystem::path> node_files;  ///< by node name
  std::map<std::string, std::filesystem::path> token_files; ///< by principal
  uint16_t gateway_port = 0;
  std::filesystem::path anchor_file; ///< signed audit heads of the first node
};

inline constexpr const char* demo_cluster_name = "demo";

/// Starts the private PostgreSQL, gives it an empty database unless resuming, makes certificates,
/// tokens and configuration files, and applies the cluster configuration. Throws verb_error or
/// store_failure.
[[nodiscard]] demo_site set_up_demo(const demo_options& options, std::ostream& out);

/// The instruments and bar length that recorded files are about: "BTCUSDT_1m_….csv". Throws
/// verb_error naming the file.
struct recorded_input {
  trading::instrument_id instrument;
  int64_t interval_s = 0;
  std::string path; ///< absolute
};
[[nodiscard]] recorded_input describe_file(const std::string& path);

} // namespace supreme::commands
