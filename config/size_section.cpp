#include "config/risk_section.hpp"

#include "config/names.hpp"

#include <algorithm>
#include <initializer_list>

namespace supreme::config {

namespace {

constexpr int64_t whole_bps = 10'000;
constexpr int64_t times_max_bps = 1'000'000; ///< a hundredfold

void read_kelly(table_reader& section, trading::kelly_settings& out) {
  out.fraction_ppb = section.bps_as_ppb("fraction_bps", 1, whole_bps, out.fraction_ppb);
  out.shrinkage_trades =
    section.whole<uint32_t>("shrinkage_trades", 0, 1'000'000, out.shrinkage_trades);
  out.min_trades = section.whole<uint32_t>("min_trades", 0, 1'000'000, out.min_trades);
  // Without a floor there would never be a first trade.
  out.floor_ppb = section.bps_as_ppb("floor_bps", 1, times_max_bps);
}

/// Keys of other modes would be read as if they had an effect.
void refuse_other_keys(table_reader& section, trading::sizing_mode mode,
                       std::initializer_list<std::string_view> own) {
  for (const std::string_view key :
       {"amount", "share_bps", "max_notional_bps", "volatility_returns", "fraction_bps",
        "shrinkage_trades", "min_trades", "floor_bps"})
    if (std::find(own.begin(), own.end(), key) == own.end())
      section.refuse(key, std::string{"it says nothing to mode \""} + to_string(mode) + "\"");
}

} // namespace

trading::sizing read_size(table_reader& strategy) {
  auto section = strategy.table("size");
  trading::sizing out;
  out.mode = section.choice("mode", sizing_mode_names);
  const auto read_cap = [&] {
    out.max_notional_ppb =
      section.bps_as_ppb("max_notional_bps", 1, times_max_bps, out.max_notional_ppb);
  };
  switch (out.mode) {
    case trading::sizing_mode::fixed_quantity:
    case trading::sizing_mode::fixed_notional:
      refuse_other_keys(section, out.mode, {"amount"});
      out.amount = section.amount("amount", {});
      break;
    case trading::sizing_mode::all_in:
      refuse_other_keys(section, out.mode, {});
      break;
    case trading::sizing_mode::percent_of_equity:
      refuse_other_keys(section, out.mode, {"share_bps"});
      out.share_ppb = section.bps_as_ppb("share_bps", 1, times_max_bps);
      break;
    case trading::sizing_mode::risk_based:
      refuse_other_keys(section, out.mode, {"share_bps", "max_notional_bps"});
      out.share_ppb = section.bps_as_ppb("share_bps", 1, whole_bps);
      read_cap();
      break;
    case trading::sizing_mode::volatility_target:
      refuse_other_keys(section, out.mode, {"share_bps", "max_notional_bps", "volatility_returns"});
      out.share_ppb = section.bps_as_ppb("share_bps", 1, times_max_bps);
      out.volatility_returns =
        section.whole<uint32_t>("volatility_returns", 2, 100'000, out.volatility_returns);
      read_cap();
      break;
    case trading::sizing_mode::kelly:
      refuse_other_keys(
        section, out.mode,
        {"max_notional_bps", "fraction_bps", "shrinkage_trades", "min_trades", "floor_bps"});
      read_kelly(section, out.kelly);
      read_cap();
      break;
  }
  section.finish();
  return out;
}

} // namespace supreme::config
