#include "commands/database.hpp"
#include "commands/verbs.hpp"
#include "storage/migrate.hpp"

#include <CLI/CLI.hpp>

namespace supreme::commands {

void add_db(CLI::App& app, verb_context& context) {
  auto* db = app.add_subcommand("db", "The database's schema");
  db->require_subcommand(1);

  auto* migrate =
    db->add_subcommand("migrate", "Bring the database to this build's schema version");
  migrate->footer("The database's role must own the schemas, or be allowed to make them.");
  const auto choice = add_database_options(*migrate);
  migrate->callback([choice, &context] {
    const auto done =
      storage::migrate(database_url(*choice, database_role::writer, context.environment));
    for (const auto& step : done.applied)
      context.out << "applied " << step << '\n';
    context.out << "schema version " << done.after
                << (done.applied.empty() ? ", nothing to do\n" : "\n");
  });
}

} // namespace supreme::commands
