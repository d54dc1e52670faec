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

TEST(Zip, BeginningsOfEntriesAreKnownWithoutTheRest) {
  auto lying = deflated("d", "PK\x03\x04 and more");
  lying.size = 3;
  const auto archive = make_zip({{"a", "PK\x03\x04 inner"},
                                 deflated("b", "PK\x03\x04" + std::string(100000, 'x')),
                                 deflated("c", "PK and no archive"),
                                 lying,
                                 {"e", ""}});
  auto zip = ZipArchive::open(archive);
  ASSERT_TRUE(zip.ok()) << zip.error().describe();
  std::string found;
  for (const auto& entry : zip->entries())
    if (zip->begins_with(entry, "PK\x03\x04")) found += entry.name;
  EXPECT_EQ(found, "ab");
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
  EXPECT_EQ(error_of_first(make_zip({{"a", "x", 98}})), "zip-method-unsupported");
  EXPECT_EQ(error_of_first(make_zip({{"a", "x", 0, 0, 0, true, 1}})), "zip-encrypted");
  EXPECT_EQ(error_of_first(make_zip({{"a", "not deflate data", 8, 4, 0, false}})), "zip-malformed");
}

TEST(Zip, SeldomMethods) {
  const std::string text = "hello hello hello hello hello";
  const auto packed = [&](std::uint16_t method, std::string_view hex, std::uint32_t size = 0) {
    const Buffer data = from_hex(hex).value_or(Buffer());
    return make_zip({{"a", std::string(as_text(data)), method,
                      size != 0 ? size : static_cast<std::uint32_t>(text.size()), 0x3853d2f6, false}});
  };
  constexpr std::string_view k_bzip2 =
      "425a683931415926535989e4cb41000004910040000244a00030cd00548694e8cd3a2a3c5dc914e1424227932d04";
  constexpr std::string_view k_xz =
      "fd377a585a0000016922de360200210116000000742fe5a3e0001c000c5d00341949ee8de9573ac6af000000f6d253380001241d543868"
      "b2"
      "9042990d010000000001595a";
  constexpr std::string_view k_lzma = "090405005d0000800000341949ee8de9573acfae2bfffffbc54000";
  for (const auto& [method, data] :
       {std::pair(std::uint16_t{12}, k_bzip2), {std::uint16_t{95}, k_xz}, {std::uint16_t{14}, k_lzma}}) {
    const Buffer archive = packed(method, data);
    auto zip = ZipArchive::open(archive);
    ASSERT_TRUE(zip.ok());
    Buffer storage;
    const auto content = zip->read(zip->entries()[0], storage, 8);
    ASSERT_TRUE(content.ok()) << method << ' ' << content.error().name;
    EXPECT_EQ(as_text(*content), text) << method;
    // The last bytes are sums, or what the coder reads ahead.
    for (std::size_t size = 2; size + 6 < data.size() / 2; ++size)
      EXPECT_NE(error_of_first(packed(method, data.substr(0, size * 2))), "") << method << " cut to " << size;
    EXPECT_NE(error_of_first(packed(method, data, 28)), "") << method;
    EXPECT_NE(error_of_first(packed(method, data, 200'000'000)), "") << method;
  }
}

TEST(Zip, ReadingIntoAFileSaysTheSameAsIntoMemory) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i * 7919 % 104729);
  ZipMember shorter = deflated("shorter", text), longer = deflated("longer", text), broken = deflated("broken", text);
  shorter.size -= 1;
  longer.size += 1;
  broken.crc ^= 1;
  ZipMember cut = deflated("cut", text);
  cut.data.resize(cut.data.size() / 2);
  const Buffer bytes =
      make_zip({deflated("good", text), {"stored", text}, shorter, longer, broken, cut, {"empty", ""}});
  auto archive = *ZipArchive::open(bytes);
  for (const ZipEntry& entry : archive.entries()) {
    Buffer memory;
    util::Spill file(1000, 1 << 30);
    const auto one = archive.read(entry, memory);
    const auto other = archive.read(entry, file);
    ASSERT_EQ(one.ok(), other.ok()) << entry.name;
    if (one.ok())
      EXPECT_TRUE(std::equal(one->begin(), one->end(), other->begin(), other->end())) << entry.name;
    else
      EXPECT_EQ(one.error().code, other.error().code) << entry.name;
  }
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

std::string contradiction_of(const Buffer& archive) {
  auto zip = ZipArchive::open(archive);
  return zip.ok() ? zip->contradiction() : zip.error().name;
}

