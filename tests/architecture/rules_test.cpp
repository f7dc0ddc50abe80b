// Goal: no rule about the source tree can pass because it looks at nothing.
// Method: each rule meets small files that break it and small files that come close and do not; the
// line it names is checked, too. The tree itself is in source_tree_test.cpp.

#include "tests/architecture/rules.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace supreme::tests {
namespace {

/// The lines of a file with that path and text that break the rule.
std::vector<std::size_t> broken_lines(rule checked, const std::string& path,
                                      const std::string& text) {
  std::vector<std::size_t> lines;
  for (const auto& found : checked(source_file{path, text}))
    lines.push_back(found.line);
  return lines;
}

using lines = std::vector<std::size_t>;
const lines none{};

TEST(code, has_no_comments) {
  EXPECT_EQ(without_comments_and_literals("a // double\nb"), "a          \nb");
  EXPECT_EQ(without_comments_and_literals("a /* x\ny */ b"), "a     \n     b");
  EXPECT_EQ(without_comments_and_literals("a /* never closed"), "a                ");
}

TEST(code, has_no_contents_of_literals) {
  const auto blanks = [](std::string_view literal) { return std::string(literal.size(), ' '); };
  const std::string escaped = R"("dou\"ble")";
  EXPECT_EQ(without_comments_and_literals("f(" + escaped + ", c)"),
            "f(" + blanks(escaped) + ", c)");
  EXPECT_EQ(without_comments_and_literals("g('\"', double{})"),
            "g(" + blanks("'\"'") + ", double{})");
  const std::string raw = "R\"x(a\" )\" b)x\"";
  EXPECT_EQ(without_comments_and_literals(raw + " c"), blanks(raw) + " c");
  EXPECT_EQ(without_comments_and_literals("R\"(one\ntwo)\" c"), "      \n      c");
}

TEST(code, keeps_what_follows_a_digit_separator) {
  EXPECT_EQ(without_comments_and_literals("1'000 double 2'000"), "1'000 double 2'000");
}

