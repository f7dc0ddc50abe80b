#include "commands/token_maker.hpp"
#include "commands/verbs.hpp"
#include "config/names.hpp"
#include "config/text_rule.hpp"

#include <CLI/CLI.hpp>

namespace supreme::commands {

namespace {

struct token_request {
  std::string principal;
  std::string role;
};

config::api_role role_of(const std::string& name) {
  if (const auto role = trading::value_of(config::api_role_names, name))
    return *role;
  throw verb_error("--role: expected viewer, trader, risk or admin");
}

} // namespace

void add_token(CLI::App& app, verb_context& context) {
  auto* token = app.add_subcommand("token", "Bearer tokens of the gateway");
  token->require_subcommand(1);

  auto* make = token->add_subcommand("make", "Make a token: it is shown once and stored nowhere");
  const auto request = std::make_shared<token_request>();
  make->add_option("--principal", request->principal, "Who will use it")
    ->required()
    ->type_name("NAME");
  make->add_option("--role", request->role, "viewer, trader, risk or admin")
    ->required()
    ->type_name("ROLE");
  make->callback([request, &context] {
    if (!config::fits(request->principal, config::principal_text))
      throw verb_error(std::string{"--principal: expected "} + config::principal_text.description);
    const auto made = make_token(request->principal, role_of(request->role));
    // The token alone is the first line, for scripts.
    context.out
      << made.token << "\n\n"
      << "# For the node file, which holds only the hash. The token above is not shown again.\n"
      << to_toml(made.stored);
  });
}

} // namespace supreme::commands
