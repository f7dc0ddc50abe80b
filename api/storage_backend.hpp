#pragma once

#include "api/backend.hpp"
#include "config/settings.hpp"
#include "storage/cluster_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace supreme::api {

/// Open connections to the database; each call makes a new one or throws store_failure. They are
/// called by the two threads that a backend is called by.
struct storage_factories {
  std::function<std::unique_ptr<storage::reader>()> reader;
  std::function<std::unique_ptr<storage::ledger_store>()> ledger;
  std::function<std::unique_ptr<storage::cluster_store>()> cluster;
};

/// Tells the guards of a mode, after the rows carry it, also when they carried it already, so that
/// asking again heals a lost message. Also told of a restriction that the database could not
/// record. Must not throw or block; called by the thread that changes modes.
using mode_hook = std::function<void(const storage::mode_change&)>;

/// A connection that is made when first used and made again after it failed. A failed call is
/// repeated once on a new connection where that is harmless. One thread.
template <class Store>
class reconnecting {
public:
  explicit reconnecting(std::function<std::unique_ptr<Store>()> make) : make_(std::move(make)) {}

  /// `call` must be one that does no harm when it is done twice.
  template <class Call>
  auto operator()(const Call& call) {
    const bool was_open = store_ != nullptr;
    try {
      return once(call);
    } catch (const storage::store_failure& failure) {
      // A connection that was just made does not get better by making it again.
      if (!was_open || failure.kind() == storage::failure_kind::definitive)
        throw;
    }
    return once(call);
  }

private:
  template <class Call>
  auto once(const Call& call) {
    if (!store_)
      store_ = make_();
    try {
      return call(*store_);
    } catch (const storage::store_failure& failure) {
      if (failure.kind() != storage::failure_kind::definitive)
        store_.reset();
      throw;
    }
  }

  std::function<std::unique_ptr<Store>()> make_;
  std::unique_ptr<Store> store_;
};

/// The cluster's rows, and its committed configuration, which is parsed once per version. One
/// thread.
class configuration_source {
public:
  explicit configuration_source(std::function<std::unique_ptr<storage::cluster_store>()> make)
    : cluster_(std::move(make)) {}

  [[nodiscard]] storage::cluster_view view();
  /// Nothing when none was committed yet. The pointer is good until the next call.
  [[nodiscard]] const config::cluster_settings* committed();

private:
  reconnecting<storage::cluster_store> cluster_;
  uint64_t version_ = 0;
  std::optional<config::cluster_settings> settings_;
};

/// The backend over the database.
class storage_backend final : public backend {
public:
  explicit storage_backend(const storage_factories& make, mode_hook announce = {});

  storage::page list(storage::view v, const std::map<std::string, std::string>& filters,
                     size_t limit, const std::optional<std::string>& cursor) override;
  std::optional<nlohmann::json> why(const std::string& client_order_id) override;
  nlohmann::json status() override;
  nlohmann::json cluster() override;
  nlohmann::json actors() override;
  nlohmann::json strategies() override;
  bool ready(std::string& why) override;

  storage::change_outcome change_mode(const storage::mode_change& change) override;
  storage::change_outcome command_risk(const storage::command_request& request) override;
  trading::trading_mode current_mode(storage::mode_scope scope, const std::string& name) override;
  bool announce_unrecorded(const storage::mode_change& change) override;

private:
  bool is_configured(storage::mode_scope scope, const std::string& name);
  bool has_rule(const trading::account_id& account, const trading::risk_command& command);

  // Of the thread that reads.
  reconnecting<storage::reader> reader_;
  configuration_source config_;

  // Of the thread that changes modes.
  reconnecting<storage::ledger_store> ledger_;
  reconnecting<storage::reader> mode_reader_;
  configuration_source mode_config_;
  mode_hook announce_;
};

} // namespace supreme::api
