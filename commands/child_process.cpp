#include "commands/child_process.hpp"

#include "commands/verbs.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <utility>

extern char** environ;

namespace supreme::commands {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& t : texts)
    result.push_back(t.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> full_environment(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string text{*entry};
    if (extra.count(text.substr(0, text.find('='))) == 0)
      all.push_back(std::move(text));
  }
  for (const auto& [name, value] : extra)
    all.push_back(name + "=" + value);
  return all;
}

/// What happens in the child between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         int output, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // A Ctrl-C at the terminal is for the parent, which stops its children in order.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  int input = open("/dev/null", O_RDONLY);
  if (getppid() == parent && input >= 0 && dup2(input, 0) == 0 && dup2(output, 1) == 1
      && dup2(output, 2) == 2)
    execve(program, arguments, environment);
  _exit(127);
}

} // namespace

child_process::child_process(const std::string& program, const std::vector<std::string>& arguments,
                             const std::map<std::string, std::string>& environment,
                             const std::string& log_file) {
  int output = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (output < 0)
    throw verb_error("cannot write " + log_file + ": " + std::strerror(errno));
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = full_environment(environment);
  auto argv = pointers(words);
  auto envp = pointers(variables);
  auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0)
    become(program.c_str(), argv.data(), envp.data(), output, parent);
  ::close(output);
  if (pid_ < 0)
    throw verb_error("cannot start " + program + ": " + std::strerror(errno));
}

child_process::child_process(child_process&& other) noexcept
  : pid_(std::exchange(other.pid_, -1)) {}

child_process& child_process::operator=(child_process&& other) noexcept {
  if (this != &other) {
    stop(0);
    pid_ = std::exchange(other.pid_, -1);
  }
  return *this;
}

child_process::~child_process() { stop(0); }

bool child_process::running() {
  if (pid_ <= 0)
    return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0)
    return true;
  pid_ = -1;
  return false;
}

void child_process::send_signal(int signal) const {
  if (pid_ > 0)
    ::kill(pid_, signal);
}

void child_process::stop(int patience_ms) {
  if (!running())
    return;
  if (patience_ms > 0) {
    send_signal(SIGTERM);
    send_signal(SIGCONT);
    // A descriptor of the process becomes readable when it ends: no polling in between.
    int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd waiting{handle, POLLIN, 0};
    if (handle >= 0) {
      (void)::poll(&waiting, 1, patience_ms);
      ::close(handle);
    }
  }
  if (running()) {
    send_signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

std::string output_of(const std::string& program, const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw verb_error("cannot make a pipe: " + std::string{std::strerror(errno)});
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto argv = pointers(words);
  pid_t pid = -1;
  int failed = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t n = 0; failed == 0 && (n = ::read(pipe[0], part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<size_t>(n));
  ::close(pipe[0]);
  int status = 0;
  if (failed != 0 || ::waitpid(pid, &status, 0) != pid || status != 0)
    throw verb_error(program + " failed" + (text.empty() ? "" : ": " + text));
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

uint16_t free_port(uint16_t wanted) {
  for (auto port : {wanted, uint16_t{0}}) {
    int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bool bound = ::bind(s, reinterpret_cast<sockaddr*>(&address), size) == 0
                 && ::getsockname(s, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(s);
    if (bound)
      return ntohs(address.sin_port);
  }
  throw verb_error("no TCP port is free on 127.0.0.1");
}

std::string own_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

} // namespace supreme::commands
