#pragma once

#include "actors/unit_context.hpp"
#include "storage/memory/memory_cluster_store.hpp"
#include "storage/memory/memory_database.hpp"
#include "storage/memory/memory_ledger_store.hpp"
#include "tests/actors/cluster_text.hpp"
#include "tests/actors/test_system.hpp"

#include <map>
#include <memory>
#include <string>

namespace supreme::tests {

/// One unit alone: a real ledger actor, a real directory and a real lease around it, its neighbours
/// played by the test. The node is called "here"; every unit of the configuration is claimed by it
/// in epoch 1.
class unit_bench {
public:
  unit_bench();
  ~unit_bench();
  unit_bench(const unit_bench&) = delete;
  unit_bench& operator=(const unit_bench&) = delete;

  /// The configuration that units started from now on run by.
  void configure(config::cluster_settings settings, uint64_t version = 1);
  [[nodiscard]] const config::cluster_settings& settings() const { return config_->settings; }
  [[nodiscard]] actors::unit_context context_of(const std::string& unit, uint64_t number = 0);
  /// Who takes a unit over raises its epoch: whoever acted for it before is fenced from now on.
  uint64_t supersede(const std::string& unit);

  /// Makes a unit known to everybody as living on `node`.
  template <class Handle>
  void place(const std::string& unit, const Handle& handle, uint64_t number = 0,
             const std::string& node = "here") {
    place_actor(unit, caf::actor_cast<caf::actor>(handle), number, node);
  }

  /// Keeps the actor, so that it ends with the test at the latest.
  template <class Handle>
  Handle keep(Handle handle) {
    kept_.push_back(caf::actor_cast<caf::actor>(handle));
    return handle;
  }

  template <class Handle>
  void kill(const Handle& handle) {
    system_.kill(caf::actor_cast<caf::weak_actor_ptr>(handle));
  }
  template <class Handle>
  [[nodiscard]] static bool alive(const Handle& handle) {
    return !caf::actor_cast<caf::abstract_actor*>(handle)->getf(
      caf::abstract_actor::is_terminated_flag);
  }

  void open_accounts();
  void set_mode(storage::mode_scope scope, const std::string& name, trading::trading_mode mode,
                const std::string& who);
  /// A signal of strategy trend or calm (account main) or turn (side) at the close of step
  /// `number`.
  [[nodiscard]] trading::signal make_signal(const std::string& strategy,
                                            const std::string& instrument, uint64_t number,
                                            trading::target wanted,
                                            const std::string& price = "100") const;
  [[nodiscard]] storage::unit_claim claim_of(const std::string& unit) {
    return context_of(unit).claim();
  }
  /// T1 as a guard commits it: an order of `size`; with `executor_number`, already SUBMITTING for
  /// that executor.
  storage::order_row approve(const trading::signal& wish, trading::side direction,
                             const std::string& size, uint64_t executor_number = 0);
  /// The unit of the strategy instance that has the slot.
  [[nodiscard]] std::string strategy_unit_of(const trading::signal& wish) const;
  [[nodiscard]] storage::order_row order_of(const trading::client_order_id& id);
  [[nodiscard]] storage::account_snapshot rows_of(const std::string& account = "main");

  /// Step `number` of the run "main": one minute after the other.
  [[nodiscard]] static protocols::step_id step(uint64_t number, uint64_t attempt = 1,
                                               uint64_t conductor_epoch = 1);
  [[nodiscard]] static trading::timestamp minute(uint64_t number);
  [[nodiscard]] static trading::bar make_bar(const std::string& instrument,
                                             uint64_t closes_at_minute, const std::string& close);

  test_system system_;
  std::shared_ptr<storage::memory_database> database_;
  storage::memory_ledger_store rows_;
  storage::memory_cluster_store members_;
  std::shared_ptr<actors::lease> lease_;
  actors::ledger books_;
  actors::directory names_;

private:
  void place_actor(const std::string& unit, const caf::actor& handle, uint64_t number,
                   const std::string& node);

  actors::config_ptr config_;
  std::map<std::string, uint64_t> epochs_;
  std::vector<caf::actor> kept_;
};

} // namespace supreme::tests
