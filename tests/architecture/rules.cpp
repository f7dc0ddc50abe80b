#include "tests/architecture/rules.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string_view>

namespace supreme::tests {

namespace {

using folders = std::set<std::string, std::less<>>;

constexpr std::array product_folders{"trading",   "config", "storage", "venues",
                                     "protocols", "actors", "api",     "commands"};

/// What each folder may include beside itself.
const std::map<std::string, folders, std::less<>>& arrows() {
  static const std::map<std::string, folders, std::less<>> table{
    {"trading", {}},
    {"config", {"trading"}},
    {"storage", {"trading", "config"}},
    {"venues", {"trading", "config"}},
    {"protocols", {"trading", "config"}},
    {"actors", {"trading", "config", "storage", "venues", "protocols"}},
    {"api", {"trading", "config", "storage", "venues", "protocols", "actors"}},
    {"commands", {"trading", "config", "storage", "venues", "protocols", "actors", "api"}},
  };
  return table;
}

/// trading's subfolders; each includes only those before it. Orders come before risk, because a
/// risk check judges an order and an order knows nothing of its checks; so does the portfolio,
/// because risk counts closed trades.
constexpr std::array trading_folders{"market", "indicators", "strategies", "orders",  "portfolio",
                                     "risk",   "statistics", "matching",   "backtest"};

/// The n-th folder of a path such as "trading/market/decimal.hpp"; empty where there is none.
std::string_view folder_at(std::string_view path, int n) {
  for (; n > 0; --n) {
    const auto slash = path.find('/');
    if (slash == std::string_view::npos)
      return {};
    path.remove_prefix(slash + 1);
  }
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_product(const source_file& file) {
  return std::any_of(product_folders.begin(), product_folders.end(),
                     [&](const char* folder) { return file.is_in(folder); });
}

/// An include inside trading/ that looks at a later subfolder. Files directly in trading/ serve all
/// of them, so they include none.
bool looks_downward(std::string_view from, std::string_view to) {
  const auto rank = [](std::string_view path) -> std::ptrdiff_t {
    const auto folder = folder_at(path, 1);
    if (folder.empty())
      return -1;
    const auto found = std::find(trading_folders.begin(), trading_folders.end(), folder);
    return found - trading_folders.begin();
  };
  return rank(to) > rank(from);
}

violation at(const source_file& file, std::size_t line, std::string why) {
  return {file.path(), line, std::move(why)};
}

/// The lines that hold `pattern`. The words are what a line must contain to be worth the slow
/// pattern.
std::vector<violation> matching_lines(const source_file& file,
                                      const std::vector<std::string>& lines,
                                      std::initializer_list<std::string_view> words,
                                      const std::regex& pattern, const std::string& why) {
  std::vector<violation> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    const bool worth_it = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      return line.find(word) != std::string::npos;
    });
    if (worth_it && std::regex_search(line, pattern))
      found.push_back(at(file, i + 1, why + ": " + line));
  }
  return found;
}

} // namespace

std::vector<violation> includes_against_the_arrows(const source_file& file) {
  std::vector<violation> found;
  const auto own = folder_at(file.path(), 0);
  const auto arrow = arrows().find(own);
  for (const auto& include : file.inclusions()) {
    if (!include.quoted)
      continue;
    const auto other = folder_at(include.target, 0);
    if (other != "tests" && !arrows().contains(other))
      found.push_back(at(file, include.line, "not written from the root: " + include.target));
    else if (arrow != arrows().end() && other != own && !arrow->second.contains(other))
      found.push_back(at(file, include.line, "against the arrows: " + include.target));
    else if (own == "trading" && looks_downward(file.path(), include.target))
      found.push_back(at(file, include.line, "against trading's own order: " + include.target));
  }
  if (own == "trading" && !folder_at(file.path(), 1).empty()
      && std::find(trading_folders.begin(), trading_folders.end(), folder_at(file.path(), 1))
           == trading_folders.end())
    found.push_back(at(file, 1, "a subfolder of trading/ that has no place in the order"));
  return found;
}

std::vector<violation> caf_outside_its_folders(const source_file& file) {
  static constexpr std::array inside{"protocols", "actors", "api", "commands"};
  static constexpr std::array outside{"trading", "config",  "storage",
                                      "venues",  "support", "architecture"};
  const bool in_tests = file.is_in("tests");
  const auto folder = folder_at(file.path(), in_tests ? 1 : 0);
  const bool is_outside = in_tests
                            ? std::find(outside.begin(), outside.end(), folder) != outside.end()
                            : std::find(inside.begin(), inside.end(), folder) == inside.end();
  std::vector<violation> found;
  for (const auto& include : file.inclusions())
    if (is_outside && include.target.starts_with("caf/"))
      found.push_back(at(file, include.line, "CAF outside its folders: " + include.target));
  return found;
}

