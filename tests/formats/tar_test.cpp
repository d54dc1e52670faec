#include "formats/tar.hpp"

#include <gtest/gtest.h>

#include "support/compress.hpp"
#include "support/streams.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::formats {
namespace {

using test::k_gnu_magic;
using test::pax_record;
using test::tar_header;
using test::tar_padded;
using test::TarNames;
using test::TarSparse;
using test::TarWriter;

struct Member {
  TarEntry entry;
  std::string content;
};
struct Archive {
  std::vector<Member> members;
  std::string error, message;
  const Member& operator[](std::string_view name) const {
    for (const auto& member : members)
      if (member.entry.name == name) return member;
    throw std::out_of_range("no member " + std::string(name));
  }
};

Archive read_all(std::string_view bytes, std::size_t block = k_block_size, const TarLimits& limits = {}) {
  const auto input = memory_stream(as_bytes(bytes), block);
  TarReader reader(*input, limits);
  Archive archive;
  const auto stop = [&](const Error& error) {
    archive.error = error.name;
    archive.message = error.describe();
  };
  while (true) {
    const auto entry = reader.next();
    if (!entry) {
      stop(entry.error());
      EXPECT_EQ(reader.next().error().name, archive.error) << "an error stays";
      return archive;
    }
    if (*entry == nullptr) return archive;
    archive.members.push_back({**entry, {}});
    while (true) {
      const auto piece = reader.read();
      if (!piece) {
        stop(piece.error());
        EXPECT_EQ(reader.next().error().name, archive.error) << "an error stays";
        return archive;
      }
      if (piece->empty()) break;
      archive.members.back().content += as_text(*piece);
    }
  }
}

std::string error_of(std::string_view bytes, const TarLimits& limits = {}) {
  return read_all(bytes, k_block_size, limits).error;
}

// ---- well-formed archives ----

TEST(Tar, AllTypes) {
  TarWriter tar;
  tar.directory("etc", {.mode = 01777, .uid = 5, .gid = 6, .mtime = 7});
  tar.file("etc/passwd", "root:x:0:0", {.mode = 04755});
  tar.symlink("bin", "usr/bin").hard_link("etc/passwd-", "etc/passwd");
  tar.char_device("dev/null", 1, 3).block_device("dev/sda", 8, 255).fifo("run/pipe");
  tar.whiteout("etc/shadow").opaque("var");
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.error, "") << archive.message;
  ASSERT_EQ(archive.members.size(), 9u);
  const auto& etc = archive["etc/"].entry;
  EXPECT_EQ(etc.type, TarType::directory);
  EXPECT_EQ(etc.mode, 01777u);
  EXPECT_EQ(etc.uid, 5u);
  EXPECT_EQ(etc.gid, 6u);
  EXPECT_EQ(etc.mtime, 7);
  const auto& passwd = archive["etc/passwd"];
  EXPECT_EQ(passwd.entry.type, TarType::file);
  EXPECT_EQ(passwd.entry.mode, 04755u);
  EXPECT_EQ(passwd.entry.size, 10u);
  EXPECT_EQ(passwd.content, "root:x:0:0");
  EXPECT_EQ(archive["bin"].entry.type, TarType::symlink);
  EXPECT_EQ(archive["bin"].entry.link, "usr/bin");
  EXPECT_EQ(archive["etc/passwd-"].entry.type, TarType::hard_link);
  EXPECT_EQ(archive["etc/passwd-"].entry.link, "etc/passwd");
  EXPECT_EQ(archive["dev/null"].entry.type, TarType::char_device);
  EXPECT_EQ(archive["dev/null"].entry.device_minor, 3u);
  EXPECT_EQ(archive["dev/sda"].entry.type, TarType::block_device);
  EXPECT_EQ(archive["dev/sda"].entry.device_major, 8u);
  EXPECT_EQ(archive["run/pipe"].entry.type, TarType::fifo);
  EXPECT_EQ(archive["etc/.wh.shadow"].entry.size, 0u);
  EXPECT_EQ(archive["var/.wh..wh..opq"].entry.type, TarType::file);
}

