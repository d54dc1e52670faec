#include "acquire/reference.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/compress.hpp"
#include "support/sample_image.hpp"

namespace hullcheck::acquire {
namespace {

struct NameCase {
  const char *text, *host, *repository, *tag, *familiar;
};

TEST(RegistryName, Normalises) {
  const NameCase cases[] = {
      {"nginx", "docker.io", "library/nginx", "latest", "nginx:latest"},
      {"nginx:1.25", "docker.io", "library/nginx", "1.25", "nginx:1.25"},
      {"user/app", "docker.io", "user/app", "latest", "user/app:latest"},
      {"docker.io/nginx", "docker.io", "library/nginx", "latest", "nginx:latest"},
      {"index.docker.io/library/nginx", "docker.io", "library/nginx", "latest", "nginx:latest"},
      {"localhost/app", "localhost", "app", "latest", "localhost/app:latest"},
      {"localhost:5000/app:2", "localhost:5000", "app", "2", "localhost:5000/app:2"},
      {"myhost/app:1", "docker.io", "myhost/app", "1", "myhost/app:1"},
      {"MyHost/app:1", "MyHost", "app", "1", "MyHost/app:1"},
      {"registry.example/a/b/c", "registry.example", "a/b/c", "latest", "registry.example/a/b/c:latest"},
      {"[::1]:5000/app", "[::1]:5000", "app", "latest", "[::1]:5000/app:latest"},
      {"a/b__c/d---e/f.g", "docker.io", "a/b__c/d---e/f.g", "latest", "a/b__c/d---e/f.g:latest"},
  };
  for (const auto& expected : cases) {
    SCOPED_TRACE(expected.text);
    const auto name = parse_registry_name(expected.text);
    ASSERT_TRUE(name.ok()) << name.error().describe();
    EXPECT_EQ(name->host, expected.host);
    EXPECT_EQ(name->repository, expected.repository);
    EXPECT_EQ(name->tag, expected.tag);
    EXPECT_EQ(name->familiar(), expected.familiar);
  }
}

// A name made shorter was another name: "library/a/b" became "a/b", "docker.io/a.io/b" a host, "sha256:..." a digest.
TEST(RegistryName, FamiliarFormIsTheSameName) {
  const std::string sum = "sha256:" + std::string(64, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"library/a/b:1", "library/a/b:1"},
      {"docker.io/library/a:1", "a:1"},
      {"docker.io/a.io/b:1", "docker.io/a.io/b:1"},
      {"docker.io/localhost/b:1", "docker.io/localhost/b:1"},
      {"docker.io/library/localhost/b:1", "library/localhost/b:1"},
      {"docker.io/" + sum, "library/" + sum},
      {"library/library:1", "library:1"},
      {"library/library/library:1", "library/library/library:1"},
  };
  for (const auto& [text, familiar] : cases) {
    SCOPED_TRACE(text);
    const auto name = parse_registry_name(text);
    ASSERT_TRUE(name.ok()) << name.error().describe();
    EXPECT_EQ(name->familiar(), familiar);
    const auto again = parse_registry_name(name->familiar());
    ASSERT_TRUE(again.ok()) << again.error().describe();
    EXPECT_EQ(again->host, name->host);
    EXPECT_EQ(again->repository, name->repository);
    EXPECT_EQ(again->tag, name->tag);
  }
}

TEST(RegistryName, DigestLeavesTheTagAlone) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto bare = parse_registry_name("nginx@" + digest);
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->tag, "");
  EXPECT_EQ(bare->digest, digest);
  EXPECT_EQ(bare->familiar(), "nginx@" + digest);
  const auto both = parse_registry_name("nginx:1@" + digest);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->tag, "1");
}

TEST(RegistryName, Refuses) {
  for (const std::string text : {"",
                                 "Nginx",
                                 "a/Nginx",
                                 "nginx:",
                                 "nginx:-x",
                                 "nginx@",
                                 "nginx@sha256:abc",
                                 "a//b",
                                 "/a",
                                 "a/",
                                 "-a",
                                 "a.",
                                 "a..b",
                                 "a___b",
                                 "a b",
                                 "host:port/a",
                                 "ex_ample.com/a",
                                 "a:b:c",
                                 ".host/a",
                                 "host.:99999999/a",
                                 "host.example:65536/a",
                                 "host.example:0/a",
                                 "[zz]/a"})
    EXPECT_FALSE(parse_registry_name(text).ok()) << text;
  EXPECT_FALSE(parse_registry_name(std::string(64, 'a')).ok());
  EXPECT_FALSE(parse_registry_name("a/" + std::string(300, 'b')).ok());
  EXPECT_FALSE(parse_registry_name("a:" + std::string(129, 'b')).ok());
  EXPECT_TRUE(parse_registry_name("host.example:65535/a").ok());
  EXPECT_NE(parse_registry_name("[zz]/a").error().message.find("no host name"), std::string::npos);
  EXPECT_NE(parse_registry_name("Nginx").error().message.find("lower case"), std::string::npos);
  EXPECT_NE(parse_registry_name(std::string(64, 'a')).error().message.find("docker:"), std::string::npos);
}

