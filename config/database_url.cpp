#include "config/database_url.hpp"

#include "config/defaults.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

namespace supreme::config {

namespace {

using options = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view not_a_url =
  "a PostgreSQL URL (postgresql://...) or key=value text that libpq can read";

bool is_url(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

/// libpq's own reading of the text. Its error texts quote the input, secrets included, so they are
/// dropped.
std::optional<options> read_options(const std::string& text) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed{
    PQconninfoParse(text.c_str(), &error), PQconninfoFree};
  const std::unique_ptr<char, decltype(&PQfreemem)> free_error{error, PQfreemem};
  if (!parsed)
    return std::nullopt;
  options out;
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr && *option->val != '\0')
      out.emplace(option->keyword, option->val);
  return out;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= list.size();) {
    const auto end = std::min(list.find(',', start), list.size());
    parts.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

bool is_local(const std::string& host) {
  // An empty host is libpq's default socket; '@' starts a socket in the abstract namespace.
  return host.empty() || host[0] == '/' || host[0] == '@' || host == "localhost"
         || host == "127.0.0.1" || host == "::1";
}

std::string or_environment(const options& given, std::string_view key, const char* variable,
                           const environment& env) {
  if (const auto found = given.find(key); found != given.end())
    return found->second;
  return env(variable).value_or("");
}

/// One piece of a text: literal characters, or the name of an environment variable.
struct piece {
  bool reference = false;
  std::string text;
};

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Nothing when a reference is not closed or names no variable.
std::optional<std::vector<piece>> split_references(std::string_view text) {
  std::vector<piece> pieces;
  while (!text.empty()) {
    const auto start = text.find("${");
    if (start != 0)
      pieces.push_back({false, std::string{text.substr(0, start)}});
    if (start == std::string_view::npos)
      break;
    text.remove_prefix(start + 2);
    const auto end = text.find('}');
    if (end == std::string_view::npos || !is_variable_name(text.substr(0, end)))
      return std::nullopt;
    pieces.push_back({true, std::string{text.substr(0, end)}});
    text.remove_prefix(end + 1);
  }
  return pieces;
}

std::string escape_for_url(std::string_view value) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
        || std::string_view{"-._~"}.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 0xf];
    }
  }
  return out;
}

/// A backslash takes the meaning from the next character, both inside and outside of single quotes.
std::string escape_for_conninfo(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '\'' || c == ' ' || (c >= '\t' && c <= '\r'))
      out += '\\';
    out += c;
  }
  return out;
}

/// Whether a secret option holds anything but references, which stand as `mark` here.
bool holds_literal_secret(const options& given, std::string_view mark) {
  static constexpr std::array<std::string_view, 2> secret_keys{"password", "sslpassword"};
  return std::any_of(secret_keys.begin(), secret_keys.end(), [&](std::string_view key) {
    const auto found = given.find(key);
    if (found == given.end())
      return false;
    std::string_view rest = found->second;
    while (rest.starts_with(mark))
      rest.remove_prefix(mark.size());
    return !rest.empty();
  });
}

} // namespace

std::optional<std::string> check_database_url(const std::string& url, const environment& env) {
  // libpq takes text without '=' and without a scheme as nothing at all.
  if (url.find('\0') != std::string::npos)
    return "expected " + std::string{not_a_url} + ", the text has a zero byte";
  const auto given = read_options(url);
  if (!given || given->empty())
    return "expected " + std::string{not_a_url};
  if (given->count("service") > 0 || (given->count("host") == 0 && env("PGSERVICE")))
    return "expected the host in the URL itself: a service file would hide which server is meant";

  bool all_local = true;
  for (const auto& [key, variable] :
       {std::pair{"host", "PGHOST"}, std::pair{"hostaddr", "PGHOSTADDR"}})
    for (const auto& host : split(or_environment(*given, key, variable, env)))
      all_local = all_local && is_local(host);
  if (!all_local && or_environment(*given, "sslmode", "PGSSLMODE", env) != "verify-full")
    return "expected sslmode=verify-full, because the server is on another machine";
  return std::nullopt;
}

expanded_url expand_database_url(std::string_view text, const environment& env) {
  static constexpr std::string_view mark = "x0reference0x";
  const auto pieces = split_references(text);
  if (!pieces)
    return {"", "expected references like ${SUPREME_DATABASE_URL}: a name of letters, digits and _ "
                "in braces"};

  const bool whole = pieces->size() == 1 && pieces->front().reference;
  const bool url = is_url(text);
  std::string marked;
  std::string expanded;
  for (const auto& part : *pieces) {
    if (!part.reference) {
      marked += part.text;
      expanded += part.text;
      continue;
    }
    const auto value = env(part.text);
    if (!value || value->empty())
      return {"", "expected the environment variable " + part.text + " to be set, it is not"};
    marked += mark;
    if (whole)
      expanded += *value;
    else
      expanded += url ? escape_for_url(*value) : escape_for_conninfo(*value);
  }
  if (!whole) {
    const auto given = read_options(marked);
    if (given && holds_literal_secret(*given, mark))
      return {"",
              "expected no password in the file: put it into the environment and write ${NAME}"};
  }
  if (auto wrong = check_database_url(expanded, env))
    return {"", std::move(*wrong)};
  return {std::move(expanded), ""};
}

expanded_url database_url_from_environment(const std::string& variable, const environment& env) {
  if (!is_variable_name(variable))
    return {"", "expected the name of an environment variable, not its value"};
  return expand_database_url("${" + variable + "}", env);
}

} // namespace supreme::config
