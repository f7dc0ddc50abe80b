#include "commands/database.hpp"
#include "commands/verbs.hpp"
#include "config/text_rule.hpp"
#include "storage/open.hpp"
#include "storage/sha256.hpp"

#include <CLI/CLI.hpp>

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

/// "3 strategies", "1 feed"; the plural form is given where it is not the word with an s.
std::string count_text(size_t count, const std::string& word, const std::string& plural = {}) {
  const auto words = plural.empty() ? word + "s" : plural;
  return std::to_string(count) + " " + (count == 1 ? word : words);
}

std::string summary(const config::cluster_settings& all) {
  size_t slots = 0;
  for (const auto& strategy : all.strategies)
    slots += strategy.instruments.size();
  return "cluster " + all.id + ": " + count_text(all.instruments.size(), "instrument") + ", "
         + count_text(all.feeds.size(), "feed") + ", " + count_text(all.venues.size(), "venue") + ", "
         + count_text(all.accounts.size(), "account") + ", "
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
    context.err << to_text(*found) << '\n' << count_text(found->size(), "problem") << '\n';
    context.exit_code = exit_found;
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

void show_differences(const std::vector<config::difference>& found, std::ostream& out) {
  for (const auto& each : found) {
    if (each.before.empty())
      out << "+ " << each.key << " = " << each.after << '\n';
    else if (each.after.empty())
      out << "- " << each.key << " = " << each.before << '\n';
    else
      out << "~ " << each.key << ": " << each.before << " -> " << each.after << '\n';
  }
}

/// A valid new configuration beside the committed one.
struct comparison {
  std::string text;
  uint64_t committed_version = 0; ///< 0: nothing is committed
  bool equal = false;
};

/// Reads and checks the file and shows what it would change. Nothing when the file has problems, which are shown.
std::optional<comparison> compare(const std::string& file, storage::cluster_store& store,
                                  verb_context& context) {
  comparison out;
  out.text = text_of_file(file);
  const auto parsed = config::parse_cluster(out.text, file);
  if (std::holds_alternative<config::problems>(parsed)) {
    show_check(parsed, context);
    return std::nullopt;
  }
  const auto& wanted = std::get<config::cluster_settings>(parsed);
  const auto committed = store.latest_config();
  if (!committed) {
    context.out << "nothing is committed yet\n";
    show_differences(config::diff({}, wanted), context.out);
    return out;
  }
  out.committed_version = committed->version;
  const auto version_text = "version " + std::to_string(committed->version);
  const auto current = config::parse_cluster(committed->text, version_text);
  if (const auto* found = std::get_if<config::problems>(&current)) {
    // Committed by a build that knew other keys. A new version is the way out, so this is no reason to stop.
    context.err << "this build cannot read the committed " << version_text << ":\n" << to_text(*found) << '\n';
    return out;
  }
  const auto& running = std::get<config::cluster_settings>(current);
  if (running.id != wanted.id)
    throw verb_error(file + " is for cluster " + wanted.id + ", the database belongs to cluster "
                     + running.id);
  const auto differences = config::diff(running, wanted);
  out.equal = differences.empty();
  show_differences(differences, context.out);
  return out;
}

std::string principal(const std::string& by, const config::environment& env) {
  const auto name = by.empty() ? env("USER").value_or("") : by;
  if (!config::fits(name, config::principal_text))
    throw verb_error(std::string{"--by: expected "} + config::principal_text.description
                     + (by.empty() ? ", and USER in the environment is none" : ""));
  return name;
}

void apply(const apply_options& options, const std::string& url, verb_context& context) {
  const auto by = principal(options.by, context.environment);
  const auto store = storage::open_postgres_cluster(url);
  const auto found = compare(options.file, *store, context);
  if (!found)
    return;
  if (found->equal) {
    context.out << "version " << found->committed_version << ", nothing to change\n";
    return;
  }
  const auto version
    = store->apply_config(found->text, storage::sha256_hex(found->text), by, found->committed_version);
  if (!version) {
    context.err << "another version was committed meanwhile: look at the differences again\n";
    context.exit_code = exit_found;
    return;
  }
  context.out << "version " << *version << '\n';
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
  auto* verb = parent.add_subcommand("diff", "Show what a file would change in the committed version");
  const auto options = std::make_shared<check_options>();
  verb->add_option("file", options->file, "The cluster file")->required();
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    const auto store = storage::open_postgres_cluster(
      database_url(*database, database_role::writer, context.environment));
    const auto found = compare(options->file, *store, context);
    if (found && found->equal)
      context.out << "no differences from version " << found->committed_version << '\n';
  });
}

void add_apply(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("apply", "Commit a file as the next version");
  const auto options = std::make_shared<apply_options>();
  verb->add_option("file", options->file, "The cluster file")->required();
  verb->add_option("--by", options->by, "Who applies it; the user's name by default")->type_name("NAME");
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    apply(*options, database_url(*database, database_role::writer, context.environment), context);
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
