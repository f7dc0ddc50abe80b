#include "trading/backtest/tick_run.hpp"

#include "trading/check.hpp"

#include <memory>
#include <utility>

namespace supreme::trading {

namespace {

constexpr uint64_t records_between_questions = 65'536;

void give(tick_engine& engine, size_t instrument, const trade_tick& t) {
  engine.on_trade(instrument, t);
}
void give(tick_engine& engine, size_t instrument, const quote_tick& q) {
  engine.on_quote(instrument, q);
}
void give(tick_engine& engine, size_t instrument, const depth_tick& d) {
  engine.on_depth(instrument, d);
}

/// A stream and those of its records that have not been given.
class source {
public:
  virtual ~source() = default;
  /// Of the next record; nothing at the end.
  [[nodiscard]] virtual std::optional<timestamp> time() = 0;
  /// Gives all records in hand of this time.
  virtual uint64_t give_all(tick_engine& engine, timestamp of) = 0;
};

template <class Record>
class stream_source final : public source {
public:
  stream_source(size_t instrument, record_stream<Record>& stream)
    : instrument_(instrument), stream_(stream) {}

  std::optional<timestamp> time() override {
    if (records_.empty())
      records_ = stream_.next();
    return records_.empty() ? std::nullopt : std::optional{records_.front().time};
  }

  uint64_t give_all(tick_engine& engine, timestamp of) override {
    uint64_t given = 0;
    for (; time() == of; ++given) {
      give(engine, instrument_, records_.front());
      records_ = records_.subspan(1);
    }
    return given;
  }

private:
  size_t instrument_;
  record_stream<Record>& stream_;
  std::span<const Record> records_;
};

using sources = std::vector<std::unique_ptr<source>>;

template <class Record>
void add(sources& to, size_t instrument, record_stream<Record>* stream) {
  if (stream != nullptr)
    to.push_back(std::make_unique<stream_source<Record>>(instrument, *stream));
}

sources make_sources(const std::vector<tick_input>& inputs) {
  sources out;
  for (const auto& i : inputs) {
    SUPREME_CHECK(i.trades != nullptr, "bars are made of trades");
    add(out, i.instrument, i.trades);
  }
  for (const auto& i : inputs)
    add(out, i.instrument, i.quotes);
  for (const auto& i : inputs)
    add(out, i.instrument, i.depth);
  return out;
}

} // namespace

run_progress run_tick_backtest(tick_engine& engine, const std::vector<tick_input>& inputs,
                               const std::function<bool(const run_progress&)>& go_on) {
  const auto all = make_sources(inputs);
  run_progress progress;
  uint64_t given = 0;
  uint64_t next_question = records_between_questions;
  const auto note = [&](timestamp at) {
    progress.bars = engine.bars();
    progress.steps = engine.steps();
    progress.at = at;
  };
  while (true) {
    std::optional<timestamp> first;
    for (const auto& s : all)
      if (const auto time = s->time(); time && (!first || *time < *first))
        first = time;
    if (!first)
      break;
    for (const auto& s : all)
      given += s->give_all(engine, *first);
    note(*first);
    if (given < next_question)
      continue;
    next_question = given + records_between_questions;
    if (go_on && !go_on(progress))
      return progress;
  }
  engine.finish();
  note(progress.at);
  return progress;
}

} // namespace supreme::trading
