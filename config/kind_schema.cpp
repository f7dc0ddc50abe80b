#include "config/kind_schema.hpp"

#include <algorithm>

namespace supreme::config {

namespace {

using nlohmann::ordered_json;

ordered_json describe(const trading::parameter_spec& spec) {
  ordered_json out{{"name", spec.name}, {"text", spec.text}};
  if (!spec.choices.empty()) {
    out["type"] = "choice";
    out["choices"] = spec.choices;
  } else {
    out["type"] = spec.integral ? "whole" : "number";
    out["minimum"] = spec.minimum;
    out["maximum"] = spec.maximum;
  }
  out["default"] = describe_value(spec, spec.initial);
  return out;
}

} // namespace

std::optional<strategy_plugin> library_of(const trading::strategy_kind& kind) {
  for (auto& each : loaded_strategy_plugins())
    if (std::binary_search(each.kinds.begin(), each.kinds.end(), kind.name))
      return std::move(each);
  return std::nullopt;
}

ordered_json describe_value(const trading::parameter_spec& spec, double value) {
  return spec.choices.empty() ? ordered_json(value) : ordered_json(value_text(spec, value));
}

ordered_json describe_kind(const trading::strategy_kind& kind) {
  ordered_json out{{"name", kind.name},
                   {"text", kind.text},
                   {"instruments", kind.width()},
                   {"library", nullptr},
                   {"parameters", ordered_json::array()}};
  if (const auto library = library_of(kind))
    out["library"] = {{"path", library->path}, {"sha256", library->sha256}};
  for (const auto& spec : kind.schema)
    out["parameters"].push_back(describe(spec));
  return out;
}

} // namespace supreme::config
