// Goal: no input crashes, hangs or slips through a loader: every text gives settings or problems.
// Properties: random bytes, random cuts and random replacements of a valid file are answered;
// nesting is bounded, because nested tables are destroyed recursively. The seed of a failing
// property is printed by RapidCheck.

#include "tests/config/sample.hpp"

#include "config/defaults.hpp"
#include "config/report.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace supreme::tests {
namespace {

/// Whether all three loaders answer; a refusal must say something.
void read_everywhere(const std::string& text) {
  const auto env = variables({{"SUPREME_DATABASE_URL", "host=/run/pg"}});
  const auto answered = [](const auto& parsed) {
    return parsed.index() == 0 || !std::get<config::problems>(parsed).empty();
  };
  RC_ASSERT(answered(config::parse_cluster(text, "f")));
  RC_ASSERT(answered(config::parse_node(text, "f", env)));
  RC_ASSERT(answered(config::parse_venue(text, "f", env)));
}

std::string refusal(const std::string& text) {
  return problems_of(config::parse_cluster(text, "f"));
}

RC_GTEST_PROP(hostile_input, answers_any_bytes, (const std::string& text)) {
  read_everywhere(text);
}

RC_GTEST_PROP(hostile_input, answers_any_arrangement_of_toml_symbols, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
    "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\"", "'", "\"\"\"", "'''", "\n", "#", "\\", "a",
    "accounts", "limits", "1", "-", "1e400", "inf", "nan", "0x", "2026-01-01T00:00:00Z", "true",
    "\x80", "\xff", "${", "}", "cluster", "venues", " "));
  std::string text;
  for (const auto& piece : pieces)
    text += piece;
  read_everywhere(text);
}

RC_GTEST_PROP(hostile_input, answers_every_cut_of_a_valid_file, ()) {
  const auto& whole = *rc::gen::element(sample_cluster(), sample_node());
  read_everywhere(whole.substr(0, *rc::gen::inRange<size_t>(0, whole.size() + 1)));
}

RC_GTEST_PROP(hostile_input, answers_a_valid_file_with_damaged_bytes, ()) {
  auto text = *rc::gen::element(sample_cluster(), sample_node());
  const auto damages = *rc::gen::inRange(1, 6);
  for (int i = 0; i < damages; ++i)
    text[*rc::gen::inRange<size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  read_everywhere(text);
}

TEST(hostile_input, bounds_the_nesting_of_arrays_and_inline_tables) {
  EXPECT_NE(refusal("a = " + std::string(100'000, '[')), "");
  EXPECT_NE(refusal("a = " + std::string(100'000, '[') + std::string(100'000, ']')), "");
  std::string tables;
  for (int i = 0; i < 50'000; ++i)
    tables += "{a=";
  EXPECT_NE(refusal("a = " + tables), "");
}

TEST(hostile_input, bounds_the_nesting_of_dotted_keys) {
  std::string key = "a";
  for (int i = 0; i < 400'000; ++i)
    key += ".a";
  const std::string expected = "f:1: expected keys of at most 17 parts\n";
  EXPECT_EQ(refusal(key + " = 1"), expected);
  EXPECT_EQ(refusal("[" + key + "]"), expected);
  EXPECT_EQ(refusal("x = {" + key + " = 1}"), expected);
  EXPECT_EQ(refusal("x = '''\n''' # it's\n" + key + " = 1"),
            "f:3: expected keys of at most 17 parts\n");
}

TEST(hostile_input, counts_dots_in_keys_only) {
  const std::string dots(1'000, '.');
  const auto found = refusal("cluster = \"" + dots + "\" # " + dots + "\n");
  EXPECT_EQ(found.find("parts"), std::string::npos) << found;
  EXPECT_EQ(refusal("a = '''\n" + dots + "'''\nb = \"\\\"" + dots + "\"\n").find("parts"),
            std::string::npos);
}

TEST(hostile_input, refuses_numbers_outside_every_range) {
  for (const auto* number :
       {"99999999999999999999999", "-9223372036854775809", "9223372036854775807", "1e400",
        "\"92233720369\"", "\"1e5\"", "\"0x10\"", "\" 1\"", "\"\"", "\"0.000000001\"", "inf",
        "-nan", "true", "[1]"}) {
    const auto found =
      refusal(with(sample_cluster(), "amount = \"1000\"", std::string{"amount = "} + number));
    EXPECT_NE(found, "") << number;
  }
}

TEST(hostile_input, refuses_invalid_utf8) {
  EXPECT_NE(refusal("cluster = \"\xc3\x28\"\n"), "");
  EXPECT_NE(refusal(std::string{"cluster = \"a\0b\"\n", 17}), "");
}

RC_GTEST_PROP(edit_distance, is_symmetric_and_zero_for_equal_words_only, ()) {
  const auto word = rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
  const auto a = *word;
  const auto b = *word;
  RC_ASSERT(config::edit_distance(a, b, 50) == config::edit_distance(b, a, 50));
  RC_ASSERT((config::edit_distance(a, b, 50) == 0) == (a == b));
}

TEST(edit_distance, counts_a_swap_once) {
  EXPECT_EQ(config::edit_distance("fats", "fast", 5), 1u);
  EXPECT_EQ(config::edit_distance("", "abc", 5), 3u);
  EXPECT_EQ(config::edit_distance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(config::edit_distance("aaaa", "bbbb", 2), 3u);
}

} // namespace
} // namespace supreme::tests
