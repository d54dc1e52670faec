// VEX statements beside an image: by each way that registries and tools have, and what must not count.
#include "acquire/statements.hpp"

#include <gtest/gtest.h>

#include <map>

#include "acquire/attestation.hpp"
#include "support/http_server.hpp"
#include "support/recording_sink.hpp"
#include "support/sample_image.hpp"
#include "util/base64.hpp"

namespace hullcheck::acquire {
namespace {

using test::HttpServer;
using test::ServedAnswer;
using test::ServedRequest;
using test::sha256;
using Ids = std::vector<std::string>;

const std::string k_image_type = "application/vnd.oci.image.manifest.v1+json";
const std::string k_index_type = "application/vnd.oci.image.index.v1+json";
const std::string k_vex =
    R"({"@context":"https://openvex.dev/ns/v0.2.0","author":"a","statements":[{"vulnerability":"CVE-2024-1","status":"fixed"}]})";

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

// {"_type": …, "subject": […], "predicateType": type, "predicate": predicate}
std::string statement(const std::string& subject, const std::string& predicate,
                      const std::string& type = "https://openvex.dev/ns/v0.2.0") {
  return R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":")" +
         subject.substr(7) + R"("}}],"predicateType":")" + type + R"(","predicate":)" + predicate + "}";
}
std::string envelope(const std::string& payload, bool is_signed = true) {
  return R"({"payloadType":"application/vnd.in-toto+json","payload":")" + util::encode_base64(as_bytes(payload)) +
         R"(","signatures":[)" + (is_signed ? R"({"keyid":"","sig":"c2ln"})" : "") + "]}";
}
std::string bundle(const std::string& payload) {
  return R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"dsseEnvelope":)" +
         envelope(payload) + "}";
}

struct Shelf {
  std::map<std::string, std::pair<std::string, std::string>> manifests;  // by tag or digest: type, bytes
  std::map<std::string, std::string> blobs, referrers;                   // by digest
  bool knows_referrers = true;
  int status_of_att = 404;

  std::string add(const std::string& type, const std::string& json, const std::string& tag = "") {
    manifests[sha256(json)] = {type, json};
    if (!tag.empty()) manifests[tag] = {type, json};
    return sha256(json);
  }
  // A manifest with one layer.
  std::string artifact(const std::string& layer, const std::string& subject, const std::string& tag = "",
                       const std::string& layer_type = "application/vnd.in-toto+json") {
    blobs[sha256(layer)] = layer;
    std::string json = R"({"schemaVersion":2,"mediaType":)" + quoted(k_image_type) +
                       R"(,"artifactType":"application/vnd.in-toto+json","config":)" +
                       test::descriptor_json("application/vnd.oci.empty.v1+json", "{}") + R"(,"layers":[)" +
                       test::descriptor_json(layer_type, layer) + "]";
    if (!subject.empty())
      json += R"(,"subject":{"mediaType":)" + quoted(k_image_type) + R"(,"size":2,"digest":)" + quoted(subject) + "}";
    return add(k_image_type, json + "}", tag);
  }
  void refer(const std::string& subject, const std::vector<std::string>& digests, const std::string& more = "") {
    std::string json = R"({"schemaVersion":2,"mediaType":)" + quoted(k_index_type) + R"(,"manifests":[)";
    for (const auto& digest : digests)
      json += (json.back() == '[' ? "" : ",") + (R"({"mediaType":)" + quoted(k_image_type)) +
              R"(,"size":1,"digest":)" + quoted(digest) + more + "}";
    referrers[subject] = json + "]}";
  }

  ServedAnswer operator()(const ServedRequest& request) const {
    if (request.path == "/v2/") return {.body = "{}"};
    const std::string name = request.path.substr(request.path.rfind('/') + 1);
    if (request.path.starts_with("/v2/app/referrers/")) {
      if (!knows_referrers) return {.status = 404};
      const auto found = referrers.find(name);
      return {.headers = {{"Content-Type", k_index_type}},
              .body = found == referrers.end() ? R"({"schemaVersion":2,"manifests":[]})" : found->second};
    }
    if (request.path.starts_with("/v2/app/manifests/")) {
      if (name.ends_with(".att") && status_of_att != 404) return {.status = status_of_att};
      const auto found = manifests.find(name);
      if (found == manifests.end()) return {.status = 404};
      return {.headers = {{"Content-Type", found->second.first}}, .body = found->second.second};
    }
    const auto found = blobs.find(name);
    if (found == blobs.end()) return {.status = 404};
    return {.body = found->second, .honour_range = true};
  }
};

