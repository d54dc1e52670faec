// Every format and dialect gives the same packages; what is hostile is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sbom/document.hpp"
#include "sbom/purl.hpp"

namespace hullcheck::sbom {
namespace {

using testing::Contains;
using testing::HasSubstr;

Document good(std::string_view text) {
  auto document = read(as_bytes(text));
  EXPECT_TRUE(document) << (document ? "" : document.error().describe());
  return document ? std::move(*document) : Document{};
}

std::string bad(std::string_view text, const Limits& limits = {}) {
  auto document = read(as_bytes(text), limits);
  return document ? "read" : document.error().name;
}

const model::Package* find(const Document& document, std::string_view name) {
  for (const model::Package& package : document.packages)
    if (package.name == name) return &package;
  return nullptr;
}

std::vector<std::string> gap_ids(const Document& document) {
  std::vector<std::string> out;
  for (const model::Gap& gap : document.gaps) out.push_back(gap.id);
  return out;
}

constexpr std::string_view k_xml = R"(<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:1" version="1">
  <metadata>
    <tools><components><component type="application"><name>maker</name><version>2.0</version></component></components></tools>
    <component type="container" bom-ref="image"><name>example.org/app</name><version>1</version></component>
  </metadata>
  <components>
    <component type="operating-system"><name>debian</name><version>12</version></component>
    <component type="library">
      <supplier><name>Someone</name></supplier>
      <group>org.apache.commons</group>
      <name>commons-text</name>
      <version>1.9</version>
      <licenses><license><id>Apache-2.0</id></license></licenses>
      <purl>pkg:maven/org.apache.commons/commons-text@1.9?type=jar</purl>
      <components>
        <component type="library"><name>lodash</name><version>4.17.15</version><purl>pkg:npm/lodash@4.17.15</purl></component>
      </components>
      <pedigree><ancestors><component type="library"><name>ancestor</name><version>1</version>
        <purl>pkg:npm/ancestor@1</purl></component></ancestors></pedigree>
      <evidence><occurrences><occurrence><location>/app/lib/text.jar</location></occurrence></occurrences></evidence>
    </component>
    <component type="library"><name>libssl3</name><version>3.0.11-1</version>
      <purl>pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&amp;distro=debian-12&amp;upstream=openssl</purl></component>
  </components>
  <dependencies><dependency ref="image"/></dependencies>
</bom>)";

TEST(CycloneDx, XmlIsReadLikeJson) {
  const Document document = good(k_xml);
  EXPECT_EQ(document.format, "CycloneDX 1.5");
  EXPECT_EQ(document.producer, "maker 2.0");
  EXPECT_EQ(document.packages.size(), 3U);
  const model::Package* java = find(document, "org.apache.commons:commons-text");
  ASSERT_NE(java, nullptr);
  EXPECT_EQ(java->version, "1.9");
  EXPECT_NE(find(document, "lodash"), nullptr) << "inside of another component";
  EXPECT_EQ(find(document, "ancestor"), nullptr) << "only the past of another component";
  const model::Package* debian = find(document, "libssl3");
  ASSERT_NE(debian, nullptr);
  EXPECT_EQ(debian->source_name, "openssl");
  EXPECT_EQ(document.distribution.id, "debian");
}

TEST(CycloneDx, XmlWithPrefixesAndTooManyComponents) {
  const std::string head = "<c:bom xmlns:c=\"x\" xmlns=\"http://cyclonedx.org/schema/bom/1.2\"><c:components>";
  const std::string one = "<component type=\"library\"><name>a</name><version>1</version></component>";
  Limits limits;
  limits.components = 2;
  EXPECT_EQ(bad(head + one + one + one + "</c:components></c:bom>", limits), "sbom-component-limit");
  EXPECT_EQ(bad(head + one + "</c:components></c:bom>", limits), "read");
}

TEST(Purl, PartsAreDecoded) {
  const auto url =
      parse_purl("pkg:deb/debian/libssl3@3.0.11-1~deb12u2%2Bb1?arch=amd64&distro=debian-12&upstream=openssl");
  ASSERT_TRUE(url);
  const model::Package package = package_of(*url);
  EXPECT_EQ(package.name, "libssl3");
  EXPECT_EQ(package.version, "3.0.11-1~deb12u2+b1");
  EXPECT_EQ(package.architecture, "amd64");
  EXPECT_EQ(package.source_name, "openssl");
  EXPECT_EQ(distribution_of(*url).id, "debian");
  EXPECT_EQ(distribution_of(*url).version_id, "12");
}

TEST(Purl, NamesOfLanguagesAreJoined) {
  const auto name = [](std::string_view text) { return package_of(*parse_purl(text)).name; };
  EXPECT_EQ(name("pkg:npm/%40angular/core@1.0"), "@angular/core");
  EXPECT_EQ(name("pkg:npm/@angular/core@1.0"), "@angular/core");
  EXPECT_EQ(name("pkg:npm/@angular/core"), "@angular/core");
  EXPECT_EQ(name("pkg:maven/org.apache/commons@1.0"), "org.apache:commons");
  EXPECT_EQ(name("pkg:golang/example.org/a/b@v1.0.0"), "example.org/a/b");
  EXPECT_EQ(name("pkg:pypi/django@1.11.1"), "django");
  EXPECT_EQ(name("pkg:rpm/redhat/bash@5.1-4.el9"), "bash");
}

TEST(Purl, RpmEpochAndSourceAreQualifiers) {
  const model::Package package = package_of(*parse_purl(
      "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm&"
      "modularitylabel=a%3Ab"));
  EXPECT_EQ(package.version, "1:3.0.7-27.el9");
  EXPECT_EQ(package.epoch, 1U);
  EXPECT_EQ(package.source_name, "openssl");
  EXPECT_EQ(package.source_version, "3.0.7-27.el9");
  EXPECT_EQ(package.modularity, "a:b");
}

TEST(Purl, DistributionsGoByManyNames) {
  const auto seen = [](std::string_view text) {
    const auto found = distribution_of(*parse_purl(text));
    return found.id + "/" + found.version_id;
  };
  EXPECT_EQ(seen("pkg:apk/alpine/musl@1?distro=3.18.4"), "alpine/3.18.4");
  EXPECT_EQ(seen("pkg:rpm/redhat/bash@1?distro=redhat-8.5"), "rhel/8.5");
  EXPECT_EQ(seen("pkg:rpm/opensuse/bash@1?distro=opensuse-leap-15.5"), "opensuse-leap/15.5");
  EXPECT_EQ(seen("pkg:rpm/amazon/bash@1?distro=amazon-2+(Karoo)"), "amzn/2+(Karoo)");
  EXPECT_EQ(seen("pkg:deb/debian/bash@1"), "debian/");
  EXPECT_EQ(seen("pkg:rpm/opensuse/bash@1"), "/");
}

TEST(Purl, WhatIsNoneGivesNothing) {
  for (const std::string_view text : {"", "pkg", "pkg:", "pkg:deb", "pkg:deb/", "pkg:/x", "http://x/y", "pkg:a b/c"})
    EXPECT_FALSE(parse_purl(text)) << text;
  EXPECT_FALSE(parse_purl("pkg:npm/" + std::string(100'000, 'a')));
}

TEST(CycloneDx, TrivysDialect) {
  const Document document = good(R"({"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{
    "tools":{"components":[{"name":"trivy","version":"0.50.1"}]},
    "component":{"type":"container","name":"app:1","properties":[
      {"name":"aquasecurity:trivy:DiffID","value":"sha256:aa"},{"name":"aquasecurity:trivy:ImageID","value":"sha256:cc"}]}},
    "components":[
    {"type":"operating-system","name":"debian","version":"12.5"},
    {"type":"application","name":"app/package-lock.json","properties":[{"name":"aquasecurity:trivy:Class","value":"lang-pkgs"}]},
    {"type":"library","name":"libssl3","version":"3.0.11-1","purl":"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12.5",
     "properties":[{"name":"aquasecurity:trivy:SrcName","value":"openssl"},{"name":"aquasecurity:trivy:SrcVersion","value":"3.0.11"},
     {"name":"aquasecurity:trivy:SrcRelease","value":"1"},{"name":"aquasecurity:trivy:LayerDiffID","value":"sha256:aa"}]},
    {"type":"library","group":"@a","name":"b","version":"1.0.0","purl":"pkg:npm/%40a/b@1.0.0",
     "properties":[{"name":"aquasecurity:trivy:FilePath","value":"app/node_modules/@a/b/package.json"}]}]})");
  EXPECT_EQ(document.format, "CycloneDX 1.5");
  EXPECT_EQ(document.producer, "trivy 0.50.1");
  EXPECT_EQ(document.subject, "app:1");
  EXPECT_EQ(document.distribution.version_id, "12.5");
  EXPECT_EQ(document.config_digest, "sha256:cc");
  ASSERT_NE(find(document, "libssl3"), nullptr);
  EXPECT_EQ(find(document, "libssl3")->source_name, "openssl");
  EXPECT_EQ(find(document, "libssl3")->source_version, "3.0.11-1");
  EXPECT_EQ(find(document, "libssl3")->layer, 0U);
  ASSERT_NE(find(document, "@a/b"), nullptr);
  EXPECT_EQ(find(document, "@a/b")->database_path, "app/node_modules/@a/b/package.json");
  EXPECT_TRUE(document.gaps.empty());
}

TEST(CycloneDx, SyftsDialectAndNestedComponents) {
  const Document document = good(R"({"bomFormat":"CycloneDX","specVersion":"1.4","metadata":{
    "tools":[{"vendor":"anchore","name":"syft","version":"1.0"}]},"components":[
    {"type":"operating-system","name":"alpine","version":"3.18.4","properties":[{"name":"syft:distro:id","value":"alpine"},
     {"name":"syft:distro:versionID","value":"3.18.4"},{"name":"syft:distro:prettyName","value":"Alpine Linux v3.18"}]},
    {"type":"file","name":"/bin/x"},
    {"type":"library","name":"outer","version":"1","purl":"pkg:npm/outer@1","components":[
      {"type":"library","name":"libcrypto3","version":"3.1.3-r0","purl":"pkg:apk/alpine/libcrypto3@3.1.3-r0?upstream=openssl"},
      {"type":"library","name":"nopurl","version":"2","properties":[{"name":"syft:package:type","value":"gem"},
       {"name":"syft:location:0:path","value":"/usr/lib/x.gemspec"}]}]}]})");
  EXPECT_EQ(document.distribution.pretty_name, "Alpine Linux v3.18");
  EXPECT_EQ(document.packages.size(), 3U);
  ASSERT_NE(find(document, "libcrypto3"), nullptr);
  EXPECT_EQ(find(document, "libcrypto3")->source_name, "openssl");
  ASSERT_NE(find(document, "nopurl"), nullptr);
  EXPECT_EQ(find(document, "nopurl")->type, "gem");
  EXPECT_EQ(find(document, "nopurl")->database_path, "usr/lib/x.gemspec");
}

TEST(CycloneDx, WhatCannotBeLookedUpIsNamed) {
  const Document document = good(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[
    {"type":"library","name":"mystery","version":"1"},{"type":"library","name":"x","purl":"pkg:npm/x"},
    {"type":"library","purl":"pkg:npm/y@1"}, 7, "text", null]})");
  EXPECT_THAT(gap_ids(document), Contains("sbom-component-unidentified"));
  EXPECT_THAT(gap_ids(document), Contains("sbom-component-unversioned"));
  EXPECT_TRUE(document.packages.empty());
}

