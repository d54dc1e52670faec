// Scripts and archives that tools make programs of: unpacked where they can be, said to be sealed where not.
#include <gtest/gtest.h>

#include "detect/content/hidden_literal.hpp"
#include "detect/image_builder.hpp"
#include "support/compress.hpp"
#include "support/upx_writer.hpp"
#include "support/zip_builder.hpp"

namespace hullcheck::detect {
namespace {

// Put together here, so that no file of these sources holds them.
constexpr auto k_pool = hide("stratum+tcp://pool.example.com:3333");
constexpr auto k_shc = hide("E: neither argv[0] nor $_ works.");
constexpr auto k_pyarmor = hide("from pytransform import pyarmor_runtime\n__pyarmor__(__name__, __file__, b'x')\n");
constexpr auto k_makeself = hide("#!/bin/sh\n# This script was generated using Makeself 2.4.5\n");

std::string u32(std::uint64_t value) {
  std::string out;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift & 255U);
  return out;
}

std::string zlib(const std::string& bytes) {
  std::uint32_t low = 1, high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % 65521;
    high = (high + low) % 65521;
  }
  return "\x78\x9c" + test::deflate(bytes) + u32(high << 16U | low);
}

std::string elf(const std::string& content) { return test::make_elf(content); }

// A member of the archive itself, and two modules in the archive of modules.
std::string pyinstaller(const std::string& script, const std::string& module, const std::string& front = "") {
  using namespace std::string_literals;
  const std::string modules =
      "PYZ\0\x61\x0d\x0d\x0a\0\0\0\x20"s + std::string(5, '\0') + zlib("an ordinary module") + zlib(module);
  std::string data, table;
  const auto add = [&](const std::string& name, char kind, const std::string& content, bool packed) {
    const std::string stored = packed ? zlib(content) : content;
    const std::string padded = name + std::string(16 - name.size() % 16, '\0');
    table += u32(18 + padded.size()) + u32(data.size()) + u32(stored.size()) + u32(content.size()) +
             std::string(1, packed ? '\1' : '\0') + kind + padded;
    data += stored;
  };
  add("main", 's', script, true);
  add("PYZ.pyz", 'z', modules, false);
  return elf(front.empty() ? "_PYI_ARCHIVE" + std::string("_FILE of the loader") : front) + data + table +
         "MEI\014\013\012\013\016" + u32(data.size() + table.size() + 88) + u32(data.size()) + u32(table.size()) +
         u32(311) + std::string(64, '\0');
}

const model::Finding* find(const Assessment& found, std::string_view rule, std::string_view path) {
  for (const auto* list : {&found.threats, &found.warnings})
    for (const model::Finding& finding : *list)
      if (finding.rule == rule && finding.locations[0].path == path) return &finding;
  return nullptr;
}

bool has_gap(const Assessment& found) {
  return std::any_of(found.gaps.begin(), found.gaps.end(), [](const model::Gap& gap) {
    return gap.id == "packed-program" && gap.effect == model::GapEffect::unknown;
  });
}

TEST(SealedPrograms, ScriptsAndModulesOfPyInstaller) {
  ImageBuilder image;
  image.file("opt/app", pyinstaller("print('x')", "pool = " + k_pool.reveal()), 0755);
  image.file("opt/b", pyinstaller("pool = " + k_pool.reveal(), "x = 1"), 0755);
  image.file("opt/changed", pyinstaller("x = 1", "pool = " + k_pool.reveal(), "no mark of the loader"), 0755);
  const Assessment found = image.assess();
  EXPECT_NE(find(found, "M01", "opt/app!/PYZ.pyz!/module 2"), nullptr);
  EXPECT_NE(find(found, "M01", "opt/b!/main"), nullptr);
  EXPECT_NE(find(found, "M01", "opt/changed!/PYZ.pyz!/module 2"), nullptr);
  EXPECT_NE(find(found, "E03", "opt/app"), nullptr);
  EXPECT_FALSE(has_gap(found));
}

