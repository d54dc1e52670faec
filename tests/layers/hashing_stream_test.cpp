#include "layers/hashing_stream.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace hullcheck::layers {
namespace {

class Blocks final : public formats::ByteStream {
 public:
  Blocks(Bytes all, std::size_t block) : m_all(all), m_block(block) {}
  Result<Bytes> next() override {
    const Bytes piece = m_all.first(std::min(m_block, m_all.size()));
    m_all = m_all.subspan(piece.size());
    m_copy.assign(piece.begin(), piece.end());  // what was given before is gone
    return Bytes(m_copy);
  }

 private:
  Bytes m_all;
  std::size_t m_block;
  Buffer m_copy;
};

Buffer numbers(std::size_t size) {
  Buffer bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

TEST(HashingStream, PartsOfABlockAreHashedForTwo) {
  const Buffer all = numbers(10'000);
  Blocks blocks(all, 4096);
  HashingStream stream(blocks, {}, util::no_progress());
  util::Sha256 file;
  util::Md5 md5;
  Buffer parts;
  const auto part = [&](Bytes bytes) {
    stream.hash_with(file, &md5, bytes);
    parts.insert(parts.end(), bytes.begin(), bytes.end());
  };
  const Bytes first = *stream.next();
  part(first.subspan(512, 1000));
  part(first.subspan(1512, 88));
  part(first.subspan(2048));  // with a gap before it
  const Bytes second = *stream.next();
  part(second.first(100));
  EXPECT_TRUE(stream.drain());
  EXPECT_EQ(stream.bytes(), all.size());
  EXPECT_EQ(stream.digest(), util::sha256_digest(all));
  EXPECT_EQ(to_hex(file.finish()), util::sha256_hex(parts));
  util::Hasher expected(util::Hash::md5);
  expected.update(parts);
  EXPECT_EQ(to_hex(md5.finish()), expected.finish_hex());
}

TEST(HashingStream, AWaitingStreamIsHashedAlong) {
  const Buffer inner = numbers(100'000), outer = numbers(30'001);
  Blocks inner_blocks(inner, 1'000), outer_blocks(outer, 7'777);
  HashingStream blob(outer_blocks, {}, util::no_progress());
  HashingStream plain(inner_blocks, {}, util::no_progress(), &blob);
  for (int round = 0; round < 3; ++round) {
    (void)blob.next();
    for (int i = 0; i < 25; ++i) (void)plain.next();
  }
  EXPECT_TRUE(plain.drain());
  EXPECT_EQ(plain.digest(), util::sha256_digest(inner));
  EXPECT_TRUE(blob.drain());
  EXPECT_EQ(blob.digest(), util::sha256_digest(outer));
}

TEST(HashingStream, WhatDoesNotWaitIsHashedForTheOtherOnly) {
  const Buffer all = numbers(5'000), copy(all.begin() + 100, all.begin() + 300);
  Blocks blocks(all, 4096);
  HashingStream stream(blocks, {}, util::no_progress());
  util::Sha256 file;
  const Bytes first = *stream.next();
  stream.hash_with(file, nullptr, copy);  // equal bytes elsewhere
  stream.hash_with(file, nullptr, first.subspan(400, 10));
  stream.hash_with(file, nullptr, first.subspan(200, 10));  // has gone by
  stream.hash_with(file, nullptr, {});
  EXPECT_TRUE(stream.drain());
  EXPECT_EQ(stream.digest(), util::sha256_digest(all));
  Buffer parts = copy;
  parts.insert(parts.end(), all.begin() + 400, all.begin() + 410);
  parts.insert(parts.end(), all.begin() + 200, all.begin() + 210);
  EXPECT_EQ(to_hex(file.finish()), util::sha256_hex(parts));
}

}  // namespace
}  // namespace hullcheck::layers
