#include "formats/zlib.hpp"

#include <gtest/gtest.h>

#include "util/bytes.hpp"

namespace hullcheck::formats {
namespace {

// "hello hello hello hello" and its Adler-32, by zlib at level 9.
const Buffer k_hello = *from_hex("78dacb48cdc9c957c8402701680308b1");

TEST(Zlib, CutAnywhereIsNamed) {
  for (std::size_t i = 0; i < k_hello.size(); ++i)
    EXPECT_FALSE(inflate_zlib(Bytes(k_hello).first(i), 1000).ok()) << i;
}

TEST(Zlib, WholeStream) {
  const auto text = inflate_zlib(k_hello, 23);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(as_text(*text), "hello hello hello hello");
}

TEST(Zlib, LimitIsNamed) {
  const auto small = inflate_zlib(k_hello, 3);
  ASSERT_FALSE(small.ok());
  EXPECT_EQ(small.error().name, "zlib-size-limit");
}

TEST(Zlib, OtherBytesAreMalformed) {
  const auto other = inflate_zlib(as_bytes("not a zlib stream at all"), 1000);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().name, "zlib-malformed");
  EXPECT_FALSE(inflate_zlib({}, 1000).ok());
}

}  // namespace
}  // namespace hullcheck::formats
