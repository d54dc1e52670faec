// Each check on an image that must fail it and on one that must pass.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "checks/check.hpp"
#include "support/view_builder.hpp"

namespace hullcheck::checks {
namespace {

using test::ViewBuilder;
using Places = std::vector<std::string>;

std::vector<model::Finding> findings(std::string_view id, ViewBuilder& builder,
                                     std::vector<std::string> start_paths = {}, inventory::Inventory inventory = {}) {
  const layers::ImageView image = builder.build();
  const inventory::Ownership ownership(image, inventory);
  const auto* check = CheckRegistry::find(id);
  if (check == nullptr) throw std::runtime_error("no such check");
  return run_check(*check, {image, inventory, ownership, std::move(start_paths)});
}

Places places(std::string_view id, ViewBuilder& builder, std::vector<std::string> start_paths = {}) {
  Places out;
  for (const model::Finding& finding : findings(id, builder, std::move(start_paths)))
    out.push_back(finding.locations.at(0).path);
  return out;
}

Places places_for_env(std::vector<std::string> env) {
  ViewBuilder builder;
  builder.config().env = std::move(env);
  return places("secret-env", builder);
}

TEST(Checks, EveryFileIsRegisteredAndSaysWhatToDo) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(HULLCHECK_TEST_DATA "/../src/checks")) {
    std::string stem = entry.path().stem().string();
    if (entry.path().extension() != ".cpp" || stem == "checks") continue;
    std::replace(stem.begin(), stem.end(), '_', '-');
    files.insert(stem);
  }
  std::set<std::string> ids;
  for (const auto& check : CheckRegistry::all()) {
    ids.emplace(check.descriptor.id);
    EXPECT_FALSE(check.descriptor.summary.empty()) << check.descriptor.id;
    EXPECT_FALSE(check.descriptor.remediation.empty()) << check.descriptor.id;
    EXPECT_FALSE(check.descriptor.example.empty()) << check.descriptor.id;
  }
  EXPECT_EQ(ids, files);
}

TEST(Checks, FindingsAreCompleteAndStable) {
  const auto make = [] {
    ViewBuilder builder;
    return findings("root-user", builder);
  };
  const auto first = make();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].id.substr(0, 3), "HC-");
  EXPECT_EQ(first[0].id, make()[0].id);
  EXPECT_EQ(first[0].rule, "root-user");
  EXPECT_EQ(first[0].kind, model::FindingKind::check);
  EXPECT_EQ(first[0].locations[0].visibility, model::Visibility::config);
  EXPECT_EQ(first[0].confidence, 100U);
}

TEST(Checks, NoMoreThanAHundredPlaces) {
  ViewBuilder builder;
  for (int i = 0; i < 150; ++i) builder.file("opt/f" + std::to_string(i), "x", 04755);
  const auto all = findings("setuid-unowned", builder);
  ASSERT_EQ(all.size(), 100U);
  EXPECT_EQ(all.back().evidence.back(), "and 50 more places");
}

struct User {
  std::string_view user;
  bool root;
};

TEST(RootUser, NamesNumbersAndGroups) {
  const User cases[] = {{"", true},         {"root", true},    {"0", true},     {"0:0", true},
                        {"root:app", true}, {"app", false},    {"1000", false}, {"1000:0", false},
                        {"toor", true},     {"nobody", false}, {"00", true}};
  for (const auto& [user, root] : cases) {
    ViewBuilder builder;
    builder.file("etc/passwd", "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n");
    builder.config().user = user;
    EXPECT_EQ(!places("root-user", builder).empty(), root) << user;
  }
}

