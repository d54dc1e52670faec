#include <gtest/gtest.h>

#include "inventory/analyzer.hpp"
#include "support/view_builder.hpp"

namespace hullcheck::inventory {
namespace {

std::vector<FoundFacts> found(test::ViewBuilder& builder) {
  return found_facts(builder.build(), "accounts", nullptr);
}

TEST(Accounts, LinesUnderTheirNames) {
  test::ViewBuilder builder;
  builder.file("etc/passwd", "root:x:0:0:root:/root:/bin/bash\r\n# note\nbroken\n\napp:x:1000:1000::/:/bin/sh");
  builder.file("etc/shadow", "root:*:1::::::\n").file("etc/passwd-", "old:x:0:0::/:/bin/sh\n");
  builder.file("opt/etc/passwd", "a:b\n");
  const auto all = found(builder);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].facts.kind, "passwd");
  using Values = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(all[0].facts.values,
            (Values{{"root", "root:x:0:0:root:/root:/bin/bash"}, {"app", "app:x:1000:1000::/:/bin/sh"}}));
  EXPECT_EQ(all[1].facts.kind, "shadow");
}

TEST(Accounts, NoHashIsKept) {
  test::ViewBuilder builder;
  builder.file("etc/shadow", "root:$6$salt$hash:1:::\nbin:!:1:::\nlocked:!$6$h:1:::\nnone::1:::\nopen:$6$x\n");
  using Values = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(found(builder).at(0).facts.values, (Values{{"root", "root:xxxxxxxxxxxx:1:::"},
                                                       {"bin", "bin:!:1:::"},
                                                       {"locked", "locked:!xxxx:1:::"},
                                                       {"none", "none::1:::"},
                                                       {"open", "open:xxxx"}}));
}

TEST(Accounts, EveryLayerCounts) {
  test::ViewBuilder builder;
  builder.file("etc/passwd", "a:x:0:0::/:/bin/sh\n").layer().file("etc/passwd", "b:x:0:0::/:/bin/sh\n");
  const auto all = found(builder);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].visibility, model::Visibility::overwritten);
  EXPECT_EQ(all[1].visibility, model::Visibility::final);
}

TEST(Accounts, HugeFileIsCutAndSaysSo) {
  std::string text;
  while (text.size() < 100'000) text += "user:x:1:1::/:/bin/sh\n";
  test::ViewBuilder builder;
  builder.file("etc/group", text);
  const auto all = found(builder);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].facts.truncated);
  EXPECT_LE(all[0].facts.values.size() * 22, 64U * 1024);
  EXPECT_EQ(all[0].facts.values.back().second, "user:x:1:1::/:/bin/sh");
}

TEST(Accounts, BinaryGarbageIsNoAccount) {
  test::ViewBuilder builder;
  builder.file("etc/passwd", std::string("\x7f"
                                         "ELF\0\1\2",
                                         7));
  for (const auto& each : found(builder)) EXPECT_TRUE(each.facts.values.empty());
}

}  // namespace
}  // namespace hullcheck::inventory
