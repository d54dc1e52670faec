#include "model/package.hpp"

#include <gtest/gtest.h>

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

TEST(Purl, HostileNameCannotAddParts) {
  EXPECT_EQ(purl(package("apk", "A/b?x=1&y#z%\n", "1@2", ""), distribution("", "")),
            "pkg:apk/a%2Fb%3Fx%3D1%26y%23z%25%0A@1%402");
}

}  // namespace
}  // namespace hullcheck::model
