#pragma once

#include "config/toml_reader.hpp"
#include "trading/market/instrument.hpp"

#include <map>
#include <vector>

namespace supreme::config {

/// Reads [[instruments]], which cluster and venue files share. Ids are unique, steps above zero.
[[nodiscard]] std::vector<trading::instrument> read_instruments(table_reader& root);

/// Reads ca_file, certificate_file and key_file of [tls]; all are required.
[[nodiscard]] tls_settings read_tls(table_reader& root);

/// Reads host and port of a section. Port 0 means any free port for a section that must listen.
[[nodiscard]] listen_settings read_listen(table_reader& root, std::string_view key, bool required);

/// Reads a section of assets with their amounts, each ≥ 0; one at least.
[[nodiscard]] std::map<trading::asset_id, trading::money> read_balances(table_reader section);

/// Reads log_level, "info" by default.
[[nodiscard]] std::string read_log_level(table_reader& root);

/// Reports every name that is no instrument of the file. `key` is the key that lists the names;
/// empty when the names are the section's keys themselves.
void check_instruments(const table_reader& section, const cluster_settings& all,
                       const std::string& key, const std::vector<std::string>& names);

} // namespace supreme::config