class Statements : public testing::Test {
 protected:
  void SetUp() override {
    m_context.options.docker_config = m_folder.path();
    m_context.options.statements = true;
    m_shelf.add(k_image_type, m_image.manifest, "1");
    m_shelf.blobs[m_image.config_digest()] = m_image.config;
    for (const auto& layer : m_image.layers) m_shelf.blobs[layer.digest()] = layer.blob;
  }
  // An index of the image, with whatever else it lists.
  void add_index(const std::string& more) {
    const std::string json =
        R"({"schemaVersion":2,"mediaType":)" + quoted(k_index_type) + R"(,"manifests":[)" +
        test::descriptor_json(k_image_type, m_image.manifest, R"("platform":{"os":"linux","architecture":"amd64"})") +
        (more.empty() ? "" : "," + more) + "]}";
    m_index = m_shelf.add(k_index_type, json, "1");
  }
  model::Image read() {
    HttpServer server(m_shelf);
    test::RecordingSink sink;
    m_context.options.platform = "linux/amd64";
    auto images = acquire("registry:" + server.host() + "/app:1", m_context, sink);
    EXPECT_TRUE(images.ok()) << images.error().describe();
    if (!images.ok() || images->size() != 1) return {};
    return images->front();
  }
  // Names of gaps, all of which must be mere notes.
  static Ids notes(const model::Image& image) {
    Ids ids;
    for (const auto& gap : image.gaps) {
      EXPECT_EQ(gap.effect, model::GapEffect::note) << gap.id;
      ids.push_back(gap.id);
    }
    return ids;
  }
  std::string subject() const { return m_image.manifest_digest(); }

  test::ScratchFolder m_folder;
  AcquireContext m_context;
  test::SampleImage m_image = test::sample_image();
  Shelf m_shelf;
  std::string m_index;
};

TEST_F(Statements, AreNotAskedForUnasked) {
  m_shelf.refer(subject(), {m_shelf.artifact(statement(subject(), k_vex), subject())});
  m_context.options.statements = false;
  const auto image = read();
  EXPECT_FALSE(image.statements_asked);
  EXPECT_TRUE(image.statements.empty());
}

TEST_F(Statements, ByReferrers) {
  m_shelf.refer(subject(), {m_shelf.artifact(statement(subject(), k_vex), subject())});
  const auto image = read();
  EXPECT_EQ(notes(image), Ids{});
  EXPECT_TRUE(image.statements_asked);
  ASSERT_EQ(image.statements.size(), 1U);
  EXPECT_EQ(image.statements[0].text, k_vex);
  EXPECT_FALSE(image.statements[0].is_signed);
  EXPECT_TRUE(image.statements[0].name.starts_with("registry:sha256:"));
}

TEST_F(Statements, ByTheFallbackTagOfOlderRegistries) {
  m_shelf.knows_referrers = false;
  m_shelf.refer(subject(), {m_shelf.artifact(k_vex, subject(), "", "application/vnd.openvex+json")});
  m_shelf.add(k_index_type, m_shelf.referrers[subject()], "sha256-" + subject().substr(7));
  const auto image = read();
  EXPECT_EQ(notes(image), Ids{});
  ASSERT_EQ(image.statements.size(), 1U) << "a document as it is, bound by the manifest's subject";
}

TEST_F(Statements, ByTheTagOfCosign) {
  m_shelf.artifact(envelope(statement(subject(), k_vex)), "", "sha256-" + subject().substr(7) + ".att",
                   "application/vnd.dsse.envelope.v1+json");
  const auto image = read();
  EXPECT_EQ(notes(image), Ids{});
  ASSERT_EQ(image.statements.size(), 1U);
  EXPECT_TRUE(image.statements[0].is_signed);
}

