#include "config/common_sections.hpp"
#include "config/defaults.hpp"
#include "config/loader.hpp"
#include "config/names.hpp"
#include "config/toml_reader.hpp"

#include <arpa/inet.h>

namespace supreme::config {

namespace {

/// SHA-256 in hexadecimal digits.
constexpr size_t digest_length = 64;

std::vector<api_token> read_tokens(table_reader& root) {
  std::vector<api_token> out;
  std::set<std::string> seen;
  auto sections = root.tables("tokens");
  if (sections.size() > defaults::tokens_max)
    root.problems_found().add("tokens", "expected at most " + std::to_string(defaults::tokens_max)
                                          + " tokens, were " + std::to_string(sections.size()));
  for (auto& section : sections) {
    api_token token;
    token.principal = section.text("principal", principal_text);
    token.role = section.choice("role", api_role_names);
    token.salt = section.text("salt", hex_text);
    token.sha256 = section.text("sha256", hex_text);
    section.finish();
    auto& found = root.problems_found();
    if (!token.salt.empty() && token.salt.size() != 2 * defaults::token_salt_bytes)
      found.add(section.path_of("salt"),
                "expected " + std::to_string(2 * defaults::token_salt_bytes)
                  + " hexadecimal digits, as `supreme token make` prints them");
    if (!token.sha256.empty() && token.sha256.size() != digest_length)
      found.add(section.path_of("sha256"),
                "expected " + std::to_string(digest_length)
                  + " hexadecimal digits, as `supreme token make` prints them");
    // The same hash twice is a copy of a section of which only one half was changed.
    if (!token.sha256.empty() && !seen.insert(token.sha256).second)
      found.add(section.path_of("sha256"), "expected each token once, this one stands twice");
    out.push_back(std::move(token));
  }
  return out;
}

/// What the gateway's server accepts as well: an address that only this machine reaches.
bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (host == "localhost" || host == "::1")
    return true;
  return ::inet_pton(AF_INET, host.c_str(), &v4) == 1
         && (ntohl(v4.s_addr) >> 24u) == IN_LOOPBACKNET;
}

listen_settings read_gateway(table_reader& root) {
  auto out = read_listen(root, "gateway", false);
  if (root.has("gateway") && !is_loopback(out.host))
    root.problems_found().add(
      "gateway.host", "expected a loopback address such as \"127.0.0.1\", because the gateway "
                      "speaks plain HTTP: put a proxy with TLS before it; was "
                        + quoted(out.host));
  return out;
}

} // namespace

std::variant<node_settings, problems> parse_node(std::string_view text, const std::string& file,
                                                 const environment& env) {
  report found{file};
  const auto parsed = parse_toml(text, file, found);
  if (!parsed)
    return found.take();
  table_reader root{found, *parsed, ""};
  node_settings out;
  out.name = root.text("name", name_text);
  out.cluster = root.text("cluster", name_text);
  out.database_url = root.database_url("database_url", env, true);
  out.reader_url = root.database_url("reader_url", env, false);
  out.data_dir = root.text("data_dir", path_text);
  out.log_file = root.has("log_file") ? root.text("log_file", path_text) : std::string{};
  out.log_level = read_log_level(root);
  out.mesh = read_listen(root, "mesh", true);
  out.tls = read_tls(root);
  out.gateway = read_gateway(root);
  out.tokens = read_tokens(root);
  out.node_labels = root.label_map("labels");
  root.finish();
  if (!found.empty())
    return found.take();
  return out;
}

} // namespace supreme::config
