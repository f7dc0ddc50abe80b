#include "trading/indicators/sma.hpp"

#include "trading/check.hpp"

namespace supreme::trading {

sma::sma(uint32_t length) : ring_(length) {
  SUPREME_CHECK(length > 0, "an average is over at least one value");
}

std::optional<double> sma::value() const noexcept {
  return full_ ? std::optional{window_.value() / static_cast<double>(ring_.size())} : std::nullopt;
}

std::optional<double> sma::update(double input) noexcept {
  window_.add(input);
  if (full_)
    window_.add(-ring_[next_]);
  turn_.add(input);
  ring_[next_] = input;
  if (++next_ == ring_.size()) {
    next_ = 0;
    full_ = true;
    window_ = turn_;
    turn_ = compensated_sum{};
  }
  return value();
}

} // namespace supreme::trading
