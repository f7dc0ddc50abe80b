// Goal: a cluster file is read exactly or refused with the line, the key and what was expected.
// Method: one valid sample; each test changes one thing and compares the complete list of problems,
// so that a problem that is missing, doubled or on the wrong line fails.

#include "tests/config/sample.hpp"

#include "config/defaults.hpp"

#include <chrono>

namespace supreme::tests {
namespace {

std::string check(const std::string& text) {
  return problems_of(config::parse_cluster(text, "cluster.toml"));
}

std::string check_with(std::string_view from, std::string_view to) {
  return check(with(sample_cluster(), from, to));
}

config::cluster_settings parsed(const std::string& text) {
  auto result = config::parse_cluster(text, "cluster.toml");
  EXPECT_EQ(problems_of(result), "");
  return std::get<config::cluster_settings>(std::move(result));
}

trading::decimal dec(std::string_view text) { return trading::decimal::literal(text); }

TEST(cluster_file, reads_every_section) {
  const auto all = parsed(sample_cluster());
  EXPECT_EQ(all.id, "demo");
  EXPECT_EQ(all.lease.self_fence_ms, 2000);
  ASSERT_EQ(all.instruments.size(), 3u);
  EXPECT_EQ(all.instruments[0].tick_size, dec("0.01"));
  EXPECT_EQ(all.instruments[0].lot_size, dec("0.00001"));
  EXPECT_EQ(all.instruments[1].min_notional, dec("0"));
  ASSERT_EQ(all.feeds.size(), 2u);
  EXPECT_EQ(all.feeds[0].files.at(trading::instrument_id{"ETHUSDT"}), "/data/eth.csv");
  EXPECT_EQ(all.feeds[1].start.to_string(), "2026-01-01T00:00:00Z");
  EXPECT_EQ(all.feeds[1].start_prices.at(trading::instrument_id{"SOLUSDT"}), dec("60000"));
  ASSERT_EQ(all.venues.size(), 1u);
  EXPECT_EQ(all.venues[0].port, 7400);
  ASSERT_EQ(all.accounts.size(), 1u);
  EXPECT_EQ(all.accounts[0].initial.at(trading::asset_id{"USDT"}), dec("100000"));
  ASSERT_EQ(all.strategies.size(), 1u);
  EXPECT_EQ(all.strategies[0].instruments.size(), 2u);
  EXPECT_EQ(all.strategies[0].size.amount, dec("1000"));
  EXPECT_TRUE(all.gateway.enabled);
  EXPECT_EQ(all.replay.speed, 0);
}

TEST(cluster_file, finds_entries_by_name) {
  const auto all = parsed(sample_cluster());
  ASSERT_NE(all.find_account(trading::account_id{"main"}), nullptr);
  ASSERT_NE(all.find_strategy(trading::strategy_id{"trend"}), nullptr);
  ASSERT_NE(all.find_feed("random"), nullptr);
  ASSERT_NE(all.find_venue(trading::venue_id{"sim"}), nullptr);
  ASSERT_NE(all.find_instrument(trading::instrument_id{"ETHUSDT"}), nullptr);
  EXPECT_EQ(all.find_instrument(trading::instrument_id{"ETHUSDT"})->base.str(), "ETH");
  EXPECT_EQ(all.find_account(trading::account_id{"other"}), nullptr);
}

TEST(cluster_file, fills_in_every_parameter_of_a_strategy) {
  const auto all = parsed(sample_cluster());
  const auto* kind = trading::find_strategy_kind("momentum");
  ASSERT_NE(kind, nullptr);
  EXPECT_EQ(all.strategies[0].parameters.size(), kind->schema.size());
  EXPECT_EQ(all.strategies[0].parameters.at("fast"), 10);
  EXPECT_EQ(all.strategies[0].parameters.at("slow"), 26);
}

TEST(cluster_file, reads_basis_points_exactly) {
  const auto all = parsed(with(sample_cluster(), "\"7.5\"", "\"0.12345\""));
  EXPECT_EQ(all.accounts[0].limits.taker_fee_ppb, 12'345);
  EXPECT_EQ(parsed(sample_cluster()).accounts[0].limits.taker_fee_ppb, 750'000);
  EXPECT_EQ(parsed(with(sample_cluster(), "\"7.5\"", "7")).accounts[0].limits.taker_fee_ppb,
            700'000);
}

TEST(cluster_file, inherits_limits_that_an_instrument_does_not_name) {
  const auto all = parsed(with(sample_cluster(), "max_position = \"0.5\"",
                               "max_position = \"0.5\"\nmax_order_notional = \"none\"\n"
                               "allow_short = true\nmax_input_age_ms = 1500"));
  const auto& standard = all.accounts[0].limits;
  const auto& special = all.accounts[0].instrument_limits.at(trading::instrument_id{"BTCUSDT"});
  EXPECT_EQ(standard.max_position, dec("5"));
  EXPECT_EQ(special.max_position, dec("0.5"));
  EXPECT_EQ(standard.max_order_notional, dec("20000"));
  EXPECT_EQ(special.max_order_notional, std::nullopt);
  EXPECT_EQ(special.taker_fee_ppb, standard.taker_fee_ppb);
  EXPECT_TRUE(special.allow_short);
  EXPECT_EQ(special.max_input_age, std::chrono::milliseconds{1500});
}

TEST(cluster_file, accepts_whole_numbers_for_decimals) {
  EXPECT_EQ(
    parsed(with(sample_cluster(), "\"60000\"", "60000")).feeds[1].start_prices.begin()->second,
    dec("60000"));
}

TEST(cluster_file, refuses_a_float_for_money) {
  EXPECT_EQ(check_with("amount = \"1000\"", "amount = 1000.5"),
            "cluster.toml:61: strategies[0].size.amount: expected an exact decimal in quotes, "
            "above 0, like "
            "\"0.01\", was a number with a point, which cannot be exact: put it in quotes\n");
  EXPECT_EQ(check_with("\"7.5\"", "7.5"), "cluster.toml:50: accounts[0].limits.taker_fee_bps: "
                                          "expected basis points from 0 to 1000, a whole "
                                          "number or text like \"7.5\" with at most 5 decimals, "
                                          "was a number with a point, which cannot be "
                                          "exact: put it in quotes\n");
}

TEST(cluster_file, suggests_the_key_that_was_meant) {
  EXPECT_EQ(
    check_with("max_order_notional", "max_order_notionl"),
    "cluster.toml:48: accounts[0].limits.max_order_notionl: expected no such key: did you mean "
    "\"max_order_notional\"?\n");
  EXPECT_EQ(
    check_with("fast = 10", "fats = 10"),
    "cluster.toml:63: strategies[0].parameters.fats: expected no such key, momentum has no such "
    "parameter: did you mean \"fast\"?\n");
  EXPECT_EQ(check_with("kind = \"generated\"", "kind = \"generated\"\ncolour = \"red\""),
            "cluster.toml:33: feeds[1].colour: expected no such key\n");
}

TEST(cluster_file, reports_all_problems_in_line_order) {
  auto text = with(sample_cluster(), "port = 7400", "port = 70000");
  text = with(text, "cluster = \"demo\"", "cluster = \"Demo\"");
  text = with(text, "instances = 2", "instances = \"two\"");
  EXPECT_EQ(check(text), "cluster.toml:1: cluster: expected a name of 1 to 40 of a-z, 0-9, _ and "
                         "-, was the text \"Demo\"\n"
                         "cluster.toml:39: venues[0].port: expected a whole number from 1 to "
                         "65535, was the whole number "
                         "70000\n"
                         "cluster.toml:60: strategies[0].instances: expected a whole number from 1 "
                         "to 1000, was the text "
                         "\"two\"\n");
}

TEST(cluster_file, names_what_is_missing_at_its_section) {
  EXPECT_EQ(
    check_with("host = \"127.0.0.1\"\n", ""),
    "cluster.toml:36: venues[0].host: expected a host name or an IP address, the key is missing\n");
}

TEST(cluster_file, refuses_an_empty_file_with_what_it_needs) {
  EXPECT_EQ(
    check(""),
    "cluster.toml: cluster: expected a name of 1 to 40 of a-z, 0-9, _ and -, the key is missing\n"
    "cluster.toml: instruments: expected at least one [[instruments]] section\n");
}

TEST(cluster_file, refuses_leases_that_could_overlap) {
  EXPECT_EQ(check_with("self_fence_ms = 2000", "self_fence_ms = 3000"),
            "cluster.toml:6: lease.self_fence_ms: expected less than ttl_ms (3000), was 3000\n");
  EXPECT_EQ(
    check_with("renew_ms = 500", "renew_ms = 1000"),
    "cluster.toml:5: lease.renew_ms: expected less than half of self_fence_ms (2000), was 1000\n");
}

TEST(cluster_file, refuses_steps_that_are_not_above_zero) {
  EXPECT_EQ(
    check_with("lot_size = \"0.0001\"", "lot_size = \"0\""),
    "cluster.toml:21: instruments[1].lot_size: expected an exact decimal in quotes, above 0, like "
    "\"0.01\", was the text \"0\"\n");
  EXPECT_EQ(
    check_with("lot_size = \"0.0001\"", "lot_size = \"-1\""),
    "cluster.toml:21: instruments[1].lot_size: expected an exact decimal in quotes, above 0, like "
    "\"0.01\", was the text \"-1\"\n");
}

TEST(cluster_file, refuses_names_that_stand_twice) {
  EXPECT_EQ(check_with("name = \"random\"", "name = \"history\""),
            "cluster.toml:31: feeds[1].name: expected each feed once, \"history\" stands twice\n");
  EXPECT_EQ(
    check_with("instruments = [\"BTCUSDT\", \"ETHUSDT\"]",
               "instruments = [\"BTCUSDT\", \"ETHUSDT\", \"BTCUSDT\"]"),
    "cluster.toml:59: strategies[0].instruments[2]: expected each name once, \"BTCUSDT\" stands "
    "twice\n");
  const std::string second = R"(
[[accounts]]
id = "other"
venue = "sim"
quote = "USDT"
shard = "m"
initial = { USDT = "1" }
)";
  EXPECT_EQ(check(sample_cluster() + second),
            "cluster.toml:76: accounts[1].shard: expected each shard once, \"m\" stands twice\n");
}

TEST(cluster_file, refuses_a_key_that_stands_twice) {
  const auto found = check_with("port = 7400", "port = 7400\nport = 7401");
  EXPECT_EQ(found.find("cluster.toml:40: expected TOML: "), 0u) << found;
}

TEST(cluster_file, refuses_references_to_nothing) {
  EXPECT_EQ(
    check_with("account = \"main\"", "account = \"mian\""),
    "cluster.toml:57: strategies[0].account: expected the id of an account of this file, was "
    "\"mian\"\n");
  EXPECT_EQ(check_with("feed = \"history\"", "feed = \"histroy\""),
            "cluster.toml:58: strategies[0].feed: expected the name of a feed of this file, was "
            "\"histroy\"\n");
  EXPECT_EQ(
    check_with("venue = \"sim\"", "venue = \"simm\""),
    "cluster.toml:43: accounts[0].venue: expected the id of a venue of this file, was \"simm\"\n");
  EXPECT_EQ(check_with("instrument_limits.BTCUSDT", "instrument_limits.BTCUSD"),
            "cluster.toml:51: accounts[0].instrument_limits.BTCUSD: expected the id of an "
            "instrument of this "
            "file, was \"BTCUSD\": did you mean \"BTCUSDT\"?\n");
}

TEST(cluster_file, refuses_an_instrument_that_the_feed_does_not_carry) {
  EXPECT_EQ(check_with("feed = \"history\"", "feed = \"random\""),
            "cluster.toml:59: strategies[0].instruments: expected instruments of feed \"random\", "
            "which has no start price for \"BTCUSDT\"\n"
            "cluster.toml:59: strategies[0].instruments: expected instruments of feed \"random\", "
            "which has no start price for \"ETHUSDT\"\n");
}

TEST(cluster_file, refuses_an_instrument_that_the_account_cannot_pay) {
  EXPECT_EQ(
    check_with("base = \"ETH\"\nquote = \"USDT\"", "base = \"ETH\"\nquote = \"BTC\""),
    "cluster.toml:59: strategies[0].instruments: expected instruments quoted in \"USDT\", the "
    "account's quote; \"ETHUSDT\" is quoted in \"BTC\"\n");
}

TEST(cluster_file, refuses_more_actors_than_there_is_work) {
  EXPECT_EQ(
    check_with("instances = 2", "instances = 3"),
    "cluster.toml:60: strategies[0].instances: expected at most the number of instruments (2), was "
    "3\n");
  EXPECT_EQ(check_with("shards = 2", "shards = 3"),
            "cluster.toml:27: feeds[0].shards: expected at most the number of the feed's "
            "instruments (2), was "
            "3\n");
}

TEST(cluster_file, refuses_an_unknown_kind_of_strategy_once) {
  const auto found = check_with("kind = \"momentum\"", "kind = \"momentun\"");
  EXPECT_EQ(found.find("cluster.toml:56: strategies[0].kind: expected one of "), 0u) << found;
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
}

TEST(cluster_file, refuses_parameters_outside_their_range) {
  const auto found = check_with("fast = 10", "fast = 0");
  EXPECT_EQ(
    found.find("cluster.toml:63: strategies[0].parameters.fast: expected valid parameters: fast"),
    0u)
    << found;
  EXPECT_NE(check_with("fast = 10", "fast = inf"), "");
  EXPECT_NE(check_with("fast = 10", "fast = nan"), "");
  EXPECT_NE(check_with("fast = 10", "fast = 1.5"), "");
}

TEST(cluster_file, reads_a_choice_by_its_name) {
  const auto all = parsed(with(sample_cluster(), "fast = 10", "direction = \"both\""));
  EXPECT_EQ(all.strategies[0].parameters.at("direction"), 2);
  EXPECT_EQ(check_with("fast = 10", "direction = \"up\""),
            "cluster.toml:63: strategies[0].parameters.direction: expected one of \"long\", "
            "\"short\", \"both\", was the text \"up\"\n");
  EXPECT_EQ(check_with("fast = 10", "direction = 1"),
            "cluster.toml:63: strategies[0].parameters.direction: expected one of \"long\", "
            "\"short\", \"both\", was the whole number 1\n");
}

TEST(cluster_file, takes_the_instruments_of_pairs_two_at_a_time) {
  auto text = with(sample_cluster(), "kind = \"momentum\"", "kind = \"pairs\"");
  text = with(text, "fast = 10", "window = 30");
  EXPECT_EQ(check(text),
            "cluster.toml:60: strategies[0].instances: expected at most the number of pairs (1), "
            "was 2\n");
  text = with(text, "instances = 2", "instances = 1");
  EXPECT_EQ(check(text), "");
  EXPECT_EQ(check(with(text, "[\"BTCUSDT\", \"ETHUSDT\"]\ninst", "[\"BTCUSDT\"]\ninst")),
            "cluster.toml:59: strategies[0].instruments: expected pairs, because \"pairs\" trades "
            "two instruments at a time, was 1 instruments\n");
}

TEST(cluster_file, reads_what_bars_are_adjusted_by) {
  EXPECT_TRUE(parsed(sample_cluster()).feeds[0].factors.empty());
  const auto all = parsed(
    with(sample_cluster(), "shards = 2", "factors = { ETHUSDT = \"/data/eth_factors.csv\" }"));
  EXPECT_EQ(all.feeds[0].factors, (std::map<trading::instrument_id, std::string>{
                                    {trading::instrument_id{"ETHUSDT"}, "/data/eth_factors.csv"}}));
  EXPECT_EQ(check_with("shards = 2", "factors = { SOLUSDT = \"/data/sol_factors.csv\" }"),
            "cluster.toml:27: feeds[0].factors.SOLUSDT: expected an instrument that has a file\n");
  EXPECT_EQ(check_with("start_prices", "factors = { SOLUSDT = \"/f.csv\" }\nstart_prices"),
            "cluster.toml:34: feeds[1].factors: expected no such key: it belongs to feeds of kind "
            "\"csv\"\n");
}

TEST(cluster_file, refuses_keys_of_the_other_kind_of_feed) {
  EXPECT_EQ(check_with("shards = 2", "seed = 3"),
            "cluster.toml:27: feeds[0].seed: expected no such key: it belongs to feeds of kind "
            "\"generated\"\n");
}

TEST(cluster_file, refuses_a_first_bar_between_two_bars) {
  EXPECT_EQ(check_with("start = 2026-01-01T00:00:00Z", "start = \"2026-01-01T00:00:30Z\""),
            "cluster.toml:33: feeds[1].start: expected a multiple of interval_s, was "
            "2026-01-01T00:00:30Z\n");
}

TEST(cluster_file, refuses_times_without_or_with_another_zone) {
  EXPECT_NE(check_with("start = 2026-01-01T00:00:00Z", "start = 2026-01-01T00:00:00"), "");
  EXPECT_NE(check_with("start = 2026-01-01T00:00:00Z", "start = 2026-01-01T00:00:00+01:00"), "");
}

TEST(cluster_file, refuses_references_to_the_environment) {
  EXPECT_EQ(check_with("host = \"127.0.0.1\"", "host = \"${HOST}\""),
            "cluster.toml:38: venues[0].host: expected a host name or an IP address: ${...} is "
            "only replaced "
            "in database URLs\n");
}

TEST(cluster_file, escapes_what_a_terminal_would_act_on) {
  EXPECT_EQ(
    check_with("cluster = \"demo\"", "cluster = \"a\\u001b[2J\""),
    "cluster.toml:1: cluster: expected a name of 1 to 40 of a-z, 0-9, _ and -, was the text "
    "\"a\\x1b[2J\"\n");
  EXPECT_EQ(check_with("cluster = \"demo\"", "cluster = \"demo\"\n\"x\\u0007\" = 1"),
            "cluster.toml:2: \"x\\x07\": expected no such key\n");
}

TEST(cluster_file, refuses_a_text_above_its_limit_before_parsing_it) {
  const std::string huge(config::defaults::config_bytes_max + 1, '#');
  EXPECT_EQ(check(huge), "cluster.toml: expected at most 1048576 bytes, was 1048577\n");
}

TEST(cluster_file, lists_a_limited_number_of_problems) {
  std::string text = sample_cluster() + "[zzz]\n";
  for (int i = 0; i < 500; ++i)
    text += "[[venues]]\nx" + std::to_string(i) + " = 1\n";
  const auto result = config::parse_cluster(text, "f");
  EXPECT_EQ(std::get<config::problems>(result).size(), config::defaults::config_problems_max + 1);
}

TEST(cluster_file, gives_an_instrument_to_one_feed_only) {
  const auto found = problems_of(
    config::parse_cluster(with(sample_cluster(), "start_prices = { SOLUSDT = \"60000\" }",
                               "start_prices = { BTCUSDT = \"60000\" }"),
                          "cluster.toml"));
  EXPECT_NE(found.find(
              "expected an instrument that no other feed has; BTCUSDT comes from feed \"history\""),
            std::string::npos)
    << found;
}

} // namespace
} // namespace supreme::tests
