#include "util/codec.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace hullcheck::util {
namespace {

constexpr std::uint64_t k_most = std::numeric_limits<std::uint64_t>::max();

TEST(Codec, NumbersComeBack) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{127}, std::uint64_t{128},
                                    std::uint64_t{1} << 32, std::uint64_t{1} << 63, k_most}) {
    Encoder out;
    out.u64(value);
    Decoder in(out.data());
    EXPECT_EQ(in.u64(), value);
    EXPECT_TRUE(in.at_end() && !in.failed());
  }
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{-64},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    Encoder out;
    out.i64(value);
    Decoder in(out.data());
    EXPECT_EQ(in.i64(), value);
    EXPECT_FALSE(in.failed());
  }
}

TEST(Codec, TextComesBack) {
  Encoder out;
  out.string("");
  out.string(std::string("a\0b", 3));
  out.boolean(true);
  const Buffer raw{1, 2, 3};
  out.raw(raw);
  const Buffer bytes = out.take();
  Decoder in(bytes);
  EXPECT_EQ(in.string(), "");
  EXPECT_EQ(in.string(), std::string_view("a\0b", 3));
  EXPECT_TRUE(in.boolean());
  EXPECT_EQ(in.raw(3).size(), 3U);
  EXPECT_TRUE(in.at_end() && !in.failed());
}

TEST(Codec, OtherSpellingsOfANumberFail) {
  const auto fails = [](const Buffer& bytes) {
    Decoder in(bytes);
    const std::uint64_t value = in.u64();
    EXPECT_EQ(value, in.failed() ? 0 : value);
    return in.failed();
  };
  EXPECT_TRUE(fails({}));
  EXPECT_TRUE(fails({0x80}));
  EXPECT_TRUE(fails({0x81, 0x00})) << "longer than it needs to be";
  EXPECT_TRUE(fails({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02})) << "does not fit";
  EXPECT_TRUE(fails({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
  EXPECT_FALSE(fails({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
}

// Found by the evidence target: a line number of 2^64 came back as another one.
TEST(Codec, ANumberAbove32BitsIsNoLine) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{0xffffffff}, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
    Encoder out;
    out.u64(value);
    Decoder in(out.data());
    EXPECT_EQ(in.u32(), value <= 0xffffffff ? value : 0);
    EXPECT_EQ(in.failed(), value > 0xffffffff);
  }
}

TEST(Codec, AFailureStays) {
  const Buffer bytes{5, 'a', 1, 1};
  Decoder in(bytes);
  EXPECT_EQ(in.string(), "");
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.u64(), 0U);
  EXPECT_FALSE(in.boolean());
  EXPECT_TRUE(in.raw(0).empty());
  EXPECT_TRUE(in.rest().empty());
  const Buffer two{2};
  Decoder not_a_bool(two);
  (void)not_a_bool.boolean();
  EXPECT_TRUE(not_a_bool.failed());
}

TEST(Codec, CountsAreBoundedByWhatFollows) {
  const auto count = [](std::uint64_t claimed, std::size_t least, std::size_t follow) {
    Encoder out;
    out.u64(claimed);
    out.raw(Buffer(follow));
    Decoder in(out.data());
    const std::size_t value = in.count(least);
    return in.failed() ? std::size_t{999} : value;
  };
  EXPECT_EQ(count(3, 2, 6), 3U);
  EXPECT_EQ(count(3, 2, 5), 999U);
  EXPECT_EQ(count(k_most, 1, 100), 999U);
  EXPECT_EQ(count(4, 0, 4), 4U);
  EXPECT_EQ(count(0, 10, 0), 0U);
}

}  // namespace
}  // namespace hullcheck::util
