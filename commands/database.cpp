#include "commands/database.hpp"

#include "commands/verbs.hpp"
#include "config/database_url.hpp"

#include <CLI/CLI.hpp>

namespace supreme::commands {

std::shared_ptr<database_choice> add_database_options(CLI::App& verb) {
  auto choice = std::make_shared<database_choice>();
  auto* variable = verb
                     .add_option("--database-env", choice->variable,
                                 "Environment variable that holds the database's URL")
                     ->capture_default_str()
                     ->type_name("NAME");
  verb.add_option("--node", choice->node_file, "Take the database from this node file")
    ->type_name("FILE")
    ->excludes(variable);
  return choice;
}

std::string database_url(const database_choice& choice, database_role role,
                         const config::environment& env) {
  if (!choice.node_file.empty()) {
    auto parsed = config::parse_node(text_of_file(choice.node_file), choice.node_file, env);
    if (const auto* found = std::get_if<config::problems>(&parsed))
      throw verb_error("the node file is not valid\n" + to_text(*found));
    auto& node = std::get<config::node_settings>(parsed);
    const bool reader = role == database_role::reader && !node.reader_url.empty();
    return std::move(reader ? node.reader_url : node.database_url);
  }
  auto found = config::database_url_from_environment(choice.variable, env);
  if (!found.problem.empty())
    throw verb_error("--database-env: " + found.problem);
  return std::move(found.url);
}

std::string to_text(const config::problems& found) {
  std::string out;
  for (const auto& each : found)
    out += (out.empty() ? "" : "\n") + each.to_string();
  return out;
}

std::string text_of_file(const std::string& path) {
  auto text = config::read_text_file(path);
  if (const auto* found = std::get_if<config::problems>(&text))
    throw verb_error(to_text(*found));
  return std::get<std::string>(std::move(text));
}

} // namespace supreme::commands
