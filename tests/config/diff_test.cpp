// Goal: the difference of two configurations names exactly what changed, in the words of the file.
// Method: parse the sample and a changed copy; compare the complete list.

#include "tests/config/sample.hpp"

#include <vector>

namespace supreme::tests {
namespace {

config::cluster_settings parsed(const std::string& text) {
  auto result = config::parse_cluster(text, "cluster.toml");
  EXPECT_EQ(problems_of(result), "");
  return std::get<config::cluster_settings>(std::move(result));
}

std::vector<std::string> changes(const std::string& after) {
  std::vector<std::string> out;
  for (const auto& each : config::diff(parsed(sample_cluster()), parsed(after)))
    out.push_back(each.key + ": " + each.before + " -> " + each.after);
  return out;
}

using lines = std::vector<std::string>;

TEST(config_diff, of_equal_files_is_empty) {
  EXPECT_EQ(changes(sample_cluster()), lines{});
  // Comments and spellings of the same value change nothing.
  EXPECT_EQ(changes("# hello\n" + with(sample_cluster(), "\"60000\"", "60000")), lines{});
}

TEST(config_diff, names_changed_values_in_the_units_of_the_file) {
  EXPECT_EQ(changes(with(sample_cluster(), "\"7.5\"", "8")),
            (lines{"accounts[main].instrument_limits[BTCUSDT].taker_fee_bps: 7.5 -> 8",
                   "accounts[main].limits.taker_fee_bps: 7.5 -> 8"}));
  EXPECT_EQ(changes(with(sample_cluster(), "fast = 10", "fast = 11")),
            lines{"strategies[trend].parameters.fast: 10 -> 11"});
  EXPECT_EQ(changes(with(sample_cluster(), "fast = 10", "fast = 10\ndirection = \"short\"")),
            lines{"strategies[trend].parameters.direction: long -> short"});
  EXPECT_EQ(changes(with(sample_cluster(), "max_position = \"0.5\"", "max_position = \"none\"")),
            lines{"accounts[main].instrument_limits[BTCUSDT].max_position: 0.5 -> none"});
}

TEST(config_diff, shows_added_entries_with_everything_they_bring) {
  EXPECT_EQ(
    changes(sample_cluster() + "[[venues]]\nid = \"two\"\nhost = \"h\"\nport = 1\n"),
    (lines{"venues: sim -> sim, two", "venues[two].host:  -> h", "venues[two].port:  -> 1"}));
}

TEST(config_diff, shows_removed_entries) {
  EXPECT_EQ(changes(with(sample_cluster(), ", ETHUSDT = \"/data/eth.csv\"",
                         ", ETHUSDT = \"/data/eth2.csv\"")),
            lines{"feeds[history].files[ETHUSDT]: /data/eth.csv -> /data/eth2.csv"});
  EXPECT_EQ(changes(with(sample_cluster(), "shards = 2",
                         "shards = 2\nfactors = { ETHUSDT = \"/data/f.csv\" }")),
            lines{"feeds[history].factors[ETHUSDT]:  -> /data/f.csv"});
  EXPECT_EQ(changes(with(sample_cluster(),
                         "[accounts.instrument_limits.BTCUSDT]\nmax_position = \"0.5\"\n", ""))
              .size(),
            7u);
}

TEST(config_diff, notices_a_changed_order) {
  auto swapped = parsed(sample_cluster());
  std::swap(swapped.feeds[0], swapped.feeds[1]);
  const auto found = config::diff(parsed(sample_cluster()), swapped);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].key, "feeds");
  EXPECT_EQ(found[0].after, "random, history");
}

TEST(config_diff, is_reversed_by_the_reversed_question) {
  const auto before = parsed(sample_cluster());
  const auto after = parsed(with(sample_cluster(), "[accounts.limits]",
                                 "[accounts.guard_where]\nzone = \"a\"\n[accounts.limits]"));
  const auto forth = config::diff(before, after);
  const auto back = config::diff(after, before);
  ASSERT_EQ(forth.size(), 1u);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(forth[0].before, back[0].after);
  EXPECT_EQ(forth[0].after, back[0].before);
}

} // namespace
} // namespace supreme::tests