std::vector<violation> side_effects_in_trading(const source_file& file) {
  static const folders impure{"condition_variable",
                              "filesystem",
                              "fstream",
                              "future",
                              "iostream",
                              "mutex",
                              "semaphore",
                              "shared_mutex",
                              "syncstream",
                              "sys/socket.h",
                              "stop_token",
                              "thread",
                              "unistd.h"};
  std::vector<violation> found;
  for (const auto& include : file.inclusions())
    if (file.is_in("trading") && !include.quoted
        && (impure.contains(include.target) || include.target.starts_with("boost/asio")))
      found.push_back(at(file, include.line, "trading/ is pure: " + include.target));
  return found;
}

std::vector<violation> floating_point_where_money_is(const source_file& file) {
  static constexpr std::array exact{"protocols",      "storage",           "trading/risk",
                                    "trading/orders", "trading/portfolio", "trading/matching"};
  static const std::regex pattern{R"(\b(double|float)\b)"};
  // The edge: what strategies compute becomes exact here, or is refused.
  static const folders edge{"trading/orders/strategy_slot.cpp", "trading/orders/strategy_slot.hpp"};
  if (edge.contains(file.path())
      || std::none_of(exact.begin(), exact.end(),
                      [&](const char* folder) { return file.is_in(folder); }))
    return {};
  return matching_lines(file, file.code(), {"double", "float"}, pattern,
                        "floating point where money is");
}

std::vector<violation> wall_clock_reads(const source_file& file) {
  // The first is the clock that a node's actors are given; the second serves what runs outside a
  // node.
  static const folders sources{"actors/clock.cpp", "commands/clock.cpp"};
  static const std::regex pattern{R"((system_clock|high_resolution_clock|utc_clock)\s*::\s*now\b)"
                                  R"(|\b(gettimeofday|clock_gettime|ftime)\s*\()"
                                  R"(|(^|[^\w.>])time\s*\(\s*(nullptr|NULL|0|&))"};
  if (!is_product(file) || sources.contains(file.path()))
    return {};
  return matching_lines(file, file.code(), {"time", "now"}, pattern,
                        "reads the wall clock outside its source");
}

std::vector<violation> infinite_waits(const source_file& file) {
  static const std::regex pattern{R"(\bcaf\s*::\s*infinite\b|[,(]\s*infinite\b)"};
  return matching_lines(file, file.code(), {"infinite"}, pattern, "waits without an end");
}

std::vector<violation> sleeping_tests(const source_file& file) {
  static const std::regex cpp{R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()"};
  static const std::regex script{R"(^[^#]*\bsleep\b\s*[(\d"$])"};
  if (!file.is_in("tests") || file.path() == "tests/support/eventually.cpp")
    return {};
  if (file.is_cpp())
    return matching_lines(file, file.code(), {"sleep"}, cpp, "a test that sleeps");
  if (!file.path().ends_with(".py") && !file.path().ends_with(".sh"))
    return {};
  return matching_lines(file, file.lines(), {"sleep"}, script, "a test that sleeps");
}

std::vector<violation> unfinished_work(const source_file& file) {
  // The words are put together here so that this file keeps its own rule.
  static const std::string todo = std::string{"TO"} + "DO";
  static const std::string fixme = std::string{"FIX"} + "ME";
  static const std::regex pattern{"\\b(" + todo + "|" + fixme + ")\\b"};
  return matching_lines(file, file.lines(), {todo, fixme}, pattern, "unfinished work");
}

std::vector<violation> headers_without_guard(const source_file& file) {
  // The compiler refuses the guard in a precompiled header, which no other file includes.
  if (!file.is_header() || file.path().find("/pch/") != std::string::npos)
    return {};
  const auto first =
    std::find_if(file.code().begin(), file.code().end(), [](const std::string& line) {
      return line.find_first_not_of(" \t\r") != std::string::npos;
    });
  if (first != file.code().end() && first->starts_with("#pragma once"))
    return {};
  return {at(file, 1, "a header that does not begin with #pragma once")};
}

std::vector<violation> using_namespace_in_headers(const source_file& file) {
  // A namespace of literals brings in suffixes alone, which collide with nothing by accident.
  static const std::regex pattern{R"(\busing\s+namespace\b(?!\s+[\w:]*literals\s*;))"};
  if (!file.is_header())
    return {};
  return matching_lines(file, file.code(), {"namespace"}, pattern, "forces names on its includers");
}

std::vector<violation> machine_paths(const source_file& file) {
  static const std::regex pattern{R"((^|[^\w.*-])/(work|root|home/\w+|Users/\w+)/\w)"};
  return matching_lines(file, file.lines(), {"/work/", "/root/", "/home/", "/Users/"}, pattern,
                        "a path of one machine");
}

} // namespace supreme::tests
