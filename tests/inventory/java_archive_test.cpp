#include "inventory/readers/java_archive.hpp"

#include <gtest/gtest.h>

#include "support/zip_builder.hpp"

namespace hullcheck::inventory {
namespace {

using test::deflated;
using test::make_zip;
using test::ZipMember;

ZipMember pom(const std::string& group, const std::string& artifact, const std::string& version) {
  return deflated("META-INF/maven/" + group + "/" + artifact + "/pom.properties",
                  "groupId=" + group + "\nartifactId=" + artifact + "\nversion=" + version + "\n");
}
ZipMember stored(const std::string& name, const Buffer& data) { return {name, std::string(as_text(data))}; }

std::vector<std::string> names(const JavaArchive& archive) {
  std::vector<std::string> list;
  for (const JavaPackage& package : archive.packages)
    list.push_back(package.group + ":" + package.artifact + " " + package.version + " " + package.inner_path);
  return list;
}
using Strings = std::vector<std::string>;

TEST(ArchiveName, SplitsWhereTheVersionBegins) {
  const std::tuple<const char*, const char*, const char*> k_names[] = {
      {"commons-lang3-3.12.0.jar", "commons-lang3", "3.12.0"},
      {"log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1"},
      {"guava-31.1-jre.jar", "guava", "31.1-jre"},
      {"spring-core-5.3.9.RELEASE.jar", "spring-core", "5.3.9.RELEASE"},
      {"hibernate-core-5.0.0.Final-redhat-1.jar", "hibernate-core", "5.0.0.Final-redhat-1"},
      {"app-1.0-SNAPSHOT.war", "app", "1.0-SNAPSHOT"},
      {"jackson-core-2.9.0.pr1.jar", "jackson-core", "2.9.0.pr1"},
      {"plain.jar", "plain", ""},
      {"jsr305-.jar", "jsr305-", ""},
      {"-1.0.jar", "-1.0", ""},
      {"x-1.0-linux-x86_64.jar", "x-1.0-linux-x86_64", ""},
      {"", "", ""},
  };
  for (const auto& [name, artifact, version] : k_names) {
    EXPECT_EQ(split_archive_name(name).artifact, artifact) << name;
    EXPECT_EQ(split_archive_name(name).version, version) << name;
  }
}

TEST(JavaArchive, DepthIsBoundedAndSaid) {
  Buffer inner = make_zip({pom("g", "a", "1")});
  for (int i = 0; i < 1000; ++i) inner = make_zip({stored("a.jar", inner)});
  const JavaArchive archive = read_java_archive("x.jar", inner);
  EXPECT_TRUE(archive.truncated);
  EXPECT_TRUE(archive.packages.empty());
}

TEST(JavaArchive, NumberOfArchivesIsBoundedAndSaid) {
  const Buffer inner = make_zip({pom("g", "a", "1")});
  std::vector<ZipMember> members;
  for (int i = 0; i < 20; ++i) members.push_back(stored("lib/" + std::to_string(i) + ".jar", inner));
  JavaLimits limits;
  limits.archives = 5;
  const JavaArchive archive = read_java_archive("x.jar", make_zip(members), limits);
  EXPECT_TRUE(archive.truncated);
  EXPECT_EQ(archive.packages.size(), 5U);
}

TEST(JavaArchive, OutputIsBoundedAndSaid) {
  const std::string large(1 << 20, ' ');
  std::vector<ZipMember> members{pom("g", "a", "1")};
  for (int i = 0; i < 8; ++i) members.push_back(deflated("lib/" + std::to_string(i) + ".jar", large));
  JavaLimits limits;
  limits.output_bytes = 2 << 20;
  const JavaArchive archive = read_java_archive("x.jar", make_zip(members), limits);
  EXPECT_TRUE(archive.truncated);
  EXPECT_EQ(names(archive), Strings{"g:a 1 "});
}

TEST(JavaArchive, OneInnerArchiveThatIsTooLargeLeavesTheOthers) {
  JavaLimits limits;
  limits.entry_bytes = 10'000;
  const JavaArchive archive = read_java_archive("x.jar",
                                                make_zip({deflated("lib/big.jar", std::string(100'000, ' ')),
                                                          stored("lib/b.jar", make_zip({pom("g", "b", "2")}))}),
                                                limits);
  EXPECT_TRUE(archive.truncated);
  EXPECT_EQ(names(archive), Strings{"g:b 2 lib/b.jar"});
}

TEST(JavaArchive, ShadedLibrariesBesideItsOwn) {
  const JavaArchive archive = read_java_archive(
      "uber-1.0.jar", make_zip({pom("com.example", "uber", "1.0"), pom("org.yaml", "snakeyaml", "1.26")}));
  EXPECT_EQ(names(archive), (Strings{"com.example:uber 1.0 ", "org.yaml:snakeyaml 1.26 "}));
  EXPECT_FALSE(archive.truncated);
}

}  // namespace
}  // namespace hullcheck::inventory