TEST_F(Statements, BesideTheImageInItsIndex) {
  const std::string inside = m_shelf.artifact(statement(subject(), k_vex), "");
  const std::string json = m_shelf.manifests[inside].second;
  const auto entry = [&](const std::string& about) {
    return test::descriptor_json(
        k_image_type, json,
        R"("platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":)" +
            quoted(about) + "}");
  };
  add_index(entry(subject()));
  EXPECT_EQ(read().statements.size(), 1U);
  EXPECT_EQ(read().index_digest, m_index);
  add_index(entry("sha256:" + std::string(64, 'a')));
  EXPECT_EQ(read().statements.size(), 0U) << "of another image of the same index";
}

TEST_F(Statements, AboutTheIndexAreAboutItsImage) {
  add_index("");
  m_shelf.refer(m_index, {m_shelf.artifact(bundle(statement(m_index, k_vex)), m_index)});
  const auto image = read();
  EXPECT_EQ(notes(image), Ids{});
  ASSERT_EQ(image.statements.size(), 1U);
  EXPECT_TRUE(image.statements[0].is_signed);
}

TEST_F(Statements, AboutAnotherImageDoNotCount) {
  const std::string other = "sha256:" + std::string(64, 'b');
  m_shelf.refer(subject(), {m_shelf.artifact(statement(other, k_vex), subject()),
                            m_shelf.artifact(statement(subject(), k_vex), other),
                            m_shelf.artifact(envelope(statement(subject(), k_vex)), "")});
  m_shelf.artifact(k_vex, "", "sha256-" + subject().substr(7) + ".att", "application/vnd.openvex+json");
  const auto image = read();
  EXPECT_TRUE(image.statements.empty());
  EXPECT_EQ(notes(image),
            (Ids{"vex-subject-mismatch", "vex-subject-mismatch", "vex-subject-mismatch", "vex-subject-mismatch"}));
}

TEST_F(Statements, OtherBytesThanNamedDoNotCount) {
  const std::string layer = statement(subject(), k_vex), digest = m_shelf.artifact(layer, subject());
  m_shelf.refer(subject(), {digest});
  m_shelf.blobs[sha256(layer)][10] ^= 1;
  EXPECT_EQ(notes(read()), Ids{"vex-digest-mismatch"});
  m_shelf.blobs[sha256(layer)] = layer;
  m_shelf.manifests[digest].second += " ";
  EXPECT_EQ(notes(read()), Ids{"vex-digest-mismatch"});
  EXPECT_TRUE(read().statements.empty());
}

