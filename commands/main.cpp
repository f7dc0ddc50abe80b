#include "commands/program.hpp"

#include <csignal>
#include <iostream>
#include <sys/resource.h>

int main(int argc, char** argv) {
  // A memory image of this process would hold passwords and keys.
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0)
    std::cerr << "supreme: core dumps could not be switched off\n";
  // A peer that closes its connection must not end the process; writes report it.
  std::signal(SIGPIPE, SIG_IGN);

  supreme::commands::verb_context context{std::cout, std::cerr, supreme::config::process_environment()};
  return supreme::commands::run_program({argv + 1, argv + argc}, context);
}
