// Goal: what is written about the API is what the API does. Method: docs/api.md and
// api/openapi.yaml are read and compared with the tables of routes and problems.

#include "api/http.hpp"
#include "api/routes.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

using namespace supreme;
using namespace supreme::api;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{supreme::tests::source_root() / path};
  EXPECT_TRUE(file) << path;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::string method_of(const route& r) { return r.method == verb::post ? "post" : "get"; }

/// What a description says of each route: "get /path" and its query parameters.
using described = std::map<std::string, std::set<std::string>>;

described described_in_code() {
  described out;
  for (const auto& known : routes()) {
    auto& parameters = out[method_of(known) + " " + known.path];
    for (const auto& f : known.filters)
      parameters.insert(f.parameter);
    if (known.does == endpoint::list)
      parameters.insert({"limit", "cursor"});
  }
  return out;
}

/// The file is ours, and its form is known: paths with two spaces before them, methods with four.
described described_in_openapi() {
  described out;
  std::istringstream lines{read_file("api/openapi.yaml")};
  std::string path;
  std::string operation;
  bool in_paths = false;
  const std::regex named{R"(^        - \{name: (\w+), in: query,.*)"};
  const std::regex shared{R"(^        - \{\$ref: '#/components/parameters/(limit|cursor)'\})"};
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (!line.empty() && line[0] != ' ')
      in_paths = line == "paths:";
    else if (!in_paths)
      continue;
    else if (line.rfind("  /", 0) == 0)
      path = line.substr(2, line.size() - 3);
    else if (line == "    get:" || line == "    post:")
      out[operation = line.substr(4, line.size() - 5) + " " + path];
    else if (std::regex_match(line, found, named) || std::regex_match(line, found, shared))
      out[operation].insert(found[1]);
  }
  return out;
}

} // namespace

TEST(contract, openapi_describes_exactly_the_routes_and_their_parameters) {
  EXPECT_EQ(described_in_openapi(), described_in_code());
}

TEST(contract, the_manual_has_a_section_for_each_route_that_names_its_filters) {
  const auto manual = read_file("docs/api.md");
  size_t sections = 0;
  for (const auto& known : routes()) {
    const auto title =
      std::string{"\n### "} + (known.method == verb::post ? "POST " : "GET ") + known.path + "\n";
    const auto begin = manual.find(title);
    ASSERT_NE(begin, std::string::npos) << title;
    const auto section = manual.substr(begin, manual.find("\n##", begin + 1) - begin);
    for (const auto& f : known.filters)
      EXPECT_NE(section.find(std::string{"`"} + f.parameter + "`"), std::string::npos)
        << title << f.parameter;
    if (known.does != endpoint::metrics) {
      EXPECT_NE(section.find("```json"), std::string::npos) << title << "has no example";
    }
    ++sections;
  }
  size_t written = 0;
  for (auto at = manual.find("\n### "); at != std::string::npos; at = manual.find("\n### ", at + 1))
    ++written;
  EXPECT_EQ(written, sections) << "the manual has a section for a route that does not exist";
}

TEST(contract, the_manual_lists_exactly_the_problems_with_their_status) {
  const auto manual = read_file("docs/api.md");
  std::map<std::string, unsigned> listed;
  const std::regex row{R"(\| `(\w+)` \| (\d{3}) \|)"};
  for (auto at = std::sregex_iterator{manual.begin(), manual.end(), row};
       at != std::sregex_iterator{}; ++at)
    listed.emplace((*at)[1], static_cast<unsigned>(std::stoul((*at)[2])));
  std::map<std::string, unsigned> known;
  for (const auto& spec : problem_specs())
    known.emplace(spec.code, spec.status);
  EXPECT_EQ(listed, known);
}

TEST(contract, the_examples_of_the_manual_are_json) {
  const auto manual = read_file("docs/api.md");
  size_t examples = 0;
  for (auto at = manual.find("```json\n"); at != std::string::npos;
       at = manual.find("```json\n", at + 1)) {
    const auto begin = at + 8;
    const auto text = manual.substr(begin, manual.find("```", begin) - begin);
    EXPECT_FALSE(nlohmann::json::parse(text, nullptr, false).is_discarded()) << text;
    ++examples;
  }
  EXPECT_GT(examples, 20U);
}
