#include "model/package.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace hullcheck::model {
namespace {

Distribution distribution(const char* id, const char* version) {
  Distribution result;
  result.id = id;
  result.version_id = version;
  return result;
}

Package package(const char* type, const char* name, const char* version, const char* architecture) {
  Package result;
  result.type = type;
  result.name = name;
  result.version = version;
  result.architecture = architecture;
  result.source_name = name;
  result.source_version = version;
  return result;
}

TEST(Purl, DebianBinaryOfAnotherSource) {
  auto libc = package("deb", "libc6", "2.36-9", "amd64");
  libc.source_name = "glibc";
  EXPECT_EQ(purl(libc, distribution("debian", "12")),
            "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc");
}

TEST(Purl, EpochPlusAndTildeOfDebianVersions) {
  auto bsd = package("deb", "bsdutils", "1:2.38.1-5+deb12u3~x", "amd64");
  bsd.source_name = "util-linux";
  bsd.source_version = "2.38.1-5+deb12u3~x";
  EXPECT_EQ(
      purl(bsd, distribution("debian", "12")),
      "pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u3~x?arch=amd64&distro=debian-12&upstream=util-linux%402.38.1-5"
      "%2Bdeb12u3~x");
}

TEST(Purl, RpmEpochIsAQualifier) {
  auto dbus = package("rpm", "dbus", "1:1.12.8-26.el8", "x86_64");
  dbus.epoch = 1;
  dbus.modularity = "a:1:2";
  EXPECT_EQ(purl(dbus, distribution("rhel", "8.10")),
            "pkg:rpm/redhat/dbus@1.12.8-26.el8?arch=x86_64&distro=rhel-8.10&epoch=1&modularitylabel=a:1:2");
}

TEST(Purl, RpmSourcePackageIsAFileName) {
  auto lib = package("rpm", "libuuid1", "2.37.4-1", "x86_64");
  lib.source_name = "util-linux";
  EXPECT_EQ(
      purl(lib, distribution("opensuse-leap", "15.5")),
      "pkg:rpm/opensuse/libuuid1@2.37.4-1?arch=x86_64&distro=opensuse-leap-15.5&upstream=util-linux-2.37.4-1.src."
      "rpm");
}

TEST(Purl, LanguagesWriteNamesInTheirOwnWay) {
  const std::tuple<const char*, const char*, const char*, const char*> k_packages[] = {
      {"npm", "@Babel/core", "7.1.0", "pkg:npm/%40babel/core@7.1.0"},
      {"npm", "lodash", "4.17.15", "pkg:npm/lodash@4.17.15"},
      {"pypi", "Typing_Extensions", "4.0.0", "pkg:pypi/typing-extensions@4.0.0"},
      {"maven", "org.apache.commons:commons-io", "1.3.4", "pkg:maven/org.apache.commons/commons-io@1.3.4"},
      {"maven", "app", "1", "pkg:maven/app@1"},
      {"golang", "github.com/Masterminds/Sprig", "v2.22.0+incompatible",
       "pkg:golang/github.com/masterminds/sprig@v2.22.0%2Bincompatible"},
      {"golang", "stdlib", "1.21.3", "pkg:golang/stdlib@1.21.3"},
      {"composer", "Laravel/Framework", "5.5.0", "pkg:composer/laravel/framework@5.5.0"},
      {"nuget", "Newtonsoft.Json", "12.0.1", "pkg:nuget/Newtonsoft.Json@12.0.1"},
      {"gem", "ruby-advisory-db-check", "0.12.4", "pkg:gem/ruby-advisory-db-check@0.12.4"},
      {"cargo", "rand", "0.7.2", "pkg:cargo/rand@0.7.2"},
      {"hex", "Phoenix", "1.7.0", "pkg:hex/phoenix@1.7.0"},
      {"swift", "github.com/Alamofire/Alamofire", "5.4.3", "pkg:swift/github.com/Alamofire/Alamofire@5.4.3"},
      {"cran", "A3", "1.0.0", "pkg:cran/A3@1.0.0"},
      {"generic", "openssl", "1.1.1k", "pkg:generic/openssl@1.1.1k"},
  };
  for (const auto& [type, name, version, expected] : k_packages) {
    const auto one = package(type, name, version, "");
    EXPECT_EQ(purl(one, distribution("debian", "12")), expected);
    EXPECT_FALSE(is_system_package(one)) << type;
  }
}

TEST(Purl, GentoosCategoryIsTheNamespace) {
  EXPECT_EQ(purl(package("ebuild", "dev-libs/openssl", "3.0.10-r1", ""), distribution("gentoo", "")),
            "pkg:ebuild/dev-libs/openssl@3.0.10-r1?distro=gentoo");
}

TEST(Purl, QualifiersOfAPackageAreSortedWithTheUsualOnes) {
  auto numpy = package("conda", "numpy", "1.26.0", "");
  numpy.qualifiers = {{"subdir", "linux-64"}, {"build", "py311 0"}};
  EXPECT_EQ(purl(numpy, distribution("", "")), "pkg:conda/numpy@1.26.0?build=py311%200&subdir=linux-64");
}

TEST(Purl, HostileNamesOfLanguagesCannotAddParts) {
  EXPECT_EQ(purl(package("npm", "@a//b/../c?x=1#y", "1", ""), distribution("", "")),
            "pkg:npm/%40a/%2Fb%2F..%2Fc%3Fx%3D1%23y@1");
  EXPECT_EQ(purl(package("golang", "a//b/c@d", "v1", ""), distribution("", "")), "pkg:golang/a/b/c%40d@v1");
}

TEST(PackagePlace, InsideAnArchive) {
  auto inner = package("maven", "a:b", "1", "");
  inner.database_path = "app.jar";
  EXPECT_EQ(place(inner), "app.jar");
  inner.inner_path = "BOOT-INF/lib/b-1.jar";
  EXPECT_EQ(place(inner), "app.jar!/BOOT-INF/lib/b-1.jar");
}

TEST(Purl, HostileNameCannotAddParts) {
  EXPECT_EQ(purl(package("apk", "A/b?x=1&y#z%\n", "1@2", ""), distribution("", "")),
            "pkg:apk/a%2Fb%3Fx%3D1%26y%23z%25%0A@1%402");
}

}  // namespace
}  // namespace hullcheck::model
