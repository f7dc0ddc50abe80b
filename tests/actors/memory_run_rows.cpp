#include "tests/actors/memory_run_rows.hpp"

#include "storage/memory/memory_ledger_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace supreme::tests {

namespace {

using nlohmann::json;
using storage::parity_row;
using storage::parity_table;
using trading::timestamp;

std::string text(const json& value) {
  if (value.is_null())
    return std::string{storage::no_value};
  if (value.is_boolean())
    return value.get<bool>() ? "t" : "f";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<std::string> texts(const json& from, std::initializer_list<const char*> names) {
  std::vector<std::string> values;
  for (const char* name : names)
    values.push_back(text(from.at(name)));
  return values;
}

timestamp time_of(const json& from) {
  return timestamp::from_ns(from.at("event_time_ns").get<int64_t>());
}

std::string key_of(const json& wish) {
  return storage::decision_key_text(text(wish.at("slot")), text(wish.at("cause")),
                                    wish.at("leg").get<uint64_t>(),
                                    wish.at("child").get<uint64_t>());
}

std::string inputs_of(const json& wish) {
  std::string all;
  for (const auto& input : wish.at("inputs"))
    all += (all.empty() ? "" : ", ") + text(input.at(0)) + ' ' + text(input.at(1));
  return all;
}

void append_position(std::vector<std::string>& values, const json& p) {
  for (auto& value : texts(p, {"size", "cost", "realised_gross", "fees_quote", "fill_count"}))
    values.push_back(std::move(value));
}

void append_position(std::vector<std::string>& values, const trading::position& p) {
  for (const auto amount : {p.size, p.cost, p.realised_gross, p.fees_quote})
    values.push_back(amount.to_string());
  values.push_back(std::to_string(p.fill_count));
}

} // namespace

/// One pass over the audit trail, which has every fact in the order in which it was committed.
class memory_run_rows::reading {
public:
  reading(memory_run_rows& to, const std::shared_ptr<storage::memory_database>& database)
    : to_(to), store_(database) {
    for (const auto& row : database->audit_rows()) {
      const auto payload = json::parse(row.payload);
      if (row.kind == "decided")
        decided(payload.at("in"), payload.at("out"));
      else if (row.kind.ends_with("fill"))
        filled(payload.at("in"), payload.at("out"));
      else if (row.kind == "step")
        finished(payload.at("in"));
    }
    for (const auto& account : store_.accounts())
      holds(account);
    for (auto& table : to_.rows_)
      std::stable_sort(table.begin(), table.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
  }

private:
  void add(parity_table t, timestamp at, parity_row row) {
    to_.rows_[static_cast<size_t>(t)].emplace_back(at, std::move(row));
  }

  void decided(const json& in, const json& out) {
    const auto& wish = in.at("wish");
    const auto at = time_of(wish);
    const auto key = key_of(wish);
    auto values =
      texts(wish, {"strategy", "account", "instrument", "wanted", "reference_price", "reason"});
    values.insert(values.end(), {inputs_of(wish), at.to_string(), text(wish.at("account_seq"))});
    add(parity_table::signals, at, {key, std::move(values)});
    const auto& verdict = in.at("verdict");
    values = {text(wish.at("account")), text(out.at("refusal")), text(out.at("decided_by"))};
    for (auto& value : texts(verdict, {"direction", "size", "worst_price", "reserve_cash"}))
      values.push_back(std::move(value));
    for (auto& value : texts(in, {"mark", "max_position", "allow_short"}))
      values.push_back(std::move(value));
    add(parity_table::verdicts, at, {key, std::move(values)});
    size_t number = 0;
    for (const auto& check : out.at("checks")) {
      values = texts(check, {"code", "passed", "limit", "seen"});
      values.push_back(check.value("why", std::string{storage::no_value}));
      add(parity_table::checks, at, {key + " #" + std::to_string(++number), std::move(values)});
    }
    if (!out.at("id").is_null())
      ordered(in, key, trading::client_order_id{text(out.at("id"))});
  }

  void ordered(const json& in, const std::string& key, const trading::client_order_id& id) {
    keys_[id.str()] = key;
    const auto row = store_.find_order(id).value();
    const auto& o = row.order;
    const auto price = [](const std::optional<trading::price>& p) {
      return p ? p->to_string() : std::string{storage::no_value};
    };
    add(parity_table::orders, o.event_time,
        {key,
         {std::to_string(++places_[o.account.str()]), o.strategy.str(), o.account.str(),
          o.venue.str(), o.instrument.str(), text(in.at("quote")), to_string(o.direction),
          to_string(o.type), o.size.to_string(), price(o.limit_price), price(o.stop_price),
          o.reduce_only ? "t" : "f", o.decision_price.to_string(), o.event_time.to_string(),
          text(in.at("verdict").at("reserve_cash"))}});
    add(parity_table::order_ends, o.event_time,
        {key,
         {to_string(row.state), row.filled.to_string(), row.reserved_quantity.to_string(),
          row.reserved_cash.to_string()}});
  }

  void filled(const json& in, const json& out) {
    const auto& f = in.at("fill");
    const auto at = time_of(f);
    const auto key = text(f.at("account")) + ' ' + text(out.at("account_seq"));
    std::vector<std::string> values{keys_.at(text(f.at("order"))), text(f.at("venue")),
                                    text(in.at("slot"))};
    for (auto& value : texts(f, {"instrument", "direction", "price", "size", "fee", "fee_asset"}))
      values.push_back(std::move(value));
    values.push_back(at.to_string());
    append_position(values, in.at("account_after"));
    append_position(values, in.at("slot_after"));
    add(parity_table::fills, at, {key, std::move(values)});
    for (const auto& change : in.at("balances"))
      add(parity_table::movements, at,
          {key + ' ' + text(change.at("asset")), texts(change, {"delta"})});
  }

  void finished(const json& in) {
    if (in.at("bars").get<uint64_t>() == 0)
      return;
    const auto at = time_of(in);
    add(parity_table::steps, at, {at.to_string(), texts(in, {"step", "bars", "signals"})});
    for (const auto& sample : in.at("equity"))
      add(parity_table::equity, at,
          {text(sample.at("account")) + ' ' + at.to_string(),
           {text(in.at("step")), text(sample.at("equity")), text(sample.at("cash"))}});
  }

  void holds(const trading::account_id& account) {
    const auto rows = store_.load_account(account);
    const auto start = account.str() + ' ';
    for (const auto& [instrument, p] : rows.positions) {
      if (p.position == trading::position{} && p.reserved_buy.is_zero()
          && p.reserved_sell.is_zero())
        continue;
      parity_row row{start + instrument.str(), {}};
      append_position(row.values, p.position);
      row.values.insert(row.values.end(),
                        {p.reserved_buy.to_string(), p.reserved_sell.to_string()});
      add(parity_table::positions, {}, std::move(row));
    }
    for (const auto& [slot, s] : rows.slots) {
      if (s.position == trading::position{})
        continue;
      parity_row row{start + slot.str(), {s.instrument.str()}};
      append_position(row.values, s.position);
      add(parity_table::slots, {}, std::move(row));
    }
    for (const auto& [asset, b] : rows.balances) {
      if (!b.amount.is_zero() || !b.reserved.is_zero())
        add(parity_table::balances, {},
            {start + asset.str(), {b.amount.to_string(), b.reserved.to_string()}});
    }
  }

  memory_run_rows& to_;
  storage::memory_ledger_store store_;
  std::map<std::string, std::string> keys_; ///< by order id
  std::map<std::string, uint64_t> places_;  ///< orders of each account so far
};

memory_run_rows::memory_run_rows(const std::shared_ptr<storage::memory_database>& database) {
  reading{*this, database};
}

std::vector<parity_row> memory_run_rows::next(parity_table t, timestamp until) {
  const auto& rows = rows_[static_cast<size_t>(t)];
  auto& from = handed_out_[static_cast<size_t>(t)];
  std::vector<parity_row> part;
  for (; from < rows.size() && rows[from].first <= until; ++from)
    part.push_back(rows[from].second);
  return part;
}

std::vector<parity_row> memory_run_rows::held(parity_table t) { return next(t, {}); }

void memory_run_rows::rename(const std::string& from, const std::string& to) {
  const auto replace = [&](std::string& in) {
    for (auto at = in.find(from); at != std::string::npos; at = in.find(from, at + to.size()))
      in.replace(at, from.size(), to);
  };
  for (auto& table : rows_) {
    for (auto& [time, row] : table) {
      replace(row.key);
      for (auto& value : row.values)
        replace(value);
    }
  }
}

} // namespace supreme::tests