TEST(Tar, ContentOfAllSizes) {
  TarWriter tar;
  const std::vector<std::size_t> sizes = {0, 1, 511, 512, 513, 1024, 262143, 262144, 262145, 700'000};
  for (const auto size : sizes) tar.file("f" + std::to_string(size), test::noise(size));
  const std::string bytes = tar.finish();
  for (const std::size_t block : {1, 7, 512, 513, 100'000, 10'000'000}) {
    const auto archive = read_all(bytes, block);
    ASSERT_EQ(archive.error, "");
    ASSERT_EQ(archive.members.size(), sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) EXPECT_TRUE(archive.members[i].content == test::noise(sizes[i]));
  }
}

TEST(Tar, SkipsWhatIsNotRead) {
  TarWriter tar;
  tar.file("a", test::noise(100'000)).sparse_file("s", 5000, {{10, "x"}, {4000, "yz"}}).file("b", "content");
  const std::string bytes = tar.finish();
  for (const std::size_t block : {1, 513, 1'000'000}) {
    const auto input = memory_stream(as_bytes(bytes), block);
    TarReader reader(*input, {});
    EXPECT_EQ(reader.next().value()->name, "a");
    EXPECT_FALSE(reader.read().value().empty());
    EXPECT_EQ(reader.next().value()->name, "s");
    EXPECT_EQ(reader.read().value().size(), 10u);
    EXPECT_EQ(reader.next().value()->name, "b");
    EXPECT_EQ(reader.next().value(), nullptr);
    EXPECT_TRUE(reader.read().value().empty());
    EXPECT_EQ(reader.next().value(), nullptr);
    EXPECT_EQ(reader.position(), bytes.size());
  }
}

TEST(Tar, PiecesPointIntoTheInput) {
  TarWriter tar;
  tar.file("a", std::string(3000, 'x'));
  const std::string bytes = tar.finish();
  const auto input = memory_stream(as_bytes(bytes));
  TarReader reader(*input, {});
  ASSERT_NE(reader.next().value(), nullptr);
  const Bytes piece = reader.read().value();
  EXPECT_EQ(piece.size(), 3000u);
  EXPECT_EQ(piece.data(), as_bytes(bytes).data() + 512);
  EXPECT_EQ(reader.behind().data(), piece.data() + 3000);
  EXPECT_EQ(reader.behind().size(), bytes.size() - 512 - 3000);
}

TEST(Tar, LongNames) {
  for (const auto style : {TarNames::pax, TarNames::gnu}) {
    for (const std::size_t length : {99, 100, 101, 155, 156, 255, 256, 257, 1000, 65536}) {
      std::string name;
      while (name.size() < length) name += std::to_string(name.size()) + (name.size() % 3 == 0 ? "/" : "x");
      name.resize(length, 'z');
      name.back() = 'e';
      TarWriter tar(style);
      tar.file(name, "content").symlink("l", name).hard_link("h", name).file("after", "");
      const auto archive = read_all(tar.finish());
      ASSERT_EQ(archive.error, "") << length;
      ASSERT_EQ(archive.members.size(), 4u);
      EXPECT_EQ(archive.members[0].entry.name, name);
      EXPECT_EQ(archive.members[0].content, "content");
      EXPECT_EQ(archive.members[1].entry.link, name);
      EXPECT_EQ(archive.members[2].entry.link, name);
      EXPECT_EQ(archive.members[3].entry.name, "after");
      EXPECT_EQ(archive.members[3].entry.link, "");
    }
  }
}

TEST(Tar, V7HasNoPrefixAndDirectoriesBySlash) {
  TarWriter tar;
  tar.raw_header({.name = "dir/", .type = '\0', .magic = ""});
  tar.raw_header({.name = "file", .type = '\0', .size = 3, .magic = "", .prefix = "not-a-prefix"})
      .raw(tar_padded("abc"));
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.members.size(), 2u) << archive.message;
  EXPECT_EQ(archive["dir/"].entry.type, TarType::directory);
  EXPECT_EQ(archive["file"].content, "abc");
}

TEST(Tar, StarPrefixIsShorter) {
  std::string header = tar_header({.name = "name", .prefix = "dir"});
  header.replace(345 + 131, 3, "123");  // a time
  header.replace(508, 4, std::string("tar\0", 4));
  test::set_tar_checksum(header);
  EXPECT_EQ(read_all(header).members.at(0).entry.name, "dir/name");
}

TEST(Tar, GnuTimesAreNoPrefixButOldGoPrefixesAre) {
  std::string times = tar_header({.name = "name", .magic = std::string(k_gnu_magic)});
  times.replace(345, 12, std::string("13132000000\0", 12));
  test::set_tar_checksum(times);
  std::string prefix = tar_header({.name = "name", .magic = std::string(k_gnu_magic), .prefix = "usr/share"});
  EXPECT_EQ(read_all(times).members.at(0).entry.name, "name");
  EXPECT_EQ(read_all(prefix).members.at(0).entry.name, "usr/share/name");
}

TEST(Tar, NumbersOfEveryForm) {
  TarWriter tar;
  tar.file("big", "", {.uid = 4'294'967'294, .gid = 1ULL << 50, .mtime = -1});
  std::string header = tar_header({.name = "spaces"});
  header.replace(108, 8, std::string("   17 \0\0", 8));
  header.replace(116, 8, std::string(8, ' '));
  header.replace(136, 12, std::string("17\0garbage!!", 12));
  test::set_tar_checksum(header);
  tar.raw(header);
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.error, "") << archive.message;
  EXPECT_EQ(archive["big"].entry.uid, 4'294'967'294u);
  EXPECT_EQ(archive["big"].entry.gid, 1ULL << 50);
  EXPECT_EQ(archive["big"].entry.mtime, -1);
  EXPECT_EQ(archive["spaces"].entry.uid, 15u);
  EXPECT_EQ(archive["spaces"].entry.gid, 0u);
  EXPECT_EQ(archive["spaces"].entry.mtime, 15);
}

TEST(Tar, SignedChecksumIsTaken) {
  std::string header = tar_header({.name = "caf\xe9\xe9"});
  header.replace(148, 8, 8, ' ');
  int sum = 0;
  for (const char c : header) sum += static_cast<signed char>(c);
  char text[16];
  std::snprintf(text, sizeof text, "%06o", static_cast<unsigned>(sum));
  header.replace(148, 7, std::string(text) + '\0');
  EXPECT_EQ(read_all(header).members.size(), 1u);
}

TEST(Tar, UnknownTypesKeepTheirContent) {
  TarWriter tar;
  tar.raw_header({.name = "label", .type = 'V', .size = 3}).raw(tar_padded("abc"));
  tar.raw_header({.name = "contiguous", .type = '7', .size = 3}).raw(tar_padded("def"));
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.members.size(), 2u);
  EXPECT_EQ(archive["label"].entry.type, TarType::other);
  EXPECT_EQ(archive["label"].entry.raw_type, 'V');
  EXPECT_EQ(archive["label"].content, "abc");
  EXPECT_EQ(archive["contiguous"].entry.type, TarType::file);
}

TEST(Tar, LinksAndDirectoriesHaveNoContentWhateverTheySay) {
  TarWriter tar;
  for (const char type : {'1', '2', '3', '4', '5', '6'})
    tar.raw_header({.name = std::string(1, type), .type = type, .size = 100'000, .link = "l"});
  tar.file("after", "x");
  const auto archive = read_all(tar.finish());
  EXPECT_EQ(archive.error, "") << archive.message;
  ASSERT_EQ(archive.members.size(), 7u);
  EXPECT_EQ(archive["5"].entry.size, 0u);
  EXPECT_EQ(archive["after"].content, "x");
}

TEST(Tar, NamesComeAsTheyAre) {
  TarWriter tar;
  for (const char* name : {"/etc/passwd", "../../x", "./a", "a//b", "\xff\xfe", "a\nb", ""}) tar.file(name, "");
  tar.file("./a", "twice");
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.members.size(), 8u) << archive.message;
  EXPECT_EQ(archive.members[1].entry.name, "../../x");
  EXPECT_EQ(archive.members[4].entry.name, "\xff\xfe");
  EXPECT_EQ(archive.members[6].entry.name, "");
  EXPECT_EQ(archive.members[7].content, "twice");
}

// ---- the end ----

TEST(Tar, Ends) {
  TarWriter tar;
  EXPECT_EQ(error_of(""), "");
  EXPECT_EQ(error_of(tar.finish()), "");
  const std::string member = tar.file("a", "abc").finish_without_end();
  const std::string zeros(512, '\0');
  EXPECT_EQ(read_all(member).members.size(), 1u);
  EXPECT_EQ(error_of(member), "");
  EXPECT_EQ(error_of(member + zeros), "") << "one block and the end";
  EXPECT_EQ(error_of(member.substr(0, 512 + 3)), "") << "padding cut off";
  EXPECT_EQ(error_of(member + zeros + member), "tar-header") << "one block in the middle";
  EXPECT_EQ(read_all(member + zeros + zeros + member).members.size(), 1u) << "nothing after two";
  EXPECT_EQ(error_of(member + zeros.substr(1)), "tar-truncated");
}

TEST(Tar, WhatFollowsTheEndStaysUnread) {
  TarWriter tar;
  const std::string bytes = tar.file("a", "abc").finish() + "more";
  const auto input = memory_stream(as_bytes(bytes), 512);
  TarReader reader(*input, {});
  ASSERT_NE(reader.next().value(), nullptr);
  ASSERT_EQ(reader.next().value(), nullptr);
  EXPECT_EQ(as_text(input->next().value()), "more");
}

TEST(Tar, EveryTruncationIsNamed) {
  TarWriter tar;
  tar.file("a", std::string(600, 'x'), {.xattrs = {{"user.a", "b"}}}).sparse_file("s", 100, {{5, "abc"}});
  const std::string bytes = tar.finish_without_end();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto archive = read_all(bytes.substr(0, size));
    const bool member_is_whole = (size >= 512 * 3 + 600 && size <= 512 * 5) || size >= bytes.size() - 509;
    ASSERT_EQ(archive.error, member_is_whole ? "" : "tar-truncated") << size << ": " << archive.message;
  }
}

TEST(Tar, ErrorsOfTheInputPassThrough) {
  TarWriter tar;
  const std::string bytes = tar.file("a", std::string(600, 'x')).finish();
  for (const std::size_t size : {0, 100, 512, 700, 1536}) {
    test::FailingStream input(bytes.substr(0, size), make_error(ErrorCode::network, "network-closed", "gone"), 100);
    TarReader reader(input, {});
    auto entry = reader.next();
    if (entry.ok()) entry = reader.next();
    ASSERT_FALSE(entry.ok());
    EXPECT_EQ(entry.error().name, "network-closed");
    EXPECT_EQ(entry.error().message, "gone");
    EXPECT_EQ(reader.read().error().name, "network-closed");
  }
}

// ---- pax ----

TEST(TarPax, RecordsReplaceFields) {
  TarWriter tar;
  tar.pax({{"path", "long/name"},
           {"size", "5"},
           {"uid", "3000000"},
           {"gid", "3000001"},
           {"mtime", "12345.678"},
           {"SCHILY.devmajor", "7"},
           {"SCHILY.devminor", "9"},
           {"comment", "x"},
           {"hdrcharset", "BINARY"}});
  tar.raw_header({.name = "short", .size = 1}).raw(tar_padded("abcde")).file("next", "n");
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.error, "") << archive.message;
  const auto& entry = archive["long/name"].entry;
  EXPECT_EQ(archive["long/name"].content, "abcde");
  EXPECT_EQ(entry.uid, 3'000'000u);
  EXPECT_EQ(entry.gid, 3'000'001u);
  EXPECT_EQ(entry.mtime, 12345);
  EXPECT_EQ(entry.device_major, 7u);
  EXPECT_EQ(entry.device_minor, 9u);
  EXPECT_EQ(archive["next"].entry.uid, 0u) << "for one member only";
}

TEST(TarPax, Times) {
  const std::pair<const char*, std::int64_t> rows[] = {{"0", 0},     {"-1", -1},   {"-1.0", -1}, {"-1.5", -2},
                                                       {"-0.1", -1}, {"1.999", 1}, {"7.", 7},    {"", 1'500'000'000}};
  for (const auto& [text, seconds] : rows) {
    TarWriter tar;
    tar.pax({{"mtime", text}}).file("a", "");
    const auto archive = read_all(tar.finish());
    ASSERT_EQ(archive.error, "") << text;
    EXPECT_EQ(archive["a"].entry.mtime, seconds) << text;
  }
}

TEST(TarPax, ExtendedAttributes) {
  const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\n", 20);
  TarWriter tar;
  tar.file(
      "ping", "",
      {.xattrs = {{"user.z", "last"}, {"security.capability", capability}, {"user.a=b", ""}, {"user.z", "wins"}}});
  tar.pax({{"LIBARCHIVE.xattr.user.a%20b%3D", "aGVsbG8"},
           {"LIBARCHIVE.xattr.user.both", "b25l"},
           {"SCHILY.xattr.user.both", "two"},
           {"LIBARCHIVE.xattr.user.bad", "***"},
           {"LIBARCHIVE.xattr.%zz", "aGVsbG8="}});
  tar.file("other", "").file("none", "");
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.error, "") << archive.message;
  const test::TextPairs ping = {{"security.capability", capability}, {"user.a", "b="}, {"user.z", "wins"}};
  EXPECT_EQ(archive["ping"].entry.xattrs, ping);
  const test::TextPairs other = {{"user.a b=", "hello"}, {"user.both", "two"}};
  EXPECT_EQ(archive["other"].entry.xattrs, other);
  EXPECT_TRUE(archive["none"].entry.xattrs.empty());
}

// As the engines do it: a global header is a member of its own to them, and it changes nothing.
TEST(TarPax, GlobalHeadersAreCheckedAndIgnored) {
  TarWriter tar;
  tar.pax({{"comment", "commit"}, {"path", "evil"}, {"size", "5"}, {"uid", "7"}}, 'g').file("a", "abc").file("b", "");
  tar.pax({{"path", "lost"}}).pax({{"comment", "x"}}, 'g').file("c", "");
  tar.gnu_long('L', "lost").pax({}, 'g').file("d", "");
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.error, "") << archive.message;
  ASSERT_EQ(archive.members.size(), 4u);
  EXPECT_EQ(archive["a"].content, "abc");
  EXPECT_EQ(archive["a"].entry.uid, 0u);
  EXPECT_EQ(archive["c"].entry.name, "c");
  EXPECT_EQ(archive["d"].entry.name, "d");
  EXPECT_EQ(error_of(TarWriter().pax({{"size", "x"}}, 'g').file("a", "").finish()), "tar-header");
}

TEST(TarPax, TheLastExtendedHeaderCountsAndGnuNamesWin) {
  TarWriter tar;
  tar.pax({{"path", "one"}, {"uid", "9"}}).pax({{"path", "two"}}).file("a", "");
  tar.gnu_long('L', "gnu").pax({{"path", "pax"}}).file("b", "");
  tar.pax({{"path", ""}}).file("kept", "");
  const auto archive = read_all(tar.finish());
  ASSERT_EQ(archive.error, "") << archive.message;
  EXPECT_EQ(archive["two"].entry.uid, 0u);
  EXPECT_EQ(archive.members[1].entry.name, "gnu");
  EXPECT_EQ(archive.members[2].entry.name, "kept");
}

TEST(TarPax, BadRecords) {
  const std::string bad[] = {
      "x",
      "20 path=short\n",
      "5 a=b\n",
      "4 a=\n",
      "0 a=b\n",
      "-6 a=b\n",
      "99999999999999999999 a=b\n",
      "9223372036854775807 a=b\n",
      "6 a=b\n" + std::string(1, '\0'),
      "5 ab\n",
      " 6 a=b\n",
      "6  a=b\n" + std::string(1, '\0'),
      pax_record("", "x"),
      pax_record(std::string("a\0b", 3), "x"),
      pax_record("path", std::string("a\0b", 3)),
      pax_record("linkpath", std::string("\0", 1)),
      pax_record("uname", std::string("\0", 1)),
      pax_record("size", "-1"),
      pax_record("size", "9223372036854775808"),
      pax_record("size", "1x"),
      pax_record("uid", "-2"),
      pax_record("uid", "0x10"),
      pax_record("mtime", "soon"),
      pax_record("mtime", "1.5e3"),
      pax_record("GNU.sparse.map", "1,2," + std::string("x")),
      pax_record("GNU.sparse.numbytes", "1"),
      pax_record("GNU.sparse.offset", "1") + pax_record("GNU.sparse.offset", "1"),
  };
  for (const auto& content : bad) {
    TarWriter tar;
    tar.raw_header({.name = "x", .type = 'x', .size = content.size()}).raw(tar_padded(content)).file("a", "");
    EXPECT_EQ(error_of(tar.finish()), "tar-header") << content;
  }
}

TEST(TarPax, HeaderWithoutMember) {
  TarWriter tar;
  EXPECT_EQ(error_of(tar.pax({{"path", "a"}}).finish()), "tar-header");
  EXPECT_EQ(error_of(tar.pax({{"path", "a"}}).finish_without_end()), "tar-truncated");
  EXPECT_EQ(error_of(tar.gnu_long('L', "a").finish()), "tar-header");
}

// ---- sparse files ----

TEST(TarSparse, EveryForm) {
  std::vector<std::pair<std::uint64_t, std::string>> segments;
  std::string expected(300'000, '\0');
  for (std::uint64_t i = 0; i < 60; ++i) {
    segments.emplace_back(1000 + i * 4096, test::noise(1 + i * 13, static_cast<std::uint32_t>(i)));
    expected.replace(segments.back().first, segments.back().second.size(), segments.back().second);
  }
  segments.emplace_back(expected.size(), "");
  for (const auto form : {TarSparse::old_gnu, TarSparse::pax_0_0, TarSparse::pax_0_1, TarSparse::pax_1_0}) {
    TarWriter tar;
    tar.sparse_file("s", expected.size(), segments, form).file("after", "x");
    const std::string bytes = tar.finish();
    for (const std::size_t block : {1, 7, 512, 1000, 1'000'000}) {
      const auto archive = read_all(bytes, block);
      ASSERT_EQ(archive.error, "") << archive.message;
      ASSERT_EQ(archive.members.size(), 2u);
      EXPECT_TRUE(archive["s"].entry.sparse);
      EXPECT_EQ(archive["s"].entry.type, TarType::file);
      EXPECT_EQ(archive["s"].entry.size, expected.size());
      EXPECT_TRUE(archive["s"].content == expected);
      EXPECT_FALSE(archive["after"].entry.sparse);
      EXPECT_EQ(archive["after"].content, "x");
    }
  }
}

TEST(TarSparse, AllHoleAndNoHole) {
  for (const auto form : {TarSparse::old_gnu, TarSparse::pax_0_1, TarSparse::pax_1_0}) {
    TarWriter tar;
    tar.sparse_file("full", 3, {{0, "abc"}}, form).sparse_file("hole", 200'000, {{200'000, ""}}, form);
    const auto archive = read_all(tar.finish());
    ASSERT_EQ(archive.error, "") << archive.message;
    EXPECT_EQ(archive["full"].content, "abc");
    EXPECT_TRUE(archive["hole"].content == std::string(200'000, '\0'));
  }
}

TEST(TarSparse, BadMaps) {
  using Segments = std::vector<std::pair<std::uint64_t, std::string>>;
  const std::pair<std::uint64_t, Segments> bad[] = {
      {10, {{5, "abc"}, {7, "def"}}},     // overlap
      {10, {{7, "abc"}, {1, "def"}}},     // order
      {10, {{8, "abc"}}},                 // past the end
      {10, {{(1ULL << 63) - 2, "abc"}}},  // a sum that wraps
  };
  for (const auto form : {TarSparse::old_gnu, TarSparse::pax_0_0, TarSparse::pax_0_1, TarSparse::pax_1_0})
    for (const auto& [size, segments] : bad)
      EXPECT_EQ(error_of(TarWriter().sparse_file("s", size, segments, form).finish()), "tar-header");

  const auto one = [](const std::string& map, const std::string& data) {
    TarWriter tar;
    tar.pax({{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.realsize", "100"}});
    return error_of(tar.file("s", tar_padded(map) + data).finish());
  };
  EXPECT_EQ(one("1\n0\n3\n", "abc"), "");
  EXPECT_EQ(one("1\n0\n3\n", "ab"), "tar-header");
  EXPECT_EQ(one("1\n0\n3\n", "abcd"), "tar-header");
  EXPECT_EQ(one("2\n0\n3\n", "abc"), "tar-header");
  EXPECT_EQ(one("1\n0\n-3\n", "abc"), "tar-header");
  EXPECT_EQ(one("\n", ""), "tar-header");
  EXPECT_EQ(one("1\n99999999999999999999\n3\n", "abc"), "tar-header");
  EXPECT_EQ(one(std::string(2000, '1'), ""), "tar-header");
  EXPECT_EQ(one("", ""), "tar-header");
  EXPECT_EQ(one("100001\n", ""), "tar-sparse-limit");
}

TEST(TarSparse, OldFormNeedsGnuHeaderAndAFile) {
  EXPECT_EQ(error_of(TarWriter().raw_header({.name = "s", .type = 'S'}).finish()), "tar-header");
  TarWriter tar;
  tar.pax({{"GNU.sparse.map", "0,0"}, {"GNU.sparse.numblocks", "1"}}).directory("d");
  EXPECT_EQ(error_of(tar.finish()), "tar-header");
}

TEST(TarSparse, UnknownVersionIsAPlainFile) {
  TarWriter tar;
  tar.file("s", "abc", {.pax = {{"GNU.sparse.major", "2"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.name", "n"}}});
  EXPECT_EQ(read_all(tar.finish())["s"].content, "abc");
}

// ---- limits and lies ----

TEST(TarLimit, Entries) {
  TarWriter tar;
  const std::string bytes = tar.file("a", "").file("b", "").file("c", "").finish();
  TarLimits limits;
  limits.entries = 3;
  EXPECT_EQ(error_of(bytes, limits), "");
  limits.entries = 2;
  EXPECT_EQ(error_of(bytes, limits), "tar-entries-limit");
  EXPECT_EQ(read_all(bytes, 512, limits).members.size(), 2u);
}

TEST(TarLimit, NamesAndExtendedHeaders) {
  TarLimits limits;
  const std::string longest(limits.name_length, 'n');
  for (const auto style : {TarNames::pax, TarNames::gnu}) {
    EXPECT_EQ(error_of(TarWriter(style).file(longest, "").finish()), "");
    EXPECT_EQ(error_of(TarWriter(style).file(longest + "n", "").finish()), "tar-name-limit");
    EXPECT_EQ(error_of(TarWriter(style).symlink("l", longest + "n").finish()), "tar-name-limit");
  }
  const std::string value(limits.pax_bytes - 100, 'v');
  EXPECT_EQ(error_of(TarWriter().pax({{"comment", value}}).file("a", "").finish()), "");
  EXPECT_EQ(error_of(TarWriter().pax({{"comment", value + value}}).file("a", "").finish()), "tar-pax-limit");
  EXPECT_EQ(error_of(TarWriter().pax({{"comment", value + value}}, 'g').file("a", "").finish()), "tar-pax-limit");
  EXPECT_EQ(error_of(tar_header({.name = "x", .type = 'x', .size = (1ULL << 63) - 1})), "tar-pax-limit");
}

TEST(TarLimit, Sparse) {
  TarLimits limits;
  limits.sparse_segments = 30;
  limits.sparse_size = 10'000;
  limits.sparse_total = 25'000;
  std::vector<std::pair<std::uint64_t, std::string>> segments;
  for (std::uint64_t i = 0; i < 31; ++i) segments.emplace_back(i * 10, "x");
  for (const auto form : {TarSparse::old_gnu, TarSparse::pax_0_0, TarSparse::pax_0_1, TarSparse::pax_1_0}) {
    EXPECT_EQ(error_of(TarWriter().sparse_file("s", 1000, segments, form).finish(), limits), "tar-sparse-limit");
    EXPECT_EQ(error_of(TarWriter().sparse_file("s", 10'000, {{1, "x"}}, form).finish(), limits), "");
    EXPECT_EQ(error_of(TarWriter().sparse_file("s", 10'001, {{1, "x"}}, form).finish(), limits), "tar-sparse-limit");
  }
  TarWriter tar;
  for (int i = 0; i < 3; ++i) tar.sparse_file("s", 10'000, {{1, "x"}});
  const auto archive = read_all(tar.finish(), 512, limits);
  EXPECT_EQ(archive.error, "tar-sparse-limit");
  EXPECT_EQ(archive.members.size(), 2u);
}

TEST(TarHostile, HugeSizesAreTruncatedArchives) {
  for (const std::uint64_t size : {(1ULL << 63) - 1, (1ULL << 63) - 512, 1ULL << 40}) {
    const auto archive = read_all(tar_header({.name = "a", .size = size}) + "abc");
    EXPECT_EQ(archive.error, "tar-truncated");
    ASSERT_EQ(archive.members.size(), 1u);
    EXPECT_EQ(archive.members[0].content, "abc");
    EXPECT_EQ(archive.members[0].entry.size, size);
  }
}

TEST(TarHostile, BadNumbers) {
  const std::pair<std::size_t, std::string> bad[] = {
      {124, "\xff" + std::string(11, '\xff')},                 // size -1
      {124, "\x80\1" + std::string(10, '\0')},                 // above 2^63
      {124, std::string("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12)},  // 2^63
      {124, "00000000009\0"},
      {124, "-0000000001"},
      {124, "0000000 001"},
      {108, "\xff" + std::string(7, '\xff')},
      {100, "abcdefg"},
      {329, "zzzzzzz"},
      {136, "noon"},
  };
  for (const auto& [offset, text] : bad) {
    std::string header = tar_header({.name = "a"});
    header.replace(offset, text.size(), text);
    test::set_tar_checksum(header);
    EXPECT_EQ(error_of(header), "tar-header") << offset << " " << text;
  }
}

TEST(TarHostile, WrongChecksumEndsTheRead) {
  TarWriter tar;
  std::string bytes = tar.file("a", "").file("b", "").file("c", "").finish();
  bytes[512] = 'x';
  const auto archive = read_all(bytes);
  EXPECT_EQ(archive.error, "tar-checksum");
  EXPECT_EQ(archive.members.size(), 1u);
  EXPECT_EQ(error_of(std::string(2048, 'z')), "tar-checksum");
}

TEST(TarHostile, EveryFlippedBitOfAHeaderIsSeen) {
  const std::string header = tar_header({.name = "name", .link = "link"});
  for (std::size_t bit = 0; bit < header.size() * 8; ++bit) {
    std::string bad = header;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto archive = read_all(bad);
    if (archive.error.empty()) {
      ASSERT_EQ(archive.members.at(0).entry.name, "name") << bit;  // inside the checksum's own field
    }
  }
}

TEST(TarHostile, ManyExtendedHeadersInARow) {
  TarWriter tar;
  for (int i = 0; i < 100'000; ++i) tar.pax({});
  EXPECT_EQ(read_all(tar.file("a", "").finish()).members.size(), 1u);
}

TEST(TarHostile, AMillionEmptyFiles) {
  const std::string header = tar_header({.name = "usr/share/doc/a"});
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += header;
  std::uint64_t count = 0;
  for (int round = 0; round < 10; ++round) {
    const auto input = memory_stream(as_bytes(bytes));
    TarReader reader(*input, {});
    while (true) {
      const auto entry = reader.next();
      ASSERT_TRUE(entry.ok());
      if (*entry == nullptr) break;
      ++count;
    }
  }
  EXPECT_EQ(count, 1'000'000u);
}

}  // namespace
}  // namespace hullcheck::formats
