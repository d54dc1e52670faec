#include "util/path.hpp"

#include <gtest/gtest.h>

namespace hullcheck::util {
namespace {

TEST(JoinPath, FolderAndName) {
  EXPECT_EQ(join_path("usr/lib", "os-release"), "usr/lib/os-release");
  EXPECT_EQ(join_path("/etc", "cron.d/job"), "/etc/cron.d/job");
}

TEST(JoinPath, TheRootIsNoFolderOfTheName) { EXPECT_EQ(join_path("", "etc"), "etc"); }

TEST(JoinPath, CleansNothing) { EXPECT_EQ(join_path("a/", "../b"), "a//../b"); }

}  // namespace
}  // namespace hullcheck::util
