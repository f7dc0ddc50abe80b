#pragma once

#include "config/loader.hpp"
#include "config/settings.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace supreme::tests {

/// A small valid cluster file; tests change one thing in it.
inline const std::string& sample_cluster() {
  static const std::string text = R"(cluster = "demo"

[lease]
ttl_ms = 3000
renew_ms = 500
self_fence_ms = 2000

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

[[feeds]]
name = "history"
kind = "csv"
interval_s = 60
shards = 2
files = { BTCUSDT = "/data/btc.csv", ETHUSDT = "/data/eth.csv" }

[[feeds]]
name = "random"
kind = "generated"
start = 2026-01-01T00:00:00Z
start_prices = { SOLUSDT = "60000" }

[[venues]]
id = "sim"
host = "127.0.0.1"
port = 7400

[[accounts]]
id = "main"
venue = "sim"
quote = "USDT"
shard = "m"
initial = { USDT = "100000" }
[accounts.limits]
max_order_notional = "20000"
max_position = "5"
taker_fee_bps = "7.5"
[accounts.instrument_limits.BTCUSDT]
max_position = "0.5"

[[strategies]]
id = "trend"
kind = "momentum"
account = "main"
feed = "history"
instruments = ["BTCUSDT", "ETHUSDT"]
instances = 2
size = { mode = "fixed_notional", amount = "1000" }
[strategies.parameters]
fast = 10

[[instruments]]
id = "SOLUSDT"
base = "SOL"
quote = "USDT"
tick_size = "0.01"
lot_size = "0.001"
)";
  return text;
}

inline const std::string& sample_node() {
  static const std::string text = R"(name = "node-a"
cluster = "demo"
database_url = "${SUPREME_DATABASE_URL}"
data_dir = "/var/lib/supreme"

[mesh]
port = 7300

[tls]
ca_file = "ca.crt"
certificate_file = "a.crt"
key_file = "a.key"

[[tokens]]
principal = "alice"
role = "trader"
salt = "00112233445566778899aabbccddeeff"
sha256 = "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999"

[labels]
zone = "a"
)";
  return text;
}

/// `text` with its only `from` replaced by `to`.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "the sample has no " << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "the sample has several " << from;
  return text.replace(at, from.size(), to);
}

/// An environment of exactly these variables.
inline config::environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional<std::string>{found->second};
  };
}

/// All problems, one a line; "" when there were none.
template <class Settings>
std::string problems_of(const std::variant<Settings, config::problems>& parsed) {
  std::string out;
  if (const auto* found = std::get_if<config::problems>(&parsed))
    for (const auto& each : *found)
      out += each.to_string() + "\n";
  return out;
}

} // namespace supreme::tests
