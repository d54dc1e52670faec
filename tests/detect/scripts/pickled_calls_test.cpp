#include "detect/scripts/pickled_calls.hpp"

#include <gtest/gtest.h>

namespace hullcheck::detect {
namespace {

using namespace std::string_view_literals;

TEST(PickledCalls, OldAndNewProtocols) {
  const auto old = pickled_call("cos\nsystem\n(S'id -u'\ntR.");
  ASSERT_TRUE(old.has_value());
  EXPECT_EQ(old->function, "os.system");
  ASSERT_EQ(old->texts.size(), 1U);
  EXPECT_EQ(old->texts[0], "id -u");
  EXPECT_FALSE(old->code);
  const auto framed = pickled_call(
      "\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94."sv);
  ASSERT_TRUE(framed.has_value());
  EXPECT_EQ(framed->function, "posix.system");
  ASSERT_EQ(framed->texts.size(), 1U);
  EXPECT_EQ(framed->texts[0], "id");
}

TEST(PickledCalls, CodeAndLists) {
  const auto code = pickled_call("c__builtin__\nexec\n(X\x05\0\0\0a = 1tR."sv);
  ASSERT_TRUE(code.has_value());
  EXPECT_TRUE(code->code);
  EXPECT_EQ(code->texts, std::vector<std::string>{"a = 1"});
  const auto list = pickled_call("csubprocess\nPopen\n((lS'sh'\naS'-c'\naS'id'\natR.");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->texts.size(), 3U);
}

TEST(PickledCalls, DataIsNoCall) {
  EXPECT_FALSE(pickled_call("(lp0\nS'os'\np1\naS'system'\np2\na.").has_value());
  EXPECT_FALSE(pickled_call("ccollections\nOrderedDict\n(tR.").has_value());
  EXPECT_FALSE(pickled_call("cos\npath\n.").has_value());
  EXPECT_FALSE(pickled_call("").has_value());
}

// Lengths beyond the end, and none at all.
TEST(PickledCalls, LengthsAreNotTrusted) {
  EXPECT_FALSE(pickled_call("\x8c\xffos"sv).has_value());
  EXPECT_FALSE(pickled_call("X\xff\xff\xff\xffos"sv).has_value());
  EXPECT_FALSE(pickled_call("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"sv).has_value());
  EXPECT_FALSE(pickled_call("\x95"sv).has_value());
  EXPECT_FALSE(pickled_call("c"sv).has_value());
}

}  // namespace
}  // namespace hullcheck::detect
