#include "tests/actors/parity_market.hpp"

#include <algorithm>
#include <sstream>

namespace supreme::tests {

const std::vector<quick_kind>& quick_kinds() {
  static const std::vector<quick_kind> kinds{
    {"breakout",
     "entry_length = 4\nexit_length = 2\nstop_atr = 1\ntake_profit_atr = 2\natr_length = 3\n"},
    {"mean_reversion", "length = 5\nwidth = 1\ntake_profit_atr = 2\natr_length = 3\n"},
    {"momentum", "fast = 1\nslow = 3\nsignal = 2\nrsi_length = 2\nrsi_max = 100\nrsi_min = 0\n"},
    {"pairs", "window = 8\nentry_z = 1\nexit_z = 0.3\nstop_z = 3\n", 2},
    {"sma_cross", "fast = 2\nslow = 4\ntrail_atr = 2\natr_length = 3\n"},
  };
  return kinds;
}

namespace {

void write_instruments(std::ostream& out, const parity_market& m) {
  for (const auto& i : m.instruments)
    out << "[[instruments]]\nid = \"" << i.id << "\"\nbase = \"" << i.base << "\"\nquote = \""
        << m.quote << "\"\ntick_size = \"" << i.tick << "\"\nlot_size = \"" << i.lot
        << "\"\nmin_notional = \"5\"\n";
}

void write_feed(std::ostream& out, const parity_market& m) {
  out << "[[feeds]]\nname = \"bars\"\ninterval_s = " << m.interval_s
      << "\nshards = " << std::min<size_t>(2, m.instruments.size()) << "\nkind = ";
  if (m.seed != 0)
    out << "\"generated\"\nseed = " << m.seed
        << "\nstart = 2026-01-01T00:00:00Z\nvolatility_bps = 10\n[feeds.start_prices]\n";
  else
    out << "\"csv\"\n[feeds.files]\n";
  for (const auto& i : m.instruments)
    out << i.id << " = '" << (m.seed != 0 ? i.start_price : i.file.string()) << "'\n";
}

void write_account(std::ostream& out, const parity_market& m) {
  out << "[[venues]]\nid = \"sim\"\nhost = \"venue.test\"\nport = 7400\n"
      << "[[accounts]]\nid = \"main\"\nvenue = \"sim\"\nquote = \"" << m.quote
      << "\"\nshard = \"m\"\n[accounts.initial]\n"
      << m.quote << " = \"" << m.cash << "\"\n[accounts.limits]\nmax_order_notional = \""
      << m.notional_max << "\"\nallow_short = true\ncollar_bps = 100\ntaker_fee_bps = \"10\"\n";
}

void write_strategy(std::ostream& out, const parity_market& m, const quick_kind& kind) {
  const auto count = m.instruments.size() / kind.width * kind.width;
  if (count == 0)
    return; // A pair needs two.
  out << "[[strategies]]\nid = \"" << kind.kind << "\"\nkind = \"" << kind.kind
      << "\"\naccount = \"main\"\nfeed = \"bars\"\ninstruments = [";
  for (size_t i = 0; i < count; ++i)
    out << (i == 0 ? "\"" : ", \"") << m.instruments[i].id << '"';
  out << "]\nsize = { mode = \"fixed_notional\", amount = \"" << m.notional
      << "\" }\n[strategies.parameters]\ndirection = \"both\"\n"
      << kind.parameters;
}

} // namespace

std::string parity_market::to_toml() const {
  std::ostringstream out;
  out << "cluster = \"test\"\n";
  write_instruments(out, *this);
  write_feed(out, *this);
  write_account(out, *this);
  for (const auto& kind : quick_kinds())
    write_strategy(out, *this, kind);
  out << "[replay]\nname = \"main\"\nspeed = 0\n[gateway]\nenabled = false\n";
  return out.str();
}

parity_market generated_market(uint64_t seed, int64_t minutes) {
  parity_market m;
  m.name = "generated from seed " + std::to_string(seed);
  m.quote = "USDT";
  m.instruments = {{"BTCUSDT", "BTC", "0.01", "0.00001", "60000", {}},
                   {"ETHUSDT", "ETH", "0.01", "0.0001", "3000", {}},
                   {"SOLUSDT", "SOL", "0.01", "0.001", "150", {}}};
  m.seed = seed;
  m.end = *trading::timestamp::parse("2026-01-01T00:00:00Z") + minutes * std::chrono::minutes{1};
  m.cash = "20000";
  m.notional = "9990";
  m.notional_max = "9995";
  return m;
}

} // namespace supreme::tests
