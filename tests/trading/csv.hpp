#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace supreme::tests {

/// A CSV file with a header line and no quoting, as our reference files are.
class csv_table {
public:
  explicit csv_table(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line))
      throw std::runtime_error("no header line in " + path.string());
    const auto names = split(line);
    for (size_t i = 0; i < names.size(); ++i)
      columns_[names[i]] = i;
    while (std::getline(in, line))
      if (!line.empty())
        rows_.push_back(split(line));
  }

  [[nodiscard]] size_t size() const { return rows_.size(); }

  /// The cell without surrounding blanks; throws std::out_of_range for a column that is not there.
  [[nodiscard]] const std::string& cell(size_t row, const std::string& column) const {
    return rows_.at(row).at(columns_.at(column));
  }

private:
  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == ',')
        cells.emplace_back();
      else if (c != '\r' && (c != ' ' || !cells.back().empty()))
        cells.back() += c;
    }
    for (auto& cell : cells)
      cell.erase(cell.find_last_not_of(' ') + 1);
    return cells;
  }

  std::map<std::string, size_t> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace supreme::tests
