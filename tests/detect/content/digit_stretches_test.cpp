#include "detect/content/digit_stretches.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace hullcheck::detect {
namespace {

std::vector<std::pair<std::size_t, std::size_t>> found_in(std::string_view text) {
  std::vector<DigitStretch> stretches{{1, 2}};
  find_digit_stretches(as_bytes(text), stretches);
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (const DigitStretch& one : stretches) out.emplace_back(one.begin, one.end);
  return out;
}

std::vector<std::pair<std::size_t, std::size_t>> byte_by_byte(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t begin = at;
    while (at < text.size() && is_stretch_digit(static_cast<std::uint8_t>(text[at]))) ++at;
    if (at - begin >= k_least_stretch) out.emplace_back(begin, at);
  }
  return out;
}

TEST(DigitStretches, EveryByteIsADigitOrNot) {
  const std::string_view digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool digit = digits.find(c) != std::string_view::npos;
    EXPECT_EQ(is_stretch_digit(static_cast<std::uint8_t>(byte)), digit) << byte;
    // The same through the search itself, at each place of a block.
    for (std::size_t place = 0; place < 32; ++place) {
      std::string text(64, 'x');
      text[16 + place] = c;
      EXPECT_EQ(found_in(text), byte_by_byte(text)) << byte << " at " << place;
    }
  }
}

TEST(DigitStretches, LengthsAndPlacesDoNotMatter) {
  for (std::size_t before = 0; before < 40; ++before)
    for (const std::size_t length :
         {std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{47}, std::size_t{95}})
      for (std::size_t after = 0; after < 20; ++after) {
        const std::string text = std::string(before, '.') + std::string(length, 'q') + std::string(after, ' ');
        EXPECT_EQ(found_in(text), byte_by_byte(text)) << before << ' ' << length << ' ' << after;
      }
}

TEST(DigitStretches, NothingInNothing) {
  EXPECT_TRUE(found_in("").empty());
  EXPECT_TRUE(found_in("abc").empty());
}

TEST(DigitStretches, RandomTextsAreReadAsByteByByte) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 4000, ' ');
    const std::uint_fast32_t rare = 10 + random() % 120;
    for (char& c : text) c = random() % rare == 0 ? static_cast<char>(random() % 256) : "aZ09+/-_"[random() % 8];
    ASSERT_EQ(found_in(text), byte_by_byte(text)) << round;
  }
}

}  // namespace
}  // namespace hullcheck::detect