// What our own list says of a library that does not tell its version.
TEST(CycloneDx, ALibraryOfUnknownVersionIsKept) {
  const Document document = good(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[
    {"type":"application","name":"libwebp","purl":"pkg:generic/libwebp",
     "evidence":{"occurrences":[{"location":"opt/app"}]}}]})");
  ASSERT_NE(find(document, "libwebp"), nullptr);
  EXPECT_EQ(find(document, "libwebp")->version, "");
  EXPECT_EQ(find(document, "libwebp")->database_path, "opt/app");
  EXPECT_TRUE(gap_ids(document).empty());
}

TEST(CycloneDx, PackagesOfAnotherDistributionAreNotJudgedByThisOne) {
  const Document document = good(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[
    {"type":"operating-system","name":"debian","version":"12"},
    {"type":"library","name":"a","purl":"pkg:deb/debian/a@1?distro=debian-12"},
    {"type":"library","name":"b","purl":"pkg:deb/ubuntu/b@1?distro=ubuntu-22.04"}]})");
  EXPECT_EQ(document.packages.size(), 1U);
  EXPECT_THAT(gap_ids(document), Contains("sbom-other-distribution"));
}

TEST(Spdx, JsonOfBothTools) {
  const Document document = good(R"({"spdxVersion":"SPDX-2.3","name":"app:1","SPDXID":"SPDXRef-DOCUMENT",
    "creationInfo":{"creators":["Organization: x","Tool: trivy-0.50"]},"packages":[
    {"name":"app:1","SPDXID":"SPDXRef-ContainerImage-1","primaryPackagePurpose":"CONTAINER"},
    {"name":"debian","SPDXID":"SPDXRef-OperatingSystem-1","versionInfo":"11.8","primaryPackagePurpose":"OPERATING-SYSTEM"},
    {"name":"libssl1.1","SPDXID":"SPDXRef-Package-1","versionInfo":"1.1.1n-0+deb11u5","sourceInfo":"built package from: openssl 1.1.1n-0+deb11u5",
     "supplier":"Person: Somebody","licenseDeclared":"OpenSSL",
     "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/libssl1.1@1.1.1n-0%2Bdeb11u5?distro=debian-11.8"}],
     "annotations":[{"comment":"LayerDiffID: sha256:ab"},{"comment":"SrcVersion: 1.1.1n"}]},
    {"name":"lodash","SPDXID":"SPDXRef-Package-2","versionInfo":"4.17.15","sourceInfo":"package found in: app/package.json",
     "externalRefs":[{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/lodash@4.17.15"}]}]
})");
  EXPECT_EQ(document.format, "SPDX 2.3");
  EXPECT_EQ(document.producer, "trivy-0.50");
  EXPECT_EQ(document.distribution.version_id, "11.8");
  ASSERT_NE(find(document, "libssl1.1"), nullptr);
  EXPECT_EQ(find(document, "libssl1.1")->source_name, "openssl");
  EXPECT_EQ(find(document, "libssl1.1")->source_version, "1.1.1n-0+deb11u5");
  EXPECT_EQ(document.layers, std::vector<std::string>{"sha256:ab"});
  ASSERT_NE(find(document, "lodash"), nullptr);
  EXPECT_EQ(find(document, "lodash")->database_path, "app/package.json");
}

TEST(Spdx, TagValueWithTextThatGoesOverLines) {
  const Document document = good(R"(SPDXVersion: SPDX-2.2
DataLicense: CC0-1.0
DocumentName: app
Creator: Tool: syft-1.0
# a package
PackageName: bash
SPDXID: SPDXRef-Package-bash
PackageVersion: 5.1-2
PackageSourceInfo: <text>acquired package info from DPKG DB:
 /var/lib/dpkg/status</text>
PackageComment: <text>PackageName: not-a-package
PackageVersion: 9</text>
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/bash@5.1-2?arch=amd64&distro=debian-11
FileName: /bin/bash
PackageName: evil: colon
ExternalRef: PACKAGE-MANAGER purl pkg:npm/evil@1
AnnotationComment: <text>never ends)");
  EXPECT_EQ(document.packages.size(), 2U);
  ASSERT_NE(find(document, "bash"), nullptr);
  EXPECT_EQ(find(document, "bash")->version, "5.1-2");
  EXPECT_EQ(find(document, "not-a-package"), nullptr);
  EXPECT_EQ(document.distribution.id, "debian");
}

TEST(SyftJson, MetadataNamesTheSource) {
  const Document document = good(R"({"artifacts":[
    {"name":"libssl3","version":"3.0.11-1","type":"deb","locations":[{"path":"/var/lib/dpkg/status","layerID":"sha256:l"}],
     "purl":"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12","licenses":[{"value":"Apache-2.0"}],
     "metadata":{"source":"openssl","sourceVersion":"","maintainer":"Debian OpenSSL Team"}},
    {"name":"requests","version":"2.0","type":"python","licenses":["MIT"],"locations":[]}],
    "distro":{"name":"debian","versionID":"12","prettyName":"Debian GNU/Linux 12"},
    "source":{"type":"image","target":{"userInput":"app:2","manifestDigest":"sha256:m","layers":[{"digest":"sha256:l"}]}},
    "descriptor":{"name":"syft","version":"1.1"},"schema":{"version":"16.0.0"}})");
  EXPECT_EQ(document.format, "syft-json 16.0.0");
  EXPECT_EQ(document.subject, "app:2");
  ASSERT_NE(find(document, "libssl3"), nullptr);
  EXPECT_EQ(find(document, "libssl3")->source_name, "openssl");
  EXPECT_EQ(find(document, "libssl3")->database_path, "var/lib/dpkg/status");
  EXPECT_EQ(find(document, "libssl3")->layer, 0U);
  ASSERT_NE(find(document, "requests"), nullptr);
  EXPECT_EQ(find(document, "requests")->type, "pypi");
}