TEST_F(Statements, WhatIsNoVexIsNotFetched) {
  const std::string layer = statement(subject(), R"({"spdxVersion":"SPDX-2.3"})", "https://spdx.dev/Document");
  const std::string digest = m_shelf.artifact(layer, subject());
  m_shelf.refer(subject(), {digest}, R"(,"annotations":{"in-toto.io/predicate-type":"https://spdx.dev/Document"})");
  EXPECT_EQ(notes(read()), Ids{});
  m_shelf.refer(subject(), {digest}, R"(,"artifactType":"application/vnd.cncf.notary.signature")");
  EXPECT_EQ(notes(read()), Ids{});
  m_shelf.manifests.erase(digest);
  EXPECT_EQ(notes(read()), Ids{}) << "it was not even asked for";
  m_shelf.refer(subject(), {digest});
  EXPECT_EQ(notes(read()), Ids{"vex-registry-failed"});
}

TEST_F(Statements, ARegistryThatFailsCostsTheStatementsOnly) {
  m_shelf.status_of_att = 403;
  EXPECT_EQ(notes(read()), Ids{"vex-registry-failed"});
  m_shelf.status_of_att = 404;
  for (const char* bad : {"<html>", "{", "[]", R"({"manifests":7})"}) {
    m_shelf.referrers[subject()] = bad;
    EXPECT_EQ(notes(read()), Ids{"vex-registry-failed"}) << bad;
  }
  m_shelf.refer(subject(), {"sha256:../../etc/passwd"});
  EXPECT_EQ(notes(read()), Ids{"vex-unreadable"});
}

TEST_F(Statements, AreLimited) {
  std::vector<std::string> many;
  for (std::size_t i = 0; i < 9; ++i)
    many.push_back(m_shelf.artifact(statement(subject(), k_vex + std::string(i, ' ')), subject()));
  m_shelf.refer(subject(), many);
  HttpServer server(m_shelf);
  const auto find = [&](const StatementLimits& limits) {
    const auto client =
        std::make_shared<RegistryClient>(parse_registry_name(server.host() + "/app:1").value(), m_context);
    EXPECT_TRUE(client->connect().ok());
    model::Image image;
    image.manifest_digest = subject();
    find_statements(*client, {}, image, m_context, limits);
    return image;
  };
  EXPECT_EQ(find({}).statements.size(), 9U);
  auto image = find({.manifests = 4});
  EXPECT_EQ(image.statements.size(), 4U);
  EXPECT_EQ(notes(image), Ids{"vex-limit"});
  image = find({.documents = 3});
  EXPECT_EQ(image.statements.size(), 3U);
  EXPECT_EQ(notes(image), Ids{"vex-limit"});
  image = find({.bytes = 600});
  EXPECT_LT(image.statements.size(), 3U);
  EXPECT_EQ(notes(image), Ids{"vex-limit"});
}

TEST(Attestation, WrappingsAreOpened) {
  const std::string digest = "sha256:" + std::string(64, 'c'), vex = k_vex;
  const std::set<std::string> wanted{digest};
  const std::string in_toto = statement(digest, vex);
  for (const auto& [bytes, is_signed] :
       {std::pair(in_toto, false), std::pair(envelope(in_toto), true), std::pair(envelope(in_toto, false), false),
        std::pair(bundle(in_toto), true)}) {
    const auto opened = open_attestation(bytes, wanted);
    ASSERT_TRUE(opened.ok()) << opened.error().describe();
    EXPECT_EQ(opened->document, vex);
    EXPECT_EQ(opened->is_signed, is_signed);
    EXPECT_TRUE(opened->names_subject);
  }
  EXPECT_FALSE(open_attestation(vex, wanted)->names_subject);
  const std::string data = R"({"Data":"{\"bomFormat\":\"CycloneDX\",\"vulnerabilities\":[]}","Timestamp":"x"})";
  EXPECT_EQ(open_attestation(statement(digest, data, "https://cosign.sigstore.dev/attestation/v1"), wanted)->document,
            R"({"bomFormat":"CycloneDX","vulnerabilities":[]})");
  EXPECT_EQ(
      open_attestation(statement(digest, R"({"builder":{}})", "https://slsa.dev/provenance/v1"), wanted)->document,
      "");
  EXPECT_EQ(open_attestation(statement(digest, R"({"bomFormat":"CycloneDX"})", "https://cyclonedx.org/bom"), wanted)
                ->document,
            "")
      << "a list of parts says nothing of flaws";
  std::string url_safe = envelope(statement(digest, R"({"@context":"openvex","a":"~~~???>>>"})"));
  for (auto at = url_safe.find("\"payload\":") + 11; url_safe[at] != '"'; ++at)
    url_safe[at] = url_safe[at] == '+' ? '-' : url_safe[at] == '/' ? '_' : url_safe[at];
  EXPECT_NE(open_attestation(url_safe, wanted)->document, "");
}

TEST(Attestation, BadOnesHaveNames) {
  const std::string digest = "sha256:" + std::string(64, 'c');
  const std::set<std::string> wanted{digest};
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]"), std::string("<html>"),
        std::string(R"({"payloadType":"x","payload":"***"})"), std::string(R"({"payloadType":"x","payload":7})"),
        std::string(R"({"predicateType":"https://openvex.dev/ns","predicate":{}})"), std::string(2000, '[')})
    EXPECT_EQ(open_attestation(bad, wanted).error().name, "vex-unreadable") << bad.substr(0, 80);
  std::string nested = k_vex;
  for (int i = 0; i < 6; ++i) nested = envelope(nested);
  EXPECT_EQ(open_attestation(nested, wanted).error().name, "vex-limit");
  EXPECT_EQ(open_attestation(statement("sha256:" + std::string(64, 'd'), k_vex), wanted).error().name,
            "vex-subject-mismatch");
  const std::string nobody = R"({"predicateType":"https://openvex.dev/ns","subject":[],"predicate":{}})";
  EXPECT_EQ(open_attestation(nobody, wanted).error().name, "vex-subject-mismatch");
}

}  // namespace
}  // namespace hullcheck::acquire
