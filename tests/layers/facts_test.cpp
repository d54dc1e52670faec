// Facts as they are cached and saved: one form for one value, and nothing but an Error for damage.
#include "layers/facts.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/layers.hpp"
#include "util/codec.hpp"

namespace hullcheck::layers {
namespace {

std::unique_ptr<LayerFacts> sample() {
  auto facts = std::make_unique<LayerFacts>();
  facts->diff_id = "sha256:" + std::string(64, 'a');
  facts->tar_size = 123'456'789'012;
  facts->complete = false;
  FileDigests digests;
  digests.sha256.fill(1);
  digests.md5.fill(2);
  digests.has_md5 = true;
  facts->digests = {digests, digests};
  facts->digests[1].sha1.fill(3);
  facts->digests[1].has_sha1 = true;
  facts->digests[1].has_md5 = false;
  facts->digests[1].md5 = {};
  facts->xattrs.push_back({{"security.capability", std::string("\1\0\2", 3)}, {"user.x", ""}});
  for (int type = 0; type <= static_cast<int>(EntryType::opaque); ++type) {
    Entry entry;
    entry.path = facts->text.add("folder/" + std::to_string(type));
    entry.link = facts->text.add(type == 2 ? "../else where" : "");
    entry.size = 1ULL << (type * 6);
    entry.mtime = type % 2 == 0 ? -5 : 1'700'000'000;
    entry.mode = 04755;
    entry.uid = 0xffffffffU;
    entry.gid = 7;
    entry.type = static_cast<EntryType>(type);
    entry.content = static_cast<ContentKind>(type);
    entry.flags = k_absolute_name | k_sparse;
    if (type < 2) entry.digests = static_cast<std::uint32_t>(type);
    if (type == 3) entry.xattrs = 0;
    facts->entries.push_back(entry);
  }
  facts->problems.push_back({k_none, "tar-truncated", "ends early", "a/b"});
  facts->problems.push_back({2, "name", "", ""});
  return facts;
}

SectionFacts sample_section() {
  SectionFacts section;
  section.fingerprint = "v1 ü";
  section.records.push_back({1, {1, 2, 3}});
  section.records.push_back({4, {}});
  section.problems.push_back({3, "broken", "it is broken", "some/file"});
  section.problems.push_back({k_none, "problems-limit", "more", ""});
  return section;
}

TEST(Facts, CoreComesBackWhole) {
  const auto facts = sample();
  const Buffer bytes = encode_core(*facts);
  const auto decoded = decode_core(bytes);
  ASSERT_TRUE(decoded) << decoded.error().describe();
  const LayerFacts& back = **decoded;
  EXPECT_EQ(back.diff_id, facts->diff_id);
  EXPECT_EQ(back.tar_size, facts->tar_size);
  EXPECT_FALSE(back.complete);
  EXPECT_EQ(back.xattrs, facts->xattrs);
  ASSERT_EQ(back.entries.size(), facts->entries.size());
  for (std::size_t i = 0; i < back.entries.size(); ++i) {
    const Entry &a = back.entries[i], &b = facts->entries[i];
    EXPECT_EQ(a.path, b.path);
    EXPECT_EQ(a.link, b.link);
    EXPECT_EQ(std::tie(a.size, a.mtime, a.mode, a.uid, a.gid, a.digests, a.xattrs, a.type, a.content, a.flags),
              std::tie(b.size, b.mtime, b.mode, b.uid, b.gid, b.digests, b.xattrs, b.type, b.content, b.flags));
  }
  ASSERT_EQ(back.problems.size(), 2U);
  EXPECT_EQ(back.problems[0].name, "tar-truncated");
  EXPECT_EQ(back.problems[1].entry, 2U);
  EXPECT_EQ(back.digests[0].md5, facts->digests[0].md5);
  EXPECT_EQ(back.digests[1].sha1, facts->digests[1].sha1);
  EXPECT_EQ(encode_core(back), bytes) << "one value has one form";
}

TEST(Facts, SectionComesBackWhole) {
  const Buffer bytes = encode_section(sample_section());
  const auto back = decode_section(bytes, 5);
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(back->fingerprint, "v1 ü");
  ASSERT_EQ(back->records.size(), 2U);
  EXPECT_EQ(back->records[0].data, (Buffer{1, 2, 3}));
  EXPECT_EQ(back->problems[0].subject, "some/file");
  EXPECT_EQ(encode_section(*back), bytes);
  EXPECT_EQ(decode_section(bytes, 4).error().name, "facts-malformed") << "a record of an entry that is not there";
}

TEST(Facts, EmptyOnesToo) {
  EXPECT_TRUE(decode_core(encode_core(LayerFacts())));
  EXPECT_TRUE(decode_section(encode_section({}), 0));
}

TEST(Facts, EveryTruncationIsAnError) {
  const Buffer core = encode_core(*sample()), section = encode_section(sample_section());
  for (std::size_t i = 0; i < core.size(); ++i) EXPECT_FALSE(decode_core(Bytes(core).first(i))) << i;
  for (std::size_t i = 0; i < section.size(); ++i) EXPECT_FALSE(decode_section(Bytes(section).first(i), 100)) << i;
}

TEST(Facts, EveryFlippedBitIsAnError) {
  const auto flip = [](Buffer bytes, const auto& decodes) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      EXPECT_FALSE(decodes(bytes)) << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  };
  flip(encode_core(*sample()), [](Bytes bytes) { return decode_core(bytes).ok(); });
  flip(encode_section(sample_section()), [](Bytes bytes) { return decode_section(bytes, 100).ok(); });
}

// As somebody would do it who can write to the cache: the checksum is right, the body is not.
Buffer resealed(Buffer bytes) {
  constexpr std::size_t k_head = 4 + 1;
  std::uint64_t sum = 0xcbf29ce484222325ULL;
  for (std::size_t i = k_head + 8; i < bytes.size(); ++i) sum = (sum ^ bytes[i]) * 0x100000001b3ULL;
  for (std::size_t i = 0; i < 8; ++i, sum >>= 8) bytes[k_head + i] = static_cast<std::uint8_t>(sum);
  return bytes;
}

constexpr std::array<std::uint8_t, 5> k_values{0x00, 0x01, 0x7f, 0x80, 0xff};

TEST(Facts, ForgedOnesNeverLeaveTheirBounds) {
  const Buffer core = encode_core(*sample()), section = encode_section(sample_section());
  for (std::size_t i = 13; i < core.size(); ++i)
    for (const std::uint8_t value : k_values) {
      Buffer forged = core;
      forged[i] = value;
      const auto decoded = decode_core(resealed(forged));
      if (!decoded) continue;
      for (const Entry& entry : (*decoded)->entries) {
        EXPECT_TRUE(entry.digests == k_none || entry.digests < (*decoded)->digests.size());
        EXPECT_TRUE(entry.xattrs == k_none || entry.xattrs < (*decoded)->xattrs.size());
        EXPECT_TRUE(is_canonical_path(entry.path));
      }
    }
  for (std::size_t i = 13; i < section.size(); ++i)
    for (const std::uint8_t value : k_values) {
      Buffer forged = section;
      forged[i] = value;
      const auto decoded = decode_section(resealed(forged), 5);
      if (!decoded) continue;
      for (const Record& record : decoded->records) EXPECT_LT(record.entry, 5U);
    }
}

TEST(Facts, RecordsOutOfOrderAreRefused) {
  SectionFacts section = sample_section();
  std::swap(section.records[0], section.records[1]);
  EXPECT_FALSE(decode_section(encode_section(section), 5));
  section.records[1] = section.records[0];
  EXPECT_FALSE(decode_section(encode_section(section), 5)) << "two records of one file";
}

TEST(Facts, CoreAndSectionAreNoneOfTheOther) {
  EXPECT_EQ(decode_core(encode_section({})).error().name, "facts-malformed");
  EXPECT_EQ(decode_section(encode_core(LayerFacts()), 0).error().name, "facts-malformed");
}

TEST(Facts, OfAnalysisAreAlwaysDecodable) {
  test::TarWriter tar;
  tar.file("/../a", "x").symlink("l", std::string(300, 'y')).file(std::string(3000, 'n'), "");
  tar.file("x/.wh...", "").file("x/.wh..", "").file(".wh.", "").whiteout("gone").opaque("").directory("./");
  const auto outcome = test::analyse(tar.finish());
  const auto decoded = decode_core(encode_core(*outcome.facts));
  ASSERT_TRUE(decoded) << decoded.error().describe();
  EXPECT_EQ((*decoded)->entries.size(), 9U);
}

TEST(Arena, GivesTextThatStays) {
  Arena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 10'000; ++i) kept.push_back(arena.add(std::to_string(i) + std::string(i % 50, 'x')));
  const std::string_view large = arena.add(std::string(1 << 20, 'L'));
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(kept[static_cast<std::size_t>(i)].starts_with(std::to_string(i)));
  EXPECT_EQ(large.size(), std::size_t{1} << 20);
  EXPECT_TRUE(arena.add("").empty());
}

}  // namespace
}  // namespace hullcheck::layers
