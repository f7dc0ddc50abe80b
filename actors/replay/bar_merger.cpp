#include "actors/replay/bar_merger.hpp"

#include "actors/cluster/units.hpp"
#include "trading/check.hpp"

#include <algorithm>

namespace supreme::actors {

bar_merger::bar_merger(const config::cluster_settings& settings, trading::timestamp after) {
  for (const auto& feed : settings.feeds) {
    for (uint32_t shard = 0; shard < feed.shards; ++shard)
      inputs_.push_back({feed_unit(feed.name, shard), {}, after, false});
  }
  for (const auto& i : settings.instruments)
    order_.emplace(i.id, order_.size());
}

std::optional<bar_merger::need> bar_merger::next_need() const {
  for (const auto& in : inputs_) {
    if (in.bars.empty() && !in.ended)
      return need{in.unit, in.fetched_to};
  }
  return std::nullopt;
}

void bar_merger::refill(const std::string& unit, const std::vector<trading::bar>& bars,
                        bool end_of_input) {
  auto in =
    std::find_if(inputs_.begin(), inputs_.end(), [&](const auto& i) { return i.unit == unit; });
  SUPREME_CHECK(in != inputs_.end(), "only configured inputs are refilled");
  for (const auto& b : bars) {
    SUPREME_CHECK(b.close_time() >= in->fetched_to, "a feed's bars ascend");
    in->fetched_to = b.close_time();
    in->bars.push_back(b);
  }
  in->ended = end_of_input;
}

bool bar_merger::exhausted() const {
  return std::all_of(inputs_.begin(), inputs_.end(),
                     [](const auto& i) { return i.ended && i.bars.empty(); });
}

std::vector<trading::bar> bar_merger::take() {
  SUPREME_CHECK(!next_need(), "every input is filled before a step is taken");
  std::optional<trading::timestamp> time;
  for (const auto& in : inputs_) {
    if (!in.bars.empty() && (!time || in.bars.front().close_time() < *time))
      time = in.bars.front().close_time();
  }
  std::vector<trading::bar> step;
  for (auto& in : inputs_) {
    while (!in.bars.empty() && in.bars.front().close_time() == time) {
      step.push_back(std::move(in.bars.front()));
      in.bars.pop_front();
    }
  }
  std::stable_sort(step.begin(), step.end(), [&](const auto& a, const auto& b) {
    return order_.at(a.instrument) < order_.at(b.instrument);
  });
  return step;
}

} // namespace supreme::actors
