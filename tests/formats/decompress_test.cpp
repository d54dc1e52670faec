#include "formats/decompress.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "formats/decompressor.hpp"
#include "support/compress.hpp"
#include "support/streams.hpp"

namespace hullcheck::formats {
namespace {

using test::Drained;

Drained decode(std::string_view packed, std::size_t block = k_block_size, const DecompressLimits& limits = {},
               Compression* found = nullptr) {
  const auto input = memory_stream(as_bytes(packed), block);
  auto stream = decompress(*input, limits, found);
  if (!stream) return {{}, stream.error().name, stream.error().describe()};
  return test::drain(**stream);
}

// Past decompress(), with the library's own input cut at every `piece` bytes.
Drained decode_in_pieces(std::string_view packed, std::size_t piece, bool is_gzip) {
  InputPieces pieces(memory_stream(as_bytes(packed)), piece);
  const auto stream = is_gzip ? gzip_stream(std::move(pieces), {}) : zstd_stream(std::move(pieces), {});
  return test::drain(*stream);
}

TEST(DetectCompression, ByMagicNumber) {
  const auto detect = [](std::string_view head) { return detect_compression(as_bytes(head)); };
  EXPECT_EQ(detect(test::gzip("x")), Compression::gzip);
  EXPECT_EQ(detect(test::zstd("x")), Compression::zstd);
  EXPECT_EQ(detect(test::zstd_skippable("x")), Compression::zstd);
  EXPECT_EQ(detect({"\xfd\x37zXZ\0", 6}), Compression::xz);
  EXPECT_EQ(detect("BZh91AY&SY"), Compression::bzip2);
  EXPECT_EQ(detect({"BZh9\x17\x72\x45\x38", 8}), Compression::bzip2);
  EXPECT_EQ(detect("BZh9/file"), Compression::none);
  EXPECT_EQ(detect("etc/passwd"), Compression::none);
  EXPECT_EQ(detect(""), Compression::none);
  EXPECT_EQ(detect("\x1f"), Compression::none);
}

TEST(Decompress, PlainBytesPassThroughAtEverySplit) {
  const std::string text = "plain text of a tar archive";
  Compression found = Compression::gzip;
  for (std::size_t block = 1; block <= text.size(); ++block) {
    const auto drained = decode(text, block, {}, &found);
    EXPECT_EQ(drained.bytes, text) << block;
    EXPECT_EQ(drained.error, "");
    EXPECT_EQ(found, Compression::none);
  }
  EXPECT_EQ(decode("").bytes, "");
  EXPECT_EQ(decode("").error, "");
}

TEST(Decompress, DamagedXzAndBzip2AreNamed) {
  Compression found = Compression::none;
  EXPECT_EQ(decode(std::string_view("\xfd\x37zXZ\0....", 10), 1, {}, &found).error, "xz-truncated");
  EXPECT_EQ(found, Compression::xz);
  EXPECT_EQ(decode("BZh91AY&SY").error, "bzip2-truncated");
}

TEST(Decompress, InputErrorsComeAfterTheBytesBeforeThem) {
  const std::string plain = test::sample_text(600'000);
  for (const auto& packed : {test::gzip(plain), test::zstd(plain), plain}) {
    test::FailingStream input(packed.substr(0, packed.size() / 2),
                              make_error(ErrorCode::network, "network-closed", "the registry hung up"), 1000);
    auto stream = decompress(input, {});
    ASSERT_TRUE(stream.ok());
    const auto drained = test::drain(**stream);
    EXPECT_EQ(drained.error, "network-closed");
    EXPECT_GT(drained.bytes.size(), plain.size() / 4);
    EXPECT_TRUE(plain.starts_with(drained.bytes));
    EXPECT_EQ((*stream)->next().error().name, "network-closed");
  }
}

TEST(Decompress, PlainSizeLimit) {
  DecompressLimits limits;
  limits.output_bytes = 10;
  EXPECT_EQ(decode("0123456789", 3, limits).error, "");
  EXPECT_EQ(decode("0123456789a", 3, limits).error, "decompressed-size-limit");
}

// ---- gzip ----

TEST(Gzip, AllSizesAndKindsOfBlocks) {
  for (const std::size_t size : {0, 1, 2, 7, 8, 9, 255, 4096, 65535, 65536, 262143, 262144, 262145, 1'500'000}) {
    for (const auto& plain : {test::sample_text(size), test::noise(size), std::string(size, '\0')}) {
      for (const int level : {0, 1, 3}) {
        const auto drained = decode(test::gzip(plain, {.level = level}));
        EXPECT_EQ(drained.error, "") << size << " level " << level;
        EXPECT_TRUE(drained.bytes == plain) << size << " level " << level;
        EXPECT_LE(drained.largest, k_block_size);
      }
      EXPECT_TRUE(decode(test::gzip(plain, {.stored = 65535})).bytes == plain) << size;
      EXPECT_TRUE(decode(test::gzip(plain, {.stored = 1000})).bytes == plain) << size;
    }
  }
}

TEST(Gzip, EverySplitOfTheInputGivesTheSame) {
  const std::string plain = test::sample_text(3000) + test::noise(200) + test::sample_text(500, 2);
  std::string packed =
      test::gzip(plain, {.level = 3, .extra = "extra", .name = "name", .comment = "note", .header_crc = true});
  packed += test::gzip("");
  packed += test::gzip(plain, {.stored = 11});
  packed += test::gzip("x", {.level = 0, .name = "y"});
  packed += test::gzip(plain, {.level = 0});
  packed += std::string(20, '\0');
  const std::string expected = plain + plain + "x" + plain;
  for (std::size_t piece = 1; piece <= packed.size(); ++piece) {
    const auto drained = decode_in_pieces(packed, piece, true);
    ASSERT_EQ(drained.error, "") << "pieces of " << piece << ": " << drained.message;
    ASSERT_TRUE(drained.bytes == expected) << piece;
  }
  for (const std::size_t block : {1, 2, 3, 5, 6, 7, 1000}) EXPECT_TRUE(decode(packed, block).bytes == expected);
}

TEST(Gzip, LargeMembersAtSmallSplits) {
  for (const int level : {0, 1, 2, 3}) {
    const std::string plain = test::sample_text(400'000, 9) + test::noise(70'000) + std::string(300'000, 'a');
    const std::string packed = test::gzip(plain, {.level = level});
    for (const std::size_t piece : {1, 3, 17, 511, 4096, 65537})
      EXPECT_TRUE(decode_in_pieces(packed, piece, true).bytes == plain) << piece << " level " << level;
  }
}

TEST(Gzip, FixedHuffmanBlock) {
  const std::string packed("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x4c\x4a\x06\0\xc2\x41\x24\x35\x03\0\0\0", 23);
  EXPECT_EQ(decode(packed).bytes, "abc");
}

TEST(Gzip, ManyMembers) {
  std::string packed, expected;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const std::string plain = i % 7 == 0 ? std::string() : test::sample_text(i % 97, i);
    packed += test::gzip(plain, {.level = static_cast<int>(i % 4), .stored = i % 5 == 0 ? 13u : 0u});
    expected += plain;
  }
  EXPECT_TRUE(decode(packed).bytes == expected);
  EXPECT_TRUE(decode_in_pieces(packed, 1, true).bytes == expected);
  EXPECT_TRUE(decode_in_pieces(packed, 19, true).bytes == expected);
}

TEST(Gzip, AMillionEmptyMembersEnd) {
  std::string packed;
  const std::string one = test::gzip("");
  for (int i = 0; i < 1'000'000; ++i) packed += one;
  EXPECT_EQ(decode(packed).bytes, "");
  EXPECT_EQ(decode(packed).error, "");
}

TEST(Gzip, EveryTruncationIsNamed) {
  const std::string plain = test::sample_text(2000);
  const std::string packed = test::gzip(plain, {.extra = "extra", .name = "name", .header_crc = true});
  for (std::size_t size = 3; size < packed.size(); ++size) {
    const auto drained = decode(packed.substr(0, size));
    ASSERT_EQ(drained.error, "gzip-truncated") << size << ": " << drained.message;
    ASSERT_TRUE(plain.starts_with(drained.bytes)) << size;
  }
  // Also where the second member is cut, down to half its magic number.
  for (std::size_t size = 1; size < packed.size(); ++size) {
    const auto drained = decode(packed + packed.substr(0, size));
    ASSERT_EQ(drained.error, "gzip-truncated") << size << ": " << drained.message;
    ASSERT_TRUE(drained.bytes.starts_with(plain)) << size;
  }
}

TEST(Gzip, WrongSumsAreMalformed) {
  const std::string plain = test::sample_text(2000);
  const std::string packed = test::gzip(plain, {.name = "n", .header_crc = true});
  for (const std::size_t from_end : {1, 4, 5, 8}) {
    std::string bad = packed;
    bad[bad.size() - from_end] = static_cast<char>(bad[bad.size() - from_end] ^ 1);
    const auto drained = decode(bad);
    EXPECT_EQ(drained.error, "gzip-malformed");
    EXPECT_TRUE(drained.bytes == plain) << "what was decoded still comes out";
    EXPECT_EQ(decode_in_pieces(bad, 1, true).error, "gzip-malformed");
  }
  std::string bad_header = packed;
  bad_header[12] = static_cast<char>(bad_header[12] ^ 1);
  EXPECT_EQ(decode(bad_header).error, "gzip-malformed");
}

TEST(Gzip, EveryFlippedBitIsAnErrorOrHarmless) {
  const std::string plain = test::sample_text(300);
  const std::string packed = test::gzip(plain);
  for (std::size_t bit = 3 * 8; bit < packed.size() * 8; ++bit) {
    std::string bad = packed;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto drained = decode(bad);
    if (drained.error.empty()) {
      ASSERT_EQ(drained.bytes, plain) << "bit " << bit;  // time stamp, level, system
    }
  }
}

TEST(Gzip, UnknownMethodAndReservedFlags) {
  std::string packed = test::gzip("x");
  packed[3] = '\x20';
  EXPECT_EQ(decode(packed).error, "gzip-malformed");
  std::string second = test::gzip("x") + test::gzip("x");
  second[second.size() / 2 + 2] = 7;
  EXPECT_EQ(decode(second).error, "gzip-malformed");
}

TEST(Gzip, HeaderTextWithoutEnd) {
  std::string packed = test::gzip("x").substr(0, 10);
  packed[3] = 8;
  EXPECT_EQ(decode(packed + std::string(5'000'000, 'n')).error, "gzip-malformed");
}

TEST(Gzip, TrailingBytes) {
  const std::string packed = test::gzip("text");
  EXPECT_EQ(decode(packed + std::string(1'000'000, '\0')).error, "");
  EXPECT_EQ(decode(packed + std::string(1'000'000, '\0') + "x").error, "trailing-garbage");
  EXPECT_EQ(decode(packed + std::string(1, '\0') + packed).error, "trailing-garbage");
  for (const char* garbage : {"x", "garbage that is longer than a header", "\x1fz", "\x1f\x1f\x8b\x08"}) {
    const auto drained = decode(packed + garbage);
    EXPECT_EQ(drained.error, "trailing-garbage") << garbage;
    EXPECT_EQ(drained.bytes, "text");
  }
}

TEST(Gzip, BombHitsTheRatio) {
  std::string packed = test::gzip(std::string(8'000'000, '\0'), {.level = 3});
  DecompressLimits limits;
  limits.ratio_grace = 1'000'000;
  limits.ratio = 100;
  const auto drained = decode(packed, k_block_size, limits);
  EXPECT_EQ(drained.error, "decompress-ratio-limit");
  EXPECT_LE(drained.bytes.size(), limits.ratio_grace + k_block_size);
  limits.ratio_grace = 10'000'000;
  EXPECT_EQ(decode(packed, k_block_size, limits).error, "");
}

TEST(Gzip, SizeLimitIsExact) {
  const std::string plain = test::sample_text(1'000'000);
  DecompressLimits limits;
  limits.output_bytes = plain.size();
  EXPECT_EQ(decode(test::gzip(plain), k_block_size, limits).error, "");
  limits.output_bytes = plain.size() - 1;
  const auto drained = decode(test::gzip(plain), k_block_size, limits);
  EXPECT_EQ(drained.error, "decompressed-size-limit");
  EXPECT_LE(drained.bytes.size(), limits.output_bytes);
}

// ---- zstd ----

TEST(Zstd, AllSizes) {
  for (const std::size_t size : {0, 1, 2, 255, 4096, 131072, 262144, 262145, 1'500'000}) {
    for (const auto& plain : {test::sample_text(size), test::noise(size), std::string(size, '\0')}) {
      for (const bool known : {true, false}) {
        const auto drained = decode(test::zstd(plain, {.checksum = known, .content_size = known}));
        EXPECT_EQ(drained.error, "") << size;
        EXPECT_TRUE(drained.bytes == plain) << size;
      }
    }
  }
}

TEST(Zstd, EverySplitOfTheInputGivesTheSame) {
  const std::string plain = test::sample_text(3000);
  const std::string packed = test::zstd_skippable("a table of contents") + test::zstd(plain) + test::zstd("") +
                             test::zstd("x", {.content_size = false}) + test::zstd_skippable("") +
                             std::string(9, '\0');
  for (std::size_t piece = 1; piece <= packed.size(); ++piece) {
    const auto drained = decode_in_pieces(packed, piece, false);
    ASSERT_EQ(drained.error, "") << piece << ": " << drained.message;
    ASSERT_TRUE(drained.bytes == plain + "x") << piece;
  }
  for (const std::size_t block : {1, 2, 3, 5, 6, 7, 1000}) EXPECT_TRUE(decode(packed, block).bytes == plain + "x");
}

TEST(Zstd, EveryTruncationIsNamed) {
  const std::string plain = test::sample_text(2000);
  const std::string packed = test::zstd(plain);
  for (std::size_t size = 4; size < packed.size(); ++size)
    ASSERT_EQ(decode(packed.substr(0, size)).error, "zstd-truncated") << size;
  for (std::size_t size = 1; size < packed.size(); ++size)
    ASSERT_EQ(decode(packed + packed.substr(0, size)).error, "zstd-truncated") << size;
}

TEST(Zstd, DamageAndGarbage) {
  const std::string plain = test::sample_text(2000);
  const std::string packed = test::zstd(plain);
  std::string bad = packed;
  bad.back() = static_cast<char>(bad.back() ^ 1);
  EXPECT_EQ(decode(bad).error, "zstd-malformed");
  EXPECT_EQ(decode(packed + "garbage").error, "trailing-garbage");
  EXPECT_EQ(decode(packed + std::string(5, '\0') + "g").error, "trailing-garbage");
  EXPECT_EQ(decode(packed + "garbage").bytes, plain);
  // The number of a format before 1.0, which the library itself would read.
  EXPECT_EQ(decode(packed + "\x27\xb5\x2f\xfd" + std::string(50, 'x')).error, "trailing-garbage");
}

TEST(Zstd, WindowLimit) {
  const std::string packed = test::zstd(test::sample_text(5000), {.window_log = 24, .content_size = false});
  DecompressLimits limits;
  limits.zstd_window = 16 << 20;
  EXPECT_EQ(decode(packed, k_block_size, limits).error, "");
  limits.zstd_window = (16 << 20) - 1;
  EXPECT_EQ(decode(packed, k_block_size, limits).error, "zstd-window-limit");
}

TEST(Zstd, BombHitsTheRatio) {
  DecompressLimits limits;
  limits.ratio_grace = 1'000'000;
  const auto drained = decode(test::zstd(std::string(50'000'000, '\0')), k_block_size, limits);
  EXPECT_EQ(drained.error, "decompress-ratio-limit");
}

}  // namespace
}  // namespace hullcheck::formats