// Engines read numbers with a sign, and take an account without a number for root.
TEST(RootUser, SpellingsThatOnlyEnginesTakeForRoot) {
  const User cases[] = {{"+0", true},   {"-0:5", true},  {"+", false},     {" 0", false},
                        {"+5", false},  {"words", true}, {"empty", true},  {"short", true},
                        {"plus", true}, {"five", false}, {"absent", false}};
  for (const auto& [user, root] : cases) {
    ViewBuilder builder;
    builder.file("etc/passwd",
                 "words:x:zero:5::/:/bin/sh\nempty:x::5::/:/bin/sh\nshort:x\nplus:x:+0:5::/:/bin/sh\n"
                 "five:x:5:5::/:/bin/sh\n");
    builder.config().user = user;
    EXPECT_EQ(!places("root-user", builder).empty(), root) << user;
  }
}

TEST(RootUser, NoConfigurationNoFinding) {
  ViewBuilder builder;
  builder.config().present = false;
  EXPECT_EQ(places("root-user", builder), Places{});
}

TEST(SetuidUnowned, OwnedFilesPassUnlessTheirModeDiffers) {
  ViewBuilder builder;
  builder.file("usr/bin/su", "a", 04755).file("usr/bin/mount", "b", 04755).file("usr/local/bin/x", "c", 02755);
  builder.file("usr/bin/plain", "d", 0755);
  inventory::Inventory inventory;
  model::Package package;
  package.type = "rpm";
  package.name = "util-linux";
  package.files = {{"usr/bin/su", model::DigestAlgorithm::none, "", 0104755, false},
                   {"usr/bin/mount", model::DigestAlgorithm::none, "", 0100755, false}};
  inventory.packages.push_back(package);
  Places found;
  for (const auto& finding : findings("setuid-unowned", builder, {}, inventory))
    found.push_back(finding.locations[0].path);
  EXPECT_EQ(found, (Places{"usr/bin/mount", "usr/local/bin/x"}));
}

TEST(WorldWritablePath, ProgramsOnPathFoldersAndStart) {
  ViewBuilder builder;
  builder.config().env = {"PATH=/opt/bin:/usr/bin"};
  builder.folder("opt/bin", 0777).file("opt/bin/a", "x", 0755).file("usr/bin/b", "x", 0757);
  builder.file("srv/start.sh", "x", 0777).file("srv/other.sh", "x", 0777).file("usr/local/bin/c", "x", 0777);
  builder.symlink("usr/bin/link", "a");
  EXPECT_EQ(places("world-writable-path", builder, {"srv/start.sh"}),
            (Places{"opt/bin", "usr/bin/b", "srv/start.sh"}));
}

TEST(EmptyPassword, ShadowAndPasswdOfTheFinalImage) {
  ViewBuilder builder;
  builder.file("etc/shadow", "root:::0:::::\nbin:!::0:::::\ndaemon:*:1::::::\n");
  builder.file("etc/passwd", "root:x:0:0::/root:/bin/sh\nguest::1:1::/:/bin/sh\n+::::::\n");
  const auto found = findings("empty-password", builder);
  ASSERT_EQ(found.size(), 2U);
  std::set<std::string> accounts{found[0].evidence[0], found[1].evidence[0]};
  EXPECT_EQ(accounts, (std::set<std::string>{"account root", "account guest"}));

  ViewBuilder mended;
  mended.file("etc/shadow", "root:::0:::::\n").layer().file("etc/shadow", "root:!::0:::::\n");
  EXPECT_EQ(places("empty-password", mended), Places{});
}

TEST(SecretEnv, NamesThatPromiseASecret) {
  EXPECT_EQ(places_for_env({"DB_PASSWORD=hunter2", "GITHUB_TOKEN=x1y2", "aws_secret_access_key=abc", "API_KEY=q",
                            "apiKey2=zz", "TOKEN_2=y9"}),
            (Places{"config:Env[DB_PASSWORD]", "config:Env[GITHUB_TOKEN]", "config:Env[aws_secret_access_key]",
                    "config:Env[API_KEY]", "config:Env[apiKey2]", "config:Env[TOKEN_2]"}));
  EXPECT_EQ(places_for_env({"PATH=/bin", "GPG_KEY=A035C8C1", "DB_PASSWORD=", "DB_PASSWORD_FILE=/run/secrets/db",
                            "SECRET=/run/secret", "TOKENIZERS_PARALLELISM=maybe", "MYSQL_ALLOW_EMPTY_PASSWORD=yes",
                            "MONKEY=banana", "APP_SECRET=$OTHER", "noequals"}),
            Places{});
}

