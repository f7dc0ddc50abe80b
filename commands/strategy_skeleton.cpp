#include "commands/strategy_skeleton.hpp"

#include "commands/strategy_templates.hpp"
#include "commands/verbs.hpp"
#include "config/text_rule.hpp"
#include "trading/strategies/strategy.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

namespace supreme::commands {

namespace {

namespace fs = std::filesystem;

std::optional<std::string> headers_at(const fs::path& folder) {
  for (const auto& root : {folder, folder / "include" / "supreme"})
    if (fs::exists(root / "trading" / "strategies" / "plugin.hpp"))
      return root.string();
  return std::nullopt;
}

std::optional<std::string> library_at(const fs::path& folder) {
  std::vector<fs::path> candidates{folder / "trading", folder / "lib" / "supreme",
                                   folder / "lib64" / "supreme"};
  std::error_code none; // A folder that is not there has no entries.
  for (const auto& entry : fs::directory_iterator{folder / "lib", none})
    candidates.push_back(entry.path() / "supreme"); // Debian's lib/x86_64-linux-gnu.
  for (const auto& each : candidates)
    if (fs::exists(each / "libtrading.a", none))
      return (each / "libtrading.a").string();
  return std::nullopt;
}

/// The first answer on the way from the program up to the root.
template <class Search>
std::optional<std::string> search_upward(const fs::path& program, Search search) {
  for (auto folder = program.parent_path();; folder = folder.parent_path()) {
    if (auto found = search(folder))
      return found;
    if (folder == folder.parent_path())
      return std::nullopt;
  }
}

void check_name(const std::string& name) {
  const bool usable = config::fits(name, config::name_text) && name[0] >= 'a' && name[0] <= 'z';
  if (!usable)
    throw verb_error("a strategy's name is 1 to 40 of a-z, 0-9, _ and -, a letter first, was "
                     + name);
  if (trading::find_strategy_kind(name) != nullptr)
    throw verb_error("there is a built-in strategy " + name + ": choose another name");
}

std::string class_of(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name + "_strategy"; // No name of the language ends so.
}

std::string with(std::string text, const std::string& mark, const std::string& value) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
  return text;
}

} // namespace

strategy_kit find_strategy_kit(const std::string& program, const config::environment& env) {
  std::optional<std::string> headers;
  // Nothing there must not mean the folder that somebody happens to stand in.
  if (const auto home = env("SUPREME_HOME"); home && !home->empty())
    headers = headers_at(*home);
  if (!headers)
    headers = search_upward(program, headers_at);
  const auto library = search_upward(program, library_at);
  if (!headers || !library)
    throw verb_error("no headers or no library for custom strategies were found around " + program
                     + ": run it where it was built or installed");
  return {*headers, *library};
}

std::vector<std::string> write_strategy_skeleton(const std::string& name, const std::string& folder,
                                                 const strategy_kit& kit) {
  check_name(name);
  const auto filled_in = [&](std::string text) {
    text = with(std::move(text), "@INCLUDE@", "#include \"" + name + ".cpp\"");
    text = with(std::move(text), "@NAME@", name);
    text = with(std::move(text), "@CLASS@", class_of(name));
    text = with(std::move(text), "@HEADERS@", kit.headers);
    return with(std::move(text), "@LIBRARY@", kit.library);
  };
  std::vector<std::string> paths;
  for (const auto& each : strategy_templates) {
    paths.push_back((fs::path{folder} / filled_in(each.file)).string());
    if (fs::exists(paths.back()))
      throw verb_error(paths.back() + " is there already; nothing was written");
  }
  std::error_code failed;
  fs::create_directories(folder, failed);
  for (size_t i = 0; i < paths.size(); ++i) {
    std::ofstream file{paths[i]};
    file << filled_in(strategy_templates[i].text);
    if (!file.flush())
      throw verb_error("cannot write " + paths[i]);
  }
  return paths;
}

} // namespace supreme::commands
