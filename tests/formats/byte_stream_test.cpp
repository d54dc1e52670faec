#include "formats/byte_stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "support/streams.hpp"

namespace hullcheck::formats {
namespace {

TEST(MemoryStream, GivesBlocksThenStaysAtItsEnd) {
  const std::string text = "abcdefgh";
  const auto stream = memory_stream(as_bytes(text), 3);
  EXPECT_EQ(as_text(stream->next().value()), "abc");
  EXPECT_EQ(as_text(stream->next().value()), "def");
  EXPECT_EQ(as_text(stream->next().value()), "gh");
  EXPECT_TRUE(stream->next().value().empty());
  EXPECT_TRUE(stream->next().value().empty());
}

TEST(MemoryStream, BlockOfNothingIsTakenAsOneByte) {
  const auto stream = memory_stream(as_bytes("ab"), 0);
  EXPECT_EQ(stream->next().value().size(), 1u);
}

TEST(FileStream, MissingFileNamesItsPath) {
  const auto stream = file_stream("no/such/file");
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().code, ErrorCode::not_found);
  EXPECT_EQ(stream.error().subject, "no/such/file");
}

TEST(FileStream, FolderFailsAtTheFirstReadAndEveryLaterOne) {
  auto stream = file_stream(".");
  ASSERT_TRUE(stream.ok());
  for (int i = 0; i < 2; ++i) {
    const auto block = (*stream)->next();
    ASSERT_FALSE(block.ok());
    EXPECT_EQ(block.error().name, "file-is-directory");
    EXPECT_EQ(block.error().subject, ".");
  }
}

TEST(FileStream, ReadsAWholeFile) {
  auto stream = file_stream(HULLCHECK_TEST_DATA "/CMakeLists.txt");
  ASSERT_TRUE(stream.ok());
  const auto drained = test::drain(**stream);
  EXPECT_EQ(drained.error, "");
  EXPECT_NE(drained.bytes.find("find_package(GTest"), std::string::npos);
}

TEST(DescriptorStream, ReadsAPipeToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::string sent(3 * k_block_size + 17, 'x');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 7 + i / 251);
  std::thread writer([&] {
    for (std::size_t at = 0; at < sent.size();) {
      const auto size = ::write(ends[1], sent.data() + at, std::min<std::size_t>(sent.size() - at, 10'007));
      ASSERT_GT(size, 0);
      at += static_cast<std::size_t>(size);
    }
    ::close(ends[1]);
  });
  const auto stream = descriptor_stream(ends[0], "a pipe");
  const auto drained = test::drain(*stream);
  writer.join();
  EXPECT_EQ(drained.error, "");
  EXPECT_TRUE(drained.bytes == sent);
  EXPECT_LE(drained.largest, k_block_size);
}

TEST(DescriptorStream, ClosesItsDescriptor) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  descriptor_stream(ends[0], "a pipe").reset();
  EXPECT_EQ(::fcntl(ends[0], F_GETFD), -1);
  ::close(ends[1]);
}

TEST(DescriptorStream, BadDescriptorIsAnErrorWithItsName) {
  const auto stream = descriptor_stream(-7, "standard input");
  const auto block = stream->next();
  ASSERT_FALSE(block.ok());
  EXPECT_EQ(block.error().code, ErrorCode::io);
  EXPECT_EQ(block.error().subject, "standard input");
}

}  // namespace
}  // namespace hullcheck::formats
