#include "acquire/manifest.hpp"

#include <gtest/gtest.h>

#include "support/sample_image.hpp"

namespace hullcheck::acquire {
namespace {

std::string error_of(std::string_view json, std::string_view type = "") {
  const auto manifest = parse_manifest(json, type, {});
  return manifest ? "" : manifest.error().name;
}

TEST(Manifest, ImageOfEitherKind) {
  const auto image = test::sample_image();
  const auto oci = parse_manifest(image.manifest, "application/vnd.oci.image.manifest.v1+json", {});
  ASSERT_TRUE(oci.ok()) << oci.error().describe();
  EXPECT_FALSE(oci->is_index);
  ASSERT_EQ(oci->layers.size(), 2U);
  EXPECT_EQ(oci->layers[0].digest, image.layers[0].digest());
  EXPECT_EQ(oci->layers[1].size, image.layers[1].blob.size());
  EXPECT_EQ(oci->config.digest, image.config_digest());
  const auto docker = parse_manifest(R"({"schemaVersion":2,"config":{"digest":"x"},"layers":[]})",
                                     "application/vnd.docker.distribution.manifest.v2+json; charset=utf-8", {});
  ASSERT_TRUE(docker.ok());
  EXPECT_EQ(docker->media_type, "application/vnd.docker.distribution.manifest.v2+json");
}

TEST(Manifest, IndexMarksAttestations) {
  const auto index = parse_manifest(
      R"({"manifests":[{"digest":"a","platform":{"os":"linux","architecture":"amd64"}},
         {"digest":"b","platform":{"os":"unknown","architecture":"unknown"}},
         {"digest":"c","annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]})",
      "", {});
  ASSERT_TRUE(index.ok());
  EXPECT_TRUE(index->is_index);
  EXPECT_FALSE(index->manifests[0].attestation);
  EXPECT_TRUE(index->manifests[1].attestation);
  EXPECT_TRUE(index->manifests[2].attestation);
}

TEST(Manifest, RefusesByName) {
  EXPECT_EQ(error_of(R"({"schemaVersion":1,"fsLayers":[],"history":[]})"), "manifest-schema-1");
  EXPECT_EQ(error_of("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws"), "manifest-schema-1");
  EXPECT_EQ(error_of(R"({"layers":[],"manifests":[]})"), "manifest-ambiguous");
  EXPECT_EQ(error_of(R"({"layers":[],"mediaType":"application/vnd.oci.image.index.v1+json"})"), "manifest-ambiguous");
  EXPECT_EQ(error_of(R"({"manifests":[]})", "application/vnd.oci.image.manifest.v1+json"), "manifest-ambiguous");
  EXPECT_EQ(error_of(R"({"schemaVersion":2})"), "manifest-unknown");
  EXPECT_EQ(error_of("<html>"), "manifest-malformed");
  EXPECT_EQ(error_of(R"({"layers":{"a":1}})"), "manifest-malformed");
  EXPECT_EQ(error_of(R"({"layers":[1]})"), "manifest-malformed");
}

TEST(Manifest, TenThousandLayers) {
  std::string json = R"({"schemaVersion":2,"config":{},"layers":[)";
  for (int i = 0; i < 10'000; ++i) json += i ? ",{}" : "{}";
  EXPECT_EQ(error_of(json + "]}"), "manifest-layers-limit");
}

TEST(Manifest, HundredMegabytes) {
  EXPECT_EQ(error_of(R"({"layers":[],"x":")" + std::string(100u << 20, 'x') + "\"}"), "manifest-size-limit");
}

std::string chosen(const std::vector<const char*>& offered, const std::string& wanted) {
  std::vector<Descriptor> entries;
  for (const char* text : offered) {
    Descriptor entry;
    entry.digest = text;
    entry.attestation = std::string_view(text) == "unknown/unknown";
    if (*text && !entry.attestation) entry.platform = *parse_platform(text);
    entries.push_back(entry);
  }
  const auto images = select_platforms(entries, wanted);
  if (!images) return images.error().name;
  std::string list;
  for (const auto& image : *images) list += (list.empty() ? "" : " ") + image.digest;
  return list;
}

TEST(Platform, VariantsChooseTheBestThatRuns) {
  EXPECT_EQ(chosen({"linux/amd64", "linux/arm64/v8"}, "linux/amd64"), "linux/amd64");
  EXPECT_EQ(chosen({"linux/amd64", "linux/arm64/v8"}, "linux/arm64"), "linux/arm64/v8");
  EXPECT_EQ(chosen({"linux/arm64"}, "linux/arm64/v8"), "linux/arm64");
  EXPECT_EQ(chosen({"linux/arm/v5", "linux/arm/v6", "linux/arm/v7"}, "linux/arm/v7"), "linux/arm/v7");
  EXPECT_EQ(chosen({"linux/arm/v5", "linux/arm/v6"}, "linux/arm"), "linux/arm/v6");
  EXPECT_EQ(chosen({"linux/arm/v7"}, "linux/arm/v6"), "platform-not-found");
  EXPECT_EQ(chosen({"linux/amd64", "linux/amd64/v3"}, "linux/amd64"), "linux/amd64");
  EXPECT_EQ(chosen({"linux/amd64", "linux/amd64/v3"}, "linux/amd64/v3"), "linux/amd64/v3");
  EXPECT_EQ(chosen({"windows/amd64"}, "linux/amd64"), "platform-not-found");
  EXPECT_EQ(chosen({"linux/amd64", "unknown/unknown"}, "all"), "linux/amd64");
  EXPECT_EQ(chosen({"linux/s390x", "unknown/unknown"}, "x86_64"), "platform-not-found");
  EXPECT_EQ(chosen({"linux/amd64"}, "no"), "platform-invalid");
  EXPECT_EQ(chosen({"linux/amd64"}, "a/b/c/d"), "platform-invalid");
}

TEST(Platform, WhatNoImageCanBeForIsNonsense) {
  for (const char* nonsense : {"foo", "linux", "linux/foo", "foo/amd64", "unknown/unknown", "linux/arm64/x", "*",
                               "linux/", "linux/amd64 ", "linux/arm/v", "linux/arm64/v10"})
    EXPECT_FALSE(parse_platform(nonsense).ok()) << nonsense;
  for (const char* platform : {"arm", "linux/arm/v5", "linux/arm64/v9", "linux/ppc64le/power9", "windows/amd64",
                               "wasi/wasm", "linux/riscv64", "linux/loong64", "LINUX/AMD64/V2"})
    EXPECT_TRUE(parse_platform(platform).ok()) << platform;
}

TEST(Platform, OfAnImageThatStandsAlone) {
  EXPECT_TRUE(check_platform({"linux", "arm64", "v8"}, "linux/arm64").ok());
  EXPECT_TRUE(check_platform({"linux", "arm64", ""}, "").ok());
  EXPECT_TRUE(check_platform({"linux", "arm64", ""}, "all").ok());
  EXPECT_TRUE(check_platform({}, "linux/arm64").ok()) << "it does not say";
  const auto other = check_platform({"linux", "amd64", ""}, "linux/arm64");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().name, "platform-not-found");
  EXPECT_NE(other.error().message.find("linux/amd64"), std::string::npos);
}

TEST(Platform, Aliases) {
  EXPECT_EQ(parse_platform("linux/x86_64")->text(), "linux/amd64");
  EXPECT_EQ(parse_platform("aarch64")->text(), "linux/arm64");
  EXPECT_EQ(parse_platform("Linux/armhf")->text(), "linux/arm/v7");
  EXPECT_FALSE(host_platform().empty());
}

}  // namespace
}  // namespace hullcheck::acquire
