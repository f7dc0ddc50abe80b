#include "actors/log.hpp"

#include "actors/clock.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace supreme::actors {

namespace {

struct log_target {
  std::shared_ptr<spdlog::logger> logger;
  std::string node;
};

log_target& target() {
  static log_target t;
  return t;
}

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

} // namespace

void open_log(const std::string& node, const std::string& file, const std::string& level) {
  auto& t = target();
  t.node = node;
  t.logger = file.empty() ? std::make_shared<spdlog::logger>(
               "supreme", std::make_shared<spdlog::sinks::stderr_sink_mt>())
                          : std::make_shared<spdlog::logger>(
                            "supreme", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
  t.logger->set_pattern("%v");
  t.logger->set_level(spdlog::level::from_str(level));
  t.logger->flush_on(spdlog::level::info);
}

void log(log_level level, std::string_view actor, std::string_view event, std::string_view text) {
  auto& t = target();
  if (!t.logger || !t.logger->should_log(to_spdlog(level)))
    return;
  nlohmann::ordered_json line;
  line["time"] = system_process_clock().wall().to_string();
  line["level"] = spdlog::level::to_string_view(to_spdlog(level)).data();
  line["node"] = t.node;
  line["actor"] = actor;
  line["event"] = event;
  line["text"] = text;
  t.logger->log(to_spdlog(level),
                line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

} // namespace supreme::actors
