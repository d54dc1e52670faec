#include "formats/zip.hpp"

#include <gtest/gtest.h>

#include "support/zip_builder.hpp"

namespace hullcheck::formats {
namespace {

using test::deflated;
using test::make_zip;
using test::ZipMember;

std::string error_of_first(const Buffer& archive, const ZipLimits& limits = {}) {
  auto zip = ZipArchive::open(archive, limits);
  if (!zip.ok()) return zip.error().name;
  Buffer storage;
  for (const auto& entry : zip->entries())
    if (auto content = zip->read(entry, storage); !content.ok()) return content.error().name;
  return "";
}

TEST(Zip, StoredAndDeflatedAndZip64) {
  for (const bool zip64 : {false, true}) {
    const auto archive = make_zip({{"a.txt", "hello"}, deflated("b/c", std::string(100000, 'x')), {"", ""}}, zip64);
    auto zip = ZipArchive::open(archive);
    ASSERT_TRUE(zip.ok()) << zip.error().describe();
    ASSERT_EQ(zip->entries().size(), 3U);
    Buffer storage;
    EXPECT_EQ(zip->entries()[0].name, "a.txt");
    EXPECT_EQ(as_text(zip->read(zip->entries()[0], storage).value()), "hello");
    EXPECT_EQ(as_text(zip->read(zip->entries()[1], storage, 64).value()), std::string(100000, 'x'));
    EXPECT_TRUE(zip->read(zip->entries()[2], storage).value().empty());
  }
}

TEST(Zip, BytesBeforeTheArchiveAreSkipped) {
  Buffer archive(1000, '#');
  const auto plain = make_zip({{"a", "hello"}});
  archive.insert(archive.end(), plain.begin(), plain.end());
  EXPECT_EQ(error_of_first(archive), "");
}

TEST(Zip, EveryTruncationIsAnError) {
  const auto archive = make_zip({deflated("a", "some text, some text, some text"), {"b", "more"}});
  for (std::size_t size = 0; size < archive.size(); ++size) {
    const Buffer cut(archive.begin(), archive.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(error_of_first(cut), "") << size;
  }
}

TEST(Zip, LyingSizes) {
  auto larger = deflated("a", "hello hello hello");
  larger.size = 100;
  EXPECT_EQ(error_of_first(make_zip({larger})), "zip-size-mismatch");
  auto smaller = deflated("a", "hello hello hello");
  smaller.size = 5;
  EXPECT_EQ(error_of_first(make_zip({smaller})), "zip-size-mismatch");
  auto huge = deflated("a", "hello");
  huge.size = 0xfffffffe;
  EXPECT_EQ(error_of_first(make_zip({huge})), "zip-entry-size-limit");
  ZipLimits wide;
  wide.entry_bytes = 1ULL << 40;
  EXPECT_EQ(error_of_first(make_zip({huge}), wide), "zip-size-mismatch") << "must not allocate what is claimed";
}

TEST(Zip, ChecksumsMethodsAndEncryption) {
  auto wrong = deflated("a", "hello");
  wrong.crc ^= 1;
  EXPECT_EQ(error_of_first(make_zip({wrong})), "zip-checksum-mismatch");
  EXPECT_EQ(error_of_first(make_zip({{"a", "x", 12}})), "zip-method-unsupported");
  EXPECT_EQ(error_of_first(make_zip({{"a", "x", 0, 0, 0, true, 1}})), "zip-encrypted");
  EXPECT_EQ(error_of_first(make_zip({{"a", "not deflate data", 8, 4, 0, false}})), "zip-malformed");
}

TEST(Zip, Limits) {
  const auto archive = make_zip({{"name", "hello"}, {"b", "hello"}, {"c", "hello"}});
  EXPECT_EQ(error_of_first(archive, {.entries = 2}), "zip-entries-limit");
  EXPECT_EQ(error_of_first(archive, {.name_bytes = 3}), "zip-name-limit");
  EXPECT_EQ(error_of_first(archive, {.entry_bytes = 4}), "zip-entry-size-limit");
  EXPECT_EQ(error_of_first(archive, {.output_bytes = 12}), "zip-size-limit");
}

// The same data named by many directory entries: a few kilobytes that unfold to gigabytes.
TEST(Zip, EntriesThatShareTheirDataHitTheRatio) {
  auto archive = make_zip({deflated("a", std::string(4 << 20, 'x'))});
  auto zip = ZipArchive::open(archive, {.ratio = 1032, .ratio_grace = 8 << 20});
  ASSERT_TRUE(zip.ok());
  Buffer storage;
  std::string name;
  for (int i = 0; i < 1000 && name.empty(); ++i)
    if (auto content = zip->read(zip->entries()[0], storage); !content.ok()) name = content.error().name;
  EXPECT_EQ(name, "zip-ratio-limit");
}

}  // namespace
}  // namespace hullcheck::formats