TEST(layering, refuses_an_include_against_the_arrows) {
  const auto check = includes_against_the_arrows;
  EXPECT_EQ(broken_lines(check, "trading/market/bar.cpp", "\n#include \"config/defaults.hpp\"\n"),
            lines{2});
  EXPECT_EQ(broken_lines(check, "config/loader.cpp", "#include \"storage/pool.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "storage/pool.cpp", "#include \"venues/venue.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "venues/venue.cpp", "#include \"protocols/messages.hpp\""),
            lines{1});
  EXPECT_EQ(broken_lines(check, "protocols/x.cpp", "#include \"storage/pool.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "#include \"api/server.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "  #  include  \"commands/verb.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "commands/x.cpp", "#include \"tests/support/x.hpp\""), lines{1});
}

TEST(layering, allows_an_include_along_the_arrows) {
  const auto check = includes_against_the_arrows;
  EXPECT_EQ(broken_lines(check, "config/x.cpp", "#include \"trading/market/bar.hpp\""), none);
  EXPECT_EQ(broken_lines(check, "commands/x.cpp", "#include \"trading/market/bar.hpp\""), none);
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "#include \"actors/feed/feed.hpp\""), none);
  EXPECT_EQ(broken_lines(check, "tests/api/x.cpp", "#include \"commands/verb.hpp\""), none);
  EXPECT_EQ(broken_lines(check, "trading/x.cpp", "// #include \"api/server.hpp\" would be wrong"),
            none);
}

TEST(layering, refuses_a_downward_look_inside_trading) {
  const auto check = includes_against_the_arrows;
  EXPECT_EQ(broken_lines(check, "trading/market/x.hpp", "#include \"trading/orders/order.hpp\""),
            lines{1});
  EXPECT_EQ(
    broken_lines(check, "trading/strategies/x.hpp", "#include \"trading/orders/order.hpp\""),
    lines{1});
  EXPECT_EQ(broken_lines(check, "trading/matching/x.hpp", "#include \"trading/backtest/x.hpp\""),
            lines{1});
  EXPECT_EQ(broken_lines(check, "trading/result.hpp", "#include \"trading/market/bar.hpp\""),
            lines{1});
  EXPECT_EQ(broken_lines(check, "trading/elsewhere/x.hpp", "int x;"), lines{1});
  EXPECT_EQ(
    broken_lines(check, "trading/strategies/x.hpp", "#include \"trading/indicators/ema.hpp\""),
    none);
  EXPECT_EQ(broken_lines(check, "trading/market/x.hpp", "#include \"trading/result.hpp\""), none);
  EXPECT_EQ(broken_lines(check, "trading/market/x.hpp", "#include \"trading/market/bar.hpp\""),
            none);
}

TEST(layering, refuses_an_include_that_is_not_written_from_the_root) {
  const auto check = includes_against_the_arrows;
  EXPECT_EQ(broken_lines(check, "storage/pool.cpp", "#include \"pool.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "tests/storage/x.cpp", "#include \"../support/x.hpp\""), lines{1});
}

TEST(caf, stays_in_its_folders) {
  const auto check = caf_outside_its_folders;
  const std::string include = "#include <caf/actor.hpp>";
  EXPECT_EQ(broken_lines(check, "storage/pool.hpp", "#pragma once\n" + include), lines{2});
  EXPECT_EQ(broken_lines(check, "trading/result.hpp", "#include \"caf/error.hpp\""), lines{1});
  EXPECT_EQ(broken_lines(check, "venues/x.cpp", include), lines{1});
  EXPECT_EQ(broken_lines(check, "config/x.cpp", include), lines{1});
  EXPECT_EQ(broken_lines(check, "tests/storage/x.cpp", include), lines{1});
  for (const char* path : {"protocols/x.hpp", "actors/x.cpp", "api/x.cpp", "commands/x.cpp",
                           "tests/actors/x.cpp", "tests/cluster/x.cpp"})
    EXPECT_EQ(broken_lines(check, path, include), none) << path;
}

TEST(trading, has_no_side_effects) {
  const auto check = side_effects_in_trading;
  EXPECT_EQ(broken_lines(check, "trading/market/x.cpp", "#include <thread>\n#include <vector>"),
            lines{1});
  EXPECT_EQ(broken_lines(check, "trading/backtest/x.cpp", "#include <fstream>"), lines{1});
  EXPECT_EQ(broken_lines(check, "venues/history/x.cpp", "#include <fstream>"), none);
}

TEST(money, is_never_floating_point) {
  const auto check = floating_point_where_money_is;
  for (const char* path :
       {"protocols/x.hpp", "storage/x.cpp", "trading/risk/x.hpp", "trading/orders/x.hpp",
        "trading/portfolio/x.cpp", "trading/matching/x.cpp"}) {
    EXPECT_EQ(broken_lines(check, path, "int a;\ndouble b;"), lines{2}) << path;
    EXPECT_EQ(broken_lines(check, path, "auto b = static_cast<float>(a);"), lines{1}) << path;
    EXPECT_EQ(broken_lines(check, path, "// A double would round.\nauto b = \"double\";"), none)
      << path;
    EXPECT_EQ(broken_lines(check, path, "int doubled = 2; bool float_ok;"), none) << path;
  }
  EXPECT_EQ(broken_lines(check, "trading/indicators/ema.cpp", "double mean;"), none);
}

TEST(wall_clock, is_read_in_one_place) {
  const auto check = wall_clock_reads;
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "auto t = std::chrono::system_clock::now();"),
            lines{1});
  EXPECT_EQ(broken_lines(check, "venues/x.cpp", "auto t = high_resolution_clock :: now();"),
            lines{1});
  EXPECT_EQ(broken_lines(check, "storage/x.cpp", "gettimeofday(&t, nullptr);"), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "clock_gettime(CLOCK_REALTIME, &t);"), lines{1});
  EXPECT_EQ(broken_lines(check, "commands/x.cpp", "auto t = std::time(nullptr);"), lines{1});
  EXPECT_EQ(broken_lines(check, "trading/x.cpp", "return time(0);"), lines{1});
  EXPECT_EQ(broken_lines(check, "actors/clock.cpp", "std::chrono::system_clock::now();"), none);
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "clock.now(); bar.time(0); event_time(0);"), none);
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "std::chrono::steady_clock::now();"), none);
}

