// Goal: a fault means the same on every node and in every log, for ever.
// Method: the table of codes, written down; each fault told from each other and from CAF's own
// errors; the texts that logs show.

#include "protocols/fault.hpp"
#include "tests/protocols/bytes.hpp"

#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>
#include <gtest/gtest.h>

#include <array>

namespace supreme::protocols {
namespace {

struct code {
  fault what;
  uint8_t value;
  const char* text;
};

constexpr std::array codes{
  code{fault::not_owner, 1, "not_owner"},
  code{fault::not_here, 2, "not_here"},
  code{fault::unresolved, 3, "unresolved"},
  code{fault::database, 4, "database"},
  code{fault::database_unknown, 5, "database_unknown"},
  code{fault::venue, 6, "venue"},
  code{fault::hello_refused, 7, "hello_refused"},
  code{fault::wrong_config, 8, "wrong_config"},
  code{fault::stale_step, 9, "stale_step"},
  code{fault::bad_input, 10, "bad_input"},
  code{fault::recovering, 11, "recovering"},
  code{fault::overloaded, 12, "overloaded"},
};

TEST(fault, keeps_its_value_and_text) {
  for (const auto& c : codes) {
    EXPECT_EQ(static_cast<uint8_t>(c.what), c.value);
    EXPECT_STREQ(to_string(c.what), c.text);
  }
}

TEST(fault, is_listed_here) {
  std::size_t known = 0;
  for (unsigned value = 0; value < 256; ++value)
    if (std::string{to_string(static_cast<fault>(value))} != "unknown_fault")
      ++known;
  EXPECT_EQ(known, codes.size());
}

TEST(fault, is_told_from_every_other) {
  for (const auto& made : codes)
    for (const auto& asked : codes)
      EXPECT_EQ(is(make_error(made.what), asked.what), made.what == asked.what)
        << made.text << " " << asked.text;
}

TEST(fault, is_told_from_errors_of_caf_with_the_same_code) {
  for (const auto& c : codes) {
    EXPECT_FALSE(is(caf::make_error(static_cast<caf::sec>(c.value)), c.what)) << c.text;
    EXPECT_FALSE(is(caf::make_error(static_cast<caf::exit_reason>(c.value)), c.what)) << c.text;
  }
}

TEST(fault, is_described_by_its_text_and_context) {
  for (const auto& c : codes) {
    EXPECT_EQ(describe(make_error(c.what)), c.text);
    EXPECT_EQ(describe(make_error(c.what, "the reason")), std::string{c.text} + ": the reason");
  }
}

TEST(fault, is_not_what_no_error_is) {
  for (const auto& c : codes)
    EXPECT_FALSE(is(caf::error{}, c.what)) << c.text;
}

TEST(fault, that_is_no_error_is_described_as_none) { EXPECT_EQ(describe(caf::error{}), "none"); }

TEST(fault, of_caf_is_described_by_its_name) {
  EXPECT_EQ(describe(caf::make_error(caf::sec::request_timeout)), "request_timeout");
  EXPECT_EQ(describe(caf::make_error(caf::exit_reason::kill)), "kill");
}

TEST(fault, of_caf_is_described_with_its_context) {
  EXPECT_EQ(describe(caf::make_error(caf::sec::runtime_error, "broken")), "runtime_error: broken");
  const auto two_words = describe(caf::make_error(caf::sec::runtime_error, "broken", "twice"));
  EXPECT_NE(two_words.find("broken"), std::string::npos);
  EXPECT_NE(two_words.find("twice"), std::string::npos);
}

TEST(fault, of_somebody_else_is_described_by_category_and_code) {
  EXPECT_EQ(describe(caf::error{7, caf::atom("other")}), "other 7");
}

TEST(fault, arrives_at_another_node_as_it_was_sent) {
  for (const auto& c : codes) {
    caf::error read;
    const auto raw = tests::serialised(make_error(c.what, "the reason"));
    EXPECT_FALSE(tests::deserialise(raw, read).failed);
    EXPECT_TRUE(is(read, c.what));
    EXPECT_EQ(describe(read), std::string{c.text} + ": the reason");
  }
}

} // namespace
} // namespace supreme::protocols
