#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace supreme::tests {

/// Prints as usual and keeps the rates, to compare them with the benchmark "bare_loop".
class rate_keeper : public benchmark::ConsoleReporter {
public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs)
      if (const auto rate = run.counters.find("items_per_second"); rate != run.counters.end())
        rates_[run.benchmark_name()] = rate->second.value;
    ConsoleReporter::ReportRuns(runs);
  }

  /// `unit` names a million of what is counted. Nothing when the bare loop was filtered out.
  void print_ratios(const char* unit) const {
    const auto bare = rates_.find("bare_loop");
    if (bare == rates_.end())
      return;
    std::printf("\n%-32s %14s %18s\n", "", unit, "times bare loop");
    for (const auto& [name, rate] : rates_)
      std::printf("%-32s %14.1f %18.2f\n", name.c_str(), rate / 1e6, bare->second / rate);
  }

private:
  std::map<std::string, double> rates_;
};

} // namespace supreme::tests
