#include "util/base85.hpp"

#include <gtest/gtest.h>

namespace hullcheck::util {
namespace {

std::string decoded(std::string_view text, Base85 alphabet, std::size_t* read = nullptr) {
  std::string out;
  const std::size_t end = decode_base85(text, alphabet, out);
  if (read != nullptr) *read = end;
  return out;
}

TEST(Base85, BothAlphabets) {
  EXPECT_EQ(decoded("Xk~0{Zv", Base85::rfc1924), "hello");
  EXPECT_EQ(decoded("BOu!rDZ", Base85::ascii), "hello");
}

TEST(Base85, ZerosAndWhiteSpace) {
  EXPECT_EQ(decoded("z BOu!r\nDZ", Base85::ascii), std::string(4, '\0') + "hello");
  EXPECT_EQ(decoded("00000", Base85::rfc1924), std::string(4, '\0'));
}

TEST(Base85, EndsAtWhatIsNone) {
  std::size_t read = 0;
  EXPECT_EQ(decoded("Xk~0{Zv') + x", Base85::rfc1924, &read), "hello");
  EXPECT_EQ(read, 7U);
  EXPECT_EQ(decoded("", Base85::ascii, &read), "");
  EXPECT_EQ(read, 0U);
  EXPECT_EQ(decoded("X", Base85::rfc1924), "");
}

TEST(Base85, GroupsThatSayTooMuchEndIt) {
  std::size_t read = 0;
  EXPECT_EQ(decoded("00000~~~~~00000", Base85::rfc1924, &read), std::string(4, '\0'));
  EXPECT_EQ(read, 9U);
  EXPECT_EQ(decoded("uuuuu", Base85::ascii), "");
}

}  // namespace
}  // namespace hullcheck::util
