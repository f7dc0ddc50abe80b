#pragma once

#include "config/loader.hpp"
#include "config/report.hpp"
#include "config/settings.hpp"
#include "config/text_rule.hpp"
#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"
#include "trading/names.hpp"

#include <toml++/toml.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace supreme::config {

/// Which decimals a key accepts.
struct decimal_rule {
  bool zero_allowed = false;
  bool negative_allowed = false;
};

/// Parses TOML text into a table. Nothing when the text is not TOML, too large or nested too
/// deeply; the reason is in the report then.
[[nodiscard]] std::optional<toml::table> parse_toml(std::string_view text, const std::string& file,
                                                    report& to);

/// Reads the keys of one table, checks each against a rule, and knows which keys nobody asked for.
/// A getter that finds something wrong reports it and returns the fallback (or an empty value), so
/// that reading goes on and all problems of a file come at once. The table and the report must
/// outlive the reader.
class table_reader {
public:
  table_reader(report& to, const toml::table& table, std::string path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] report& problems_found() const noexcept { return *report_; }
  /// Whether the key is there. Does not count as reading it.
  [[nodiscard]] bool has(std::string_view key) const;
  /// All keys in order, for tables whose keys are names. Counts as reading none of them.
  [[nodiscard]] std::vector<std::string> keys() const;

  [[nodiscard]] std::string text(std::string_view key, const text_rule& rule,
                                 std::optional<std::string> fallback = std::nullopt);
  [[nodiscard]] bool boolean(std::string_view key, bool fallback);
  /// A whole number; T must hold minimum and maximum, and maximum must fit int64.
  template <class T>
  [[nodiscard]] T whole(std::string_view key, T minimum, T maximum,
                        std::optional<T> fallback = std::nullopt) {
    std::optional<int64_t> other;
    if (fallback)
      other = static_cast<int64_t>(*fallback);
    return static_cast<T>(
      integer(key, static_cast<int64_t>(minimum), static_cast<int64_t>(maximum), other));
  }
  /// Text with an exact decimal, or a whole number. Never a float: 0.1 has no exact binary form.
  [[nodiscard]] trading::decimal amount(std::string_view key, decimal_rule rule,
                                        std::optional<trading::decimal> fallback = std::nullopt);
  /// As amount, for an optional limit: the text "none" takes it away.
  [[nodiscard]] std::optional<trading::decimal> limit(std::string_view key, decimal_rule rule,
                                                      std::optional<trading::decimal> fallback);
  /// Basis points as decimal text or a whole number, exactly as parts per billion.
  [[nodiscard]] int64_t bps_as_ppb(std::string_view key, int64_t minimum_bps, int64_t maximum_bps,
                                   std::optional<int64_t> fallback_ppb = std::nullopt);
  /// A finite number that may be a float: indicator parameters, never money.
  [[nodiscard]] std::optional<double> number(std::string_view key);
  /// The place of a text among `names`.
  [[nodiscard]] std::optional<size_t> choice(std::string_view key,
                                             const std::vector<std::string>& names);
  /// UTC time, as a TOML date-time with offset or as ISO 8601 text.
  [[nodiscard]] trading::timestamp time(std::string_view key);
  template <class Enum, size_t Size>
  [[nodiscard]] Enum choice(std::string_view key,
                            const std::array<trading::named<Enum>, Size>& table,
                            std::optional<Enum> fallback = std::nullopt) {
    std::vector<std::string_view> names;
    for (const auto& entry : table)
      names.emplace_back(entry.name);
    const auto index = pick(key, names, fallback.has_value());
    if (index)
      return table[*index].value;
    return fallback.value_or(table[0].value);
  }
  /// Texts of an array; duplicates are problems.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key, const text_rule& rule);
  [[nodiscard]] labels label_map(std::string_view key);
  /// Text in which ${NAME} is replaced from the environment; the value never reaches a message.
  [[nodiscard]] std::string database_url(std::string_view key, const environment& env,
                                         bool required);

  /// A section; an absent one reads like an empty one.
  [[nodiscard]] table_reader table(std::string_view key);
  /// The tables of an array of tables, at most defaults::config_entries_max.
  [[nodiscard]] std::vector<table_reader> tables(std::string_view key);

  /// Reports the key when it is there: it is known, but not here. `why` completes "expected no such
  /// key: ...".
  void refuse(std::string_view key, std::string_view why);
  /// Counts the key as known without reading it.
  void skip(std::string_view key) { known_.emplace(key); }
  /// Reports every key that was not asked for. To be called once, after the last getter.
  void finish();

private:
  [[nodiscard]] const toml::node* find(std::string_view key);
  [[nodiscard]] int64_t integer(std::string_view key, int64_t minimum, int64_t maximum,
                                std::optional<int64_t> fallback);
  [[nodiscard]] std::optional<size_t> pick(std::string_view key,
                                           std::span<const std::string_view> names, bool optional);
  [[nodiscard]] std::optional<trading::decimal> exact(std::string_view key, const toml::node& found,
                                                      const std::string& expected);
  void missing(std::string_view key, const std::string& expected);
  void wrong(std::string_view key, const std::string& expected, const toml::node& found);

  report* report_;
  const toml::table* table_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

} // namespace supreme::config
