#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace supreme::commands {

/// A process of ours that ends when we end. Move-only.
class child_process {
public:
  child_process() = default;
  /// Runs `program` with `arguments` and the extra environment; standard output and error go to the
  /// end of `log_file`. Throws verb_error.
  child_process(const std::string& program, const std::vector<std::string>& arguments,
                const std::map<std::string, std::string>& environment, const std::string& log_file);
  ~child_process();
  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&& other) noexcept;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Whether it still runs; collects it when it does not.
  [[nodiscard]] bool running();
  void send_signal(int signal) const;
  /// SIGTERM, then SIGKILL after `patience_ms`. Returns when it is gone.
  void stop(int patience_ms);

private:
  pid_t pid_ = -1;
};

/// Runs a program to its end; its standard output without the last newline. Throws verb_error with
/// what it said when it fails.
[[nodiscard]] std::string output_of(const std::string& program,
                                    const std::vector<std::string>& arguments);

/// A TCP port of 127.0.0.1 that nobody listens on right now; `wanted` itself when it is free (0 =
/// any).
[[nodiscard]] uint16_t free_port(uint16_t wanted);

/// The running program's own file.
[[nodiscard]] std::string own_program();

} // namespace supreme::commands
