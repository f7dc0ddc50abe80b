#pragma once

#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace supreme::tests {

/// The folder of recorded market data and reference results that lies beside a development
/// checkout: the value of SUPREME_SHARED, otherwise ../shared of the source tree. Nothing when
/// there is none, as in a checkout that stands alone; a SUPREME_SHARED that names no folder is
/// returned, so that the test that asked for it fails instead of skipping.
inline std::optional<std::filesystem::path> shared_folder() {
  if (const char* set = std::getenv("SUPREME_SHARED"); set != nullptr && *set != '\0')
    return set;
  const auto beside = source_root().parent_path() / "shared";
  if (std::filesystem::is_directory(beside))
    return beside;
  return std::nullopt;
}

} // namespace supreme::tests

/// Declares `variable`, the path of a file or folder below the shared folder. Skips the test when
/// there is no shared folder at all; a file that is missing from an existing one fails it. Use it
/// in a test's own body.
#define SUPREME_SHARED_PATH(variable, relative)                                                    \
  const auto variable##_folder = ::supreme::tests::shared_folder();                                \
  if (!variable##_folder)                                                                          \
    GTEST_SKIP() << "needs ../shared (or SUPREME_SHARED) for " << (relative);                      \
  const std::filesystem::path variable = *variable##_folder / (relative);                          \
  ASSERT_TRUE(std::filesystem::exists(variable)) << variable
