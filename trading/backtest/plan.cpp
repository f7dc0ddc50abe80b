#include "trading/backtest/plan.hpp"

#include <algorithm>
#include <set>

namespace supreme::trading {

std::vector<std::string> backtest_plan::problems() const {
  std::vector<std::string> out;
  std::set<instrument_id> known;
  for (const auto& i : instruments) {
    if (!known.insert(i.id).second)
      out.push_back("instrument " + i.id.str() + " stands twice");
    if (i.quote != quote)
      out.push_back("instrument " + i.id.str() + " is priced in " + i.quote.str()
                    + ", the account in " + quote.str());
    if (!i.tick_size.is_positive() || !i.lot_size.is_positive() || i.min_notional.is_negative())
      out.push_back("instrument " + i.id.str()
                    + " needs a positive tick and lot and a minimum notional of at least 0");
  }
  std::set<strategy_id> names;
  for (const auto& s : strategies) {
    if (!names.insert(s.id).second)
      out.push_back("strategy " + s.id.str() + " stands twice");
    if (s.kind == nullptr)
      out.push_back("strategy " + s.id.str() + " is of no kind");
    if (s.instruments.empty())
      out.push_back("strategy " + s.id.str() + " trades no instrument");
    if (s.kind != nullptr && s.instruments.size() % s.kind->width() != 0)
      out.push_back("strategy " + s.id.str() + " trades two instruments at a time and has "
                    + std::to_string(s.instruments.size()));
    if (!is_usable(s.size))
      out.push_back("strategy " + s.id.str() + " needs a positive size");
    std::set<instrument_id> own;
    for (const auto& id : s.instruments) {
      if (known.count(id) == 0)
        out.push_back("strategy " + s.id.str() + " trades " + id.str()
                      + ", which is not among the instruments");
      if (!own.insert(id).second)
        out.push_back("strategy " + s.id.str() + " names " + id.str() + " twice");
    }
  }
  if (latency.count() < 0)
    out.push_back("the latency is negative");
  for (const auto& problem : policy.problems())
    out.push_back("the risk policy is not usable: " + problem);
  if (strategies.empty())
    out.push_back("there is no strategy");
  return out;
}

} // namespace supreme::trading
