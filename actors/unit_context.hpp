#pragma once

#include "actors/cluster/directory.hpp"
#include "actors/cluster/lease.hpp"
#include "actors/cluster/registrar.hpp"
#include "actors/cluster/units.hpp"
#include "actors/ledger/ledger.hpp"

#include <memory>
#include <string>

namespace supreme::actors {

/// What every unit gets to work with. Copies share everything.
struct unit_context {
  std::string node;
  unit_spec spec;
  uint64_t epoch = 0;
  uint64_t number = 0; ///< executors: the incarnation that T2 stamps; conductors: the number of
                       ///< this life; 0 for others
  config_ptr config;
  directory names;
  ledger books;
  registrar registry;
  std::shared_ptr<lease> node_lease;

  [[nodiscard]] storage::unit_claim claim() const { return {spec.name, epoch}; }
};

} // namespace supreme::actors
