#include "commands/config_versions.hpp"

#include "commands/count_text.hpp"
#include "commands/database.hpp"
#include "config/transition.hpp"
#include "storage/sha256.hpp"

#include <ostream>
#include <set>

namespace supreme::commands {

namespace {

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

std::set<trading::slot_id> held_slots(storage::ledger_store& ledger) {
  std::set<trading::slot_id> held;
  for (const auto& account : ledger.accounts()) {
    for (const auto& [slot, row] : ledger.load_account(account).slots) {
      if (!row.position.size.is_zero())
        held.insert(slot);
    }
  }
  return held;
}

} // namespace

void show_problems(const config::problems& found, verb_context& context) {
  context.err << to_text(found) << '\n' << count_text(found.size(), "problem") << '\n';
  context.exit_code = exit_found;
}

std::optional<config_comparison> compare_config(const std::string& file,
                                                storage::cluster_store& store,
                                                storage::ledger_store& ledger,
                                                verb_context& context) {
  config_comparison out;
  out.text = text_of_file(file);
  const auto parsed = config::parse_cluster(out.text, file, config::cluster_text::committed);
  if (const auto* found = std::get_if<config::problems>(&parsed)) {
    show_problems(*found, context);
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
  const auto current =
    config::parse_cluster(committed->text, version_text, config::cluster_text::committed);
  if (const auto* found = std::get_if<config::problems>(&current)) {
    // Committed by a build that knew other keys. A new version is the way out, so this is no reason
    // to stop.
    context.err << "this build cannot read the committed " << version_text << ":\n"
                << to_text(*found) << '\n';
    return out;
  }
  const auto& running = std::get<config::cluster_settings>(current);
  if (running.id != wanted.id)
    throw verb_error(file + " is for cluster " + wanted.id + ", the database belongs to cluster "
                     + running.id);
  const auto differences = config::diff(running, wanted);
  out.equal = differences.empty();
  show_differences(differences, context.out);
  const auto forbidden = config::find_forbidden_changes(running, wanted, held_slots(ledger));
  if (forbidden.empty())
    return out;
  for (const auto& sentence : forbidden)
    context.err << file << ": " << sentence << '\n';
  context.err << count_text(forbidden.size(), "change") << " that a running cluster cannot take\n";
  context.exit_code = exit_found;
  return std::nullopt;
}

void commit_config(const config_comparison& wanted, const std::string& by,
                   storage::cluster_store& store, verb_context& context) {
  if (wanted.equal) {
    context.out << "version " << wanted.committed_version << ", nothing to change\n";
    return;
  }
  const auto version =
    store.apply_config(wanted.text, storage::sha256_hex(wanted.text), by, wanted.committed_version);
  if (!version) {
    context.err << "another version was committed meanwhile: look at the differences again\n";
    context.exit_code = exit_found;
    return;
  }
  context.out << "version " << *version << '\n';
}

} // namespace supreme::commands
