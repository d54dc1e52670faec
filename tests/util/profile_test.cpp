#include "util/profile.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace hullcheck::util {
namespace {

TEST(Profile, RowsInOrderOfFirstUse) {
  Profile profile;
  profile.add("b", std::chrono::milliseconds(500), 2, 10);
  profile.add("a", std::chrono::milliseconds(250));
  profile.add("b", std::chrono::milliseconds(500), 1, 5);
  const auto rows = profile.rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].name, "b");
  EXPECT_DOUBLE_EQ(rows[0].seconds, 1.0);
  EXPECT_EQ(rows[0].count, 3U);
  EXPECT_EQ(rows[0].bytes, 15U);
  EXPECT_EQ(rows[1].name, "a");
}

TEST(Profile, TimersAddOnce) {
  Profile profile;
  {
    Timer timer(profile, "stage");
    timer.stop();
    timer.stop();
  }
  ASSERT_EQ(profile.rows().size(), 1U);
  EXPECT_EQ(profile.rows()[0].count, 1U);
}

TEST(Profile, ThreadsAddTogether) {
  Profile profile;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) const Timer timer(profile, i % 2 == 0 ? "even" : "odd");
    });
  for (std::thread& thread : threads) thread.join();
  for (const Profile::Row& row : profile.rows()) EXPECT_EQ(row.count, 2000U);
}

}  // namespace
}  // namespace hullcheck::util
