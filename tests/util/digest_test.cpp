#include "util/digest.hpp"

#include <gtest/gtest.h>

namespace hullcheck::util {
namespace {

constexpr std::string_view k_abc_sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Hasher, KnownAnswers) {
  struct Row {
    Hash kind;
    std::string_view digest;
  };
  const Row rows[] = {
      {Hash::md5, "900150983cd24fb0d6963f7d28e17f72"},
      {Hash::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {Hash::sha256, k_abc_sha256},
      {Hash::sha512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
  };
  for (const auto& row : rows) {
    Hasher hasher(row.kind);
    hasher.update(as_bytes("abc"));
    EXPECT_EQ(hasher.finish_hex(), row.digest);
  }
}

TEST(Hasher, StartsAnewAfterFinishAndTakesPieces) {
  Hasher hasher(Hash::sha256);
  for (int round = 0; round < 3; ++round) {
    hasher.update(as_bytes("a"));
    hasher.update(as_bytes(""));
    hasher.update(as_bytes("bc"));
    EXPECT_EQ(hasher.finish_hex(), k_abc_sha256);
  }
  EXPECT_EQ(hasher.finish_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hasher, MovesWithItsState) {
  Hasher first(Hash::sha256);
  first.update(as_bytes("ab"));
  Hasher second(std::move(first));
  second.update(as_bytes("c"));
  EXPECT_EQ(second.finish_hex(), k_abc_sha256);
}

TEST(Digest, OfWholeText) {
  EXPECT_EQ(sha256_hex(as_bytes("abc")), k_abc_sha256);
  EXPECT_EQ(sha256_digest(as_bytes("abc")), "sha256:" + std::string(k_abc_sha256));
}

TEST(Digest, Form) {
  const std::string hex(k_abc_sha256);
  EXPECT_TRUE(is_digest("sha256:" + hex));
  EXPECT_TRUE(is_digest("sha512:" + hex + hex));
  EXPECT_FALSE(is_digest(hex));
  EXPECT_FALSE(is_digest("sha256:" + hex + "0"));
  EXPECT_FALSE(is_digest("sha256:" + hex.substr(1)));
  EXPECT_FALSE(is_digest("sha512:" + hex));
  EXPECT_FALSE(is_digest("sha1:a9993e364706816aba3e25717850c26c9cd0d89d"));
  EXPECT_FALSE(is_digest("sha256:B" + hex.substr(1)));
  EXPECT_FALSE(is_digest("sha256:" + hex.substr(0, 60) + "/../"));
  EXPECT_FALSE(is_digest(""));
}

}  // namespace
}  // namespace hullcheck::util
