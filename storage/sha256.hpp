#pragma once

#include "config/sha256.hpp"

namespace supreme::storage {

using config::sha256;
using config::sha256_digest;
using config::sha256_hex;
using config::to_hex;

} // namespace supreme::storage
