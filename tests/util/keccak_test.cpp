#include "util/keccak.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hullcheck::util {
namespace {

std::string hash(const std::string& text) { return to_hex(keccak_256(as_bytes(text))); }

// Vectors of the Keccak submission (ShortMsgKAT_256); Ethereum's documentation gives the first two as well.
TEST(Keccak, KnownVectors) {
  EXPECT_EQ(hash(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(hash("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(hash("\xcc"), "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a");
}

// One block is 136 bytes; the padding of a full one takes another.
TEST(Keccak, BlockEdgesDiffer) {
  const std::string before = hash(std::string(135, 'a'));
  const std::string at = hash(std::string(136, 'a'));
  const std::string after = hash(std::string(137, 'a'));
  EXPECT_EQ(before, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
  EXPECT_EQ(at, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
  EXPECT_EQ(after, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39");
}

}  // namespace
}  // namespace hullcheck::util
