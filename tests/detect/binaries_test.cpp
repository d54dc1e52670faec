// Detectors of programs on small images; what is looked for is put together here, so that no file carries it.
#include <gtest/gtest.h>

#include "detect/content/hidden_literal.hpp"
#include "detect/image_builder.hpp"
#include "support/compress.hpp"
#include "support/elf_writer.hpp"
#include "support/upx_writer.hpp"
#include "support/zip_builder.hpp"

namespace hullcheck::detect {
namespace {

using model::ThreatLevel;

std::string library(std::vector<std::string> defines, std::vector<std::string> imports) {
  test::LibraryOptions options;
  options.defines = std::move(defines);
  options.imports = std::move(imports);
  return test::make_library(options);
}

const model::Finding* find_any(const Assessment& found, std::string_view rule) {
  if (const auto* threat = find_rule(found.threats, rule)) return threat;
  return find_rule(found.warnings, rule);
}

Assessment look(std::string_view path, std::string_view content) {
  ImageBuilder image;
  image.file(path, content, 0755);
  return image.assess();
}

bool is_malicious(const Assessment& found, std::string_view rule) {
  const model::Finding* finding = find_any(found, rule);
  return finding != nullptr && finding->level == ThreatLevel::malicious;
}

TEST(ElfHooks, HidingFilesIsDecisive) {
  EXPECT_TRUE(is_malicious(look("usr/lib/a.so", library({"readdir", "readdir64"}, {"dlsym"})), "B17"));
  EXPECT_TRUE(is_malicious(look("opt/b", library({"readdir", "accept", "fopen", "unlink"}, {"dlsym"})), "B17"));
  EXPECT_TRUE(is_malicious(look("usr/lib/c.so", library({"pcap_loop", "accept4", "ptrace"}, {"dlvsym"})), "B17"));
}

TEST(ElfHooks, StealingLoginsIsStrong) {
  const Assessment found = look("lib/security/p.so", library({"pam_authenticate", "pam_get_item"}, {"dlsym"}));
  ASSERT_NE(find_any(found, "B17"), nullptr);
  EXPECT_EQ(find_any(found, "B17")->level, ThreatLevel::suspicious);
}

TEST(ElfHooks, InsideAnArchiveToo) {
  const Buffer zip = test::make_zip({test::deflated("lib/x.so", library({"readdir"}, {"dlsym"}))});
  EXPECT_TRUE(is_malicious(look("opt/a.zip", as_text(zip)), "B17"));
}

TEST(ElfHooks, LookAlikes) {
  std::vector<std::string> many = {"readdir", "opendir", "open"};
  for (int i = 0; i < 400; ++i) many.push_back("function_" + std::to_string(i));
  EXPECT_EQ(find_any(look("lib/libc.so.6", library(many, {})), "B17"), nullptr);
  EXPECT_EQ(find_any(look("lib/jemalloc.so", library({"malloc", "free"}, {"dlsym"})), "B17"), nullptr);
  EXPECT_EQ(find_any(look("lib/faketime.so", library({"time", "stat", "lstat"}, {"dlsym"})), "B17"), nullptr);
  EXPECT_EQ(find_any(look("lib/user.so", library({"work"}, {"readdir", "dlsym"})), "B17"), nullptr);
  EXPECT_EQ(find_any(look("opt/words", test::make_elf("readdir dlsym accept")), "B17"), nullptr);
}

TEST(KnownReleases, TheDoorOfXz) {
  constexpr auto k_door = hide(
      "\xf3\x0f\x1e\xfa\x55\x48\x89\xf5\x4c\x89\xce\x53\x89\xfb\x81\xe7\x00\x00\x00\x80\x48\x83\xec\x28\x48\x89\x54"
      "\x24\x18\x48\x89\x4c\x24\x10");
  const std::string door = k_door.reveal();
  EXPECT_TRUE(is_malicious(look("usr/lib/liblzma.so.5", test::make_elf("x" + door)), "E15"));
  EXPECT_TRUE(is_malicious(look("opt/l.gz", test::gzip(test::make_elf(door))), "E15"));
  EXPECT_EQ(find_any(look("usr/lib/liblzma.so.5", test::make_elf(door.substr(0, 30))), "E15"), nullptr);
}

Assessment with_package(std::string type, std::string name, std::string version) {
  ImageBuilder image;
  image.file("var/lib/db", "x");
  inventory::Inventory inventory;
  model::Package package;
  package.type = std::move(type);
  package.name = std::move(name);
  package.version = std::move(version);
  package.database_path = "var/lib/db";
  inventory.packages.push_back(std::move(package));
  return image.assess(inventory);
}

TEST(KnownReleases, ByNameAndVersion) {
  EXPECT_NE(find_any(with_package("deb", "xz-utils", "5.6.1-1"), "E15"), nullptr);
  EXPECT_NE(find_any(with_package("rpm", "xz-libs", "5.6.0-2.fc40"), "E15"), nullptr);
  EXPECT_TRUE(is_malicious(with_package("golang", "github.com/aquasecurity/trivy", "v0.69.4"), "L09"));
  EXPECT_TRUE(is_malicious(with_package("npm", "flatmap-stream", "0.1.1"), "L09"));
  EXPECT_TRUE(is_malicious(with_package("npm", "@solana/web3.js", "1.95.7"), "L09"));
  EXPECT_TRUE(is_malicious(with_package("npm", "debug", "4.4.2"), "L09"));
  EXPECT_TRUE(is_malicious(with_package("npm", "nx", "21.8.0"), "L09"));
  EXPECT_TRUE(is_malicious(with_package("pypi", "ultralytics", "8.3.46"), "L09"));
  EXPECT_TRUE(is_malicious(with_package("gem", "strong_password", "0.0.7"), "L09"));
}

TEST(KnownReleases, OtherVersionsAreNot) {
  EXPECT_EQ(find_any(with_package("deb", "liblzma5", "5.6.1+really5.4.5-1"), "E15"), nullptr);
  EXPECT_EQ(find_any(with_package("deb", "liblzma5", "5.4.1-0.2"), "E15"), nullptr);
  EXPECT_EQ(find_any(with_package("apk", "xz-libs", "5.6.1-r3"), "E15"), nullptr);
  EXPECT_EQ(find_any(with_package("golang", "github.com/aquasecurity/trivy", "v0.69.7"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("golang", "example.com/nottrivy", "v0.69.4"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("npm", "flatmap-stream", "0.1.10"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("npm", "web3.js", "1.95.7"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("npm", "debug", "4.4.1"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("gem", "debug", "4.4.2"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("npm", "eslint", "21.5.0"), "L09"), nullptr);
  EXPECT_EQ(find_any(with_package("pypi", "ultralytics", "8.3.4"), "L09"), nullptr);
}

TEST(MiningProtocol, ThreeMethodsMakeAMiner) {
  const std::string m = "mining.";
  const std::string three = m + "subscribe\n" + m + "notify\n" + m + "submit\n";
  ASSERT_NE(find_any(look("opt/x", test::make_elf(three)), "M09"), nullptr);
  EXPECT_EQ(find_any(look("opt/x", test::make_elf(three)), "M09")->level, ThreatLevel::suspicious);
  EXPECT_EQ(find_any(look("opt/x", test::make_elf(m + "subscribe " + m + "notify")), "M09"), nullptr);
  EXPECT_EQ(find_any(look("opt/x.txt", three), "M09"), nullptr);
  const auto pool = look("opt/pool", test::make_elf(three + "rpcallowip listunspent"));
  ASSERT_NE(find_any(pool, "M09"), nullptr);
  EXPECT_EQ(find_any(pool, "M09")->level, ThreatLevel::risky);
  if (test::can_pack_upx()) {
    EXPECT_NE(find_any(look("opt/x", test::pack_upx(test::make_elf(three + test::sample_text(9000)))), "M09"),
              nullptr);
  }
}

TEST(CryptoNight, TheJointSetOnly) {
  constexpr auto k_keccak =
      hide("\x82\x80\x00\x00\x00\x00\x00\x00\x8a\x80\x00\x00\x00\x00\x00\x80\x00\x80\x00\x80\x00\x00\x00\x80");
  constexpr auto k_aes = hide("\xc6\x63\x63\xa5\xf8\x7c\x7c\x84\xee\x77\x77\x99\xf6\x7b\x7b\x8d");
  constexpr auto k_skein = hide("\x13\x3e\xdb\x2f\xa1\x44\xd0\xcc\xeb\xa9\x79\x1a\x30\x90\x35\xe8");
  constexpr auto k_jh = hide("\x72\xd5\xde\xa2\xdf\x15\xf8\x67\x7b\x84\x15\x0a\xb7\x23\x15\x57");
  const std::string most = k_keccak.reveal() + "xx" + k_aes.reveal() + "yy" + k_skein.reveal();
  EXPECT_NE(find_any(look("opt/x", test::make_elf(most + k_jh.reveal())), "M08"), nullptr);
  EXPECT_EQ(find_any(look("opt/x", test::make_elf(most)), "M08"), nullptr);
  EXPECT_EQ(find_any(look("opt/x", test::make_elf(k_keccak.reveal() + k_skein.reveal() + k_jh.reveal())), "M08"),
            nullptr);
}

TEST(MiningAlgorithms, TwoFamilies) {
  EXPECT_NE(find_any(look("opt/k.cl", "void progpow_search(); void ethash_search();"), "M10"), nullptr);
  EXPECT_EQ(find_any(look("opt/k.cl", "void progpow_search();"), "M10"), nullptr);
  EXPECT_NE(find_any(look("srv/a.js", "new CoinHive.Anonymous('k')"), "M11"), nullptr);
  EXPECT_EQ(find_any(look("srv/a.js", "coin.hive = anonymous"), "M11"), nullptr);
}

// A list of passwords holds the two names that are words of a language too.
TEST(MiningAlgorithms, AListOfWordsNamesNone) {
  EXPECT_EQ(find_any(look("opt/words.txt", "ghosting\nghostrider\npancake\npanthera\n"), "M10"), nullptr);
  EXPECT_NE(find_any(look("opt/algos.txt", "ghostrider\nrx/keva\n"), "M10"), nullptr);
}

TEST(MemoryExec, WithSomethingToRun) {
  const std::string names = std::string("memfd") + "_create fex" + "ecve ";
  EXPECT_EQ(find_any(look("opt/x", test::make_elf(names)), "E04"), nullptr);
  const std::string inner = test::make_elf("inner");
  EXPECT_NE(find_any(look("opt/x", test::make_elf(names + inner)), "E04"), nullptr);
  EXPECT_EQ(find_any(look("opt/x", test::make_elf("fexecve " + inner)), "E04"), nullptr);
}

TEST(Masquerade, NamesOfThreadsAndDaemons) {
  inventory::Inventory inventory;
  inventory.has_package_database = true;
  const auto named = [&](std::string_view path, std::string_view content) {
    ImageBuilder image;
    image.file(path, content, 0755);
    return find_any(image.assess(inventory), "E07") != nullptr;
  };
  const std::string elf = test::make_elf("x");
  EXPECT_TRUE(named("usr/bin/kworker", elf));
  EXPECT_TRUE(named("opt/.x/[kthreadd]", elf));
  EXPECT_TRUE(named("usr/sbin/sshd", elf));
  EXPECT_TRUE(named("var/tmp/cron", elf));
  EXPECT_FALSE(named("usr/local/bin/nginx", elf));
  EXPECT_FALSE(named("opt/app/server", elf));
  EXPECT_FALSE(named("usr/bin/kworker", "#!/bin/sh\n"));
  ImageBuilder image;
  image.file("usr/bin/kworker", elf, 0755);
  EXPECT_EQ(find_any(image.assess(), "E07"), nullptr) << "nothing can be unowned without a package database";
}

TEST(Packers, WhatCannotBeUnpackedIsAGap) {
  std::string packed = test::make_elf(test::noise(60'000), {.sections = false, .segments = 2});
  // The second segment is writable and grows.
  packed[64 + 56 + 4] = 6;
  packed.replace(64 + 56 + 32, 8, std::string("\x00\x10\0\0\0\0\0\0", 8));
  packed.replace(64 + 56 + 40, 8, std::string("\0\0\x50\0\0\0\0\0", 8));
  const Assessment found = look("opt/x", packed);
  ASSERT_NE(find_any(found, "E02"), nullptr);
  const auto gap = std::find_if(found.gaps.begin(), found.gaps.end(),
                                [](const model::Gap& one) { return one.id == "packed-program"; });
  ASSERT_NE(gap, found.gaps.end());
  EXPECT_EQ(gap->effect, model::GapEffect::unknown);
}

TEST(Packers, StockUpxIsAWarning) {
  test::UpxOptions options;
  options.method = test::UpxMethod::lzma;
  const std::string elf = test::make_elf(test::sample_text(50'000));
  const Assessment stock = look("opt/tool", test::pack_upx(elf, options));
  EXPECT_NE(find_rule(stock.warnings, "E01"), nullptr);
  EXPECT_TRUE(stock.threats.empty());
  options.magic = "XXXX";
  const Assessment altered = look("opt/tool", test::pack_upx(elf, options));
  ASSERT_NE(find_rule(altered.threats, "E02"), nullptr);
  EXPECT_EQ(find_rule(altered.threats, "E02")->level, ThreatLevel::suspicious);
}

TEST(Inner, LimitsAreNamedGaps) {
  std::string nested = "hello, this is text";
  for (int i = 0; i < 8; ++i) nested = test::gzip(nested, {.name = std::to_string(i)});
  const Assessment deep = look("opt/x.gz", nested);
  EXPECT_TRUE(std::any_of(deep.gaps.begin(), deep.gaps.end(), [](const model::Gap& gap) {
    return gap.id == "nesting-limit" && gap.effect == model::GapEffect::unknown;
  }));
  const Assessment bomb = look("opt/bomb.gz", test::gzip(std::string(300U << 20, '\0'), {.level = 3}));
  EXPECT_TRUE(std::any_of(bomb.gaps.begin(), bomb.gaps.end(), [](const model::Gap& gap) {
    return gap.effect == model::GapEffect::unknown && gap.subject.starts_with("/opt/bomb.gz");
  }));
  const Assessment damaged = look("opt/x.gz", test::gzip("some text").substr(0, 20));
  EXPECT_TRUE(std::any_of(damaged.gaps.begin(), damaged.gaps.end(), [](const model::Gap& gap) {
    return gap.id == "gzip-truncated" && gap.effect == model::GapEffect::note;
  }));
}

// Each mark costs a look: a file made of them must stay cheap.
TEST(Inner, FilesMadeOfMarksAreCheap) {
  std::string marks = "x";  // a file that began with one would be a compressed file
  while (marks.size() < (3U << 20)) marks += std::string("\x1f\x8b\x08\x00\0\0\0\0\0\x03\xff\xff", 12);
  ImageBuilder image;
  image.large_file("opt/x", marks);
  const Assessment found = image.assess();
  EXPECT_TRUE(std::any_of(found.gaps.begin(), found.gaps.end(),
                          [](const model::Gap& gap) { return gap.id == "carriers-limit"; }))
      << found.gaps.size() << (found.gaps.empty() ? "" : found.gaps[0].id + ": " + found.gaps[0].reason);
}

}  // namespace
}  // namespace hullcheck::detect
