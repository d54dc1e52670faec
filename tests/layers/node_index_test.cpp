// Nodes are found by folder and name, through every growth of the table.
#include "layers/node_index.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace hullcheck::layers {
namespace {

struct Node {
  std::uint32_t parent;
  std::string name;
};

TEST(NodeIndex, FindsWhatWasAddedAndNothingElse) {
  constexpr std::uint32_t k_folders = 40, k_names = 500;
  std::deque<Node> nodes;
  NodeIndex<std::deque<Node>> index(nodes);
  EXPECT_EQ(index.find(0, "0"), k_none);
  const auto number = [](std::uint32_t folder, std::uint32_t name) { return folder * k_names + name; };
  for (std::uint32_t folder = 0; folder < k_folders; ++folder)
    for (std::uint32_t name = 0; name < k_names; ++name) {
      nodes.push_back({folder, std::to_string(name)});
      EXPECT_EQ(index.find(folder, nodes.back().name), k_none);
      index.add(number(folder, name));
    }
  for (std::uint32_t folder = 0; folder < k_folders; ++folder)
    for (std::uint32_t name = 0; name < k_names; ++name)
      ASSERT_EQ(index.find(folder, std::to_string(name)), number(folder, name));
  EXPECT_EQ(index.find(k_folders, "0"), k_none);
  EXPECT_EQ(index.find(0, std::to_string(k_names)), k_none);
  EXPECT_EQ(index.find(0, ""), k_none);
}

}  // namespace
}  // namespace hullcheck::layers