TEST(PurlList, LinesAndComments) {
  const Document document =
      good("# what we ship\n\npkg:npm/lodash@4.17.15\r\n  pkg:pypi/Django@1.11.1\nsomething else\n");
  EXPECT_EQ(document.packages.size(), 2U);
  EXPECT_THAT(gap_ids(document), Contains("sbom-component-unidentified"));
}

TEST(Attestations, AreUnwrapped) {
  const std::string bom =
      R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a","purl":"pkg:npm/a@1"}]})";
  EXPECT_EQ(
      good(R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"https://cyclonedx.org/bom","predicate":)" +
           bom + "}")
          .packages.size(),
      1U);
  EXPECT_EQ(good(R"({"_type":"x","predicate":{"Data":)" + bom + "}}").packages.size(), 1U);
  // The statement in base64.
  EXPECT_EQ(
      good(R"({"payloadType":"application/vnd.in-toto+json","signatures":[],"payload":")"
           "eyJwcmVkaWNhdGUiOnsiYm9tRm9ybWF0IjoiQ3ljbG9uZURYIiwic3BlY1ZlcnNpb24iOiIxLjYiLCJjb21wb25lbnRzIjpbeyJ0eXBl"
           "IjoibGlicmFyeSIsIm5hbWUiOiJhIiwicHVybCI6InBrZzpucG0vYUAxIn1dfX0=\"}")
          .packages.size(),
      1U);
  EXPECT_EQ(bad(R"({"predicate":{"predicate":{"predicate":{"predicate":{"predicate":{}}}}}})"),
            "sbom-unknown-format");
}

