#include "storage/audit/chain.hpp"

#include "storage/audit_hash.hpp"

#include <utility>

namespace supreme::storage {

namespace {

const std::string zeros(32, '\0');

std::string hash_of(const audit_row& row) {
  const auto digest = audit_hash({.stream = row.stream,
                                  .seq = row.seq,
                                  .at_us = row.at_us,
                                  .node = row.node,
                                  .epoch = row.epoch,
                                  .actor = row.actor,
                                  .kind = row.kind,
                                  .payload = row.payload,
                                  .prev_hash = row.prev_hash});
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace

chain_walk::chain_walk(std::string stream, std::map<int64_t, std::string> anchors,
                       defect_list& defects)
  : stream_(std::move(stream)),
    anchors_(std::move(anchors)),
    defects_(defects),
    stored_hash_(zeros),
    computed_hash_(zeros) {}

void chain_walk::fault(int64_t seq, const std::string& what) {
  intact_ = false;
  defects_.add(audit_place(stream_, seq), what);
}

void chain_walk::add(const audit_row& row) {
  const bool follows = row.seq == last_seq_ + 1;
  if (!follows)
    fault(last_seq_ + 1, row.seq == last_seq_ + 2
                           ? "the row is missing"
                           : "rows " + std::to_string(last_seq_ + 1) + " to "
                               + std::to_string(row.seq - 1) + " are missing");
  const auto computed = hash_of(row);
  if (computed != row.hash)
    fault(row.seq, "the row was changed: its hash does not fit its columns");
  // A changed row before this one was named already; this row is bound to what that one was, or to
  // what it became.
  else if (follows && row.prev_hash != stored_hash_ && row.prev_hash != computed_hash_)
    fault(row.seq, "the row does not follow the one before it");
  if (const auto anchor = anchors_.find(row.seq);
      anchor != anchors_.end() && anchor->second != row.hash)
    fault(row.seq, "the row is not the one whose hash was signed");
  last_seq_ = row.seq;
  stored_hash_ = row.hash;
  computed_hash_ = computed;
}

void chain_walk::finish(const std::optional<audit_head>& head) {
  const auto place = "audit.heads stream=" + stream_;
  auto end = last_seq_;
  // A stream that never was is whole: rows that should be in it are found by comparing them with
  // nothing.
  if (!head && last_seq_ == 0 && anchors_.empty())
    return;
  if (!head) {
    intact_ = false;
    defects_.add(place, "the head is missing");
  } else if (head->seq < last_seq_) {
    intact_ = false;
    defects_.add(place, "the head stands at " + std::to_string(head->seq) + ", the rows go on to "
                          + std::to_string(last_seq_));
  } else if (head->seq == last_seq_ && head->hash != stored_hash_) {
    intact_ = false;
    defects_.add(place, "the head does not have the last row's hash");
  } else {
    end = head->seq;
  }
  if (!anchors_.empty() && anchors_.rbegin()->first > end)
    end = anchors_.rbegin()->first;
  if (end > last_seq_)
    fault(end, "the rows after " + std::to_string(last_seq_) + " are missing up to this one, which "
                 + (head && head->seq == end ? "the head names" : "was signed"));
}

} // namespace supreme::storage