TEST(SealedPrograms, AnOrdinaryBundleIsNoThreat) {
  ImageBuilder image;
  image.file("opt/app", pyinstaller("print('x')", "x = 1"), 0755);
  const Assessment found = image.assess();
  EXPECT_TRUE(found.threats.empty());
  EXPECT_FALSE(has_gap(found));
}

TEST(SealedPrograms, EncryptedModulesAreAGap) {
  ImageBuilder image;
  std::string app = pyinstaller("print('x')", test::sample_text(500));
  const std::size_t modules = app.find("PYZ");
  for (std::size_t i = modules + 12; i < modules + 300; ++i)
    app[i] = static_cast<char>(app[i] ^ static_cast<char>(0x5a + i));
  image.file("opt/app", app, 0755);
  EXPECT_TRUE(has_gap(image.assess()));
}

TEST(SealedPrograms, WhatCannotBeUnpackedIsAGap) {
  std::string appimage = elf(test::sample_text(5000));
  appimage.replace(8, 3, "AI\x02");
  for (const std::string& content : {elf(test::sample_text(3000) + k_shc.reveal() + test::noise(2000)), appimage}) {
    ImageBuilder image;
    image.file("opt/app", content, 0755);
    const Assessment found = image.assess();
    EXPECT_NE(find(found, "E03", "opt/app"), nullptr);
    EXPECT_TRUE(has_gap(found));
  }
  ImageBuilder image;
  image.file("opt/app.py", k_pyarmor.reveal());
  EXPECT_TRUE(has_gap(image.assess()));
}

TEST(SealedPrograms, ArchivesOfMakeselfAreUnpackedAndNamed) {
  ImageBuilder image;
  image.file("opt/app.run",
             k_makeself.reveal() + "tail -n +4 $0 | gunzip\nexit\n" + test::gzip("x=" + k_pool.reveal()), 0755);
  const Assessment found = image.assess();
  EXPECT_FALSE(found.threats.empty());
  EXPECT_FALSE(has_gap(found));
}

TEST(SealedPrograms, ProgramsForWindowsThatDoNotUnpack) {
  const auto broken = [](std::string_view section, const std::string& content) {
    std::string file = test::pack_upx_pe(test::sample_text(30'000), {.method = test::UpxMethod::lzma}, section);
    return file.replace(0x400, std::min(content.size(), file.size() - 0x400), content);
  };
  ImageBuilder image;
  image.file("opt/a.exe", broken("UPX", test::noise(30'000)));
  image.file("opt/b.exe", broken(".text", test::noise(30'000)));
  image.file("opt/c.exe", broken(".text", std::string(30'000, 'a')));
  const Assessment found = image.assess();
  EXPECT_NE(find(found, "E01", "opt/a.exe"), nullptr);
  EXPECT_NE(find(found, "E03", "opt/b.exe"), nullptr);
  EXPECT_EQ(find(found, "E03", "opt/c.exe"), nullptr) << "not packed, only of that shape";
  EXPECT_TRUE(has_gap(found));
}

TEST(SealedPrograms, WordsInTextAreNone) {
  ImageBuilder image;
  image.file("usr/share/doc/shc.txt", "It prints '" + k_shc.reveal() + "'.\n");
  image.file("opt/README.md", "Scripts look like this:\n" + k_pyarmor.reveal());
  image.file("opt/readelf.txt",
             "MEI\014\013\012\013\016 ends an archive, _PYI_ARCHIVE" + std::string("_FILE names it\n"));
  std::string other = elf(test::sample_text(5000));
  other.replace(8, 3, "AX\x02");
  image.file("opt/app", other, 0755);
  const Assessment found = image.assess();
  EXPECT_TRUE(found.threats.empty());
  EXPECT_FALSE(has_gap(found));
  EXPECT_EQ(find(found, "E03", "usr/share/doc/shc.txt"), nullptr);
}

}  // namespace
}  // namespace hullcheck::detect
