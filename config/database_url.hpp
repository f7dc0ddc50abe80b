#pragma once

#include "config/loader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace supreme::config {

/// What is wrong with a PostgreSQL URL or key=value conninfo, as one sentence without any of its
/// values; nothing when it may be used. A server on another machine needs sslmode=verify-full,
/// because everything less gives the password or the data to whoever answers. `env` is asked for
/// PGHOST, PGHOSTADDR and PGSSLMODE, which libpq would fall back to, too.
[[nodiscard]] std::optional<std::string> check_database_url(const std::string& url,
                                                            const environment& env);

struct expanded_url {
  std::string url;     ///< may hold secrets: never logged
  std::string problem; ///< empty when the URL may be used; never a value
};

/// Replaces ${NAME} in the text of a file by the environment's value, then checks the result. A
/// reference that is the whole text is taken as it is; inside a longer text the value is escaped,
/// so that a password cannot change the meaning of what surrounds it. A password that stands in the
/// text itself is a problem.
[[nodiscard]] expanded_url expand_database_url(std::string_view text, const environment& env);

/// The URL in the environment variable, checked; for verbs that get a variable's name.
[[nodiscard]] expanded_url database_url_from_environment(const std::string& variable,
                                                         const environment& env);

} // namespace supreme::config
