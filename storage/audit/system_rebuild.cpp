#include "storage/audit/system_rebuild.hpp"

#include "storage/audit/payload.hpp"
#include "storage/failure.hpp"
#include "trading/risk/pre_trade.hpp"

namespace supreme::storage {

using nlohmann::json;
using payload::amount_cell;
using payload::integer_cell;
using payload::text;
using payload::text_cell;

void system_rebuild::add(const audit_row& row) {
  const auto fault = [&](const std::string& what) {
    defects_.add(audit_place(row.stream, row.seq), what);
  };
  try {
    const auto content = json::parse(row.payload);
    if (row.stream == "modes" && row.kind == "mode_changed")
      mode_changed(row, content);
    else if (row.stream == "config" && row.kind == "config_applied")
      tables_["cluster.config_versions"].put({integer_cell(content, "version"),
                                              text_cell(content, "sha256"),
                                              text_cell(content, "applied_by"), number(row.at_us)});
    else if (row.stream == "cluster")
      cluster_event(row, content);
    else if (row.stream.starts_with("replay/") && row.kind == "step")
      step(row, content.at("in"));
    else
      fault("no transaction writes rows of kind " + row.kind + " to this stream");
  } catch (const json::exception& e) {
    fault(std::string{"its payload is not what the program writes: "} + e.what());
  } catch (const store_failure& e) {
    fault(std::string{"its payload is not what the program writes: "} + e.what());
  }
}

void system_rebuild::mode_changed(const audit_row& row, const json& in) {
  const cell scope = text_cell(in, "scope"), name = text_cell(in, "name"),
             principal = text_cell(in, "principal"), reason = text_cell(in, "reason"),
             at = number(row.at_us);
  const auto from = trading::parse_trading_mode(text(in, "from")),
             to = trading::parse_trading_mode(text(in, "to"));
  if (!from || !to)
    throw store_failure(failure_kind::definitive, "no trading mode");
  auto& tightened_by = tightened_by_[{text(in, "scope"), text(in, "name")}];
  if (*to == trading::trading_mode::active)
    tightened_by.clear();
  else if (*to > *from)
    tightened_by = *principal;
  tables_["trading.modes"].put(
    {scope, name, text_cell(in, "to"), principal, reason, tightened_by, at});
  tables_["trading.mode_changes"].put(
    {scope, name, at, text_cell(in, "from"), text_cell(in, "to"), principal, reason});
}

void system_rebuild::cluster_event(const audit_row& row, const json& in) {
  const cell node = text_cell(in, "node"), incarnation = integer_cell(in, "incarnation"),
             unit = text_cell(in, "unit"), epoch = integer_cell(in, "epoch"),
             at = number(row.at_us);
  tables_["cluster.node_events"].put(
    {node, incarnation, row.kind, unit, epoch, at, text_cell(in, "detail")});
  if (row.kind == "claimed")
    tables_["cluster.units"].put({unit, node, incarnation, epoch, at});
  else if (row.kind == "released")
    tables_["cluster.units"].put({unit, {}, {}, epoch, at});
}

void system_rebuild::step(const audit_row& row, const json& in) {
  const cell replay = text_cell(in, "replay"), number_of_step = integer_cell(in, "step"),
             event_time = integer_cell(in, "event_time_ns"),
             finished = truth(in.at("finished").get<bool>()), at = number(row.at_us);
  tables_["trading.replays"].put({replay, number_of_step, event_time, finished, at});
  tables_["trading.replay_steps"].put({replay, number_of_step, event_time, integer_cell(in, "bars"),
                                       integer_cell(in, "signals"), finished, number(row.epoch),
                                       row.node, at});
  for (const auto& e : in.at("equity"))
    tables_["trading.equity"].put({text_cell(e, "account"), replay, number_of_step, event_time,
                                   amount_cell(e, "equity"), amount_cell(e, "cash"), at});
}

} // namespace supreme::storage
