// Other publishers' packages are known, and the distribution's own are never taken for them.
#include "match/third_party.hpp"

#include <gtest/gtest.h>

#include "match/end_of_life.hpp"
#include "match/matcher.hpp"
#include "util/clock.hpp"

namespace hullcheck::match {
namespace {

model::Package package(std::string type, std::string version, std::string vendor) {
  model::Package out;
  out.type = std::move(type);
  out.name = out.source_name = "sample";
  out.version = out.source_version = std::move(version);
  out.vendor = std::move(vendor);
  return out;
}

std::string deb(const std::string& version, const std::string& maintainer, std::string id = "debian") {
  model::Distribution distribution;
  distribution.id = std::move(id);
  return third_party(distribution, package("deb", version, maintainer));
}

std::string rpm(std::string id, const std::string& vendor) {
  model::Distribution distribution;
  distribution.id = std::move(id);
  return third_party(distribution, package("rpm", "1-1", vendor));
}

TEST(ThirdParty, DebsAreKnownByMaintainerOrVersion) {
  EXPECT_EQ(deb("5:24.0.7-1~debian.12~bookworm", "Docker <support@docker.com>"), "Docker");
  EXPECT_EQ(deb("16.1-1.pgdg120+1", "Debian PostgreSQL Maintainers <p@example.org>"), "PostgreSQL (PGDG)");
  EXPECT_EQ(deb("20.11.0-1nodesource1", "Ivan <i@example.org>"), "NodeSource");
  EXPECT_EQ(deb("1.25.3-1~bookworm", "NGINX Packaging <nginx-packaging@f5.com>"), "nginx.org");
  EXPECT_EQ(deb("1:6.1-dmo1", "Somebody <s@example.org>"), "deb-multimedia.org");
  EXPECT_EQ(deb("1.0-1~ppa1", "Somebody <s@example.org>", "ubuntu"), "an Ubuntu PPA");
}

TEST(ThirdParty, DebiansOwnAreNot) {
  EXPECT_EQ(deb("20.10.24+dfsg1-1+b3", "Debian Go Packaging Team <g@example.org>"), "");
  EXPECT_EQ(deb("15.5-0+deb12u1", "Debian PostgreSQL Maintainers <p@example.org>"), "");
  EXPECT_EQ(deb("1.22.1-9", "Debian Nginx Maintainers <n@example.org>"), "");
  EXPECT_EQ(deb("1.5.1-1", "Somebody <s@google.com>"), "");
  EXPECT_EQ(deb("1", ""), "");
  // In a system that is not known, nothing is said of its publishers.
  EXPECT_EQ(deb("5:24", "Docker <support@docker.com>", "kali"), "");
}

TEST(ThirdParty, RpmsAreKnownByTheirVendor) {
  EXPECT_EQ(rpm("rocky", "Fedora Project"), "EPEL");
  EXPECT_EQ(rpm("rhel", "Docker"), "Docker");
  EXPECT_EQ(rpm("almalinux", "A company of our own"), "A company of our own");
  EXPECT_EQ(rpm("rhel", "Red Hat, Inc."), "");
  EXPECT_EQ(rpm("fedora", "Fedora Project"), "");
  EXPECT_EQ(rpm("rocky", "Rocky Enterprise Software Foundation"), "");
  EXPECT_EQ(rpm("ol", "Oracle America"), "");
  EXPECT_EQ(rpm("sles", "SUSE LLC <https://www.suse.com/>"), "");
  EXPECT_EQ(rpm("azurelinux", "Microsoft Corporation"), "");
  EXPECT_EQ(rpm("amzn", "Amazon Linux"), "");
  EXPECT_EQ(rpm("rhel", ""), "");
  EXPECT_EQ(rpm("a system of our own", "anybody"), "");
}

TEST(EndOfLife, LongerSupportHasDatesOfItsOwn) {
  model::Distribution distribution;
  distribution.id = "ubuntu";
  distribution.version_id = "18.04";
  distribution.pretty_name = "Ubuntu 18.04.6 LTS";
  EXPECT_EQ(util::iso_date(*end_of_life(distribution)->date), "2023-05-31");
  distribution.pretty_name += " (ESM)";
  EXPECT_EQ(util::iso_date(*end_of_life(distribution)->date), "2028-04-30");
  EXPECT_FALSE(end_of_life(distribution)->source.empty());
  distribution = {};
  distribution.id = "rhel";
  distribution.version_id = "9.2";
  distribution.pretty_name = "Red Hat Enterprise Linux 9.2 (Plow) (EUS)";
  EXPECT_EQ(util::iso_date(*end_of_life(distribution)->date), "2025-05-31");
}

std::optional<Query> query(const std::string& matcher, const model::Distribution& distribution,
                           const model::Package& of) {
  return MatcherRegistry::find(matcher)->instance->query(distribution, of);
}

TEST(Families, EachAsksForItsOwn) {
  model::Distribution arch, gentoo, openeuler, ubuntu;
  arch.id = "arch";
  EXPECT_EQ(query("arch", arch, package("alpm", "1:2-1", ""))->ecosystem, "Arch Linux");
  EXPECT_FALSE(query("arch", arch, package("deb", "1", "")));
  gentoo.id = "gentoo";
  EXPECT_EQ(query("gentoo", gentoo, package("ebuild", "1.0-r1", ""))->names.front(), "sample");
  openeuler.id = "openeuler";
  openeuler.version_id = "24.03";
  openeuler.pretty_name = "openEuler 24.03 (LTS-SP1)";
  EXPECT_EQ(query("openeuler", openeuler, package("rpm", "1-1.oe2403", ""))->ecosystem, "openEuler:24.03-LTS-SP1");
  ubuntu.id = "ubuntu";
  ubuntu.version_id = "18.04";
  const auto esm = query("ubuntu", ubuntu, package("deb", "1.1.1-1ubuntu2.1~18.04.23+esm4", ""));
  EXPECT_EQ(esm->before.at(0).ecosystem, "Ubuntu:Pro:18.04:LTS");
  EXPECT_EQ(esm->ecosystem, "Ubuntu:18.04:LTS");
  EXPECT_EQ(query("ubuntu", ubuntu, package("deb", "1.1.1-1ubuntu2.1", ""))->ecosystem, "Ubuntu:18.04:LTS");
}

TEST(Families, GentoosUnaffectedBranchesAreLeftOut) {
  const auto& gentoo = *MatcherRegistry::find("gentoo")->instance;
  advisories::Advisory advisory;
  advisory.extra.emplace_back("unaffected", "ge 3.0.10 rge 1.1.1-r3");
  EXPECT_FALSE(gentoo.concerns(advisory, package("ebuild", "3.0.10", ""), {}));
  EXPECT_FALSE(gentoo.concerns(advisory, package("ebuild", "1.1.1-r4", ""), {}));
  EXPECT_TRUE(gentoo.concerns(advisory, package("ebuild", "1.1.1-r2", ""), {}));
  EXPECT_TRUE(gentoo.concerns(advisory, package("ebuild", "3.0.9", ""), {}));
  advisory.extra = {{"unaffected", "ge"}};
  EXPECT_TRUE(gentoo.concerns(advisory, package("ebuild", "3.0.9", ""), {}));
}

}  // namespace
}  // namespace hullcheck::match
