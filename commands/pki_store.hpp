#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace supreme::commands {

/// Why keys or certificates could not be made or read. Never holds key material.
class pki_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The files of a node CA's folder.
struct authority_files {
  std::string key;         ///< "ca.key": signs node certificates; belongs on no node
  std::string certificate; ///< "ca.crt": every node's tls.ca_file
};
[[nodiscard]] authority_files authority_files_in(const std::string& dir);

/// When a certificate holds, counted from now. It begins in the past, because clocks differ.
struct validity {
  std::chrono::seconds from{-3600};
  std::chrono::seconds until{0};
};

/// Makes the folder (0700) when it is missing and in it a P-256 certificate authority for the nodes
/// of `cluster` alone. The key is 0600. Never overwrites a file: throws pki_error when one is
/// there. The key that signs audit heads is no part of it: each node makes its own.
authority_files make_authority(const std::string& dir, const std::string& cluster, validity valid);

/// What a certificate is issued for.
struct certificate_request {
  std::string name;               ///< of the node or venue; CN becomes "<cluster>/<name>"
  std::vector<std::string> hosts; ///< DNS names and IP addresses for the subject alternative names
  validity valid;
};

struct issued_files {
  std::string key;         ///< "<name>.key", 0600
  std::string certificate; ///< "<name>.crt"
};

/// Issues a P-256 key and a certificate for both ends of a TLS connection, signed by the folder's
/// authority, and checks the result against the authority before it is written. Never overwrites a
/// file. Throws pki_error.
issued_files issue_certificate(const std::string& dir, const certificate_request& wanted);

/// Why a certificate is not one of this authority that holds now, in OpenSSL's words; empty when it
/// is. Both are PEM files. Throws pki_error when one cannot be read.
[[nodiscard]] std::string check_certificate(const std::string& authority_file,
                                            const std::string& certificate_file);

} // namespace supreme::commands