TEST(Reference, Schemes) {
  EXPECT_EQ(parse_reference("-")->scheme, "stdin");
  for (const std::string scheme : {"docker", "podman", "registry", "archive", "oci", "rootfs"}) {
    const auto reference = parse_reference(scheme + ":thing:1");
    ASSERT_TRUE(reference.ok());
    EXPECT_EQ(reference->scheme, scheme);
    EXPECT_EQ(reference->rest, "thing:1");
    EXPECT_FALSE(parse_reference(scheme + ":").ok());
  }
  EXPECT_EQ(parse_reference("nginx:1.25")->scheme, "");
}

TEST(Reference, HelpsWithOtherSpellings) {
  EXPECT_NE(parse_reference("docker-archive:x.tar").error().message.find("archive:x.tar"), std::string::npos);
  EXPECT_NE(parse_reference("https://host/app").error().message.find("registry:host/app"), std::string::npos);
  EXPECT_NE(parse_reference("dokcer:nginx")->hint.find("docker:nginx"), std::string::npos);
  EXPECT_NE(parse_reference("archve:nginx")->hint.find("archive:nginx"), std::string::npos);
  EXPECT_NE(parse_reference("registry://host/app").error().message.find("registry:host/app"), std::string::npos);
  EXPECT_EQ(parse_reference("redis:7")->hint, "");
}

TEST(Reference, ANameWithALineBreakSpeaksNotInOurPlace) {
  for (const std::string name : {"nginx\nhullcheck: SAFE", "docker:a\nb", "registry:a\x1b[2J", "podman:\x7f"}) {
    const auto reference = parse_reference(name);
    ASSERT_FALSE(reference.ok()) << name;
    EXPECT_EQ(reference.error().describe().find_first_of("\n\x1b\x7f"), std::string::npos);
  }
  EXPECT_TRUE(parse_reference("archive:/tmp/a\nb").ok()) << "a file may be called so";
}

TEST(Reference, PathsByTheirForm) {
  test::ScratchFolder folder;
  const std::string archive = folder.write("a.tar.gz", test::gzip("x"));
  EXPECT_EQ(parse_reference(archive)->scheme, "archive");
  EXPECT_EQ(parse_reference(folder.path())->scheme, "rootfs");
  folder.write("layout/index.json", "{}");
  EXPECT_EQ(parse_reference(folder.path() + "/layout")->scheme, "oci");
  EXPECT_EQ(parse_reference(folder.path() + "/layout:1.2")->scheme, "oci");
  const auto missing = parse_reference("./no-such-thing-here");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().name, "reference-not-found");
}

TEST(Reference, ANameThatIsAFileIsAPathOnlyIfItIsAnArchive) {
  test::ScratchFolder folder;
  folder.write("saved", test::gzip("x"));
  folder.write("notes", "text");
  std::filesystem::create_directories(folder.path() + "/nginx");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_EQ(parse_reference("saved")->scheme, "archive");
  EXPECT_EQ(parse_reference("notes")->scheme, "");
  EXPECT_EQ(parse_reference("nginx")->scheme, "");
  EXPECT_NE(parse_reference("nginx")->hint.find("./nginx"), std::string::npos);
  std::filesystem::current_path(before);
}

TEST(LayoutName, TakesTagAndDigestApart) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  EXPECT_EQ(parse_layout_name("dir:1.2").path, "dir");
  EXPECT_EQ(parse_layout_name("dir:1.2").tag, "1.2");
  EXPECT_EQ(parse_layout_name("/a/dir@" + digest).digest, digest);
  EXPECT_EQ(parse_layout_name("/a/dir@" + digest).path, "/a/dir");
  test::ScratchFolder folder;
  folder.write("with:colon/index.json", "{}");
  EXPECT_EQ(parse_layout_name(folder.path() + "/with:colon").tag, "");
  // A digest that was cut off is not half of a path.
  EXPECT_EQ(parse_layout_name(folder.path() + "/with:colon@sha256:abc").path, folder.path() + "/with:colon");
  EXPECT_EQ(parse_layout_name(folder.path() + "/with:colon@sha256:abc").digest, "sha256:abc");
  EXPECT_EQ(parse_layout_name(folder.path() + "/with:colon:docker.io/library/x:1").tag, "docker.io/library/x:1");
}

}  // namespace
}  // namespace hullcheck::acquire
