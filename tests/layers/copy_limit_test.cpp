#include "layers/copy_limit.hpp"

#include <gtest/gtest.h>

namespace hullcheck::layers {
namespace {

LayerFacts layer_of(const std::vector<std::string>& paths) {
  LayerFacts facts;
  for (const std::string& path : paths) {
    Entry& entry = facts.entries.emplace_back();
    entry.path = facts.text.add(path);
    const auto index = static_cast<std::uint32_t>(facts.entries.size() - 1);
    facts.sections["one"].records.push_back({index, Buffer{1}});
    if (index % 2 == 0) facts.sections["two"].records.push_back({index, Buffer{2}});
  }
  return facts;
}

// Half a million copies of etc/passwd took 690 MB.
TEST(CopyLimit, TheLastCopiesStay) {
  std::vector<std::string> paths{"first"};
  paths.resize(1 + k_most_copies + 6, "etc/passwd");
  paths.insert(paths.begin() + 5, "between");
  LayerFacts facts = layer_of(paths);
  limit_copies(facts);
  const SectionFacts& one = facts.sections["one"];
  ASSERT_EQ(one.records.size(), k_most_copies + 2);
  EXPECT_EQ(one.records[0].entry, 0U);
  EXPECT_EQ(one.records[1].entry, 5U);
  EXPECT_EQ(one.records[2].entry, 8U);
  EXPECT_EQ(one.records.back().entry, paths.size() - 1);
  ASSERT_EQ(one.problems.size(), 1U);
  EXPECT_EQ(one.problems[0].name, "member-copies-limit");
  EXPECT_EQ(one.problems[0].subject, "etc/passwd");
  // Another collector has to do with fewer of them.
  EXPECT_TRUE(facts.sections["two"].problems.empty());
}

TEST(CopyLimit, AsManyAsAreKeptAreNoProblem) {
  LayerFacts facts = layer_of(std::vector<std::string>(k_most_copies, "a"));
  limit_copies(facts);
  EXPECT_EQ(facts.sections["one"].records.size(), k_most_copies);
  EXPECT_TRUE(facts.sections["one"].problems.empty());
}

}  // namespace
}  // namespace hullcheck::layers
