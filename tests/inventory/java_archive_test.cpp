#include "inventory/readers/java_archive.hpp"

#include <gtest/gtest.h>

#include "inventory/readers/java_markers.hpp"
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
      {"netty-transport-native-epoll-4.1.48.Final-linux-x86_64.jar", "netty-transport-native-epoll", "4.1.48.Final"},
      {"app-1.2.3-jar-with-dependencies.jar", "app", "1.2.3"},
      {"x-1.0-sources.jar", "x-1.0-sources", ""},
      {"", "", ""},
  };
  for (const auto& [name, artifact, version] : k_names) {
    EXPECT_EQ(split_archive_name(name).artifact, artifact) << name;
    EXPECT_EQ(split_archive_name(name).version, version) << name;
  }
}

// A class file of text constants only.
std::string class_with(const std::vector<std::string>& texts) {
  std::string file("\xca\xfe\xba\xbe\0\0\0\x34", 8);
  const auto u16 = [&](std::size_t value) {
    file += {static_cast<char>(value >> 8), static_cast<char>(value & 255)};
  };
  u16(texts.size() + 3);
  file += std::string("\x05\0\0\0\0\0\0\0\x01", 9);  // a long, which takes two places
  for (const std::string& text : texts) {
    file += '\x01';
    u16(text.size());
    file += text;
  }
  return file;
}

Strings unversioned(const JavaArchive& archive) {
  Strings list;
  for (const JavaPackage& package : archive.unversioned)
    list.push_back(package.group + ":" + package.artifact + " " + package.inner_path);
  return list;
}

Strings packages(const JavaArchive& archive) {
  Strings list;
  for (const JavaPackage& package : archive.packages)
    list.push_back(package.group + ":" + package.artifact + " " + package.version);
  return list;
}

TEST(JavaArchive, ShadedClassesWithoutMetadata) {
  const std::string jndi = "org/apache/logging/log4j/core/lookup/JndiLookup.class";
  const Buffer jar = make_zip(
      {deflated(jndi, "x"), deflated("hidden/com/alibaba/fastjson/JSON.class", class_with({"Code", "1.2.24"})),
       deflated("com/fasterxml/jackson/databind/ObjectMapper.class", "x"),
       deflated("com/fasterxml/jackson/databind/cfg/PackageVersion.class", class_with({"2.9.8"})),
       deflated("io/netty/handler/codec/http/HttpObjectDecoder.class", "x"),
       deflated("META-INF/io.netty.versions.properties",
                "netty-codec-http.version=4.1.65.Final\nnetty-codec-http.buildDate=2021-05-19\n"),
       deflated("xorg/yaml/snakeyaml/constructor/SafeConstructors.class", "x")});
  const JavaArchive archive = read_java_archive("agent.jar", jar);
  EXPECT_EQ(names(archive),
            (Strings{"com.alibaba:fastjson 1.2.24 ", "com.fasterxml.jackson.core:jackson-databind 2.9.8 ",
                     "io.netty:netty-codec-http 4.1.65.Final "}));
  EXPECT_EQ(unversioned(archive), Strings{"org.apache.logging.log4j:log4j-core "});
  const JavaArchive outer = read_java_archive("app.war", make_zip({stored("WEB-INF/lib/agent.jar", jar)}));
  EXPECT_EQ(unversioned(outer), Strings{"org.apache.logging.log4j:log4j-core WEB-INF/lib/agent.jar"});
}

