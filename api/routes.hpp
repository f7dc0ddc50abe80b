#pragma once

#include "api/auth.hpp"
#include "api/http.hpp"
#include "storage/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace supreme::api {

/// What answers a route.
enum class endpoint : uint8_t {
  index = 1,
  health = 2,
  ready = 3,
  metrics = 4,
  status = 5,
  cluster = 6,
  actors = 7,
  strategies = 8,
  list = 9,
  why = 10,
  halt = 11,
  resume = 12,
  latch_breaker = 13,
  release_breaker = 14,
  accept_drawdown = 15,
  strategy_kinds = 16,
};

/// A query parameter that selects rows of a list by the equal value of a column.
struct filter {
  const char* parameter;
  const char* column;
};

struct route {
  verb method; ///< get (which includes head) or post
  const char*
    path; ///< "/api/v1/orders/{id}/why": {id} stands for any one segment that is not empty
  access needs;
  endpoint does;
  const char* text;                                 ///< one sentence
  std::optional<storage::view> rows = std::nullopt; ///< of a list
  std::vector<filter> filters = {};
};

/// Every route there is; the one place that knows.
[[nodiscard]] const std::vector<route>& routes();

/// The routes whose path fits, whatever their methods, and what stood for {id}.
struct route_match {
  std::vector<const route*> fitting;
  std::string id;
};
[[nodiscard]] route_match find_routes(const std::vector<std::string>& segments);

/// The value of an Allow header for the routes of one path.
[[nodiscard]] std::string allowed_methods(const std::vector<const route*>& fitting);

} // namespace supreme::api
