#include "util/shares.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <set>
#include <vector>

namespace hullcheck::util {
namespace {

// How often each element was visited.
std::vector<int> visits(std::size_t threads, std::size_t count, std::size_t share) {
  std::vector<std::atomic<int>> seen(count);
  in_shares(threads, count, share, [&](std::size_t begin, std::size_t end) {
    EXPECT_EQ(begin % share, 0U);
    EXPECT_LE(end - begin, share);
    for (std::size_t i = begin; i < end; ++i) ++seen[i];
  });
  return {seen.begin(), seen.end()};
}

TEST(Shares, EveryElementIsVisitedOnce) {
  for (const std::size_t threads : {1U, 2U, 7U})
    for (const std::size_t count : {0U, 1U, 63U, 64U, 65U, 1000U})
      for (const std::size_t share : {1U, 64U})
        EXPECT_EQ(visits(threads, count, share), std::vector<int>(count, 1))
            << threads << " " << count << " " << share;
}

TEST(Shares, NoThreadsAtAllIsTheCallingOne) { EXPECT_EQ(visits(0, 3, 2), std::vector<int>(3, 1)); }

TEST(Shares, ResultsByShareComeInOrder) {
  constexpr std::size_t k_count = 1000, k_share = 10;
  std::vector<std::vector<std::size_t>> parts(k_count / k_share);
  in_shares(4, k_count, k_share, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) parts[begin / k_share].push_back(i);
  });
  std::vector<std::size_t> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  std::vector<std::size_t> expected(k_count);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(all, expected);
}

TEST(Shares, OthersAreAtWorkBesideTheCaller) {
  std::atomic<int> together{0};
  std::atomic<bool> met{false};
  in_shares(2, 2, 1, [&](std::size_t, std::size_t) {
    ++together;
    for (int i = 0; i < 10'000'000 && !met; ++i)
      if (together == 2) met = true;
  });
  EXPECT_TRUE(met);
}

}  // namespace
}  // namespace hullcheck::util
