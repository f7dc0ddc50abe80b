#include "config/strategy_instances.hpp"

#include "trading/strategies/strategy.hpp"

namespace supreme::config {

std::vector<trading::instrument_id> instruments_of(const strategy_settings& strategy,
                                                   uint32_t instance) {
  const auto* kind = trading::find_strategy_kind(strategy.kind);
  const size_t width = kind != nullptr ? kind->width() : 1;
  std::vector<trading::instrument_id> out;
  for (size_t k = 0; k < strategy.instruments.size(); ++k) {
    if (k / width % strategy.instances == instance)
      out.push_back(strategy.instruments[k]);
  }
  return out;
}

} // namespace supreme::config
