// Packages of the kernel's source, the order of flaws, and what a vendor denies.
#include "match/kernel.hpp"

#include <gtest/gtest.h>

#include "match/flaws.hpp"
#include "match/risk.hpp"

namespace hullcheck::match {
namespace {

model::Package package(const char* type, const char* name, const char* source) {
  model::Package out;
  out.type = type;
  out.name = name;
  out.source_name = source;
  out.database_path = "var/lib/dpkg/status";
  return out;
}

TEST(Kernel, HeadersHoldNoCodeAndNamesakesAreNoKernels) {
  for (const auto& [type, name, source] :
       {std::tuple("deb", "linux-libc-dev", "linux"), std::tuple("deb", "linux-headers-amd64", "linux-signed-amd64"),
        std::tuple("deb", "linux-headers-6.8.0-31", "linux-hwe-6.8"), std::tuple("rpm", "kernel-headers", "kernel"),
        std::tuple("rpm", "kernel-devel", "kernel6.1"), std::tuple("apk", "linux-headers", "linux-headers"),
        std::tuple("rpm", "kernel-default-devel", "kernel-default")})
    EXPECT_EQ(kernel_part(package(type, name, source)), KernelPart::no_code) << name;
  for (const auto& [type, name, source] :
       {std::tuple("deb", "linux-image-6.1.0-18-amd64", "linux"), std::tuple("rpm", "kernel-core", "kernel"),
        std::tuple("apk", "linux-lts", "linux-lts"), std::tuple("deb", "linux-image-aws", "linux-aws")})
    EXPECT_EQ(kernel_part(package(type, name, source)), KernelPart::code) << name;
  for (const auto& [type, name, source] :
       {std::tuple("apk", "linux-pam", "linux-pam"), std::tuple("deb", "linux-base", "linux-base"),
        std::tuple("rpm", "kernel-firmware-all", "kernel-firmware"), std::tuple("deb", "libssl-dev", "openssl"),
        std::tuple("npm", "linux", ""), std::tuple("deb", "linuxptp", "linuxptp"),
        std::tuple("deb", "linux-firmware", "linux-firmware")})
    EXPECT_EQ(kernel_part(package(type, name, source)), KernelPart::none) << name;
}

TEST(Risk, ExploitedThenLikelyThenGrave) {
  model::Vulnerability flaw;
  flaw.severity = model::Severity::critical;
  flaw.cvss_score = 9.8;
  const double unlikely = risk_of(flaw, 0.001, false), likely = risk_of(flaw, 0.9, false),
               unknown = risk_of(flaw, -1, false);
  EXPECT_LT(unlikely, unknown);
  EXPECT_LT(unknown, likely);
  flaw.known_exploited = true;
  const double exploited = risk_of(flaw, 0.001, false);
  EXPECT_LT(likely, exploited);
  EXPECT_LE(exploited, risk_of(flaw, 0.001, true));
  EXPECT_LE(risk_of(flaw, 1, true), 100);
  flaw.severity = model::Severity::low;
  flaw.cvss_score = 2;
  EXPECT_LT(risk_of(flaw, -1, false), exploited);
}

TEST(Denials, AnotherFeedsStatementIsDroppedAndItsOwnIsNot) {
  const auto& semver = *versions::ComparatorRegistry::find("semver")->instance;
  advisories::Advisory generic, own, bulletin;
  generic.id = "GHSA-1";
  generic.aliases = {"CVE-1"};
  generic.feed = "osv/x";
  own.id = "CVE-1";
  own.feed = "vendor";
  bulletin.id = "XSA-1";
  bulletin.covers = {"CVE-1", "CVE-2"};
  bulletin.feed = "osv/x";
  const Denials denials{{"CVE-1", "vendor"}};
  EXPECT_TRUE(collapse({{&generic, ""}}, semver, denials).empty());
  EXPECT_EQ(collapse({{&own, ""}}, semver, denials).size(), 1U);
  const auto left = collapse({{&bulletin, ""}}, semver, denials);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].id, "CVE-2") << "of a bulletin only the denied flaw goes";
  EXPECT_EQ(collapse({{&generic, ""}}, semver).size(), 1U);
}

}  // namespace
}  // namespace hullcheck::match
