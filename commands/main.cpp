#include "commands/program.hpp"

#include <array>
#include <csignal>
#include <iostream>
#include <sys/resource.h>

namespace commands = supreme::commands;

int main(int argc, char** argv) {
  // A memory image of this process would hold passwords and keys.
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0)
    std::cerr << "supreme: core dumps could not be switched off\n";
  // A peer that closes its connection must not end the process; writes report it.
  std::signal(SIGPIPE, SIG_IGN);

  commands::verb_context context{std::cout, std::cerr, supreme::config::process_environment()};
  constexpr std::array cluster_verbs{
    commands::add_backtest, commands::add_demo,   commands::add_lookahead, commands::add_node,
    commands::add_optimize, commands::add_parity, commands::add_venue};
  return commands::run_program({argv + 1, argv + argc}, context, cluster_verbs);
}