// `archive` with `bytes` written over it at the first, or else the last, place where `where` stands.
Buffer altered(Buffer archive, std::string_view where, std::size_t offset, std::string_view bytes,
               bool last = false) {
  const std::size_t at = last ? as_text(archive).rfind(where) : as_text(archive).find(where);
  std::copy(bytes.begin(), bytes.end(), archive.begin() + static_cast<std::ptrdiff_t>(at + offset));
  return archive;
}

void append(Buffer& to, const Buffer& more) { to.insert(to.end(), more.begin(), more.end()); }

const std::string_view k_local("PK\3\4", 4), k_central("PK\1\2", 4), k_end("PK\5\6", 4);

TEST(ZipContradiction, HonestArchivesHaveNone) {
  const Buffer inner = make_zip({{"x", "y"}});
  for (const bool zip64 : {false, true})
    EXPECT_EQ(contradiction_of(
                  make_zip({deflated("a", "hello"), {"b", "c"}, {"in.jar", std::string(as_text(inner))}}, zip64)),
              "");
  EXPECT_EQ(contradiction_of(make_zip({})), "");
  Buffer self_extracting;
  for (const char c : std::string_view("#!/bin/sh\nexec java -jar \"$0\"\n"))
    self_extracting.push_back(static_cast<std::uint8_t>(c));
  append(self_extracting, inner);
  EXPECT_EQ(contradiction_of(self_extracting), "");
}

TEST(ZipContradiction, NamesAndMethodsOfDirectoryAndData) {
  const Buffer plain = make_zip({{"pom.properties", "version=1"}, {"README", "x"}});
  EXPECT_EQ(contradiction_of(altered(plain, "pom", 0, "POM")),
            "the directory and the entry itself give it different names (pom.properties)");
  EXPECT_EQ(contradiction_of(altered(plain, "pom", 0, "POM", true)),
            "the directory and the entry itself give it different names (POM.properties)");
  EXPECT_EQ(contradiction_of(altered(plain, k_local, 8, "\x08")),
            "the directory and the entry itself do not agree on how it is packed (pom.properties)");
  EXPECT_EQ(contradiction_of(altered(plain, k_local, 6, "\x01")),
            "the directory and the entry itself do not agree on how it is packed (pom.properties)");
  EXPECT_EQ(contradiction_of(altered(plain, k_local, 18, "\x05")),
            "the directory and the entry itself do not agree on its size (pom.properties)");
  EXPECT_EQ(contradiction_of(altered(plain, k_central, 42, "\x05")),
            "the directory points to no entry (pom.properties)");
}

// The end says one entry, the directory has two: readers that go by the directory's size find both, so does this one.
TEST(ZipContradiction, TheDirectoryListsWhatIsInItWhateverItsEndCounts) {
  const Buffer fewer = altered(make_zip({{"a", "1"}, {"b", "2"}}), k_end, 8, std::string_view("\1\0\1\0", 4));
  auto zip = ZipArchive::open(fewer);
  ASSERT_TRUE(zip.ok());
  ASSERT_EQ(zip->entries().size(), 2U);
  EXPECT_EQ(zip->entries()[1].name, "b");
  EXPECT_EQ(zip->contradiction(), "the directory holds 2 entries and its end speaks of 1");
}

TEST(ZipContradiction, EntriesThatTheDirectoryLeavesOut) {
  const Buffer with = make_zip({{"a", "1"}, {"hidden", "2"}, {"c", "3"}});
  // The directory's second entry is cut out, and the end counts two and fewer bytes.
  const std::size_t second = as_text(with).find(k_central, as_text(with).find(k_central) + 1);
  const std::size_t third = as_text(with).find(k_central, second + 1);
  Buffer without(with.begin(), with.begin() + static_cast<std::ptrdiff_t>(second));
  without.insert(without.end(), with.begin() + static_cast<std::ptrdiff_t>(third), with.end());
  const std::size_t end = as_text(without).rfind(k_end);
  without[end + 8] = without[end + 10] = 2;
  without[end + 12] = static_cast<std::uint8_t>(without[end + 12] - (third - second));
  EXPECT_EQ(contradiction_of(without), "it holds entries that its directory leaves out");
  Buffer doubled = make_zip({{"a", "1"}});
  append(doubled, make_zip({{"b", "2"}}));
  EXPECT_EQ(contradiction_of(doubled), "another archive stands before it");
}

TEST(ZipContradiction, ADirectoryInTheCommentOfAnother) {
  const Buffer inner = make_zip({{"b", "2"}});
  Buffer both = altered(make_zip({{"a", "1"}}), k_end, 20, std::string(1, static_cast<char>(inner.size())));
  append(both, inner);
  EXPECT_EQ(contradiction_of(both), "it ends in two directories, one inside the other's comment");
}

}  // namespace
}  // namespace hullcheck::formats
