#include "api/storage_backend.hpp"

#include "api/cluster_report.hpp"
#include "config/defaults.hpp"
#include "config/loader.hpp"

#include <algorithm>
#include <array>

namespace supreme::api {

namespace {

struct scope_name {
  storage::mode_scope value;
  const char* name;
};
constexpr std::array scope_names = {
  scope_name{storage::mode_scope::global, "global"},
  scope_name{storage::mode_scope::account, "account"},
  scope_name{storage::mode_scope::strategy, "strategy"},
  scope_name{storage::mode_scope::instrument, "instrument"},
};

/// A mode as a row of the view tells it; a mode that is not known counts as the strictest.
trading::trading_mode mode_of(const nlohmann::json& row) {
  return trading::parse_trading_mode(row.value("mode", "")).value_or(trading::trading_mode::halted);
}

mode_table read_modes(storage::reader& reader) {
  mode_table out;
  std::optional<std::string> cursor;
  do {
    const auto page =
      reader.list(storage::view::modes, {}, config::defaults::page_rows_max, cursor);
    for (const auto& row : page.rows)
      out[{row.value("scope", ""), row.value("name", "")}] = mode_of(row);
    cursor = page.next;
  } while (cursor);
  return out;
}

} // namespace

const char* to_string(storage::mode_scope scope) noexcept {
  for (const auto& entry : scope_names)
    if (entry.value == scope)
      return entry.name;
  return "invalid";
}

std::optional<storage::mode_scope> parse_mode_scope(std::string_view text) noexcept {
  for (const auto& entry : scope_names)
    if (entry.name == text)
      return entry.value;
  return std::nullopt;
}

storage::cluster_view configuration_source::view() {
  return cluster_([](storage::cluster_store& store) { return store.view(); });
}

const config::cluster_settings* configuration_source::committed() {
  const auto row = cluster_([](storage::cluster_store& store) { return store.latest_config(); });
  if (!row)
    return nullptr;
  if (!settings_ || version_ != row->version) {
    auto parsed = config::parse_cluster(row->text, "version " + std::to_string(row->version),
                                        config::cluster_text::committed);
    // Only valid text is ever committed, but a newer build may have committed what this one cannot
    // read.
    if (const auto* problems = std::get_if<config::problems>(&parsed))
      throw storage::store_failure(storage::failure_kind::definitive,
                                   "the committed configuration cannot be read: "
                                     + (problems->empty() ? "" : problems->front().to_string()));
    settings_ = std::get<config::cluster_settings>(std::move(parsed));
    version_ = row->version;
  }
  return &*settings_;
}

storage_backend::storage_backend(const storage_factories& make, mode_hook announce)
  : reader_(make.reader),
    config_(make.cluster),
    ledger_(make.ledger),
    mode_reader_(make.reader),
    mode_config_(make.cluster),
    announce_(std::move(announce)) {}

storage::page storage_backend::list(storage::view v,
                                    const std::map<std::string, std::string>& filters, size_t limit,
                                    const std::optional<std::string>& cursor) {
  return reader_([&](storage::reader& r) { return r.list(v, filters, limit, cursor); });
}

std::optional<nlohmann::json> storage_backend::why(const std::string& client_order_id) {
  return reader_([&](storage::reader& r) { return r.why(client_order_id); });
}

nlohmann::json storage_backend::status() {
  return reader_([](storage::reader& r) { return r.summary(); });
}

nlohmann::json storage_backend::cluster() {
  const auto view = config_.view();
  return describe_cluster(view, config_.committed());
}

nlohmann::json storage_backend::actors() {
  const auto view = config_.view();
  return describe_actors(view, config_.committed());
}

nlohmann::json storage_backend::strategies() {
  const auto modes = reader_([](storage::reader& r) { return read_modes(r); });
  const auto view = config_.view();
  if (const auto* config = config_.committed())
    return describe_strategies(view, *config, modes);
  return {{"config_version", "0"}, {"items", nlohmann::json::array()}};
}

bool storage_backend::ready(std::string& why) {
  try {
    if (config_.committed() != nullptr)
      return true;
    why = "No configuration has been committed.";
  } catch (const storage::store_failure& failure) {
    why = failure.kind() == storage::failure_kind::definitive
            ? "The database or the committed configuration is not one of this build."
            : "The database does not answer.";
  }
  return false;
}

bool storage_backend::is_configured(storage::mode_scope scope, const std::string& name) {
  const auto* config = mode_config_.committed();
  if (config == nullptr)
    return false;
  return scope == storage::mode_scope::strategy
           ? config->find_strategy(trading::strategy_id{name}) != nullptr
           : config->find_instrument(trading::instrument_id{name}) != nullptr;
}

storage::change_outcome storage_backend::change_mode(const storage::mode_change& change) {
  // A misspelt name would be stored and restrict nothing, and who halted would believe it did. What
  // is allowed again may have left the configuration in the meantime.
  const bool by_configured_name = change.scope == storage::mode_scope::strategy
                                  || change.scope == storage::mode_scope::instrument;
  if (by_configured_name && change.mode != trading::trading_mode::active
      && !is_configured(change.scope, change.name))
    return storage::change_outcome::unknown_scope;
  // Doing it twice is harmless: the second time finds the mode as it is wanted.
  const auto outcome =
    ledger_([&](storage::ledger_store& ledger) { return ledger.change_mode(change); });
  const bool stands =
    outcome == storage::change_outcome::applied || outcome == storage::change_outcome::unchanged;
  if (stands && announce_)
    announce_(change);
  return outcome;
}

bool storage_backend::has_rule(const trading::account_id& account,
                               const trading::risk_command& command) {
  const auto* config = mode_config_.committed();
  const auto* found = config == nullptr ? nullptr : config->find_account(account);
  if (found == nullptr)
    return false;
  const auto& breakers = found->policy.breakers;
  if (command.kind == trading::risk_command_kind::accept_drawdown)
    return found->policy.drawdown || !breakers.empty();
  return std::any_of(breakers.begin(), breakers.end(),
                     [&](const auto& rule) { return rule.key == command.breaker; });
}

storage::change_outcome storage_backend::command_risk(const storage::command_request& request) {
  // As with modes: a misspelt name would hold nothing, and a latch may outlive its breaker's place
  // in the configuration.
  if (request.command.kind != trading::risk_command_kind::release_breaker
      && !has_rule(request.account, request.command))
    return storage::change_outcome::unknown_scope;
  return ledger_([&](storage::ledger_store& ledger) { return ledger.command_risk(request); });
}

trading::trading_mode storage_backend::current_mode(storage::mode_scope scope,
                                                    const std::string& name) {
  const std::map<std::string, std::string> filters{{"scope", to_string(scope)}, {"name", name}};
  const auto page = mode_reader_(
    [&](storage::reader& r) { return r.list(storage::view::modes, filters, 1, std::nullopt); });
  return page.rows.empty() ? trading::trading_mode::active : mode_of(page.rows.front());
}

bool storage_backend::announce_unrecorded(const storage::mode_change& change) {
  if (!announce_)
    return false;
  announce_(change);
  return true;
}

} // namespace supreme::api
