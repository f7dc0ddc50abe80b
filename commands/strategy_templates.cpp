#include "commands/strategy_templates.hpp"

namespace supreme::commands {

namespace {

constexpr const char* source =
  R"--(// @NAME@: long while the close is above its average, with a protective stop some ATRs below.

#include "trading/indicators/atr.hpp"
#include "trading/indicators/sma.hpp"
#include "trading/strategies/plugin.hpp"

namespace custom {

namespace trading = supreme::trading;

/// Depends on its bars and fills alone: no clock, no files, no random numbers, no shared variables.
/// So it decides the same in a backtest, in a cluster, and after any restart.
class @CLASS@ final : public trading::strategy {
public:
  /// What `supreme strategy list` shows, and what [strategies.parameters] may set: name, sentence,
  /// minimum, maximum, default, and whether it is a whole number.
  static trading::strategy_kind kind() {
    return {"@NAME@",
            "Long while the close is above its average; out when it is not, or at the stop.",
            {{"length", "Bars of the average and of the ATR.", 2, 500, 20, true},
             {"stop_atr", "Distance of the stop in ATRs; 0 is no stop.", 0, 100, 3, false}}};
  }

  explicit @CLASS@(const trading::parameters& values)
    : length_(static_cast<uint32_t>(values.at("length"))),
      stop_atr_(values.at("stop_atr")),
      average_(length_),
      range_(length_) {}

  /// What the slot holds now. Never guess it from your own decisions: risk may refuse them.
  void on_fill(const trading::slot_holding& after) override {
    holding_ = after;
  }

  /// A wish for this bar's close; it is acted on from the next bar on. Nothing: all is well.
  std::optional<trading::decision> on_bar(const trading::bar& b) override {
    const double close = b.close.to_double();
    const auto average = average_.update(close);
    const auto range = range_.update(b.high.to_double(), b.low.to_double(), close);
    if (!average || !range)
      return std::nullopt;
    if (holding_.size.is_zero())
      return look_for_entry(close, *average, *range);
    return look_for_exit(close, *average);
  }

  /// No decision comes with these first bars.
  uint32_t warmup_bars() const override { return length_ - 1; }

private:
  std::optional<trading::decision> look_for_entry(double close, double average,
                                                  double range) const {
    if (close <= average)
      return std::nullopt;
    trading::decision d;
    d.wanted = trading::desire::long_position;
    d.reason = "Close above its average";
    d.inputs = {{"close", close}, {"average", average}, {"atr", range}};
    if (stop_atr_ > 0 && range > 0)
      d.stop_distance = stop_atr_ * range; // A stop order waits there from the entry's fill on.
    return d;
  }

  std::optional<trading::decision> look_for_exit(double close, double average) const {
    if (close > average)
      return std::nullopt;
    trading::decision d;
    d.wanted = trading::desire::flat;
    d.reason = "Close not above its average";
    d.inputs = {{"close", close}, {"average", average}};
    return d;
  }

  uint32_t length_;
  double stop_atr_;
  trading::sma average_;
  trading::atr range_;
  trading::slot_holding holding_;
};

} // namespace custom

SUPREME_STRATEGY(custom::@CLASS@)
)--";

constexpr const char* test = R"--(// Drives @NAME@ over bars and looks at what it decides.

@INCLUDE@

#include <gtest/gtest.h>

namespace {

namespace trading = supreme::trading;

/// Bars of a minute that open and close at the given price, and the decisions on them.
class market {
public:
  explicit market(trading::parameters given)
    : kind_(trading::plugin_kind<custom::@CLASS@>()),
      strategy_(kind_.make(trading::check_parameters(kind_, given).values)) {}

  std::optional<trading::decision> close_at(const char* price) {
    trading::bar b;
    b.instrument = trading::instrument_id{"BTCUSDT"};
    b.interval = std::chrono::minutes{1};
    b.open_time = next_;
    b.open = b.high = b.low = b.close = trading::decimal::literal(price);
    next_ = b.close_time();
    return strategy_->on_bar(b);
  }

  void hold(const char* size, const char* price) {
    strategy_->on_fill({trading::decimal::literal(size), trading::decimal::literal(price)});
  }

private:
  trading::strategy_kind kind_;
  std::unique_ptr<trading::strategy> strategy_;
  trading::timestamp next_;
};

TEST(@CLASS@, buys_above_the_average_and_not_before_it_is_there) {
  market m{{{"length", 3}}};
  EXPECT_FALSE(m.close_at("100"));
  EXPECT_FALSE(m.close_at("101"));
  const auto decision = m.close_at("105");
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->wanted, trading::desire::long_position);
  EXPECT_EQ(decision->reason, "Close above its average");
}

TEST(@CLASS@, asks_for_a_stop_below_and_sells_when_no_longer_above_the_average) {
  market m{{{"length", 2}, {"stop_atr", 1}}};
  m.close_at("100");
  const auto entry = m.close_at("102");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->stop_distance, 1); // The average of ranges of 0 and 2.
  m.hold("1", "102");
  EXPECT_FALSE(m.close_at("103"));
  const auto decision = m.close_at("90");
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->wanted, trading::desire::flat);
  EXPECT_EQ(decision->reason, "Close not above its average");
}

} // namespace
)--";

constexpr const char* build =
  R"--(project('@NAME@', 'cpp', default_options: ['cpp_std=c++20', 'warning_level=3', 'optimization=2'])

headers = declare_dependency(compile_args: ['-isystem', '@HEADERS@'])
gtest = dependency('gtest_main')

shared_module('@NAME@', '@NAME@.cpp', name_prefix: '', dependencies: headers)

# The library holds what the program holds for the strategy when it runs there.
test('@NAME@', executable('@NAME@_test', '@NAME@_test.cpp',
                          dependencies: [headers, gtest], link_args: '@LIBRARY@'))
)--";

constexpr const char* instructions = R"--(# @NAME@

One strategy: `@NAME@.cpp` is all of it, `@NAME@_test.cpp` its test. How to go on from here, up to a running cluster:
docs/custom-strategies.md of Supreme.

With the compiler alone:

```sh
g++ -std=c++20 -O2 -fPIC -shared -isystem @HEADERS@ @NAME@.cpp -o @NAME@.so
g++ -std=c++20 -O2 -isystem @HEADERS@ @NAME@_test.cpp @LIBRARY@ -lgtest_main -lgtest -o @NAME@_test
./@NAME@_test
```

Or with Meson: `meson setup build && meson compile -C build && meson test -C build`; the library is `build/@NAME@.so`.

Then:

```sh
supreme strategy check @NAME@.so
```
)--";

} // namespace

const std::array<strategy_template, 4> strategy_templates{{
  {"@NAME@.cpp", source},
  {"@NAME@_test.cpp", test},
  {"meson.build", build},
  {"README.md", instructions},
}};

} // namespace supreme::commands
