#include "formats/block_channel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/compress.hpp"
#include "support/streams.hpp"

namespace hullcheck::formats {
namespace {

using namespace std::chrono_literals;

TEST(BlockChannel, GivesWhatWasPushedInBlocks) {
  const std::string text = test::noise(5 * k_block_size + 17);
  BlockChannel channel(3);
  std::thread writer([&] {
    std::string_view rest = text;
    for (std::size_t size = 1; !rest.empty(); size = size * 3 + 1) {
      EXPECT_TRUE(channel.push(as_bytes(rest.substr(0, size))));
      rest = rest.substr(std::min(size, rest.size()));
    }
    EXPECT_TRUE(channel.push({}));
    channel.close();
  });
  const auto reader = channel.reader();
  const test::Drained all = test::drain(*reader);
  writer.join();
  EXPECT_EQ(all.bytes, text);
  EXPECT_EQ(all.error, "");
  EXPECT_LE(all.largest, k_block_size);
  EXPECT_TRUE(reader->next()->empty()) << "the end stays";
}

TEST(BlockChannel, ErrorComesAfterTheBytesBeforeIt) {
  BlockChannel channel;
  EXPECT_TRUE(channel.push(as_bytes("before")));
  channel.close(make_error(ErrorCode::network, "test-broken", "broken"));
  const auto reader = channel.reader();
  const test::Drained all = test::drain(*reader);
  EXPECT_EQ(all.bytes, "before");
  EXPECT_EQ(all.error, "test-broken");
  EXPECT_EQ(reader->next().error().name, "test-broken") << "an error stays";
}

TEST(BlockChannel, WriterWaitsForRoom) {
  BlockChannel channel(2);
  const auto reader = channel.reader();
  std::atomic<int> pushed{0};
  std::thread writer([&] {
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(channel.push(as_bytes("x")));
      ++pushed;
    }
    channel.close();
  });
  while (pushed < 2) std::this_thread::yield();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(pushed, 2);
  EXPECT_EQ(test::drain(*reader).bytes, "xxxxx");
  writer.join();
  EXPECT_EQ(pushed, 5);
}

TEST(BlockChannel, ReaderThatGoesFreesTheWriter) {
  BlockChannel channel(1);
  auto reader = channel.reader();
  std::atomic<bool> refused{false};
  std::thread writer([&] {
    while (channel.push(as_bytes("x"))) {
    }
    refused = true;
    channel.close();
  });
  EXPECT_TRUE(reader->next());
  reader.reset();
  writer.join();
  EXPECT_TRUE(refused);
}

TEST(BlockChannel, BlockStaysValidUntilTheNextCall) {
  BlockChannel channel(1);
  const auto reader = channel.reader();
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) channel.push(as_bytes(std::string(1000, static_cast<char>('a' + i % 26))));
    channel.close();
  });
  for (int i = 0; i < 200; ++i) {
    const auto block = reader->next();
    ASSERT_TRUE(block);
    std::this_thread::yield();
    EXPECT_EQ(as_text(*block), std::string(1000, static_cast<char>('a' + i % 26)));
  }
  EXPECT_TRUE(reader->next()->empty());
  writer.join();
}

}  // namespace
}  // namespace hullcheck::formats