TEST(waits, have_an_end) {
  const auto check = infinite_waits;
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "self->request(to, caf::infinite, x);"), lines{1});
  EXPECT_EQ(broken_lines(check, "tests/actors/x.cpp", "self->request(to, infinite, x);"), lines{1});
  EXPECT_EQ(broken_lines(check, "actors/x.cpp", "// Never caf::infinite.\nbool infinite_loop;"),
            none);
}

TEST(tests, do_not_sleep) {
  const auto check = sleeping_tests;
  EXPECT_EQ(broken_lines(check, "tests/actors/x.cpp", "std::this_thread::sleep_for(1s);"),
            lines{1});
  EXPECT_EQ(broken_lines(check, "tests/actors/x.cpp", "usleep (100);\n::sleep(1);"), (lines{1, 2}));
  EXPECT_EQ(broken_lines(check, "tests/cluster/x.sh", "true\nsleep 1"), lines{2});
  EXPECT_EQ(broken_lines(check, "tests/cluster/x.py", "time.sleep(0.1)"), lines{1});
  EXPECT_EQ(broken_lines(check, "tests/cluster/x.sh", "# a sleep 1 would hide the race"), none);
  EXPECT_EQ(broken_lines(check, "tests/support/eventually.cpp", "sleep_for(pause);"), none);
}

TEST(work, is_finished) {
  const auto check = unfinished_work;
  const std::string todo = std::string{"TO"} + "DO";
  const std::string fixme = std::string{"FIX"} + "ME";
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "int a;\n// " + todo + ": the rest"), lines{2});
  EXPECT_EQ(broken_lines(check, "docs/x.md", fixme), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "int " + todo + "_LIST;"), none);
}

TEST(headers, begin_with_a_guard) {
  const auto check = headers_without_guard;
  EXPECT_EQ(broken_lines(check, "api/x.hpp", "int a;"), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.hpp", "// #pragma once\n#include <map>"), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.hpp", ""), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.hpp", "// Says why.\n\n#pragma once\nint a;"), none);
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "int a;"), none);
  EXPECT_EQ(broken_lines(check, "api/pch/caf_pch.hpp", "#include <caf/all.hpp>"), none);
}

TEST(headers, force_no_names_on_others) {
  const auto check = using_namespace_in_headers;
  EXPECT_EQ(broken_lines(check, "api/x.hpp", "#pragma once\nusing namespace std;"), lines{2});
  EXPECT_EQ(broken_lines(check, "api/x.hpp", "using supreme::trading::bar;"), none);
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "using namespace std::chrono_literals;"), none);
  EXPECT_EQ(broken_lines(check, "api/x.hpp", "#pragma once\nusing namespace std::chrono_literals;"),
            none);
}

TEST(paths, fit_any_machine) {
  const auto check = machine_paths;
  const std::string slash = "/";
  EXPECT_EQ(broken_lines(check, "docs/x.md", "see " + slash + "work/main"), lines{1});
  EXPECT_EQ(broken_lines(check, "api/x.cpp", "open(\"" + slash + "home/anna/key\");"), lines{1});
  EXPECT_EQ(broken_lines(check, "supreme", slash + "root/key"), lines{1});
  EXPECT_EQ(
    broken_lines(check, "docs/x.md", "net" + slash + "work/x, ~/home, https://x.example/home"),
    none);
}

} // namespace
} // namespace supreme::tests
