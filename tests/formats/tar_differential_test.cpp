// Our reader and libarchive's must agree on every well-formed archive: on random ones of our writer, and on the seeds
// of the fuzz target that other programs have made.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "formats/tar.hpp"
#include "support/compress.hpp"
#include "support/libarchive_tar.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::formats {
namespace {

using test::OtherArchive;
using test::OtherMember;

char letter_of(TarType type) { return "fhlcbdpf"[static_cast<std::size_t>(type)]; }

OtherArchive read_with_ours(std::string_view bytes) {
  const auto input = memory_stream(as_bytes(bytes), 4096);
  TarReader reader(*input, {});
  OtherArchive result;
  while (true) {
    const auto entry = reader.next();
    if (!entry) {
      result.error = entry.error().describe();
      return result;
    }
    const TarEntry* found = *entry;
    if (found == nullptr) return result;
    OtherMember member{found->name,   found->link, letter_of(found->type), found->mode,         found->uid,
                       found->gid,    found->size, found->mtime,           found->device_major, found->device_minor,
                       found->xattrs, {}};
    while (true) {
      const auto piece = reader.read();
      if (!piece) {
        result.error = piece.error().describe();
        return result;
      }
      if (piece->empty()) break;
      member.content += as_text(*piece);
    }
    result.members.push_back(std::move(member));
  }
}

void expect_agreement(const std::string& bytes, const std::string& what) {
  const OtherArchive ours = read_with_ours(bytes), theirs = test::read_with_libarchive(bytes);
  EXPECT_EQ(ours.error, "") << what;
  EXPECT_EQ(theirs.error, "") << what;
  ASSERT_EQ(ours.members.size(), theirs.members.size()) << what;
  for (std::size_t i = 0; i < ours.members.size(); ++i) {
    const auto &a = ours.members[i], &b = theirs.members[i];
    EXPECT_EQ(a.name, b.name) << what;
    EXPECT_EQ(a.type, b.type) << what << " " << a.name;
    EXPECT_EQ(a.link, b.link) << what << " " << a.name;
    EXPECT_EQ(a.mode, b.mode) << what << " " << a.name;
    EXPECT_EQ(a.uid, b.uid) << what << " " << a.name;
    EXPECT_EQ(a.size, b.size) << what << " " << a.name;
    EXPECT_EQ(a.mtime, b.mtime) << what << " " << a.name;
    EXPECT_EQ(a.xattrs, b.xattrs) << what << " " << a.name;
    EXPECT_TRUE(a.content == b.content) << what << " " << a.name;
    EXPECT_TRUE(a == b) << what << " " << a.name;
  }
}

struct Random {
  std::mt19937 engine;
  std::uint32_t operator()() { return static_cast<std::uint32_t>(engine()); }
};

std::string random_name(Random& random, std::size_t longest) {
  std::string name = "n";
  const std::size_t length = 1 + random() % longest;
  while (name.size() < length)
    name += random() % 9 == 0 && name.back() != '/' ? '/' : static_cast<char>('a' + random() % 26);
  if (name.back() == '/') name.back() = 'z';
  return name;
}

std::string random_archive(std::uint32_t seed, test::TarNames names) {
  Random random{std::mt19937(seed)};
  test::TarWriter tar(names);
  for (std::size_t count = random() % 30; count > 0; --count) {
    const std::string name = random_name(random, random() % 4 == 0 ? 600 : 60), target = random_name(random, 200);
    test::TarAttributes attributes;
    attributes.mode = random() % 010000;
    attributes.uid = random() % 3 == 0 ? random() % 5'000'000 : random() % 1000;
    attributes.gid = random() % 1000;
    attributes.mtime = static_cast<std::int64_t>(random() % 4'000'000'000);
    if (names == test::TarNames::pax && random() % 3 == 0)
      attributes.xattrs = {{"user.b", test::noise(random() % 40)}, {"security.capability", test::noise(20)}};
    const auto content = test::noise(random() % 2000, seed);
    switch (random() % 8) {
      case 0: tar.directory(name, attributes); break;
      case 1: tar.symlink(name, target, attributes); break;
      case 2: tar.hard_link(name, target, attributes); break;
      case 3: tar.char_device(name, random() % 200, random() % 200, attributes); break;
      case 4:
        tar.sparse_file(
            name.substr(0, 90) + "s", 50'000, {{random() % 1000, content}, {40'000, content}},
            names == test::TarNames::gnu ? test::TarSparse::old_gnu : static_cast<test::TarSparse>(1 + random() % 3));
        break;
      default: tar.file(name, content, attributes); break;
    }
  }
  return tar.finish();
}

TEST(TarDifferential, RandomArchives) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    expect_agreement(random_archive(seed, test::TarNames::pax), "pax, seed " + std::to_string(seed));
    expect_agreement(random_archive(seed, test::TarNames::gnu), "GNU, seed " + std::to_string(seed));
    if (HasFailure()) return;
  }
}

TEST(TarDifferential, ArchivesOfOtherPrograms) {
  for (const char* name : {"tool-v7", "tool-ustar", "tool-gnu", "tool-posix", "gnu-long-names", "pax-long-names",
                           "ustar-prefix", "sparse-gnu", "sparse-pax-0.0", "sparse-pax-0.1", "sparse-pax-1.0"}) {
    std::ifstream file(std::string(HULLCHECK_TEST_DATA "/../fuzz/seeds/tar/") + name, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    ASSERT_FALSE(bytes.empty()) << name;
    expect_agreement(bytes, name);
  }
}

}  // namespace
}  // namespace hullcheck::formats
