#pragma once

#include "commands/verbs.hpp"
#include "config/loader.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace CLI {
class App;
} // namespace CLI

namespace supreme::commands {

/// Where a verb finds its database. Never a URL: arguments are visible to every user of the
/// machine.
struct database_choice {
  std::string variable = "SUPREME_DATABASE_URL";
  std::string node_file;
};

/// Adds --database-env and --node to a verb.
[[nodiscard]] std::shared_ptr<database_choice> add_database_options(CLI::App& verb);

/// Which of a node's two roles a verb wants. They are the same where the node file names only one,
/// and for --database-env.
enum class database_role : uint8_t { writer = 1, reader = 2 };

/// The chosen URL, checked. May hold secrets: never logged. Throws verb_error.
[[nodiscard]] std::string database_url(const database_choice& choice, database_role role,
                                       const config::environment& env);

/// All problems, one a line, for a person.
[[nodiscard]] std::string to_text(const config::problems& found);

/// What was parsed; throws verb_error with all problems when there are any.
template <class Settings>
[[nodiscard]] Settings require_valid(std::variant<Settings, config::problems> parsed) {
  if (const auto* found = std::get_if<config::problems>(&parsed))
    throw verb_error(to_text(*found));
  return std::get<Settings>(std::move(parsed));
}

/// The text of a configuration file; throws verb_error when it cannot be read.
[[nodiscard]] std::string text_of_file(const std::string& path);

} // namespace supreme::commands
