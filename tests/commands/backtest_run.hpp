#pragma once

#include "commands/program.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace supreme::tests {

/// What `supreme backtest` with these arguments did, in this process.
struct backtest_outcome {
  int code = -1;
  std::string out;
  std::string err;
};

inline backtest_outcome run_backtest(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "backtest");
  std::ostringstream out;
  std::ostringstream err;
  commands::verb_context context{
    out, err, [](const std::string&) -> std::optional<std::string> { return std::nullopt; }};
  constexpr std::array verbs{commands::add_backtest};
  auto code = commands::run_program(arguments, context, verbs);
  return {code, out.str(), err.str()};
}

inline std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

inline size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Bars of a minute each from 2026-01-01 on: a saw that a fast momentum strategy trades.
inline void write_saw(const std::string& file, size_t count, const std::string& damage = "") {
  const auto saw = [](size_t i) {
    return 1000 + static_cast<int>(i % 20 < 10 ? i % 20 : 20 - i % 20) * 5;
  };
  std::ofstream out{file};
  out << "ts,open,high,low,close,volume\n";
  for (size_t i = 0; i < count; ++i) {
    const auto close = saw(i);
    const auto open = saw(i == 0 ? 0 : i - 1);
    out << 1'767'225'600'000 + static_cast<int64_t>(i) * 60'000 << ',' << open << ','
        << std::max(open, close) << ',' << std::min(open, close) << ',' << close << ",10\n";
  }
  out << damage;
}

/// Trades of one unit, two a second from 2026-01-01 on, at the prices of a saw of twenty minutes.
inline void write_trades(const std::string& file, size_t count, const std::string& damage = "") {
  std::ofstream out{file};
  out << "ts,price,size,side,trade_id\n";
  for (size_t i = 0; i < count; ++i) {
    const auto minute = i / 120 % 20;
    out << 1'767'225'600'000 + static_cast<int64_t>(i) * 500 << ','
        << 1000 + 5 * (minute < 10 ? minute : 20 - minute) + i % 2 << ",1,"
        << (i % 2 == 0 ? "sell" : "buy") << ',' << i + 1 << '\n';
  }
  out << damage;
}

/// Parameters with which momentum trades the saw.
inline std::vector<std::string> fast_momentum() {
  return {"--strategy", "momentum", "--param", "fast=1",       "--param", "slow=3",
          "--param",    "signal=2", "--param", "rsi_length=2", "--param", "rsi_max=100"};
}

inline std::vector<std::string> operator+(std::vector<std::string> a,
                                          const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

} // namespace supreme::tests
