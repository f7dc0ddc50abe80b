#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace supreme::commands {

/// Makes a folder that its owner alone may enter, when it is missing. Throws pki_error.
void make_private_folder(const std::string& path);

/// Writes a new file, whole or not at all, with exactly this mode, and syncs it to disk. Throws
/// pki_error, also when the file is there already: a key that is overwritten is lost for ever.
void write_new_file(const std::string& path, std::string_view content, mode_t mode);

/// Throws pki_error when anything stands at the path.
void refuse_existing(const std::string& path);

} // namespace supreme::commands