TEST(SecretEnv, ValuesAreMasked) {
  ViewBuilder builder;
  builder.config().env = {"DB_PASSWORD=hunter2"};
  const auto found = findings("secret-env", builder);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].evidence[0], "DB_PASSWORD=*** (7 characters)");
}

TEST(AddUrl, HistoryOfBothBuilders) {
  ViewBuilder builder;
  for (const char* line : {"/bin/sh -c #(nop) ADD https://example.org/a.tgz in /opt",
                           "ADD http://example.org/b /b # buildkit", "/bin/sh -c #(nop) ADD file:0123 in / ",
                           "ADD rootfs.tar.xz / # buildkit", "RUN /bin/sh -c echo ADD https://example.org",
                           "COPY https://x /y", "ADD --checksum=sha256:00 https://example.org/c /c # buildkit"})
    builder.config().history.push_back({"", line, "", false});
  EXPECT_EQ(places("add-url", builder), (Places{"config:history[0]", "config:history[1]"}));
}

TEST(PackageCache, OneFindingACache) {
  ViewBuilder builder;
  builder.file("var/lib/apt/lists/mirror.example_dists_InRelease", "aa").file("var/lib/apt/lists/lock", "");
  builder.file("var/cache/apt/archives/a.deb", "aaa").file("var/cache/apt/archives/b.deb", "bb");
  builder.file("root/.cache/pip/http/1", "c").file("var/cache/ldconfig/aux-cache", "d");
  const auto found = findings("package-cache", builder);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].locations[0].path, "root/.cache/pip");
  EXPECT_EQ(found[1].locations[0].path, "var/cache/apt/archives");
  EXPECT_EQ(found[1].evidence[0], "2 files, 5 B");
  EXPECT_EQ(found[2].locations[0].path, "var/lib/apt/lists");

  ViewBuilder cleared;
  cleared.file("var/lib/apt/lists/x", "aa").layer().whiteout("var/lib/apt/lists/x");
  EXPECT_EQ(places("package-cache", cleared), Places{});
}

TEST(NoHealthcheck, NonePassedForOne) {
  ViewBuilder without;
  EXPECT_EQ(places("no-healthcheck", without).size(), 1U);
  ViewBuilder none;
  none.config().healthcheck = {"NONE"};
  EXPECT_EQ(places("no-healthcheck", none).size(), 1U);
  ViewBuilder with;
  with.config().healthcheck = {"CMD", "/probe"};
  EXPECT_EQ(places("no-healthcheck", with), Places{});
}

TEST(SshdInstalled, ThroughLinks) {
  ViewBuilder builder;
  builder.symlink("sbin", "usr/sbin").symlink("usr/sbin/sshd", "/opt/ssh/sshd").file("opt/ssh/sshd", "x", 0755);
  EXPECT_EQ(places("sshd-installed", builder), Places{"opt/ssh/sshd"});
  ViewBuilder without;
  without.file("usr/bin/ssh", "x", 0755);
  EXPECT_EQ(places("sshd-installed", without), Places{});
}

TEST(DockerSocketVolume, AnySpelling) {
  ViewBuilder builder;
  builder.config().volumes = {"/data", "/run/../var/run//docker.sock"};
  EXPECT_EQ(places("docker-socket-volume", builder).size(), 1U);
  builder.config().volumes = {"/data"};
  EXPECT_EQ(places("docker-socket-volume", builder), Places{});
}

}  // namespace
}  // namespace hullcheck::checks