TEST(Hostile, IsNamed) {
  EXPECT_EQ(bad(""), "sbom-malformed");
  EXPECT_EQ(bad("{"), "sbom-malformed");
  EXPECT_EQ(bad("{}"), "sbom-unknown-format");
  EXPECT_EQ(bad("hello"), "sbom-unknown-format");
  EXPECT_EQ(bad("<bom/>"), "sbom-unknown-format");
  EXPECT_EQ(bad("<bom"), "sbom-malformed");
  EXPECT_EQ(bad("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.1\"/>"), "sbom-version");
  EXPECT_EQ(bad("<!DOCTYPE b [<!ENTITY a \"b\">]><bom>&a;</bom>"), "sbom-malformed");
  EXPECT_EQ(bad(R"({"bomFormat":"CycloneDX","specVersion":"9.0"})"), "sbom-version");
  EXPECT_EQ(bad(R"({"spdxVersion":"SPDX-3.0"})"), "sbom-version");
  EXPECT_EQ(bad(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":)" + std::string(5000, '[') +
                std::string(5000, ']') + "}"),
            "sbom-nesting-limit");
  Limits limits;
  limits.bytes = 10;
  EXPECT_EQ(bad("pkg:npm/lodash@4.17.15\n", limits), "sbom-size-limit");
  limits.bytes = 1 << 20;
  limits.components = 2;
  EXPECT_EQ(bad("pkg:npm/a@1\npkg:npm/b@1\npkg:npm/c@1\n", limits), "sbom-component-limit");
}

TEST(Hostile, LongTextIsCutAtACharacter) {
  std::string name;
  for (int i = 0; i < 5000; ++i) name += "\xc3\xa4";
  const Document document =
      good(R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":")" + name +
           R"(","version":"1","properties":[{"name":"syft:package:type","value":"npm"}]}]})");
  ASSERT_EQ(document.packages.size(), 1U);
  EXPECT_EQ(document.packages[0].name.size(), 4096U);
}

}  // namespace
}  // namespace hullcheck::sbom
