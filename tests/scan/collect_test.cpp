// Collecting from a source into facts: what an earlier scan left in the store changes nothing but the time it takes.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "scan/saved_facts.hpp"
#include "scan/scan.hpp"
#include "support/http_server.hpp"
#include "support/sample_image.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::scan {
namespace {

using test::HttpServer;
using test::ServedAnswer;
using test::ServedRequest;

constexpr const char* k_manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* k_index_type = "application/vnd.oci.image.index.v1+json";

// An engine whose export holds the layers packed, as one does whose image store is containerd's.
struct PackingEngine {
  test::SampleImage image = test::sample_image();
  std::string id = image.config_digest();
  std::string target_type;    // of the descriptor, "" for an engine that has none
  std::string manifest_list;  // what it answers when asked for the manifests of an index

  std::string diff_ids() const {
    std::string ids;
    for (const auto& layer : image.layers) ids += (ids.empty() ? "\"" : ",\"") + layer.diff_id() + "\"";
    return ids;
  }
  std::string exported() const {
    auto files = test::layout_files({image});
    files["index.json"] = test::index_json({test::descriptor_json(k_manifest_type, image.manifest)});
    std::string names;
    for (const auto& layer : image.layers)
      names += (names.empty() ? "\"" : ",\"") + test::blob_path(layer.digest()) + "\"";
    files["manifest.json"] = fmt::format(R"([{{"Config":"{}","RepoTags":["app:1"],"Layers":[{}]}}])",
                                         test::blob_path(image.config_digest()), names);
    return test::tar_of(files);
  }
  ServedAnswer operator()(const ServedRequest& request) const {
    const std::string descriptor =
        target_type.empty() ? "null" : fmt::format(R"({{"mediaType":"{}","digest":"{}","size":1}})", target_type, id);
    if (request.path == "/images/app:1/json")
      return {
          .body = fmt::format(
              R"({{"Id":"{}","Descriptor":{},"RepoTags":["app:1"],"Architecture":"amd64","Os":"linux","Manifests":[{}],
                      "Config":{{"Entrypoint":["/bin/one"]}},"RootFS":{{"Type":"layers","Layers":[{}]}}}})",
              id, descriptor, request.query.find("manifests=1") == std::string::npos ? "" : manifest_list,
              diff_ids())};
    if (request.path.ends_with("/history")) return {.body = "[]"};
    if (request.path == "/images/" + id + "/get") return {.body = exported(), .chunked = true};
    return {.status = 404, .body = R"({"message":"No such image"})"};
  }
};

class CollectFromEngine : public testing::Test {
 protected:
  Collected collect_once() {
    const HttpServer server(m_engine, m_socket);
    CollectOptions options;
    options.acquire.docker_host = "unix://" + m_socket;
    options.acquire.docker_config = m_folder.path();
    util::Profile profile;
    auto collected = collect("docker:app:1", options, *m_store, {}, util::no_progress(), profile);
    EXPECT_TRUE(collected) << collected.error().describe();
    m_exports = server.count("GET", "/images/" + m_engine.id + "/get");
    return collected ? std::move(*collected) : Collected{};
  }
  // The same from the export and from the store; gives the image.
  model::Image same_both_times() {
    const Collected cold = collect_once();
    EXPECT_EQ(m_exports, 1U);
    const Collected warm = collect_once();
    EXPECT_EQ(m_exports, 0U);
    EXPECT_EQ(encode_facts(cold), encode_facts(warm));
    if (cold.images.size() != 1) return {};
    const ImageFacts& facts = cold.images[0];
    EXPECT_TRUE(facts.image.gaps.empty()) << facts.image.gaps[0].reason;
    EXPECT_EQ(facts.layers.size(), 2U);
    for (std::size_t i = 0; i < facts.layers.size(); ++i) {
      const test::SampleLayer& layer = m_engine.image.layers[i];
      EXPECT_EQ(facts.layers[i].diff_id, layer.diff_id());
      EXPECT_EQ(facts.layers[i].blob_digest, layer.diff_id()) << "as the engine keeps it, unpacked";
      EXPECT_EQ(facts.layers[i].size, layer.plain.size());
      EXPECT_TRUE(facts.layers[i].read);
    }
    return facts.image;
  }

  test::ScratchFolder m_folder;
  std::string m_socket = m_folder.path() + "/engine.sock";
  PackingEngine m_engine;
  std::unique_ptr<store::FactStore> m_store = store::memory_store();
  std::size_t m_exports = 0;
};

TEST_F(CollectFromEngine, PackedLayersHadOtherDigestsOnTheSecondScan) {
  const model::Image image = same_both_times();
  EXPECT_EQ(image.config_digest, m_engine.image.config_digest());
  EXPECT_EQ(image.manifest_digest, "");
}

