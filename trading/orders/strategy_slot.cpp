#include "trading/orders/strategy_slot.hpp"

#include "trading/check.hpp"

namespace supreme::trading {

namespace {

target to_target(desire d) {
  switch (d) {
    case desire::flat:
      return target::flat;
    case desire::long_position:
      return target::long_position;
    case desire::short_position:
      return target::short_position;
  }
  fail_check("desire", "a strategy's wish is one of the named ones");
}

} // namespace

std::string bar_cause(const bar& b) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(b.interval).count();
  return b.instrument.str() + "/" + std::to_string(seconds) + "s/"
         + std::to_string(b.close_time().ms());
}

strategy_slot::strategy_slot(strategy_id strategy, account_id account, instrument_id instrument,
                             std::unique_ptr<trading::strategy> logic)
  : strategy_(std::move(strategy)),
    account_(std::move(account)),
    instrument_(std::move(instrument)),
    id_(make_slot(strategy_, instrument_)),
    logic_(std::move(logic)) {
  SUPREME_CHECK(logic_ != nullptr, "a slot has a strategy");
}

void strategy_slot::on_fill(const slot_holding& after, uint64_t account_seq) {
  if (account_seq <= account_seq_)
    return;
  account_seq_ = account_seq;
  logic_->on_fill(after);
}

std::optional<signal> strategy_slot::on_bar(const bar& b) {
  SUPREME_CHECK(b.instrument == instrument_, "a slot sees its own instrument only");
  auto made = logic_->on_bar(b);
  if (!made)
    return std::nullopt;
  signal s;
  s.key = {id_, bar_cause(b), 0, 0};
  s.strategy = strategy_;
  s.account = account_;
  s.instrument = instrument_;
  s.wanted = to_target(made->wanted);
  s.reference_price = b.close;
  s.reason = made->reason;
  s.event_time = b.close_time();
  s.account_seq = account_seq_;
  for (const auto& [name, value] : made->inputs) {
    auto exact = decimal::from_double(value);
    if (!exact)
      throw strategy_defect(id_.str() + ": input " + name
                            + " of a decision is not a finite decimal");
    s.inputs.emplace_back(name, *exact);
  }
  return s;
}

} // namespace supreme::trading
