// Goal: on real markets the command's final equity is right to the last unit. Method: the shared
// data through the whole program, against a small loop of this test's own that keeps averages and
// money after the written definitions: long or flat by MACD and RSI, one unit, ten basis points a
// side, filled at the next open.

#include "tests/commands/backtest_run.hpp"
#include "tests/commands/temporary_folder.hpp"
#include "tests/support/shared_data.hpp"

#include "trading/market/decimal.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <zlib.h>

#include <optional>

namespace supreme::tests {
namespace {

using trading::decimal;

struct row {
  decimal open;
  decimal close;
};

/// Column 1 is the open, column 4 the close. Reads plain files, too.
std::vector<row> read_rows(const std::string& path) {
  std::vector<row> out;
  gzFile file = ::gzopen(path.c_str(), "rb");
  std::array<char, 4096> line{};
  bool header = true;
  while (::gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    if (!std::exchange(header, false)) {
      std::istringstream fields{line.data()};
      std::vector<std::string> texts;
      for (std::string text; std::getline(fields, text, ',');)
        texts.push_back(text);
      out.push_back({decimal::literal(texts.at(1)), decimal::literal(texts.at(4))});
    }
  }
  ::gzclose(file);
  return out;
}

/// An average that starts with the mean of its first n values.
class average {
public:
  average(int n, double weight) : n_(n), weight_(weight) {}
  std::optional<double> add(double x) {
    ++count_;
    if (count_ <= n_)
      value_ += x / n_;
    else
      value_ += weight_ * (x - value_);
    return count_ >= n_ ? std::optional{value_} : std::nullopt;
  }

private:
  int n_;
  double weight_;
  int count_ = 0;
  double value_ = 0;
};

average exponential(int n) { return {n, 2.0 / (n + 1)}; }
average wilder(int n) { return {n, 1.0 / n}; }

/// What fee one unit costs at a price: ten basis points, half-even.
int64_t fee_of(int64_t price_raw) {
  const int64_t rest = price_raw % 1'000;
  const int64_t down = price_raw / 1'000;
  return rest > 500 || (rest == 500 && down % 2 != 0) ? down + 1 : down;
}

struct reference {
  int64_t equity_raw = 0;
  int fills = 0;
};

reference trade_momentum(const std::vector<row>& rows, int64_t cash_raw) {
  auto fast = exponential(12);
  auto slow = exponential(26);
  auto signal = exponential(9);
  auto gains = wilder(14);
  auto losses = wilder(14);
  std::optional<double> above_before; // line − signal at the bar before
  bool held = false;
  bool wanted = false;
  reference out;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (wanted != held) {
      const auto at = rows[i].open.raw();
      cash_raw += (wanted ? -at : at) - fee_of(at);
      held = wanted;
      ++out.fills;
    }
    const auto close = rows[i].close.to_double();
    std::optional<double> strength;
    if (i > 0) {
      const auto change = close - rows[i - 1].close.to_double();
      const auto up = gains.add(std::max(change, 0.0));
      const auto down = losses.add(std::max(-change, 0.0));
      if (up && down)
        strength = *down == 0 ? 100 : 100 - 100 / (1 + *up / *down);
    }
    const auto f = fast.add(close);
    const auto s = slow.add(close);
    std::optional<double> above;
    if (f && s) {
      const auto line = *f - *s;
      if (const auto mean = signal.add(line))
        above = line - *mean;
    }
    if (!held && above_before && *above_before <= 0 && *above > 0 && strength && *strength < 70)
      wanted = true;
    if (held && above && *above < 0)
      wanted = false;
    above_before = above;
  }
  out.equity_raw = cash_raw + (held ? rows.back().close.raw() : 0);
  return out;
}

void expect_reference(const std::string& file, const char* cash) {
  temporary_folder folder;
  const auto json_file = folder.file("result.json");
  const auto done = run_backtest({"--strategy", "momentum", "--size", "fixed_quantity:1", "--data",
                                  file, "--cash", cash, "--json", json_file});
  ASSERT_EQ(done.code, 0) << done.err;
  const auto result = nlohmann::json::parse(text_of(json_file));
  const auto rows = read_rows(file);
  const auto expected = trade_momentum(rows, decimal::literal(cash).raw());
  EXPECT_GT(expected.fills, 20);
  EXPECT_EQ(result.at("bars"), rows.size());
  EXPECT_EQ(result.at("fills"), expected.fills);
  EXPECT_EQ(result.at("equity"), decimal::from_raw(expected.equity_raw).to_string());
  EXPECT_EQ(done.out.find("nan"), std::string::npos) << done.out;
}

TEST(backtest_on_real_markets, ends_with_the_reference_s_equity_for_bitcoin_by_the_hour) {
  SUPREME_SHARED_PATH(file, "data/bars/binance_spot/BTCUSDT_1h_2022-01-01_2025-09-30.csv.gz");
  expect_reference(file.string(), "1000000");
}

TEST(backtest_on_real_markets, ends_with_the_reference_s_equity_for_an_index_fund_by_the_day) {
  SUPREME_SHARED_PATH(file, "data/bars/us_equity_daily/SPY_1d.csv");
  expect_reference(file.string(), "10000");
}

TEST(backtest_on_real_markets, ends_with_the_reference_s_equity_for_a_currency_by_the_day) {
  SUPREME_SHARED_PATH(file, "data/bars/fx_oanda/EURUSD_1d_2007_2016.csv");
  expect_reference(file.string(), "10000");
}

} // namespace
} // namespace supreme::tests
