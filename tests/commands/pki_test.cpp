// Goal: certificates that this CA issues are accepted by others' implementations and only for what
// they say; keys are private and never overwritten. Method: real files in a temporary folder;
// besides our own check, the openssl program verifies them, so that our code does not judge itself.

#include "commands/key_files.hpp"
#include "commands/pki_store.hpp"
#include "tests/commands/run.hpp"
#include "tests/commands/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace supreme::tests {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

commands::validity days(int count) { return {seconds{-3600}, hours{24} * count}; }

/// Output of a shell command, both streams.
std::string shell(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen((command + " 2>&1").c_str(), "r"),
                                                   ::pclose};
  std::string out;
  std::array<char, 4096> block{};
  while (const auto bytes = std::fread(block.data(), 1, block.size(), pipe.get()))
    out.append(block.data(), bytes);
  return out;
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777;
}

std::string content_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

class pki : public ::testing::Test {
protected:
  [[nodiscard]] commands::authority_files make(const std::string& dir,
                                               const std::string& cluster = "demo") const {
    return commands::make_authority(folder_.file(dir), cluster, days(100));
  }
  [[nodiscard]] commands::issued_files issue(const std::string& dir, const std::string& name,
                                             std::vector<std::string> hosts = {"127.0.0.1"},
                                             commands::validity valid = days(10)) const {
    return commands::issue_certificate(folder_.file(dir), {name, std::move(hosts), valid});
  }

  temporary_folder folder_;
};

TEST_F(pki, issues_certificates_that_openssl_accepts_for_both_ends) {
  const auto authority = make("ca");
  const auto node = issue("ca", "node-a", {"127.0.0.1", "::1", "node-a.example.com"});
  EXPECT_EQ(commands::check_certificate(authority.certificate, node.certificate), "");
  for (const auto* purpose : {"sslserver", "sslclient"})
    EXPECT_EQ(shell("openssl verify -x509_strict -purpose " + std::string{purpose} + " -CAfile "
                    + authority.certificate + " " + node.certificate),
              node.certificate + ": OK\n");
  EXPECT_EQ(shell("openssl verify -verify_ip ::1 -CAfile " + authority.certificate + " "
                  + node.certificate),
            node.certificate + ": OK\n");
  EXPECT_EQ(shell("openssl verify -verify_hostname node-a.example.com -CAfile "
                  + authority.certificate + " " + node.certificate),
            node.certificate + ": OK\n");
  EXPECT_NE(shell("openssl verify -verify_ip 10.0.0.1 -CAfile " + authority.certificate + " "
                  + node.certificate),
            node.certificate + ": OK\n");
}

