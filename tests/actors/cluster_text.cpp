#include "tests/actors/cluster_text.hpp"

#include "config/loader.hpp"

#include <sstream>
#include <stdexcept>

namespace supreme::tests {

namespace {

constexpr const char* market = R"(
[[instruments]]
id = "BTCUSDT"
base = "BTC"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.00001"
min_notional = "5"

[[instruments]]
id = "ETHUSDT"
base = "ETH"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.0001"
min_notional = "5"

[[instruments]]
id = "SOLUSDT"
base = "SOL"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.001"
min_notional = "5"

[[instruments]]
id = "BNBUSDT"
base = "BNB"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.001"
min_notional = "5"

[[venues]]
id = "sim"
host = "venue.test"
port = 7400
)";

constexpr const char* side_account = R"(
[[accounts]]
id = "side"
venue = "sim"
quote = "USDT"
shard = "s"
[accounts.initial]
USDT = "20000"
[accounts.limits]
max_order_notional = "15000"
allow_short = false
collar_bps = 100
taker_fee_bps = "10"

[[strategies]]
id = "turn"
kind = "momentum"
account = "side"
feed = "minute"
instruments = ["ETHUSDT", "BTCUSDT"]
size = { mode = "fixed_notional", amount = "12000" }
[strategies.parameters]
fast = 1
slow = 2
signal = 2
rsi_length = 2
rsi_max = 100
stop_atr = 1
take_profit_atr = 2
atr_length = 3
)";

constexpr const char* calm_strategy = R"(
[[strategies]]
id = "calm"
kind = "momentum"
account = "main"
feed = "slow"
instruments = ["BNBUSDT"]
size = { mode = "fixed_quantity", amount = "1.5" }
[strategies.parameters]
fast = 1
slow = 3
signal = 2
rsi_length = 2
rsi_max = 100
)";

constexpr const char* newcomer_strategy = R"(
[[strategies]]
id = "newcomer"
kind = "momentum"
account = "side"
feed = "minute"
instruments = ["SOLUSDT"]
size = { mode = "fixed_quantity", amount = "1" }
[strategies.parameters]
fast = 1
slow = 2
signal = 2
rsi_length = 2
rsi_max = 100
)";

} // namespace

std::string cluster_text::to_toml() const {
  std::ostringstream out;
  out << "cluster = \"test\"\n[lease]\nmoves_at_once = " << moves_at_once << "\n" << market;
  out << "[[feeds]]\nname = \"minute\"\nkind = \"generated\"\ninterval_s = 60\nshards = 2\nseed = "
      << market_seed
      << "\nstart = 2026-01-01T00:00:00Z\nvolatility_bps = 10\n[feeds.start_prices]\n"
         "BTCUSDT = \"60000\"\nETHUSDT = \"3000\"\nSOLUSDT = \"150\"\n";
  out << "[[feeds]]\nname = \"slow\"\nkind = \"generated\"\ninterval_s = 180\nseed = "
      << market_seed
      << "\nstart = 2026-01-01T00:00:00Z\nvolatility_bps = 20\n[feeds.start_prices]\nBNBUSDT = "
         "\"600\"\n";
  out << "[[accounts]]\nid = \"main\"\nvenue = \"sim\"\nquote = \"USDT\"\nshard = \"m\"\n";
  if (spread_main)
    out << "guard_where = { role = \"guard\" }\nexecutor_where = { role = \"executor\" }\n"
           "portfolio_where = { role = \"portfolio\" }\n";
  out << "[accounts.initial]\nUSDT = \"25000\"\n[accounts.limits]\nmax_order_notional = \""
      << main_notional_max << "\"\nallow_short = false\ncollar_bps = " << main_collar_bps
      << "\ntaker_fee_bps = \"10\"\n"
      << main_policy;
  out << side_account;
  if (with_calm)
    out << calm_strategy;
  if (with_newcomer)
    out << newcomer_strategy;
  out << "[[strategies]]\nid = \"trend\"\nkind = \"momentum\"\naccount = \"main\"\nfeed = "
         "\"minute\"\n"
         "instruments = [\"BTCUSDT\", \"ETHUSDT\", \"SOLUSDT\"]\ninstances = "
      << trend_instances << "\nsize = "
      << (trend_size.empty() ? "{ mode = \"fixed_notional\", amount = \"" + trend_amount + "\" }"
                             : trend_size)
      << "\n[strategies.parameters]\nfast = 1\nslow = 3\nsignal = 2\nrsi_length = 2\nrsi_max = "
         "100\n";
  out << "[replay]\nname = \"main\"\nspeed = " << speed
      << "\n[gateway]\nenabled = " << (with_gateway ? "true" : "false") << "\n";
  return out.str();
}

config::cluster_settings cluster_text::to_settings() const {
  auto parsed = config::parse_cluster(to_toml(), "test cluster");
  if (auto* settings = std::get_if<config::cluster_settings>(&parsed))
    return std::move(*settings);
  std::string all;
  for (const auto& problem : std::get<config::problems>(parsed))
    all += problem.to_string() + "\n";
  throw std::runtime_error(all);
}

} // namespace supreme::tests
