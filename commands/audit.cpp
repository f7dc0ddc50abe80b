#include "commands/count_text.hpp"
#include "commands/database.hpp"
#include "commands/verbs.hpp"
#include "commands/why_text.hpp"
#include "config/report.hpp"
#include "storage/open.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace supreme::commands {

namespace {

struct verify_options {
  std::string anchors;
  bool json = false;
};

struct why_options {
  std::string order;
  bool json = false;
};

void show_json(const storage::audit_report& report, std::ostream& out) {
  auto defects = nlohmann::json::array();
  for (const auto& each : report.defects)
    defects.push_back({{"where", each.where}, {"what", each.what}});
  const nlohmann::ordered_json all{{"clean", report.clean()},       {"rows", report.rows},
                                   {"orders", report.orders},       {"fills", report.fills},
                                   {"positions", report.positions}, {"defects", defects}};
  // A defect may quote a damaged row, which may hold anything.
  out << all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void show_text(const storage::audit_report& report, std::ostream& out) {
  for (const auto& each : report.defects)
    out << each.where << ": " << each.what << '\n';
  out << count_text(report.rows, "audit row") << " walked, " << count_text(report.orders, "order")
      << ", " << count_text(report.fills, "fill") << " and "
      << count_text(report.positions, "position")
      << " compared: " << (report.clean() ? "clean" : count_text(report.defects.size(), "defect"))
      << '\n';
}

void add_verify(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand(
    "verify", "Prove that the audit trail is whole and agrees with the tables");
  verb->footer("Ends with 0 when clean, 1 when there are defects, 2 when it could not run.\n"
               "Anchors are checked with the public key in FILE.pub.");
  const auto options = std::make_shared<verify_options>();
  verb->add_option("--anchors", options->anchors, "Also compare with this file of signed heads")
    ->type_name("FILE");
  verb->add_flag("--json", options->json, "As one JSON object");
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    const auto auditor = storage::open_postgres_auditor(
      database_url(*database, database_role::writer, context.environment));
    const auto report = auditor->verify(options->anchors);
    if (options->json)
      show_json(report, context.out);
    else
      show_text(report, context.out);
    if (!report.clean())
      context.exit_code = exit_found;
  });
}

void add_why(CLI::App& parent, verb_context& context) {
  auto* verb = parent.add_subcommand("why", "Show everything that led to an order and came of it");
  const auto options = std::make_shared<why_options>();
  verb->add_option("order", options->order, "Client order id")->required()->type_name("ORDER");
  verb->add_flag("--json", options->json, "As JSON");
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    const auto reader = storage::open_postgres_reader(
      database_url(*database, database_role::reader, context.environment));
    const auto found = reader->why(options->order);
    if (!found) {
      context.err << "there is no order " << config::quoted(options->order) << '\n';
      context.exit_code = exit_found;
    } else if (options->json) {
      context.out << found->dump(2) << '\n';
    } else {
      context.out << why_text(*found);
    }
  });
}

} // namespace

void add_audit(CLI::App& app, verb_context& context) {
  auto* audit = app.add_subcommand("audit", "The audit trail");
  audit->require_subcommand(1);
  add_verify(*audit, context);
  add_why(*audit, context);
}

} // namespace supreme::commands
