#include "commands/config_versions.hpp"
#include "commands/count_text.hpp"
#include "commands/database.hpp"
#include "commands/verbs.hpp"
#include "config/text_rule.hpp"
#include "storage/open.hpp"

#include <CLI/CLI.hpp>

#include <pwd.h>
#include <unistd.h>

namespace supreme::commands {

namespace {

struct check_options {
  std::string file;
  std::string kind = "cluster";
};

struct apply_options {
  std::string file;
  std::string by;
};

std::string summary(const config::cluster_settings& all) {
  size_t slots = 0;
  for (const auto& strategy : all.strategies)
    slots += strategy.instruments.size();
  return "cluster " + all.id + ": " + count_text(all.instruments.size(), "instrument") + ", "
         + count_text(all.feeds.size(), "feed") + ", " + count_text(all.venues.size(), "venue")
         + ", " + count_text(all.accounts.size(), "account") + ", "
         + count_text(all.strategies.size(), "strategy", "strategies") + " with "
         + count_text(slots, "slot");
}

std::string summary(const config::node_settings& node) {
  return "node " + node.name + " of cluster " + node.cluster;
}

std::string summary(const config::simulated_venue_settings& venue) {
  return "venue " + venue.id.str() + ": " + count_text(venue.instruments.size(), "instrument");
}

template <class Settings>
void show_check(const std::variant<Settings, config::problems>& parsed, verb_context& context) {
  if (const auto* found = std::get_if<config::problems>(&parsed)) {
    show_problems(*found, context);
    return;
  }
  context.out << summary(std::get<Settings>(parsed)) << '\n';
}

void check(const check_options& options, verb_context& context) {
  const auto text = text_of_file(options.file);
  if (options.kind == "node")
    show_check(config::parse_node(text, options.file, context.environment), context);
  else if (options.kind == "venue")
    show_check(config::parse_venue(text, options.file, context.environment), context);
  else
    show_check(config::parse_cluster(text, options.file), context);
}

/// The name of this process's user in the machine's own list; empty when it has none.
std::string login_name() {
  const auto* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::string{} : std::string{entry->pw_name};
}

std::string principal(const std::string& by, const config::environment& env) {
  // Services and containers run without USER; their user has a name all the same.
  const auto name = by.empty() ? env("USER").value_or(login_name()) : by;
  if (!config::fits(name, config::principal_text))
    throw verb_error(std::string{"--by: expected "} + config::principal_text.description
                     + (by.empty() ? ", and this user's name is none" : ""));
  return name;
}

void add_check(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("check", "Check a file without a database");
  const auto options = std::make_shared<check_options>();
  verb->add_option("file", options->file, "The file")->required();
  verb->add_option("--kind", options->kind, "What the file is for")
    ->check(CLI::IsMember({"cluster", "node", "venue"}))
    ->capture_default_str();
  verb->callback([options, &context] { check(*options, context); });
}

void add_diff(CLI::App& parent, verb_context& context) {
  auto* verb =
    parent.add_subcommand("diff", "Show what a file would change in the committed version");
  const auto options = std::make_shared<check_options>();
  verb->add_option("file", options->file, "The cluster file")->required();
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    const auto url = database_url(*database, database_role::writer, context.environment);
    const auto store = storage::open_postgres_cluster(url);
    const auto ledger = storage::open_postgres_ledger(url);
    const auto found = compare_config(options->file, *store, *ledger, context);
    if (found && found->equal)
      context.out << "no differences from version " << found->committed_version << '\n';
  });
}

void add_apply(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("apply", "Commit a file as the next version");
  const auto options = std::make_shared<apply_options>();
  verb->add_option("file", options->file, "The cluster file")->required();
  verb->add_option("--by", options->by, "Who applies it; the user's name by default")
    ->type_name("NAME");
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    const auto by = principal(options->by, context.environment);
    const auto url = database_url(*database, database_role::writer, context.environment);
    const auto store = storage::open_postgres_cluster(url);
    const auto ledger = storage::open_postgres_ledger(url);
    if (const auto found = compare_config(options->file, *store, *ledger, context))
      commit_config(*found, by, *store, context);
  });
}

} // namespace

void add_config(CLI::App& app, verb_context& context) {
  auto* config = app.add_subcommand("config", "The cluster's configuration");
  config->require_subcommand(1);
  add_check(*config, context);
  add_diff(*config, context);
  add_apply(*config, context);
}

} // namespace supreme::commands
