#include "storage/audit_anchor.hpp"

#include "storage/sha256.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>

namespace supreme::storage {

namespace {

using nlohmann::json;

struct key_deleter {
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
using key_pointer = std::unique_ptr<EVP_PKEY, key_deleter>;

struct file_closer {
  void operator()(FILE* f) const { static_cast<void>(std::fclose(f)); }
};
using file_pointer = std::unique_ptr<FILE, file_closer>;

struct digest_deleter {
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
};

constexpr size_t signature_bytes = 64;
constexpr size_t public_key_bytes = 32;

[[noreturn]] void fail(const std::string& what, const std::string& file) {
  throw store_failure(failure_kind::definitive, what + " " + file + ": " + std::strerror(errno));
}

/// What is signed: every field, so that none can be moved to another line.
std::string signed_text(const audit_anchor& a) {
  return "supreme audit anchor v1\n" + a.at.to_string() + "\n" + a.stream + "\n"
         + std::to_string(a.seq) + "\n" + to_hex(a.hash);
}

std::string public_bytes(EVP_PKEY* key) {
  std::string raw(public_key_bytes, '\0');
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size) != 1)
    throw store_failure(failure_kind::definitive, "the anchor key is not an Ed25519 key");
  return raw;
}

std::string sign(EVP_PKEY* key, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, digest_deleter> context{EVP_MD_CTX_new()};
  std::string signature(signature_bytes, '\0');
  size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1
      || EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                        reinterpret_cast<const unsigned char*>(text.data()), text.size())
           != 1)
    throw store_failure(failure_kind::definitive, "the audit anchor cannot be signed");
  return signature;
}

bool is_signed(const std::string& public_key, const std::string& text,
               const std::string& signature) {
  const key_pointer key{EVP_PKEY_new_raw_public_key(
    EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(public_key.data()),
    public_key.size())};
  const std::unique_ptr<EVP_MD_CTX, digest_deleter> context{EVP_MD_CTX_new()};
  return key && context
         && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1
         && EVP_DigestVerify(
              context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
              signature.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size())
              == 1;
}

std::optional<std::string> from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (hex.size() % 2 != 0)
    return std::nullopt;
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

key_pointer read_private_key(const std::string& file) {
  const file_pointer f{std::fopen(file.c_str(), "r")};
  if (!f)
    fail("cannot read the anchor key", file);
  key_pointer key{PEM_read_PrivateKey(f.get(), nullptr, nullptr, nullptr)};
  if (!key)
    throw store_failure(failure_kind::definitive, "not a private key: " + file);
  return key;
}

std::optional<std::string> read_public_key(const std::string& file) {
  const file_pointer f{std::fopen(file.c_str(), "r")};
  if (!f)
    return std::nullopt;
  const key_pointer key{PEM_read_PUBKEY(f.get(), nullptr, nullptr, nullptr)};
  if (!key)
    throw store_failure(failure_kind::definitive, "not a public key: " + file);
  return public_bytes(key.get());
}

/// Makes the file with these permissions and lets `write` fill it; it is complete on disk
/// afterwards.
template <class Write>
void make_file(const std::string& name, mode_t mode, Write write) {
  const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0)
    fail("cannot make", name);
  const file_pointer f{::fdopen(descriptor, "w")};
  if (!f || !write(f.get()) || std::fflush(f.get()) != 0 || ::fsync(descriptor) != 0)
    fail("cannot write", name);
}

/// One line, and what is wrong with it.
struct checked_line {
  audit_anchor anchor;
  std::string key;
  std::string wrong;
};

/// Nothing for a line that is no anchor at all: a crash may leave a torn line, and whoever damages
/// one could as well have removed it.
std::optional<checked_line> check_line(const std::string& text) {
  checked_line line;
  try {
    const auto j = json::parse(text);
    const auto at = trading::timestamp::parse(j.at("at").get<std::string>());
    const auto hash = from_hex(j.at("hash").get<std::string>());
    const auto key = from_hex(j.at("key").get<std::string>());
    const auto signature = from_hex(j.at("signature").get<std::string>());
    if (!at || !hash || !key || !signature)
      return std::nullopt;
    line.anchor = {*at, j.at("stream").get<std::string>(), j.at("seq").get<int64_t>(), *hash};
    line.key = *key;
    if (!is_signed(*key, signed_text(line.anchor), *signature))
      line.wrong = "was changed: its signature does not fit";
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return line;
}

} // namespace