TEST_F(pki, writes_name_use_and_curve_into_the_certificate) {
  (void)make("ca");
  const auto text = shell("openssl x509 -noout -text -in " + issue("ca", "node-a").certificate);
  for (const auto* part :
       {"CN = demo/node-a", "O = demo", "CA:FALSE", "X509v3 Key Usage: critical",
        "Digital Signature", "TLS Web Server Authentication, TLS Web Client Authentication",
        "DNS:node-a, IP Address:127.0.0.1", "NIST CURVE: P-256", "ecdsa-with-SHA256", "Version: 3"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

TEST_F(pki, makes_an_authority_that_can_sign_nodes_only) {
  const auto text = shell("openssl x509 -noout -text -in " + make("ca").certificate);
  for (const auto* part : {"CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "CN = demo node CA",
                           "NIST CURVE: P-256"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

TEST_F(pki, refuses_a_certificate_of_another_authority) {
  const auto ours = make("ca");
  (void)make("other");
  const auto theirs = issue("other", "node-a");
  EXPECT_NE(commands::check_certificate(ours.certificate, theirs.certificate), "");
  EXPECT_NE(shell("openssl verify -CAfile " + ours.certificate + " " + theirs.certificate),
            theirs.certificate + ": OK\n");
}

TEST_F(pki, refuses_an_expired_certificate) {
  const auto authority =
    commands::make_authority(folder_.file("ca"), "demo", {-hours{72}, hours{24}});
  const auto node = issue("ca", "node-a", {}, {-hours{48}, -hours{24}});
  EXPECT_EQ(commands::check_certificate(authority.certificate, node.certificate),
            "certificate has expired");
  EXPECT_NE(shell("openssl verify -CAfile " + authority.certificate + " " + node.certificate),
            node.certificate + ": OK\n");
}

TEST_F(pki, refuses_a_certificate_that_does_not_hold_yet) {
  const auto authority = make("ca");
  const auto node = issue("ca", "node-a", {}, {hours{24}, hours{48}});
  EXPECT_EQ(commands::check_certificate(authority.certificate, node.certificate),
            "certificate is not yet valid");
}

TEST_F(pki, refuses_to_issue_from_an_expired_authority) {
  (void)commands::make_authority(folder_.file("ca"), "demo", {-hours{72}, -hours{24}});
  EXPECT_THROW((void)issue("ca", "node-a"), commands::pki_error);
}

TEST_F(pki, refuses_a_certificate_that_would_outlive_its_authority) {
  (void)make("ca");
  EXPECT_THROW((void)issue("ca", "node-a", {}, days(101)), commands::pki_error);
  EXPECT_NO_THROW((void)issue("ca", "node-a", {}, days(99)));
}

TEST_F(pki, refuses_an_authority_whose_files_do_not_belong_together) {
  const auto ours = make("ca");
  const auto others = make("other");
  std::ofstream{ours.key} << content_of(others.key);
  EXPECT_THROW((void)issue("ca", "node-a"), commands::pki_error);
  EXPECT_NE(::access(folder_.file("ca/node-a.key").c_str(), F_OK), 0) << "a key was left behind";
}

TEST_F(pki, keeps_keys_to_their_owner) {
  const auto authority = make("ca");
  const auto node = issue("ca", "node-a");
  EXPECT_EQ(mode_of(folder_.file("ca")), 0700u);
  EXPECT_EQ(mode_of(authority.key), 0600u);
  EXPECT_EQ(mode_of(node.key), 0600u);
  EXPECT_EQ(mode_of(authority.certificate), 0644u);
}

TEST_F(pki, never_overwrites_anything) {
  const auto authority = make("ca");
  const auto key = content_of(authority.key);
  EXPECT_THROW((void)make("ca"), commands::pki_error);
  EXPECT_EQ(content_of(authority.key), key);
  const auto node = issue("ca", "node-a");
  const auto node_key = content_of(node.key);
  EXPECT_THROW((void)issue("ca", "node-a"), commands::pki_error);
  EXPECT_EQ(content_of(node.key), node_key);
}

TEST_F(pki, leaves_a_file_alone_that_appears_meanwhile) {
  const auto path = folder_.file("key");
  commands::write_new_file(path, "first", 0600);
  EXPECT_THROW(commands::write_new_file(path, "second", 0600), commands::pki_error);
  EXPECT_EQ(content_of(path), "first");
  // A link that points nowhere is something, too: following it would write elsewhere.
  ASSERT_EQ(::symlink("/nonexistent/target", folder_.file("link").c_str()), 0);
  EXPECT_THROW(commands::write_new_file(folder_.file("link"), "x", 0600), commands::pki_error);
  EXPECT_THROW(commands::refuse_existing(folder_.file("link")), commands::pki_error);
}

TEST_F(pki, refuses_names_that_would_mean_something_else) {
  EXPECT_THROW((void)make("x", "Demo"), commands::pki_error);
  EXPECT_THROW((void)make("x", ""), commands::pki_error);
  (void)make("ca");
  for (const auto* name : {"", "../escape", "a/b", "A", "a b", "a,DNS:evil"})
    EXPECT_THROW((void)issue("ca", name), commands::pki_error) << name;
  for (const auto* host : {"", "a,DNS:evil", "a b", "*", "host\n"})
    EXPECT_THROW((void)issue("ca", "node-a", {host}), commands::pki_error) << host;
}

TEST_F(pki, refuses_a_name_that_does_not_fit_a_certificate) {
  (void)commands::make_authority(folder_.file("ca"), std::string(40, 'c'), days(100));
  EXPECT_NO_THROW((void)issue("ca", std::string(23, 'n')));
  EXPECT_THROW((void)issue("ca", std::string(24, 'n')), commands::pki_error);
}

TEST_F(pki, gives_every_certificate_a_number_of_its_own) {
  (void)make("ca");
  const auto serial = [this](const char* name) {
    return shell("openssl x509 -noout -serial -in " + issue("ca", name).certificate);
  };
  const auto one = serial("one");
  EXPECT_EQ(one.find("serial="), 0u);
  EXPECT_NE(one, serial("two"));
}

TEST_F(pki, explains_what_it_cannot_read) {
  EXPECT_THROW((void)issue("missing", "node-a"), commands::pki_error);
  std::ofstream{folder_.file("text")} << "no certificate";
  EXPECT_THROW((void)commands::check_certificate(folder_.file("text"), folder_.file("text")),
               commands::pki_error);
}

TEST_F(pki, verbs_print_the_files_they_made) {
  const auto dir = folder_.file("pki");
  const auto made = run({"pki", "init", "--dir", dir, "--cluster", "demo"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(made.out, dir + "/ca.key\n" + dir + "/ca.crt\n");
  const auto issued =
    run({"pki", "issue", "--dir", dir, "--name", "node-a", "--host", "10.0.0.1", "--host", "a.b"});
  EXPECT_EQ(issued.code, 0) << issued.err;
  EXPECT_EQ(issued.out, dir + "/node-a.key\n" + dir + "/node-a.crt\n");
  const auto names = shell("openssl x509 -noout -ext subjectAltName -in " + dir + "/node-a.crt");
  EXPECT_NE(names.find("DNS:node-a, IP Address:10.0.0.1, DNS:a.b"), std::string::npos) << names;
  const auto again = run({"pki", "init", "--dir", dir, "--cluster", "demo"});
  EXPECT_EQ(again.code, 2);
  EXPECT_EQ(again.err,
            "supreme: " + dir
              + "/ca.key is there already and is never overwritten: move it away first\n");
  EXPECT_EQ(run({"pki", "issue", "--dir", dir, "--name", "b", "--days", "0"}).code, 2);
  EXPECT_EQ(run({"pki", "issue", "--dir", dir, "--name", "b", "--days", "4000"}).code, 2);
}

} // namespace
} // namespace supreme::tests
