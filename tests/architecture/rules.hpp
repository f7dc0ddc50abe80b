#pragma once

#include "tests/architecture/source_file.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace supreme::tests {

struct violation {
  std::string path;
  std::size_t line = 0; ///< Counted from 1.
  std::string why;
};

/// A rule looks at one file and names each line of it that breaks the rule.
using rule = std::vector<violation> (*)(const source_file&);

/// Includes run along the arrows
/// `trading <- config <- {storage, venues, protocols} <- actors <- api <- commands`; inside
/// trading/ a subfolder includes only those listed before it; the product never includes the tests;
/// every quoted include is written from the root of the tree.
std::vector<violation> includes_against_the_arrows(const source_file& file);

/// CAF appears only in protocols/, actors/, api/, commands/ and in the tests of these.
std::vector<violation> caf_outside_its_folders(const source_file& file);

/// trading/ is pure: it includes nothing that reaches for files, threads or the network.
std::vector<violation> side_effects_in_trading(const source_file& file);

/// Messages, rows and decisions about orders hold no binary floating point.
std::vector<violation> floating_point_where_money_is(const source_file& file);

/// The product reads the wall clock in one place, so that the rest also runs on a virtual clock.
std::vector<violation> wall_clock_reads(const source_file& file);

/// No wait is without an end.
std::vector<violation> infinite_waits(const source_file& file);

/// A test waits for what it expects, never for time to pass. tests/support/eventually.cpp, the one
/// way to wait for another process, is where polling is allowed.
std::vector<violation> sleeping_tests(const source_file& file);

/// What is unfinished is an issue, not a comment.
std::vector<violation> unfinished_work(const source_file& file);

/// Every header begins with its include guard.
std::vector<violation> headers_without_guard(const source_file& file);

/// A header forces no names on those who include it.
std::vector<violation> using_namespace_in_headers(const source_file& file);

/// No path that exists on one person's machine only.
std::vector<violation> machine_paths(const source_file& file);

} // namespace supreme::tests
