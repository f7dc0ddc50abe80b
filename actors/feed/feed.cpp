#include "actors/feed/feed.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <limits>

namespace supreme::actors {

namespace {

namespace bounds = config::defaults;

trading::timestamp upper_bound(const protocols::bar_query& q) {
  return q.up_to == trading::timestamp{}
           ? trading::timestamp::from_ns(std::numeric_limits<int64_t>::max())
           : q.up_to;
}

caf::error refuse(const std::string& text) {
  return protocols::make_error(protocols::fault::bad_input, text);
}

venues::bar_history* find_history(feed_state& st, const trading::instrument_id& id) {
  for (auto& h : st.histories) {
    if (h->instrument() == id)
      return h.get();
  }
  return nullptr;
}

/// Keeps whole close times only: bars of the last one may go on in the next batch.
void keep_whole_times(std::vector<trading::bar>& bars, size_t max) {
  if (bars.size() <= max)
    return;
  auto cut = bars[max].close_time();
  std::erase_if(bars, [&](const auto& b) { return b.close_time() >= cut; });
}

caf::result<protocols::bar_batch> fetch(feed_state& st, const protocols::bar_query& q) {
  if (q.max_bars < st.histories.size() || q.max_bars > bounds::feed_batch_bars)
    return refuse("max_bars must be between the number of symbols and feed_batch_bars");
  protocols::bar_batch batch;
  auto up_to = upper_bound(q);
  bool complete = true;
  for (auto& h : st.histories) {
    auto bars = h->range(q.after, up_to, q.max_bars + 1u);
    complete = complete && bars.size() <= q.max_bars;
    batch.bars.insert(batch.bars.end(), std::make_move_iterator(bars.begin()),
                      std::make_move_iterator(bars.end()));
  }
  std::stable_sort(batch.bars.begin(), batch.bars.end(),
                   [](const auto& a, const auto& b) { return a.close_time() < b.close_time(); });
  complete = complete && batch.bars.size() <= q.max_bars;
  keep_whole_times(batch.bars, q.max_bars);
  batch.end_of_input = complete && q.up_to == trading::timestamp{};
  return batch;
}

caf::result<protocols::bar_batch> history(feed_state& st, const protocols::bar_query& q) {
  if (q.instruments.size() != 1 || q.max_bars == 0 || q.max_bars > bounds::feed_batch_bars)
    return refuse("a history query names one instrument and at most feed_batch_bars bars");
  auto* h = find_history(st, q.instruments.front());
  if (h == nullptr)
    return refuse("this shard does not have " + q.instruments.front().str());
  protocols::bar_batch batch;
  batch.bars = h->range(q.after, upper_bound(q), q.max_bars);
  batch.end_of_input = batch.bars.size() < q.max_bars;
  return batch;
}

} // namespace

protocols::feed::behavior_type
make_feed(protocols::feed::stateful_pointer<feed_state> self,
          std::vector<std::shared_ptr<venues::bar_history>> histories) {
  self->state.histories = std::move(histories);
  return {
    [self](protocols::fetch_atom, const protocols::bar_query& q) { return fetch(self->state, q); },
    [self](protocols::history_atom, const protocols::bar_query& q) {
      return history(self->state, q);
    },
  };
}

} // namespace supreme::actors
