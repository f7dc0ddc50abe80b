#pragma once

namespace supreme::tests {

/// Whether AddressSanitizer watches: everything takes ten times as long, and what is looked for is
/// memory, which neighbouring inputs use alike. Tests that repeat themselves do so less often then;
/// the optimised build does it all.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#else
inline constexpr bool is_sanitized = false;
#endif

/// From one input to the next that a loop over all of them looks at.
inline constexpr unsigned neighbour_stride = is_sanitized ? 4 : 1;

} // namespace supreme::tests
