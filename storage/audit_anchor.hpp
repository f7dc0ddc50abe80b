#pragma once

#include "storage/failure.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace supreme::storage {

/// The signed head of one audit stream at one time. A chain alone does not show that its tail was
/// cut off or that all of it was rewritten; a head that was signed and kept elsewhere does.
struct audit_anchor {
  trading::timestamp at;
  std::string stream;
  int64_t seq = 0;
  std::string hash; ///< 32 raw bytes
};

/// Makes an Ed25519 key: the private half at `private_key_file` (readable by its owner alone), the
/// public one beside it with ".pub" appended, both PEM. Keeps a key that is there already. Throws
/// store_failure.
void make_anchor_key(const std::string& private_key_file);

/// Signs anchors and appends them to a file, one JSON line each, synced to disk before append()
/// returns. A line that a crash cut short is ended first, so that it never damages its successor.
/// One thread at a time.
class anchor_writer {
public:
  /// Both throw store_failure when a file cannot be read or written.
  anchor_writer(const std::string& anchor_file, const std::string& private_key_file);
  ~anchor_writer();
  anchor_writer(const anchor_writer&) = delete;
  anchor_writer& operator=(const anchor_writer&) = delete;
  /// Heads that have not moved since this object appended them are left out.
  void append(const std::vector<audit_anchor>& anchors);

private:
  struct key;
  int file_ = -1;
  std::unique_ptr<key> key_;
  std::map<std::string, std::string> last_; ///< stream → hash appended last
};

/// What a file of anchors says.
struct anchor_file_content {
  std::map<std::string, std::map<int64_t, std::string>>
    anchors;                        ///< stream → number → hash, rightly signed ones only
  std::vector<std::string> defects; ///< one sentence per wrong line
};

/// Reads and verifies anchors. Lines must be signed by the public key in `public_key_file`; when
/// that is empty, by the key in
/// "<anchor_file>.pub" if there is one, else all by the key that the first line names, which only
/// shows that the file was written by one writer. Throws store_failure when the file cannot be
/// read.
[[nodiscard]] anchor_file_content read_anchors(const std::string& anchor_file,
                                               const std::string& public_key_file = {});

} // namespace supreme::storage