TEST(JavaArchive, ClassesOfANamedLibraryAreItsOwn) {
  const ZipMember jndi = deflated("org/apache/logging/log4j/core/lookup/JndiLookup.class", "x");
  const ZipMember beans = deflated("org/springframework/beans/CachedIntrospectionResults.class", "x");
  EXPECT_EQ(unversioned(read_java_archive("log4j-core-2.14.1.jar", make_zip({jndi}))), Strings{});
  EXPECT_EQ(unversioned(read_java_archive("agent.jar",
                                          make_zip({jndi, pom("org.apache.logging.log4j", "log4j-core", "2.17.1")}))),
            Strings{});
  EXPECT_EQ(unversioned(read_java_archive("spring-2.5.6.jar", make_zip({beans}))), Strings{});
  // Its name alone is no version.
  EXPECT_EQ(unversioned(read_java_archive("log4j-core.jar", make_zip({jndi}))).size(), 1U);
}

TEST(JavaArchive, APomWithoutPropertiesTellsItsVersion) {
  const auto xml = [](const std::string& body) {
    return deflated("META-INF/maven/org.acme/lib/pom.xml",
                    "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">" + body);
  };
  const std::string tail = "<dependencies><dependency><version>9.9</version></dependency></dependencies></project>";
  const std::string parent = "<parent><groupId>org.acme</groupId><version>3.1</version></parent>";
  EXPECT_EQ(packages(read_java_archive("p.jar", make_zip({xml("<version> 1.2.3 </version>" + parent + tail)}))),
            Strings{"org.acme:lib 1.2.3"});
  EXPECT_EQ(packages(read_java_archive("p.jar", make_zip({xml(parent + tail)}))), Strings{"org.acme:lib 3.1"});
  EXPECT_EQ(packages(read_java_archive("p.jar", make_zip({xml("<version>${revision}</version>" + tail)}))),
            Strings{});
  EXPECT_EQ(packages(read_java_archive("lib-2.0.jar", make_zip({xml("<version>${revision}</version>" + tail)}))),
            Strings{"org.acme:lib 2.0"});
  EXPECT_EQ(packages(read_java_archive("p.jar", make_zip({xml("<version>1.2.3</version><parent>")}))),
            Strings{"org.acme:lib 1.2.3"})
      << "cut off behind the version";
}

TEST(JavaArchive, AManifestNamesWhatTheFileDoesNot) {
  const auto manifest = [](const std::string& title) {
    return deflated("META-INF/MANIFEST.MF",
                    "Manifest-Version: 1.0\nImplementation-Title: " + title + "\nImplementation-Version: 2.6\n");
  };
  EXPECT_EQ(packages(read_java_archive("foo.jar", make_zip({manifest("commons-io")}))),
            Strings{"commons-io:commons-io 2.6"});
  EXPECT_EQ(packages(read_java_archive("foo.jar", make_zip({manifest("Apache Commons IO")}))), Strings{":foo 2.6"});
  EXPECT_EQ(packages(read_java_archive("foo-1.0.jar", make_zip({manifest("commons-io")}))), Strings{":foo 1.0"});
}

TEST(JavaArchive, TomcatsOwnFilesByTheirPublishedNames) {
  const ZipMember manifest = deflated("META-INF/MANIFEST.MF", "Implementation-Version: 9.0.43\n");
  EXPECT_EQ(names(read_java_archive("catalina.jar", make_zip({manifest}))),
            Strings{"org.apache.tomcat:tomcat-catalina 9.0.43 "});
  EXPECT_EQ(names(read_java_archive("tomcat-coyote.jar", make_zip({manifest}))),
            Strings{"org.apache.tomcat:tomcat-coyote 9.0.43 "});
}

TEST(JavaMarkers, ConstantsOfLyingClassFiles) {
  const std::string file = class_with({"Code", "a.b.c", "1..2.3", "1.2", "2.13.1-SNAPSHOT"});
  EXPECT_EQ(version_constant(as_bytes(file)), "2.13.1-SNAPSHOT");
  for (std::size_t i = 0; i < file.size(); ++i) {
    (void)version_constant(as_bytes(file).first(i));
    for (const char value : {'\0', '\xff', '\x05'}) {
      std::string hostile = file;
      hostile[i] = value;
      (void)version_constant(as_bytes(hostile));
    }
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
