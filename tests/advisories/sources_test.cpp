// The table of sources, and the page that is generated from it. HULLCHECK_REWRITE=1 writes the section anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "advisories/feed.hpp"
#include "advisories/sources_markdown.hpp"

namespace hullcheck::advisories {
namespace {

constexpr const char* k_page = HULLCHECK_TEST_DATA "/../docs/coverage.md";
constexpr std::string_view k_marker = "## Advisory sources\n";

TEST(Sources, EachHasItsOwnNameAndAddressAndAFeedThatExists) {
  std::set<std::string> names, addresses;
  for (const auto& source : default_sources()) {
    EXPECT_TRUE(names.insert(source.name).second) << source.name;
    EXPECT_TRUE(addresses.insert(source.url).second) << source.url;
    EXPECT_NE(FeedRegistry::find(source.feed), nullptr) << source.name;
    EXPECT_EQ(source.url.substr(0, 8), "https://") << source.name;
    EXPECT_FALSE(source.licence.empty()) << source.name;
    EXPECT_GT(source.rough_bytes, 0U) << source.name;
  }
}

TEST(Sources, EveryFeedHasASource) {
  std::set<std::string_view> used;
  for (const auto& source : default_sources()) used.insert(source.feed);
  for (const auto& feed : FeedRegistry::all())
    if (feed.descriptor.id != "synthetic") {  // of the tests
      EXPECT_TRUE(used.count(feed.descriptor.id) > 0) << feed.descriptor.id;
    }
}

TEST(Sources, TheCoveragePageIsGenerated) {
  std::stringstream text;
  text << std::ifstream(k_page).rdbuf();
  const std::string page = text.str();
  const auto start = page.find(k_marker);
  ASSERT_NE(start, std::string::npos) << k_page;
  const auto next = page.find("\n## ", start + 1);
  const auto end = next == std::string::npos ? page.size() : next + 1;
  const std::string section = sources_as_markdown() + (next == std::string::npos ? "" : "\n");
  if (std::getenv("HULLCHECK_REWRITE") != nullptr) {
    std::ofstream(k_page) << page.substr(0, start) << section << page.substr(end);
    GTEST_SKIP() << "written anew";
  }
  EXPECT_EQ(page.substr(start, end - start), section) << "run: hullcheck db list --format markdown";
}

}  // namespace
}  // namespace hullcheck::advisories