TEST_F(CollectFromEngine, ImagesKnownByTheirManifestLostTheirDigestsOnTheSecondScan) {
  m_engine.id = m_engine.image.manifest_digest();
  m_engine.target_type = k_manifest_type;
  const model::Image image = same_both_times();
  EXPECT_EQ(image.manifest_digest, m_engine.id);
  EXPECT_EQ(image.index_digest, "");
}

TEST_F(CollectFromEngine, ImagesOfAnIndexAreNamedByTheirManifest) {
  m_engine.id = "sha256:" + std::string(64, 'd');
  m_engine.target_type = k_index_type;
  const auto entry = [](const std::string& id, const char* kind, bool available, const char* architecture) {
    return fmt::format(
        R"({{"ID":"{}","Kind":"{}","Available":{},"ImageData":{{"Platform":{{"os":"linux","architecture":"{}"}}}}}})",
        id, kind, available, architecture);
  };
  const std::string other = "sha256:" + std::string(64, 'e');
  m_engine.manifest_list = entry(other, "image", false, "amd64") + "," + entry(other, "image", true, "arm64") + "," +
                           entry(other, "attestation", true, "amd64");
  EXPECT_EQ(same_both_times().manifest_digest, "") << "not known, so not told";

  m_store = store::memory_store();
  m_engine.manifest_list += "," + entry(m_engine.image.manifest_digest(), "image", true, "amd64");
  const model::Image image = same_both_times();
  EXPECT_EQ(image.manifest_digest, m_engine.image.manifest_digest());
  EXPECT_EQ(image.index_digest, m_engine.id);
}

// Several images through a cache that holds four of them, each scan with a store of its own as the program has it.
class CollectWithSmallCache : public testing::Test {
 protected:
  static test::SampleLayer layer_of(const std::string& name) {
    test::TarWriter tar;
    for (int i = 0; i < 200; ++i)
      tar.file(fmt::format("opt/{}/file-{}.sh", name, i), fmt::format("#!/bin/sh\necho {}\n", i), {.mode = 0755});
    test::SampleLayer layer;
    layer.plain = layer.blob = tar.finish();
    return layer;
  }
  std::string image(const std::string& name) {
    const auto made = test::image_of({m_base, layer_of(name)}, name, "amd64");
    m_diff_ids[name] = made.layers[1].diff_id();
    return m_folder.write(name + ".tar", test::docker_archive(made, name + ":1"));
  }
  Buffer scan(const std::string& path) {
    auto store = store::open_sqlite_store(m_cache, m_limit);
    EXPECT_TRUE(store) << store.error().describe();
    util::Profile profile;
    const auto collected = collect("archive:" + path, {}, **store, {}, util::no_progress(), profile);
    EXPECT_TRUE(collected) << collected.error().describe();
    return collected ? encode_facts(*collected) : Buffer();
  }
  store::Usage usage() { return *(*store::open_sqlite_store(m_cache, m_limit))->usage(); }
  bool is_kept(const std::string& diff_id) {
    return (*store::open_sqlite_store(m_cache, m_limit))->load(diff_id).has_value();
  }

  test::ScratchFolder m_folder;
  std::string m_cache = m_folder.path() + "/cache";
  std::uint64_t m_limit = store::k_default_limit;
  test::SampleLayer m_base = layer_of("base");
  std::map<std::string, std::string> m_diff_ids;
};

TEST_F(CollectWithSmallCache, WhatIsUsedStaysAndTheOldestGoesFirst) {
  const std::string favourite = image("favourite");
  const Buffer first = scan(favourite);
  const std::uint64_t of_two_layers = usage().bytes;
  m_limit = of_two_layers * 11 / 4;  // five layers, and not six
  for (int i = 0; i < 12; ++i) {
    scan(image(fmt::format("other-{}", i)));
    const store::Usage now = usage();
    EXPECT_LE(now.bytes, m_limit) << i;
    EXPECT_LE(now.blobs, now.layers) << "of a layer that went nothing stays";
    EXPECT_LT(std::filesystem::file_size(m_cache + "/facts.db"), m_limit + m_limit / 4 + 65'536) << i;
    EXPECT_EQ(scan(favourite), first) << "whatever is in the cache";
    EXPECT_TRUE(is_kept(m_base.diff_id())) << i;
    EXPECT_TRUE(is_kept(m_diff_ids["favourite"])) << i;
  }
  EXPECT_EQ(usage().layers, 5U);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(is_kept(m_diff_ids[fmt::format("other-{}", i)]), i >= 9) << i;
}

}  // namespace
}  // namespace hullcheck::scan
