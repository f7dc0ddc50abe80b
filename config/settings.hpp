#pragma once

#include "trading/market/instrument.hpp"
#include "trading/market/timestamp.hpp"
#include "trading/orders/order.hpp"
#include "trading/risk/pre_trade.hpp"
#include "trading/risk/risk_policy.hpp"
#include "trading/strategies/strategy.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace supreme::config {

using labels = std::map<std::string, std::string>;

/// Where a unit may run: every label named here must be equal on the node. Empty: anywhere.
using placement = labels;

struct lease_settings {
  int64_t ttl_ms = 3000; ///< heartbeat row expires this long after its last renewal
  int64_t renew_ms = 500;
  int64_t self_fence_ms =
    2000; ///< a node that has not renewed for this long stops trading by itself; < ttl_ms
  int64_t rebalance_after_ms = 5000; ///< the node set must be stable this long before units move
  uint32_t moves_at_once = 2;        ///< units one node gives away per rebalancing round
};

enum class feed_kind : uint8_t { csv = 1, generated = 2 };

struct feed_settings {
  std::string name;
  feed_kind kind = feed_kind::generated;
  int64_t interval_s = 60; ///< length of a bar
  uint32_t shards = 1;     ///< actors the symbols are spread over
  /// instrument → path; csv only. The file must be readable on every node the feed may run on.
  std::map<trading::instrument_id, std::string> files;
  /// instrument → path of the price factors that its bars are adjusted by; csv only.
  std::map<trading::instrument_id, std::string> factors;
  /// generated only: instruments with their first price.
  std::map<trading::instrument_id, trading::price> start_prices;
  uint64_t seed = 1;        ///< generated only
  trading::timestamp start; ///< generated only: open time of the first bar
  int64_t volatility_ppb =
    1'000'000; ///< generated only: standard deviation of a bar's return, parts per billion
  placement where;
};

struct venue_settings {
  trading::venue_id id;
  std::string host; ///< where its process listens
  uint16_t port = 0;
};

struct account_settings {
  trading::account_id id;
  trading::venue_id venue;
  trading::asset_id quote;                             ///< the asset equity is measured in
  std::map<trading::asset_id, trading::money> initial; ///< balances when the account is opened
  trading::risk_limits limits;                         ///< for every instrument …
  std::map<trading::instrument_id, trading::risk_limits>
    instrument_limits;              ///< … unless named here (complete, inherited when not given)
  trading::risk_policy policy;      ///< beyond the limits of an instrument
  std::string shard;                ///< of client order ids: 1–8 of [a-z]
  int64_t receive_window_ms = 2000; ///< W: how long a submitted order may arrive at the venue
  placement guard_where;
  placement executor_where;
  placement portfolio_where;
};

struct strategy_settings {
  trading::strategy_id id;
  std::string kind; ///< "momentum"
  trading::account_id account;
  std::string feed;
  std::vector<trading::instrument_id> instruments; ///< one slot each
  uint32_t instances = 1;                          ///< actors the slots are spread over
  trading::parameters parameters;                  ///< complete: defaults filled in
  trading::sizing size;
  placement where;
  /// Of the plug-in that its kind comes from, lower-case hexadecimal; empty for a built-in kind.
  std::string library_sha256;
};

/// A library of custom strategies.
struct strategy_plugin_settings {
  std::string path;   ///< as the file says; relative to the file's folder
  std::string sha256; ///< of its bytes, lower-case hexadecimal; empty when the file does not say
};

/// How bars are driven through the cluster. One conductor per run.
struct replay_settings {
  std::string name = "main";
  /// Event seconds per process second; 0 = as fast as the protocol allows.
  int64_t speed = 0;
  placement where;
};

struct gateway_settings {
  bool enabled = true;
  placement where;
};

/// What the whole cluster agrees on: the committed, versioned configuration.
struct cluster_settings {
  std::string id; ///< cluster id
  lease_settings lease;
  std::vector<trading::instrument> instruments;
  std::vector<feed_settings> feeds;
  std::vector<venue_settings> venues;
  std::vector<account_settings> accounts;
  std::vector<strategy_plugin_settings> strategy_plugins;
  std::vector<strategy_settings> strategies;
  replay_settings replay;
  gateway_settings gateway;

  [[nodiscard]] const trading::instrument* find_instrument(const trading::instrument_id& id) const;
  [[nodiscard]] const feed_settings* find_feed(const std::string& name) const;
  [[nodiscard]] const account_settings* find_account(const trading::account_id& id) const;
  [[nodiscard]] const venue_settings* find_venue(const trading::venue_id& id) const;
  [[nodiscard]] const strategy_settings* find_strategy(const trading::strategy_id& id) const;
};

struct tls_settings {
  std::string ca_file;
  std::string certificate_file;
  std::string key_file; ///< must not be readable by others
};

enum class api_role : uint8_t { viewer = 1, trader = 2, risk = 3, admin = 4 };

/// A bearer token; the file holds only its salted hash.
struct api_token {
  std::string principal;
  api_role role = api_role::viewer;
  std::string salt;   ///< hex
  std::string sha256; ///< hex of SHA-256(salt bytes ‖ token bytes)
};

struct listen_settings {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
};

/// What one process needs to join: its own file, never shared, never committed to the database.
struct node_settings {
  std::string name;
  std::string cluster;
  std::string database_url; ///< may hold secrets: never logged
  std::string reader_url;   ///< role for the gateway; empty = database_url
  listen_settings mesh;     ///< where peers connect, mutual TLS
  tls_settings tls;
  listen_settings gateway; ///< REST; port 0 = this node does not serve it
  std::vector<api_token> tokens;
  labels node_labels;
  std::string data_dir; ///< audit anchors, spool
  std::string log_file; ///< empty = standard error
  std::string log_level = "info";
};

/// What `supreme venue` needs.
struct simulated_venue_settings {
  trading::venue_id id;
  listen_settings listen;
  tls_settings tls;
  std::string ledger_file; ///< the ground truth, fdatasynced before each answer
  std::vector<trading::instrument> instruments;
  int64_t taker_fee_ppb = 1'000'000;
  int64_t maker_fee_ppb = 1'000'000;
  int64_t slippage_ppb = 0;
  int64_t max_volume_share_ppb = 0;
  /// What accounts pay their buys from; one that is not named has no limit.
  std::map<trading::account_id, std::map<trading::asset_id, trading::money>> deposits;
  std::string log_level = "info";
};

} // namespace supreme::config
