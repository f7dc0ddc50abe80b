#include "trading/orders/client_order_id.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <charconv>

namespace supreme::trading {

namespace {

constexpr size_t max_shard_length = 8;
/// 2^64 − 1 in base 36.
constexpr size_t max_number_length = 13;

void append_base36(std::string& out, uint64_t value) {
  char digits[max_number_length];
  const auto end = std::to_chars(digits, digits + max_number_length, value, 36).ptr;
  out.append(digits, end);
}

} // namespace

client_order_id make_client_order_id(std::string_view shard, uint64_t epoch, uint64_t number) {
  SUPREME_CHECK(!shard.empty() && shard.size() <= max_shard_length,
                "a shard name has one to eight characters");
  SUPREME_CHECK(
    std::all_of(shard.begin(), shard.end(), [](char c) { return c >= 'a' && c <= 'z'; }),
    "a shard name is lower case letters");
  SUPREME_CHECK(number != 0, "order numbers start at one");
  std::string text{shard};
  append_base36(text, epoch);
  text += '-';
  append_base36(text, number);
  return client_order_id{std::move(text)};
}

} // namespace supreme::trading
