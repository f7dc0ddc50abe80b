#include "tests/architecture/source_file.hpp"

#include <array>
#include <cctype>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace supreme::tests {

namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Walks over C++ text and blanks what is no code.
class blanker {
public:
  explicit blanker(std::string_view text) : text_{text}, out_{text} {}

  std::string run() {
    while (at_ < text_.size())
      step();
    return std::move(out_);
  }

private:
  void step() {
    if (starts_with("//"))
      blank_until(text_.find('\n', at_));
    else if (starts_with("/*"))
      blank_until(after("*/", at_ + 2));
    else if (starts_with("R\"") && !follows_word())
      blank_raw_string();
    else if (text_[at_] == '"' || (text_[at_] == '\'' && !follows_word()))
      blank_literal(text_[at_]);
    else
      ++at_; // Includes the apostrophe inside a number such as 1'000.
  }

  bool starts_with(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  /// Whether a word ends just before; the encoding prefixes of literals are no such word.
  bool follows_word() const {
    if (at_ == 0 || !is_word(text_[at_ - 1]))
      return false;
    auto begin = at_;
    while (begin > 0 && is_word(text_[begin - 1]))
      --begin;
    const auto word = text_.substr(begin, at_ - begin);
    return word != "u8" && word != "u" && word != "U" && word != "L";
  }

  std::size_t after(std::string_view what, std::size_t from) const {
    const auto found = text_.find(what, from);
    return found == std::string_view::npos ? found : found + what.size();
  }

  void blank_until(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_)
      if (text_[at_] != '\n')
        out_[at_] = ' ';
  }

  void blank_raw_string() {
    const auto open = text_.find('(', at_);
    if (open == std::string_view::npos)
      return blank_until(open);
    const auto close = ")" + std::string{text_.substr(at_ + 2, open - at_ - 2)} + "\"";
    blank_until(after(close, open));
  }

  void blank_literal(char quote) {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    blank_until(end + 1);
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

std::vector<inclusion> find_inclusions(const std::vector<std::string>& lines) {
  static const std::regex pattern{R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re"};
  std::vector<inclusion> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (lines[i].find("include") != std::string::npos
        && std::regex_search(lines[i], match, pattern))
      found.push_back({i + 1, match[2], match[1] == "\""});
  }
  return found;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    throw std::runtime_error("cannot read " + path.string());
  return text.str();
}

bool is_left_out_folder(const std::string& name) {
  return (name.starts_with('.') && name != ".ci") || name == "var" || name == "node_modules"
         || name == "dist" || name == "__pycache__";
}

bool is_text_to_check(const std::filesystem::path& path) {
  static constexpr std::array extensions{".hpp",  ".cpp", ".sql", ".sh",  ".py",   ".md",  ".txt",
                                         ".toml", ".ts",  ".css", ".yml", ".yaml", ".html"};
  const auto name = path.filename().string();
  if (name == "supreme" || name == "run" || name == "meson.build" || name == "meson_options.txt")
    return true;
  if (name.ends_with("-lock.yaml"))
    return false;
  return std::find(extensions.begin(), extensions.end(), path.extension()) != extensions.end();
}

} // namespace

source_file::source_file(std::string path, std::string text)
  : path_{std::move(path)}, lines_{split_lines(text)} {
  if (!is_cpp())
    return;
  code_ = split_lines(without_comments_and_literals(text));
  inclusions_ = find_inclusions(lines_);
}

bool source_file::is_in(std::string_view folder) const {
  return path_.size() > folder.size() && path_.starts_with(folder) && path_[folder.size()] == '/';
}

std::string without_comments_and_literals(std::string_view text) { return blanker{text}.run(); }

std::vector<source_file> read_source_tree(const std::filesystem::path& root) {
  std::vector<source_file> files;
  auto entry = std::filesystem::recursive_directory_iterator{root};
  for (const auto end = std::filesystem::recursive_directory_iterator{}; entry != end; ++entry) {
    if (entry->is_directory() && is_left_out_folder(entry->path().filename().string()))
      entry.disable_recursion_pending();
    else if (entry->is_regular_file() && is_text_to_check(entry->path()))
      files.emplace_back(entry->path().lexically_relative(root).generic_string(),
                         read_file(entry->path()));
  }
  return files;
}

} // namespace supreme::tests
