#pragma once

#include "venues/bar_history.hpp"

#include <algorithm>
#include <memory>

namespace supreme::tests {

/// A history that ends, made of one that does not.
class finite_history final : public venues::bar_history {
public:
  finite_history(std::shared_ptr<venues::bar_history> inner, trading::timestamp end)
    : inner_(std::move(inner)), end_(end) {}

  [[nodiscard]] const trading::instrument_id& instrument() const noexcept override {
    return inner_->instrument();
  }
  [[nodiscard]] trading::nanoseconds interval() const noexcept override {
    return inner_->interval();
  }
  [[nodiscard]] std::vector<trading::bar>
  range(trading::timestamp after_close, trading::timestamp up_to_close, size_t max) override {
    return inner_->range(after_close, std::min(up_to_close, end_), max);
  }
  [[nodiscard]] std::vector<trading::bar> after(trading::timestamp close_time,
                                                size_t max) override {
    return inner_->range(close_time, end_, max);
  }

private:
  std::shared_ptr<venues::bar_history> inner_;
  trading::timestamp end_;
};

} // namespace supreme::tests
