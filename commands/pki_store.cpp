#include "commands/pki_store.hpp"

#include "commands/key_files.hpp"
#include "config/defaults.hpp"
#include "config/report.hpp"
#include "config/text_rule.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <memory>

namespace supreme::commands {

namespace {

/// RFC 5280 limits the common name of a certificate; OpenSSL refuses longer ones.
constexpr size_t common_name_max = 64;
/// A positive number of 127 bits: RFC 5280 wants at most 20 bytes, and nobody may guess the next.
constexpr int serial_bits = 127;
constexpr mode_t private_mode = 0600;
constexpr mode_t public_mode = 0644;

template <auto Free>
struct release {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, release<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, release<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, release<BIO_free_all>>;
using number_ptr = std::unique_ptr<BIGNUM, release<BN_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, release<X509_EXTENSION_free>>;
using store_ptr = std::unique_ptr<X509_STORE, release<X509_STORE_free>>;
using store_context_ptr = std::unique_ptr<X509_STORE_CTX, release<X509_STORE_CTX_free>>;

[[noreturn]] void fail(const std::string& what) {
  char text[256] = "no reason given";
  if (const auto code = ERR_get_error(); code != 0)
    ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  throw pki_error(what + ": " + text);
}

void require(bool done, const char* what) {
  if (!done)
    fail(what);
}

key_ptr make_key() {
  key_ptr key{EVP_EC_gen("P-256")};
  require(key != nullptr, "cannot make a key");
  return key;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<size_t>(size)};
}

/// PEM text by one of OpenSSL's writers.
template <class Write>
std::string to_pem(Write write) {
  const bio_ptr memory{BIO_new(BIO_s_mem())};
  require(memory != nullptr && write(memory.get()) == 1, "cannot encode as PEM");
  return text_of(memory.get());
}

std::string private_pem(EVP_PKEY* key) {
  return to_pem([key](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string certificate_pem(X509* certificate) {
  return to_pem([certificate](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

bio_ptr open_file(const std::string& path) {
  bio_ptr file{BIO_new_file(path.c_str(), "r")};
  if (!file)
    fail("cannot read " + path);
  return file;
}

certificate_ptr read_certificate(const std::string& path) {
  certificate_ptr out{PEM_read_bio_X509(open_file(path).get(), nullptr, nullptr, nullptr)};
  if (!out)
    fail(path + " holds no certificate");
  return out;
}

key_ptr read_key(const std::string& path) {
  // No passphrase is ever asked for on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  key_ptr out{PEM_read_bio_PrivateKey(open_file(path).get(), nullptr, no_passphrase, nullptr)};
  if (!out)
    fail(path + " holds no private key without a passphrase");
  return out;
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), -1, 0)
            == 1,
          "cannot set the certificate's name");
}

std::string name_field(const X509* certificate, int field) {
  auto* name = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(name, field, -1);
  if (at < 0)
    return {};
  const auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<size_t>(ASN1_STRING_length(value))};
}

void add_extension(X509* certificate, X509* issuer, int field, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const extension_ptr extension{X509V3_EXT_conf_nid(nullptr, &context, field, value.c_str())};
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
          "cannot add an extension to the certificate");
}

void set_serial(X509* certificate) {
  const number_ptr number{BN_new()};
  require(number != nullptr
            && BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
          "cannot draw a serial number");
}

/// A certificate with everything but its subject, issuer and extensions.
certificate_ptr begin_certificate(EVP_PKEY* key, validity valid) {
  certificate_ptr out{X509_new()};
  require(out != nullptr && X509_set_version(out.get(), X509_VERSION_3) == 1
            && X509_gmtime_adj(X509_getm_notBefore(out.get()), valid.from.count()) != nullptr
            && X509_gmtime_adj(X509_getm_notAfter(out.get()), valid.until.count()) != nullptr
            && X509_set_pubkey(out.get(), key) == 1,
          "cannot make a certificate");
  set_serial(out.get());
  return out;
}

void sign(X509* certificate, EVP_PKEY* key) {
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "cannot sign the certificate");
}

certificate_ptr make_authority_certificate(EVP_PKEY* key, const std::string& cluster,
                                           validity valid) {
  auto out = begin_certificate(key, valid);
  auto* subject = X509_get_subject_name(out.get());
  // The organisation carries the cluster, so that issuing needs no further argument that could
  // differ.
  add_name(subject, "O", cluster);
  add_name(subject, "CN", cluster + " node CA");
  require(X509_set_issuer_name(out.get(), subject) == 1, "cannot set the certificate's issuer");
  // It signs node certificates and nothing that could sign further ones.
  add_extension(out.get(), out.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(out.get(), out.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(out.get(), out.get(), NID_subject_key_identifier, "hash");
  sign(out.get(), key);
  return out;
}

bool is_address(const std::string& host) {
  unsigned char ignored[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), ignored) == 1
         || ::inet_pton(AF_INET6, host.c_str(), ignored) == 1;
}

/// The value is parsed by OpenSSL as a list, so that every name must be free of its separators.
std::string alternative_names(const certificate_request& wanted) {
  std::string out = "DNS:" + wanted.name;
  for (const auto& host : wanted.hosts) {
    if (!config::fits(host, config::host_text))
      throw pki_error("expected " + std::string{config::host_text.description} + ", was "
                      + config::quoted(host));
    out += (is_address(host) ? ",IP:" : ",DNS:") + host;
  }
  return out;
}

void require_name(const std::string& what, const std::string& name) {
  if (!config::fits(name, config::name_text))
    throw pki_error(what + ": expected " + config::name_text.description + ", was "
                    + config::quoted(name));
}

/// Empty when the certificate holds under this authority alone.
std::string find_fault(X509* authority, X509* certificate) {
  const store_ptr store{X509_STORE_new()};
  const store_context_ptr context{X509_STORE_CTX_new()};
  require(store != nullptr && context != nullptr && X509_STORE_add_cert(store.get(), authority) == 1
            && X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) == 1,
          "cannot check a certificate");
  if (X509_verify_cert(context.get()) == 1)
    return {};
  ERR_clear_error();
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

certificate_ptr make_node_certificate(X509* authority, EVP_PKEY* authority_key, EVP_PKEY* key,
                                      const certificate_request& wanted) {
  const auto cluster = name_field(authority, NID_organizationName);
  require_name("the authority's cluster", cluster);
  const auto common_name = cluster + "/" + wanted.name;
  if (common_name.size() > common_name_max)
    throw pki_error("cluster and name together have " + std::to_string(common_name.size() - 1)
                    + " characters, a certificate holds at most "
                    + std::to_string(common_name_max - 1));
  auto out = begin_certificate(key, wanted.valid);
  auto* subject = X509_get_subject_name(out.get());
  add_name(subject, "O", cluster);
  add_name(subject, "CN", common_name);
  require(X509_set_issuer_name(out.get(), X509_get_subject_name(authority)) == 1,
          "cannot set the certificate's issuer");
  add_extension(out.get(), authority, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(out.get(), authority, NID_key_usage, "critical,digitalSignature");
  // Every node both connects and is connected to.
  add_extension(out.get(), authority, NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(out.get(), authority, NID_subject_key_identifier, "hash");
  add_extension(out.get(), authority, NID_authority_key_identifier, "keyid:always");
  add_extension(out.get(), authority, NID_subject_alt_name, alternative_names(wanted));
  sign(out.get(), authority_key);
  return out;
}

} // namespace

authority_files authority_files_in(const std::string& dir) {
  return {dir + "/ca.key", dir + "/ca.crt"};
}

authority_files make_authority(const std::string& dir, const std::string& cluster, validity valid) {
  require_name("--cluster", cluster);
  const auto files = authority_files_in(dir);
  make_private_folder(dir);
  for (const auto& path : {files.key, files.certificate})
    refuse_existing(path);
  const auto key = make_key();
  const auto certificate = make_authority_certificate(key.get(), cluster, valid);
  write_new_file(files.key, private_pem(key.get()), private_mode);
  write_new_file(files.certificate, certificate_pem(certificate.get()), public_mode);
  return files;
}

issued_files issue_certificate(const std::string& dir, const certificate_request& wanted) {
  require_name("--name", wanted.name);
  const issued_files files{dir + "/" + wanted.name + ".key", dir + "/" + wanted.name + ".crt"};
  const auto authority_paths = authority_files_in(dir);
  const auto authority = read_certificate(authority_paths.certificate);
  const auto authority_key = read_key(authority_paths.key);
  for (const auto& path : {files.key, files.certificate})
    refuse_existing(path);
  const auto key = make_key();
  const auto certificate =
    make_node_certificate(authority.get(), authority_key.get(), key.get(), wanted);
  if (X509_cmp_time(X509_get0_notAfter(authority.get()), nullptr) < 0)
    throw pki_error(authority_paths.certificate + " has expired: make a new authority");
  int days = 0;
  int seconds = 0;
  require(ASN1_TIME_diff(&days, &seconds, X509_get0_notAfter(certificate.get()),
                         X509_get0_notAfter(authority.get()))
            == 1,
          "cannot compare times");
  if (days < 0 || seconds < 0)
    throw pki_error("the certificate would outlive its authority: ask for fewer days");
  // A pair of files that does not belong together would only be noticed when the nodes connect.
  require(X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) == 1,
          "the authority's key and certificate do not belong together");
  write_new_file(files.key, private_pem(key.get()), private_mode);
  write_new_file(files.certificate, certificate_pem(certificate.get()), public_mode);
  return files;
}

std::string check_certificate(const std::string& authority_file,
                              const std::string& certificate_file) {
  const auto authority = read_certificate(authority_file);
  const auto certificate = read_certificate(certificate_file);
  return find_fault(authority.get(), certificate.get());
}

} // namespace supreme::commands
