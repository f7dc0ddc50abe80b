#pragma once

#include "tests/venues/temporary_folder.hpp"

#include "venues/simulated/bar_venue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace supreme::tests {

using trading::decimal;

inline decimal d(const char* text) { return decimal::literal(text); }

inline const trading::account_id main_account{"main"};
inline const trading::instrument_id btc{"BTCUSDT"};
inline const trading::instrument_id eth{"ETHUSDT"};
constexpr int64_t minute_ns = 60'000'000'000;

inline trading::instrument make_instrument(const trading::instrument_id& id) {
  return {id,
          trading::asset_id{id.str().substr(0, 3)},
          trading::asset_id{"USDT"},
          decimal::literal("0.01"),
          decimal::literal("0.001"),
          decimal::literal("10")};
}

/// Bar of minute `k`, which closes at minute k + 1.
inline trading::bar make_bar(const trading::instrument_id& id, int64_t k, const char* open,
                             const char* high, const char* low, const char* close,
                             const char* volume = "1000") {
  return {id,
          trading::timestamp::from_ns(k * minute_ns),
          std::chrono::minutes{1},
          decimal::literal(open),
          decimal::literal(high),
          decimal::literal(low),
          decimal::literal(close),
          decimal::literal(volume)};
}

/// Step `number` ends minute `number`: its bars are those of minute `number` − 1.
inline venues::step make_step(uint64_t number, std::vector<trading::bar> bars) {
  return {"main", number, trading::timestamp::from_ns(static_cast<int64_t>(number) * minute_ns),
          std::move(bars)};
}

inline venues::submit market_order(const char* id, trading::side direction, const char* size,
                                   uint64_t session = 1) {
  venues::submit c;
  c.account = main_account;
  c.session = session;
  c.id = trading::client_order_id{id};
  c.instrument = btc;
  c.direction = direction;
  c.size = decimal::literal(size);
  return c;
}

inline venues::submit limit_order(const char* id, trading::side direction, const char* size,
                                  const char* limit) {
  auto c = market_order(id, direction, size);
  c.type = trading::order_type::limit;
  c.limit_price = decimal::literal(limit);
  return c;
}

inline venues::submit stop_order(const char* id, trading::side direction, const char* size,
                                 const char* stop) {
  auto c = market_order(id, direction, size);
  c.type = trading::order_type::stop;
  c.stop_price = decimal::literal(stop);
  return c;
}

/// A venue on a ledger of its own that can be closed and opened again.
class venue_fixture : public ::testing::Test {
protected:
  venue_fixture() : venue_fixture(std::filesystem::temp_directory_path()) {}

  explicit venue_fixture(const std::filesystem::path& parent) : folder_(parent) {
    settings_.id = trading::venue_id{"sim"};
    settings_.ledger_file = folder_.file("venue.ledger");
    settings_.instruments = {make_instrument(btc), make_instrument(eth)};
    settings_.costs.taker_fee_ppb = 1'000'000;
    settings_.costs.maker_fee_ppb = 500'000;
    reopen();
  }

  void reopen() {
    venue_.reset();
    auto opened = venues::bar_venue::open(settings_);
    if (!opened)
      throw std::runtime_error{opened.error().to_string()};
    venue_ = std::move(opened).value();
  }

  std::vector<venues::answer> handle(const std::vector<venues::command>& commands,
                                     int64_t now_ns = 0) {
    return venue_->handle(commands, now_ns);
  }

  /// The answer to one command, of the type that belongs to it.
  venues::logon_report ask(const venues::logon& c) { return one<venues::logon_report>(c); }
  venues::order_report ask(const venues::submit& c, int64_t now_ns = 0) {
    return one<venues::order_report>(c, now_ns);
  }
  venues::cancel_report ask(const venues::cancel& c) { return one<venues::cancel_report>(c); }
  venues::query_report ask(const venues::query& c) { return one<venues::query_report>(c); }
  venues::open_orders_report ask(const venues::open_orders& c) {
    return one<venues::open_orders_report>(c);
  }
  venues::trades_report ask(const venues::trades_after& c) { return one<venues::trades_report>(c); }
  venues::balances_report ask(const venues::balances& c) { return one<venues::balances_report>(c); }
  venues::step_report ask(const venues::step& c) { return one<venues::step_report>(c); }

  void log_on(uint64_t session = 1) {
    ASSERT_TRUE(ask(venues::logon{main_account, session}).accepted());
  }

  /// Minute `number`, and the same answer again from a new process.
  venues::step_report move(uint64_t number, const char* open, const char* high, const char* low,
                           const char* close, const char* volume = "1000") {
    const auto s = make_step(
      number, {make_bar(btc, static_cast<int64_t>(number) - 1, open, high, low, close, volume)});
    const auto before = ask(s);
    reopen();
    EXPECT_EQ(ask(s), before);
    return before;
  }

  [[nodiscard]] venues::ledger_contents ledger() const {
    auto read = venues::read_ledger(settings_.ledger_file);
    if (!read)
      throw std::runtime_error{read.error().to_string()};
    return std::move(read).value();
  }

  temporary_folder folder_;
  venues::bar_venue_settings settings_;
  std::unique_ptr<venues::bar_venue> venue_;

private:
  template <class Answer>
  Answer one(const venues::command& c, int64_t now_ns = 0) {
    return std::get<Answer>(venue_->handle({c}, now_ns).at(0));
  }
};

} // namespace supreme::tests
