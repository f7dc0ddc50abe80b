#include "commands/program.hpp"

#include "config/build_id.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>

namespace supreme::commands {

namespace {

int parse_and_run(std::vector<std::string> arguments, verb_context& context,
                  std::span<const verb_adder> cluster_verbs) {
  CLI::App app{"Supreme, a distributed, supervised, audited algorithmic-trading system.",
               "supreme"};
  app.set_version_flag("--version", std::string{config::version()});
  app.require_subcommand(1);
  add_audit(app, context);
  add_config(app, context);
  add_db(app, context);
  add_pki(app, context);
  add_strategy(app, context);
  add_token(app, context);
  add_version(app, context);
  for (const auto add : cluster_verbs)
    add(app, context);
  try {
    // CLI11 takes its arguments from the back.
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    // Also how CLI11 asks for --help and --version to be shown. Its own codes are not ours.
    return app.exit(error, context.out, context.err) == 0 ? exit_ok : exit_failed;
  }
  return context.exit_code;
}

} // namespace

int run_program(const std::vector<std::string>& arguments, verb_context& context,
                std::span<const verb_adder> cluster_verbs) noexcept {
  try {
    const int code = parse_and_run(arguments, context, cluster_verbs);
    // A result that did not reach its file or pipe is no result.
    if (context.out.flush())
      return code;
    context.err << "supreme: could not write the output\n";
  } catch (const std::exception& error) {
    context.err << "supreme: " << error.what() << '\n';
  } catch (...) {
    context.err << "supreme: failed for an unknown reason\n";
  }
  return exit_failed;
}

} // namespace supreme::commands
