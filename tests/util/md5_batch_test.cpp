#include "util/md5_batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace hullcheck::util {
namespace {

Buffer random_bytes(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  Buffer bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

std::string by_openssl(Bytes bytes) {
  Hasher hasher(Hash::md5);
  hasher.update(bytes);
  return hasher.finish_hex();
}

struct Collected {
  std::map<std::uint64_t, std::string> digests;
  Md5Batch batch{[this](std::uint64_t tag, const Md5Digest& digest) {
    EXPECT_TRUE(digests.emplace(tag, to_hex(digest)).second) << "handed out twice: " << tag;
  }};
  void add(std::uint64_t tag, Bytes bytes, std::size_t piece = std::size_t{1} << 20) {
    batch.begin(tag);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      batch.append(bytes.subspan(at, std::min(piece, bytes.size() - at)));
      EXPECT_LE(batch.queued_bytes(), Md5Batch::k_most_queued);
    }
    batch.end();
  }
};

void expect_as_openssl(const std::vector<std::size_t>& sizes) {
  const std::size_t longest = sizes.empty() ? 0 : *std::max_element(sizes.begin(), sizes.end());
  const Buffer all = random_bytes(longest + 4 * sizes.size(), 1);
  Collected got;
  for (std::size_t i = 0; i < sizes.size(); ++i) got.add(i, Bytes(all).subspan(i, sizes[i]));
  got.batch.flush();
  ASSERT_EQ(got.digests.size(), sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i)
    EXPECT_EQ(got.digests[i], by_openssl(Bytes(all).subspan(i, sizes[i]))) << i << " of " << sizes[i] << " bytes";
}

TEST(Md5Batch, EveryLengthAroundTheBlocks) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 0; size <= 300; ++size) sizes.push_back(size);
  expect_as_openssl(sizes);
}

TEST(Md5Batch, EveryNumberOfMessages) {
  for (std::size_t count = 0; count <= 20; ++count) expect_as_openssl(std::vector<std::size_t>(count, 100 + count));
}

TEST(Md5Batch, ManyOrdersOfMixedSizes) {
  std::mt19937 random(7);
  std::vector<std::size_t> sizes{0, 0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 4096, 70'000, 300'001};
  for (int i = 0; i < 40; ++i) {
    for (std::size_t k = sizes.size(); k > 1; --k) std::swap(sizes[k - 1], sizes[random() % k]);
    expect_as_openssl(sizes);
  }
}

TEST(Md5Batch, LargeAndOutgrownMessages) {
  expect_as_openssl({3U << 20, Md5Batch::k_longest, 5, Md5Batch::k_longest + 1, 7U << 20, 6U << 20, 12U << 20, 0,
                     (5U << 20) + 3, 20U << 20, 4U << 20, 4U << 20, 100});
}

TEST(Md5Batch, MoreMessagesThanAreHeld) {
  expect_as_openssl(std::vector<std::size_t>(Md5Batch::k_most_messages + 9, 3));
}

TEST(Md5Batch, ForgetsWhatWasNotEnded) {
  const Buffer bytes = random_bytes(Md5Batch::k_longest + 10, 3);
  Collected got;
  got.add(1, Bytes(bytes).first(100));
  got.batch.begin(2);
  got.batch.append(Bytes(bytes).first(50));
  got.add(3, Bytes(bytes).first(200));
  got.batch.begin(4);
  got.batch.append(bytes);  // outgrown
  got.batch.flush();
  got.add(5, bytes);
  got.batch.flush();
  EXPECT_EQ(got.digests, (std::map<std::uint64_t, std::string>{{1, by_openssl(Bytes(bytes).first(100))},
                                                               {3, by_openssl(Bytes(bytes).first(200))},
                                                               {5, by_openssl(bytes)}}));
}

}  // namespace
}  // namespace hullcheck::util
