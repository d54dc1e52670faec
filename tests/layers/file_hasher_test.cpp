#include "layers/file_hasher.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hullcheck::layers {
namespace {

// Gives all of its bytes as one block.
class OneBlock final : public formats::ByteStream {
 public:
  explicit OneBlock(Bytes all) : m_all(all) {}
  Result<Bytes> next() override { return std::exchange(m_all, {}); }

 private:
  Bytes m_all;
};

DigestChoice of_dpkg() {
  DigestChoice choice;
  choice.see("var/lib/dpkg/status");
  return choice;
}

Entry entry_of(ContentKind kind, std::size_t size) {
  Entry entry;
  entry.content = kind;
  entry.size = size;
  return entry;
}

struct Expected {
  std::string sha256, md5;
};

Expected digests_of(Bytes bytes) {
  util::Hasher md5(util::Hash::md5);
  md5.update(bytes);
  return {util::sha256_hex(bytes), md5.finish_hex()};
}

void expect_digests(const LayerFacts& facts, const Entry& entry, Bytes bytes) {
  ASSERT_LT(entry.digests, facts.digests.size());
  const FileDigests& found = facts.digests[entry.digests];
  const Expected expected = digests_of(bytes);
  EXPECT_EQ(to_hex(found.sha256), expected.sha256);
  ASSERT_TRUE(found.has_md5);
  EXPECT_EQ(to_hex(found.md5), expected.md5);
  EXPECT_FALSE(found.has_sha1);
}

// Programs above and below the size from which MD5 is taken from pieces, and data between them.
TEST(FileHasher, PiecesAndWindowsGiveTheSameDigests) {
  for (const bool early : {true, false}) {
    LayerFacts facts;
    FileHasher hasher(facts, false);
    std::vector<Entry> entries;
    std::vector<Buffer> contents;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1000}, util::Md5Batch::k_longest + 1}) {
      const Buffer& content = contents.emplace_back(size, std::uint8_t{'x'});
      Entry& entry = entries.emplace_back(entry_of(ContentKind::elf, size));
      OneBlock block(content);
      HashingStream archive(block, {}, util::no_progress());
      const Bytes piece = *archive.next();
      hasher.begin(entry, of_dpkg(), &archive, early);
      hasher.piece(piece);
      hasher.decide(entry, false);
      hasher.window(content);
      hasher.finish(entry);
      EXPECT_TRUE(archive.drain());
      EXPECT_EQ(archive.digest(), util::sha256_digest(content));
    }
    hasher.flush();
    for (std::size_t i = 0; i < entries.size(); ++i) expect_digests(facts, entries[i], contents[i]);
  }
}

TEST(FileHasher, DataHasDigestsOnceItIsNoticed) {
  const Buffer content(500, std::uint8_t{'d'});
  LayerFacts facts;
  FileHasher hasher(facts, false);
  Entry silent = entry_of(ContentKind::text, content.size()), noticed = silent, asked_for = silent;
  for (Entry* const entry : {&silent, &noticed, &asked_for}) {
    hasher.begin(*entry, of_dpkg(), nullptr, false);
    hasher.decide(*entry, entry == &asked_for);
    hasher.window(content);
    if (entry == &noticed) hasher.notice(content);
    hasher.finish(*entry);
  }
  hasher.flush();
  EXPECT_EQ(silent.digests, k_none);
  expect_digests(facts, noticed, content);
  expect_digests(facts, asked_for, content);
}

// An archive that breaks inside a file leaves nothing of it behind.
TEST(FileHasher, AFileWithoutAnEndIsForgotten) {
  const Buffer content(500, std::uint8_t{'p'});
  LayerFacts facts;
  FileHasher hasher(facts, false);
  Entry whole = entry_of(ContentKind::elf, content.size()), broken = whole;
  for (Entry* const entry : {&whole, &broken}) {
    hasher.begin(*entry, of_dpkg(), nullptr, false);
    hasher.decide(*entry, false);
    hasher.window(content);
    if (entry == &whole) hasher.finish(*entry);
  }
  hasher.flush();
  ASSERT_EQ(facts.digests.size(), 1U);
  EXPECT_EQ(broken.digests, k_none);
  expect_digests(facts, whole, content);
}

}  // namespace
}  // namespace hullcheck::layers