void make_anchor_key(const std::string& private_key_file) {
  const auto public_key_file = private_key_file + ".pub";
  if (::access(private_key_file.c_str(), F_OK) == 0 && ::access(public_key_file.c_str(), F_OK) == 0)
    return;
  key_pointer key;
  if (::access(private_key_file.c_str(), F_OK) == 0) {
    key = read_private_key(private_key_file);
  } else {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key)
      throw store_failure(failure_kind::definitive, "no Ed25519 key can be made");
    make_file(private_key_file, S_IRUSR, [&](FILE* f) {
      return PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    });
  }
  make_file(public_key_file, S_IRUSR | S_IRGRP | S_IROTH,
            [&](FILE* f) { return PEM_write_PUBKEY(f, key.get()) == 1; });
}

struct anchor_writer::key {
  key_pointer private_key;
  std::string public_hex;
};

anchor_writer::anchor_writer(const std::string& anchor_file, const std::string& private_key_file) {
  auto private_key = read_private_key(private_key_file);
  auto public_hex = to_hex(public_bytes(private_key.get()));
  file_ = ::open(anchor_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                 S_IRUSR | S_IWUSR | S_IRGRP);
  if (file_ < 0)
    fail("cannot open", anchor_file);
  char last = '\n';
  const auto size = ::lseek(file_, 0, SEEK_END);
  if (size > 0 && ::pread(file_, &last, 1, size - 1) == 1 && last != '\n'
      && ::write(file_, "\n", 1) != 1) {
    ::close(file_);
    fail("cannot write", anchor_file);
  }
  key_ = std::make_unique<key>(key{std::move(private_key), std::move(public_hex)});
}

anchor_writer::~anchor_writer() { ::close(file_); }

void anchor_writer::append(const std::vector<audit_anchor>& anchors) {
  std::string lines;
  for (const auto& a : anchors) {
    if (const auto last = last_.find(a.stream); last != last_.end() && last->second == a.hash)
      continue;
    const json line = {{"at", a.at.to_string()},
                       {"stream", a.stream},
                       {"seq", a.seq},
                       {"hash", to_hex(a.hash)},
                       {"key", key_->public_hex},
                       {"signature", to_hex(sign(key_->private_key.get(), signed_text(a)))}};
    lines += line.dump() + "\n";
  }
  std::string_view rest = lines;
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      throw store_failure(failure_kind::transient,
                          std::string{"cannot append audit anchors: "} + std::strerror(errno));
    rest.remove_prefix(static_cast<size_t>(written));
  }
  if (::fdatasync(file_) != 0)
    throw store_failure(failure_kind::transient,
                        std::string{"cannot sync audit anchors: "} + std::strerror(errno));
  for (const auto& a : anchors)
    last_[a.stream] = a.hash;
}

anchor_file_content read_anchors(const std::string& anchor_file,
                                 const std::string& public_key_file) {
  std::ifstream in{anchor_file};
  if (!in)
    fail("cannot read", anchor_file);
  std::optional<std::string> trusted;
  if (public_key_file.empty()) {
    trusted = read_public_key(anchor_file + ".pub");
  } else {
    trusted = read_public_key(public_key_file);
    if (!trusted)
      fail("cannot read", public_key_file);
  }
  anchor_file_content content;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    auto line = check_line(text);
    if (!line)
      continue;
    if (line->wrong.empty() && trusted && line->key != *trusted)
      line->wrong = "was signed with another key";
    if (!line->wrong.empty()) {
      content.defects.push_back("line " + std::to_string(number) + " of " + anchor_file + " "
                                + line->wrong);
      continue;
    }
    trusted = line->key;
    const auto [place, added] =
      content.anchors[line->anchor.stream].emplace(line->anchor.seq, line->anchor.hash);
    if (!added && place->second != line->anchor.hash)
      content.defects.push_back("line " + std::to_string(number) + " of " + anchor_file
                                + " contradicts an earlier anchor of the same row");
  }
  return content;
}

} // namespace supreme::storage
