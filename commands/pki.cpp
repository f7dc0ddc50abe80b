#include "commands/pki_store.hpp"
#include "commands/verbs.hpp"
#include "config/defaults.hpp"

#include <CLI/CLI.hpp>

namespace supreme::commands {

namespace {

namespace limits = config::defaults;

struct init_options {
  std::string dir;
  std::string cluster;
};

struct issue_options {
  std::string dir;
  std::string name;
  std::vector<std::string> hosts{"127.0.0.1"};
  uint32_t days = limits::certificate_days_default;
};

validity for_days(uint32_t days) {
  validity out;
  out.until = std::chrono::hours{24} * days;
  return out;
}

void add_init(CLI::App& pki, verb_context& context) {
  auto* verb =
    pki.add_subcommand("init", "Make the CA that the nodes of a cluster recognise each other by");
  const auto options = std::make_shared<init_options>();
  verb->add_option("--dir", options->dir, "Folder of the CA, made when missing")
    ->required()
    ->type_name("DIR");
  verb->add_option("--cluster", options->cluster, "The cluster's id")->required()->type_name("ID");
  verb->callback([options, &context] {
    const auto files =
      make_authority(options->dir, options->cluster, for_days(limits::authority_days));
    context.out << files.key << '\n' << files.certificate << '\n';
  });
}

void add_issue(CLI::App& pki, verb_context& context) {
  auto* verb = pki.add_subcommand("issue", "Issue a key and a certificate for a node or a venue");
  const auto options = std::make_shared<issue_options>();
  verb->add_option("--dir", options->dir, "Folder of the CA")->required()->type_name("DIR");
  verb->add_option("--name", options->name, "Name of the node or venue")
    ->required()
    ->type_name("NAME");
  verb
    ->add_option("--host", options->hosts,
                 "Host name or address that others connect to; may be repeated")
    ->capture_default_str()
    ->type_name("HOST");
  verb->add_option("--days", options->days, "How long the certificate holds")
    ->capture_default_str()
    ->check(CLI::Range(uint32_t{1}, limits::certificate_days_max));
  verb->callback([options, &context] {
    const auto files =
      issue_certificate(options->dir, {options->name, options->hosts, for_days(options->days)});
    context.out << files.key << '\n' << files.certificate << '\n';
  });
}

} // namespace

void add_pki(CLI::App& app, verb_context& context) {
  auto* pki = app.add_subcommand("pki", "The private CA that nodes recognise each other by");
  pki->require_subcommand(1);
  add_init(*pki, context);
  add_issue(*pki, context);
}

} // namespace supreme::commands
