#include "commands/tick_inputs.hpp"

#include "commands/count_text.hpp"
#include "venues/history/depth_file_stream.hpp"

namespace supreme::commands {

tick_inputs::tick_inputs(const std::vector<tick_files>& files) {
  for (size_t i = 0; i < files.size(); ++i) {
    const auto& f = files[i];
    trades_.push_back({f.instrument, std::make_unique<venues::trade_file_stream>(f.trades)});
    trading::tick_input input{i, trades_.back().trades.get(), nullptr, nullptr};
    if (!f.quotes.empty())
      input.quotes =
        quotes_.emplace_back(std::make_unique<venues::quote_file_stream>(f.quotes)).get();
    if (!f.depth.empty())
      input.depth = depth_.emplace_back(std::make_unique<venues::depth_file_stream>(f.depth)).get();
    if (input.quotes != nullptr || input.depth != nullptr)
      liquidity_ = trading::taken_liquidity::displayed;
    inputs_.push_back(input);
  }
}

std::vector<std::string> tick_inputs::notes() const {
  std::vector<std::string> out;
  for (const auto& t : trades_) {
    const auto s = t.trades->summary();
    const auto& name = t.instrument.str();
    if (s.missing_ids > 0)
      out.push_back(name + ": the ids of " + count_text(s.missing_ids, "trade") + " are missing");
    if (s.without_aggressor > 0)
      out.push_back(name + ": " + count_text(s.without_aggressor, "trade")
                    + " without a side, taken for what the tick rule says");
    if (s.rounded_values > 0)
      out.push_back(name + ": " + rounded_text(s.rounded_values));
  }
  return out;
}

} // namespace supreme::commands
