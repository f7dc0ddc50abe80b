#include "trading/portfolio/attribution.hpp"

#include <stdexcept>

namespace supreme::trading {

namespace {

/// Throws std::overflow_error, also where a net result would leave the range.
contribution plus(const contribution& a, const contribution& b) {
  const contribution sum{a.realised + b.realised, a.unrealised + b.unrealised, a.fees + b.fees,
                         a.dividends + b.dividends};
  (void)sum.net();
  return sum;
}

template <class Id>
contribution found(const std::map<Id, contribution>& sums, const Id& id) {
  const auto at = sums.find(id);
  return at == sums.end() ? contribution{} : at->second;
}

} // namespace

result<contribution, booking_refusal> contribution_of(const position& held, price mark,
                                                      money dividends) try {
  const contribution c{held.realised_gross, held.unrealised(mark), held.fees_quote, dividends};
  (void)c.net();
  return c;
} catch (const std::overflow_error&) {
  return booking_refusal::overflow;
}

result<contribution, booking_refusal> convert(const contribution& c, const asset_id& from,
                                              const asset_id& to, const conversion_prices& prices) {
  contribution out;
  for (const auto part : {&contribution::realised, &contribution::unrealised, &contribution::fees,
                          &contribution::dividends}) {
    const auto converted = prices.convert(c.*part, from, to);
    if (!converted)
      return converted.error();
    out.*part = *converted;
  }
  return out;
}

booking_refusal attribution::add(const strategy_id& strategy, const instrument_id& instrument,
                                 const contribution& c) try {
  // The total is no bound for its parts: they may have opposite signs.
  const auto slot = make_slot(strategy, instrument);
  const auto total = plus(total_, c);
  const auto of_strategy = plus(found(by_strategy_, strategy), c);
  const auto of_instrument = plus(found(by_instrument_, instrument), c);
  const auto of_slot = plus(found(by_slot_, slot), c);
  total_ = total;
  by_strategy_.insert_or_assign(strategy, of_strategy);
  by_instrument_.insert_or_assign(instrument, of_instrument);
  by_slot_.insert_or_assign(slot, of_slot);
  return booking_refusal::none;
} catch (const std::overflow_error&) {
  return booking_refusal::overflow;
}

} // namespace supreme::trading
