#pragma once

#include "storage/failure.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace supreme::storage {

struct node_registration {
  std::string node;       ///< name from the node's configuration, unique among live nodes
  std::string runtime_id; ///< CAF's node id; unique among live nodes, else registration is refused
  std::string cluster;    ///< cluster id; must equal the database's
  std::string build;      ///< build id; must equal that of every live node
  std::string messages;   ///< hash of the message set; likewise
  std::string host;       ///< where peers connect
  uint16_t port = 0;
  std::map<std::string, std::string> labels;
  int64_t ttl_ms = 0;
};

struct registered {
  uint64_t incarnation = 0; ///< 0 when refused
  std::string refusal;      ///< why
};

struct node_row {
  std::string node;
  uint64_t incarnation = 0;
  std::string runtime_id;
  std::string host;
  uint16_t port = 0;
  std::map<std::string, std::string> labels;
  uint64_t config_version = 0; ///< acknowledged in its heartbeat
  bool live = false;           ///< state live and not expired (server clock)
  int64_t age_ms = 0;          ///< since its registration
};

struct unit_row {
  std::string unit;
  std::string holder; ///< empty when free
  uint64_t holder_incarnation = 0;
  uint64_t epoch = 0;
};

/// What one heartbeat learns; nodes are ordered by name, units by unit.
struct cluster_view {
  bool alive = false; ///< false: this incarnation has expired or was declared dead: fence and exit
  std::vector<node_row> nodes; ///< all that are live, and the dead of the last hour
  std::vector<unit_row> units;
  uint64_t config_version = 0; ///< newest committed
};

struct config_row {
  uint64_t version = 0;
  std::string text;   ///< the file as given
  std::string sha256; ///< hex
  std::string applied_by;
};

/// Something that happened to an actor or a node, for the history views.
struct actor_event {
  std::string node;
  uint64_t incarnation = 0;
  std::string actor;  ///< unit or actor name
  std::string kind;   ///< "started", "stopped", "crashed", "restarted", "quarantined", "poison",
                      ///< "refused_peer", ...
  uint64_t epoch = 0; ///< of the unit, 0 when none
  std::string detail; ///< at most defaults::event_detail_max bytes; longer text is cut
};

/// Heartbeats, epochs and configuration versions. Every call is one round trip and throws
/// store_failure. Blocking; one thread at a time per object. All times are the database server's.
class cluster_store {
public:
  virtual ~cluster_store() = default;

  [[nodiscard]] virtual registered register_node(const node_registration& r) = 0;
  /// Renews the heartbeat, declares expired nodes dead, and reads the view, in one round trip.
  [[nodiscard]] virtual cluster_view renew(const std::string& node, uint64_t incarnation,
                                           int64_t ttl_ms, uint64_t config_version) = 0;
  /// The view without renewing anything (tools, gateway). `alive` is meaningless.
  [[nodiscard]] virtual cluster_view view() = 0;
  /// Orderly leave: state becomes 'left', all held units are released.
  virtual void leave(const std::string& node, uint64_t incarnation) = 0;
  /// Raises the unit's epoch for this node if the unit is free or its holder incarnation is not
  /// live; the unit row is made when missing. Nothing when somebody live holds it or this
  /// incarnation is not live itself.
  [[nodiscard]] virtual std::optional<uint64_t>
  claim(const std::string& unit, const std::string& node, uint64_t incarnation) = 0;
  /// Gives the unit back; false when this claim no longer holds it.
  virtual bool release(const std::string& unit, const std::string& node, uint64_t incarnation,
                       uint64_t epoch) = 0;
  /// A number never given before, for executor incarnations.
  [[nodiscard]] virtual uint64_t next_incarnation() = 0;

  [[nodiscard]] virtual std::optional<config_row> latest_config() = 0;
  [[nodiscard]] virtual std::optional<config_row> config(uint64_t version) = 0;
  /// Commits a new version when the newest one is still `expected_previous` (0 = none); nothing
  /// otherwise.
  [[nodiscard]] virtual std::optional<uint64_t> apply_config(const std::string& text,
                                                             const std::string& sha256,
                                                             const std::string& applied_by,
                                                             uint64_t expected_previous) = 0;
  virtual void record_event(const actor_event& e) = 0;
};

} // namespace supreme::storage
