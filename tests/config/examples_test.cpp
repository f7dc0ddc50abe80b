// Goal: the shipped example files are valid and say what they do. Method: parse each; a file that a
// person copies must not begin with an error.

#include "tests/config/sample.hpp"
#include "tests/support/source_tree.hpp"

#include <fstream>
#include <sstream>

namespace supreme::tests {
namespace {

std::string path_of(const char* name) {
  return (source_root() / "config/examples" / name).string();
}

std::string text_of(const char* name) {
  auto text = config::read_text_file(path_of(name));
  EXPECT_EQ(problems_of(text), "");
  return std::get<std::string>(text);
}

TEST(config_examples, of_a_cluster_is_valid) {
  const auto parsed = config::parse_cluster(text_of("cluster.toml"), "cluster.toml");
  ASSERT_EQ(problems_of(parsed), "");
  EXPECT_EQ(std::get<config::cluster_settings>(parsed).strategies.size(), 1u);
}

TEST(config_examples, of_a_node_is_valid) {
  const auto parsed =
    config::parse_node(text_of("node.toml"), "node.toml",
                       variables({{"SUPREME_DATABASE_URL", "host=/run/postgresql"}}));
  ASSERT_EQ(problems_of(parsed), "");
  EXPECT_EQ(std::get<config::node_settings>(parsed).cluster, "example");
}

TEST(config_examples, of_a_venue_is_valid_and_fits_the_cluster) {
  const auto parsed = config::parse_venue(text_of("venue.toml"), "venue.toml", variables({}));
  ASSERT_EQ(problems_of(parsed), "");
  const auto cluster = config::parse_cluster(text_of("cluster.toml"), "cluster.toml");
  ASSERT_EQ(problems_of(cluster), "");
  const auto& venue = std::get<config::simulated_venue_settings>(parsed);
  const auto& all = std::get<config::cluster_settings>(cluster);
  EXPECT_EQ(venue.instruments, all.instruments);
  ASSERT_NE(all.find_venue(venue.id), nullptr);
  EXPECT_EQ(all.find_venue(venue.id)->port, venue.listen.port);
  EXPECT_EQ(venue.slippage_ppb, 200'000);
}

TEST(read_text_file, refuses_what_is_no_readable_file) {
  EXPECT_NE(problems_of(config::read_text_file("/nonexistent/cluster.toml")), "");
  EXPECT_EQ(problems_of(config::read_text_file("/")), "/: expected a regular file\n");
  EXPECT_EQ(problems_of(config::read_text_file("/dev/zero")),
            "/dev/zero: expected a regular file\n");
}

} // namespace
} // namespace supreme::tests
