#include "config/plugin_kinds.hpp"

#include "config/defaults.hpp"
#include "config/report.hpp"
#include "config/text_rule.hpp"

#include <cmath>
#include <exception>
#include <set>

namespace supreme::config {

namespace {

/// A parameter's name stands bare in a TOML file and first in a sentence about it.
const text_rule parameter_text{
  [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }, 1,
  defaults::name_length_max, "a name of 1 to 40 of a-z, 0-9 and _"};

const text_rule sentence_text{
  [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }, 1,
  defaults::plugin_text_bytes_max, "a text of one line and at most 300 bytes"};

/// Whole numbers beyond it have no neighbours as doubles.
constexpr double whole_max = 9'007'199'254'740'992;

bool is_whole(double value) { return value == std::floor(value) && std::abs(value) <= whole_max; }

class kind_check {
public:
  explicit kind_check(const trading::strategy_kind& kind) : kind_(kind) {}

  std::vector<std::string> run() {
    if (!fits(kind_.name, name_text))
      add(std::string{"its name is not "} + name_text.description);
    if (!fits(kind_.text, sentence_text))
      add(std::string{"its text is not "} + sentence_text.description);
    if ((kind_.make == nullptr) == (kind_.make_pair == nullptr))
      add("it must have exactly one of the functions make and make_pair");
    check_schema();
    if (problems_.empty())
      try_defaults();
    return std::move(problems_);
  }

private:
  void add(const std::string& text) {
    problems_.push_back("strategy " + quoted(kind_.name) + ": " + text);
  }

  void check_schema() {
    if (kind_.schema.size() > defaults::plugin_parameters_max)
      add("it has more than " + std::to_string(defaults::plugin_parameters_max) + " parameters");
    std::set<std::string> seen;
    for (const auto& spec : kind_.schema) {
      check_parameter(spec);
      if (!seen.insert(spec.name).second)
        add("parameter " + quoted(spec.name) + " stands twice");
    }
  }

  void check_parameter(const trading::parameter_spec& spec) {
    const auto about = "parameter " + quoted(spec.name) + ": ";
    if (!fits(spec.name, parameter_text))
      add(about + "its name is not " + parameter_text.description);
    if (!fits(spec.text, sentence_text))
      add(about + "its text is not " + sentence_text.description);
    for (const auto& [name, value] : {std::pair{"minimum", spec.minimum},
                                      {"maximum", spec.maximum},
                                      {"default", spec.initial}}) {
      if (!std::isfinite(value))
        add(about + "its " + name + " is not a finite number");
      else if (spec.integral && !is_whole(value))
        add(about + "its " + name + " is not a whole number");
    }
    if (spec.minimum > spec.maximum)
      add(about + "its minimum is above its maximum");
    else if (spec.initial < spec.minimum || spec.initial > spec.maximum)
      add(about + "its default is outside its range");
  }

  void try_defaults() {
    try {
      const auto checked = trading::check_parameters(kind_, {});
      for (const auto& problem : checked.problems)
        add("its defaults are not valid: " + problem);
      if (!problems_.empty())
        return;
      const bool made = kind_.make != nullptr ? kind_.make(checked.values) != nullptr
                                              : kind_.make_pair(checked.values) != nullptr;
      if (!made)
        add("it made nothing from its defaults");
    } catch (const std::exception& why) {
      add(std::string{"it failed with its defaults: "} + why.what());
    } catch (...) {
      add("it failed with its defaults");
    }
  }

  const trading::strategy_kind& kind_;
  std::vector<std::string> problems_;
};

} // namespace

std::vector<std::string> find_kind_problems(const trading::strategy_kind& kind) {
  return kind_check{kind}.run();
}

} // namespace supreme::config
