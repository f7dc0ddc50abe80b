// No #pragma once: the compiler reads a precompiled header as a main file, where it refuses that.

#include <caf/all.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
