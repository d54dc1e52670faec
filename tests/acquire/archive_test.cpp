#include <fmt/core.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "acquire/image_archive.hpp"
#include "support/compress.hpp"
#include "support/recording_sink.hpp"
#include "support/sample_image.hpp"
#include "support/streams.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::acquire {
namespace {

using test::RecordingSink;
using test::SampleImage;
using test::TarWriter;

std::vector<std::string> gap_ids(const model::Image& image) {
  std::vector<std::string> ids;
  for (const auto& gap : image.gaps) ids.push_back(gap.id);
  return ids;
}
using Ids = std::vector<std::string>;

struct Outcome {
  std::vector<model::Image> images;
  std::string error;
};

Outcome settle(Result<std::vector<model::Image>> result, RecordingSink& sink) {
  if (!result) return {{}, result.error().name};
  sink.read_offered();
  return {std::move(*result), ""};
}

// The same bytes as a stream and as a file: both ways must see the same image.
Outcome read_stream(const std::string& bytes, RecordingSink& sink, AcquireContext context = {}) {
  const auto stream = formats::memory_stream(as_bytes(bytes), 5000);
  ArchiveRequest request{"-", "stdin", context.options.tag, "", false, ""};
  return settle(read_archive_stream(*stream, request, context, sink), sink);
}
Outcome read_file(const std::string& bytes, RecordingSink& sink, AcquireContext context = {}) {
  test::ScratchFolder folder;
  const std::string path = folder.write("image", bytes);
  return settle(acquire("archive:" + path, context, sink), sink);
}

void expect_complete(const Outcome& outcome, const SampleImage& image, const RecordingSink& sink) {
  ASSERT_EQ(outcome.error, "");
  ASSERT_EQ(outcome.images.size(), 1U);
  const auto& found = outcome.images[0];
  EXPECT_EQ(gap_ids(found), Ids{});
  EXPECT_EQ(found.config_digest, image.config_digest());
  EXPECT_EQ(found.config_json, image.config);
  EXPECT_EQ(found.platform, "linux/amd64");
  EXPECT_TRUE(found.config.present);
  ASSERT_EQ(found.layers.size(), image.layers.size());
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    EXPECT_EQ(found.layers[i].diff_id, image.layers[i].diff_id());
    const auto* read = sink.layer(found.layers[i].key);
    ASSERT_NE(read, nullptr) << found.layers[i].key;
    EXPECT_EQ(read->diff_id, image.layers[i].diff_id());
    EXPECT_EQ(read->error, "");
  }
}

TEST(Archive, PlainIsIndexedAndOffered) {
  const auto image = test::sample_image();
  RecordingSink sink;
  const auto outcome = read_file(test::docker_archive(image, "app:1"), sink);
  expect_complete(outcome, image, sink);
  for (const auto& layer : sink.layers) EXPECT_FALSE(layer.fed);
  EXPECT_NE(outcome.images[0].reference.find("(app:1)"), std::string::npos);
}

TEST(Archive, CompressedIsStreamed) {
  const auto image = test::sample_image();
  for (const auto& bytes :
       {test::gzip(test::docker_archive(image, "app:1")), test::zstd(test::docker_archive(image, "app:1"))}) {
    RecordingSink sink;
    expect_complete(read_file(bytes, sink), image, sink);
    for (const auto& layer : sink.layers) {
      EXPECT_TRUE(layer.fed);
      EXPECT_TRUE(layer.info.repeatable);
    }
  }
}

TEST(Archive, Stream) {
  const auto image = test::sample_image();
  RecordingSink sink;
  expect_complete(read_stream(test::docker_archive(image, "app:1"), sink), image, sink);
  EXPECT_FALSE(sink.layers[0].info.repeatable);
}

// Older engines replace a layer that was there already by a link to it.
TEST(Archive, LinkedLayers) {
  const auto base = test::plain_layer("base", "x");
  const auto image = test::image_of({base, test::plain_layer("top", "y"), base, base}, "links", "amd64");
  TarWriter tar;
  tar.file("a/layer.tar", base.plain)
      .symlink("c/layer.tar", "../a/layer.tar")
      .hard_link("d/layer.tar", "a/layer.tar");
  tar.file("b/layer.tar", image.layers[1].plain).file("config.json", image.config);
  tar.file(
      "manifest.json",
      R"([{"Config":"config.json","RepoTags":null,"Layers":["a/layer.tar","b/layer.tar","c/layer.tar","d/layer.tar"]}])");
  const std::string bytes = tar.finish();
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    const auto outcome = stream ? read_stream(bytes, sink) : read_file(bytes, sink);
    expect_complete(outcome, image, sink);
    EXPECT_EQ(outcome.images[0].layers[2].key, outcome.images[0].layers[0].key);
    EXPECT_EQ(outcome.images[0].layers[3].key, outcome.images[0].layers[0].key);
    EXPECT_EQ(sink.layers.size(), 2U);
  }
}

TEST(Archive, LinksWithDotsAndThroughLinkedFoldersWereTakenForMissing) {
  const auto base = test::plain_layer("base", "x");
  const auto image = test::image_of({base, base, base}, "links", "amd64");
  const auto read = [&](const std::string& dots, const std::string& folder, RecordingSink& sink) {
    TarWriter tar;
    tar.file("a/layer.tar", base.plain).symlink("b/layer.tar", dots).symlink("e/d", folder);
    tar.symlink("c/layer.tar", "../e/d/layer.tar").file("config.json", image.config);
    tar.file("manifest.json",
             R"([{"Config":"config.json","RepoTags":null,"Layers":["a/layer.tar","b/layer.tar","c/layer.tar"]}])");
    return read_file(tar.finish(), sink);
  };
  RecordingSink sink;
  expect_complete(read("./../b/.././a//layer.tar", "../a", sink), image, sink);
  RecordingSink none;
  const auto outside = read("../../a/layer.tar", "d", none);
  ASSERT_EQ(outside.images.size(), 1U) << outside.error;
  EXPECT_EQ(gap_ids(outside.images[0]), (Ids{"archive-member-unusable", "archive-link-limit"}));
}

// manifest.json beside an OCI layout, as newer engines write it.
std::map<std::string, std::string> newer_files(const SampleImage& image) {
  auto files = test::layout_files({image});
  files["index.json"] = test::index_json(
      {test::descriptor_json("application/vnd.oci.image.manifest.v1+json", image.manifest,
                             R"("annotations":{"io.containerd.image.name":"docker.io/library/app:1"})")});
  std::string layers;
  for (const auto& layer : image.layers)
    layers += (layers.empty() ? "\"" : ",\"") + test::blob_path(layer.digest()) + "\"";
  files["manifest.json"] = fmt::format(R"([{{"Config":"{}","RepoTags":["app:1"],"Layers":[{}]}}])",
                                       test::blob_path(image.config_digest()), layers);
  return files;
}

TEST(Archive, LayoutInside) {
  const auto image = test::sample_image();
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    const auto bytes = test::tar_of(newer_files(image));
    const auto outcome = stream ? read_stream(bytes, sink) : read_file(bytes, sink);
    expect_complete(outcome, image, sink);
    EXPECT_EQ(outcome.images[0].layers[0].key, image.layers[0].digest());
    EXPECT_EQ(outcome.images[0].layers[0].blob_digest, image.layers[0].digest());
  }
}

TEST(Archive, LayoutOnly) {
  const auto image = test::sample_image();
  auto files = newer_files(image);
  files.erase("manifest.json");
  RecordingSink sink;
  const auto outcome = read_file(test::tar_of(files), sink);
  expect_complete(outcome, image, sink);
  EXPECT_EQ(outcome.images[0].manifest_digest, image.manifest_digest());
}

TEST(Archive, TwoManifestsThatDisagree) {
  const auto good = test::sample_image("good"), evil = test::sample_image("evil");
  auto files = newer_files(good);
  for (auto& [name, bytes] : test::layout_files({evil})) files[name] = bytes;
  files["index.json"] =
      test::index_json({test::descriptor_json("application/vnd.oci.image.manifest.v1+json", evil.manifest)});
  RecordingSink sink;
  const auto outcome = read_file(test::tar_of(files), sink);
  ASSERT_EQ(outcome.images.size(), 1U);
  EXPECT_EQ(gap_ids(outcome.images[0]), Ids{"archive-manifests-differ"});
}

std::string two_images(const SampleImage& one, const SampleImage& two) {
  TarWriter tar;
  std::string list;
  for (const auto* image : {&one, &two}) {
    const std::string name = image == &one ? "one" : "two";
    std::string layers;
    for (std::size_t i = 0; i < image->layers.size(); ++i) {
      const std::string path = fmt::format("{}{}/layer.tar", name, i);
      tar.file(path, image->layers[i].plain);
      layers += (layers.empty() ? "\"" : ",\"") + path + "\"";
    }
    tar.file(name + ".json", image->config);
    list += fmt::format(R"({}{{"Config":"{}.json","RepoTags":["example/{}:1"],"Layers":[{}]}})",
                        list.empty() ? "" : ",", name, name, layers);
  }
  return tar.file("manifest.json", "[" + list + "]").finish();
}

TEST(Archive, SeveralImages) {
  const auto one = test::sample_image("one"), two = test::sample_image("two");
  RecordingSink all;
  EXPECT_EQ(read_file(two_images(one, two), all).images.size(), 2U);
  for (const std::string tag : {"example/two:1", "docker.io/example/two:1"}) {
    AcquireContext context;
    context.options.tag = tag;
    RecordingSink sink;
    expect_complete(read_file(two_images(one, two), sink, context), two, sink);
    EXPECT_EQ(sink.layers.size(), 2U) << "the other image's layers must not be read";
    RecordingSink streamed;
    expect_complete(read_stream(two_images(one, two), streamed, context), two, streamed);
  }
  AcquireContext context;
  context.options.tag = "three";
  RecordingSink none;
  EXPECT_EQ(read_file(two_images(one, two), none, context).error, "tag-not-found");
}

TEST(Archive, WithoutManifest) {
  RecordingSink sink;
  EXPECT_EQ(read_file(TarWriter().file("etc/passwd", "root").finish(), sink).error, "archive-no-manifest");
  EXPECT_EQ(read_stream(TarWriter().file("a/layer.tar", "x").finish(), sink).error, "archive-no-manifest");
  EXPECT_EQ(read_file("", sink).error, "archive-no-manifest");
  EXPECT_NE(read_file(std::string(5000, 'x'), sink).error, "");
}

std::string message_of(const std::string& bytes) {
  test::ScratchFolder folder;
  AcquireContext context;
  RecordingSink sink;
  const auto result = acquire("archive:" + folder.write("image", bytes), context, sink);
  return result ? "" : result.error().describe();
}

TEST(Archive, WhatIsNoArchiveIsToldWhatIsWanted) {
  for (const std::string& other :
       {std::string(5000, 'x'), std::string("root:x:0:0:root:/root:/bin/bash\n"), std::string()})
    EXPECT_NE(message_of(other).find("`docker save"), std::string::npos) << message_of(other);
  const std::string tree = message_of(TarWriter().file("etc/passwd", "root").file("bin/sh", "x").finish());
  EXPECT_NE(tree.find("rootfs:"), std::string::npos) << tree;
  test::ScratchFolder folder;
  AcquireContext context;
  RecordingSink sink;
  const auto a_folder = acquire("archive:" + folder.path(), context, sink);
  ASSERT_FALSE(a_folder.ok());
  EXPECT_NE(a_folder.error().message.find("rootfs:" + folder.path()), std::string::npos);
}

// What the archive holds was taken for it, unasked and unverified.
TEST(Archive, DigestOfAnArchiveWithoutALayoutWasPassedOver) {
  test::ScratchFolder folder;
  const std::string path = folder.write("app.tar", test::docker_archive(test::sample_image(), "app:1"));
  AcquireContext context;
  RecordingSink sink;
  for (const std::string& reference : {"oci:" + path, path}) {
    const auto result = acquire(reference + "@sha256:" + std::string(64, 'a'), context, sink);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().name, "digest-not-found") << result.error().describe();
  }
}

TEST(Archive, ALoneImageOfAnotherPlatformIsAnError) {
  const auto arm = test::sample_image("arm", "arm64");
  AcquireContext context;
  context.options.platform = "linux/amd64";
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    const std::string bytes = test::docker_archive(arm, "app:1");
    EXPECT_EQ((stream ? read_stream(bytes, sink, context) : read_file(bytes, sink, context)).error,
              "platform-not-found");
  }
  context.options.platform = "arm64";
  RecordingSink sink;
  EXPECT_EQ(read_file(test::docker_archive(arm, "app:1"), sink, context).error, "");
}

TEST(Archive, ThePlatformChoosesAmongSeveralImages) {
  const auto amd = test::sample_image("one"), arm = test::sample_image("two", "arm64");
  AcquireContext context;
  context.options.platform = "linux/amd64";
  RecordingSink sink;
  expect_complete(read_file(two_images(amd, arm), sink, context), amd, sink);
}

// A tag that is passed over would mean that another image was judged than the one that was meant.
TEST(Archive, TheTagOptionIsForArchivesOnly) {
  AcquireContext context;
  context.options.tag = "1.25";
  context.options.offline = true;
  RecordingSink sink;
  for (const char* reference : {"nginx", "docker:nginx", "registry:nginx", "podman:nginx", "rootfs:/"}) {
    const auto result = acquire(reference, context, sink);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().name, "tag-not-applicable") << reference;
  }
}

TEST(Archive, PipesAreReadAsStreams) {
  const auto image = test::sample_image();
  test::ScratchFolder folder;
  const std::string path = folder.path() + "/pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path, std::ios::binary) << test::docker_archive(image, "app:1"); });
  AcquireContext context;
  RecordingSink sink;
  const auto outcome = settle(acquire("archive:" + path, context, sink), sink);
  writer.join();
  expect_complete(outcome, image, sink);
}

TEST(Archive, APipeThatNobodyWritesToCanBeStopped) {
  test::ScratchFolder folder;
  const std::string path = folder.path() + "/pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::stop_source stop;
  AcquireContext context;
  context.stop = stop.get_token();
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  RecordingSink sink;
  const auto outcome = settle(acquire("archive:" + path, context, sink), sink);
  later.join();
  EXPECT_EQ(outcome.error, "cancelled");
}

TEST(Archive, MissingConfigAndLayersAreGaps) {
  const auto image = test::sample_image();
  TarWriter tar;
  tar.file("0/layer.tar", image.layers[0].plain);
  tar.file("manifest.json", R"([{"Config":"gone.json","RepoTags":[],"Layers":["0/layer.tar","1/layer.tar"]}])");
  const std::string bytes = tar.finish();
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    const auto outcome = stream ? read_stream(bytes, sink) : read_file(bytes, sink);
    ASSERT_EQ(outcome.images.size(), 1U) << outcome.error;
    EXPECT_EQ(gap_ids(outcome.images[0]), (Ids{"config-missing", "layer-missing"}));
    EXPECT_FALSE(outcome.images[0].config.present);
    EXPECT_FALSE(outcome.images[0].layers[0].missing);
    EXPECT_TRUE(outcome.images[0].layers[1].missing);
    EXPECT_EQ(sink.layers.size(), 1U);
  }
}

TEST(Archive, ConfigUnderAnotherDigestNamesBoth) {
  const auto image = test::sample_image();
  const std::string promised(64, 'a');
  TarWriter tar;
  tar.file(promised + ".json", image.config).file("0/layer.tar", image.layers[0].plain);
  tar.file("1/layer.tar", image.layers[1].plain);
  tar.file("manifest.json",
           fmt::format(R"([{{"Config":"{}.json","Layers":["0/layer.tar","1/layer.tar"]}}])", promised));
  RecordingSink sink;
  const auto outcome = read_file(tar.finish(), sink);
  ASSERT_EQ(outcome.images.size(), 1U);
  ASSERT_EQ(gap_ids(outcome.images[0]), Ids{"config-digest-mismatch"});
  EXPECT_NE(outcome.images[0].gaps[0].reason.find(promised), std::string::npos);
  EXPECT_NE(outcome.images[0].gaps[0].reason.find(image.config_digest()), std::string::npos);
}

TEST(Archive, NamesThatLeadOutArePassedOver) {
  const auto image = test::sample_image();
  std::string bytes = test::docker_archive(image, "");
  TarWriter evil;
  evil.file("../../etc/cron.d/x", "* * * * * root sh")
      .file("/manifest.json", "[]")
      .file("a/../../manifest.json", "[]");
  evil.symlink("s/layer.tar", "../../../etc/passwd");
  bytes = evil.finish_without_end() + bytes;
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    auto outcome = stream ? read_stream(bytes, sink) : read_file(bytes, sink);
    ASSERT_EQ(outcome.images.size(), 1U) << outcome.error;
    EXPECT_EQ(gap_ids(outcome.images[0]), Ids(3, "archive-member-name"));
    EXPECT_EQ(outcome.images[0].gaps[0].effect, model::GapEffect::note);
    outcome.images[0].gaps.clear();
    expect_complete(outcome, image, sink);
  }
}

TEST(Archive, ManifestWithNamesThatLeadOut) {
  TarWriter tar;
  tar.file("manifest.json", R"([{"Config":"/etc/hostname","Layers":["../../../../etc/passwd","s"]}])")
      .symlink("s", "s2");
  tar.symlink("s2", "s");
  RecordingSink sink;
  const auto outcome = read_file(tar.finish(), sink);
  ASSERT_EQ(outcome.images.size(), 1U);
  EXPECT_EQ(gap_ids(outcome.images[0]), (Ids{"config-missing", "layer-missing", "archive-link-limit"}));
  EXPECT_TRUE(sink.layers.empty());
}

// Unpacking lets the later of two members win, and so does every engine.
TEST(Archive, DuplicateMembersTheLastOneCounts) {
  const auto image = test::sample_image();
  TarWriter tar;
  tar.file("0/layer.tar", test::plain_layer("decoy", "harmless").plain).file("manifest.json", "[]");
  const std::string bytes = tar.finish_without_end() + test::docker_archive(image, "");
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    expect_complete(stream ? read_stream(bytes, sink) : read_file(bytes, sink), image, sink);
  }
}

TEST(Archive, Truncated) {
  const auto image = test::sample_image();
  // The manifest first, so that the break comes after it.
  TarWriter tar;
  tar.file("manifest.json", R"([{"Config":"c.json","Layers":["0/layer.tar","1/layer.tar"]}])")
      .file("c.json", image.config);
  tar.file("0/layer.tar", image.layers[0].plain).file("1/layer.tar", image.layers[1].plain);
  std::string bytes = tar.finish();
  bytes.resize(bytes.size() - 3000);
  for (const bool stream : {true, false}) {
    RecordingSink sink;
    const auto outcome = stream ? read_stream(bytes, sink) : read_file(bytes, sink);
    ASSERT_EQ(outcome.images.size(), 1U) << outcome.error;
    const auto ids = gap_ids(outcome.images[0]);
    EXPECT_NE(std::find(ids.begin(), ids.end(), "tar-truncated"), ids.end());
    EXPECT_EQ(outcome.images[0].layers.size(), 2U);
    EXPECT_EQ(sink.layers.at(0).diff_id, image.layers[0].diff_id());
  }
  RecordingSink sink;
  std::string early = test::docker_archive(image, "");
  early.resize(1000);
  EXPECT_EQ(read_stream(early, sink).error, "tar-truncated");
  EXPECT_EQ(read_file(early, sink).error, "tar-truncated");
}

TEST(Archive, Limits) {
  AcquireContext context;
  context.limits.archive_members = 3;
  RecordingSink sink;
  EXPECT_EQ(read_stream(two_images(test::sample_image("a"), test::sample_image("b")), sink, context).error,
            "archive-members-limit");
  std::string layers = "\"x\"";
  for (int i = 0; i < 10'000; ++i) layers += ",\"x\"";
  EXPECT_EQ(
      read_file(TarWriter().file("manifest.json", "[{\"Config\":\"c\",\"Layers\":[" + layers + "]}]").finish(), sink)
          .error,
      "manifest-layers-limit");
  const std::string huge = "[" + std::string(9u << 20, ' ') + "]";
  EXPECT_EQ(read_stream(TarWriter().file("manifest.json", huge).finish(), sink).error, "manifest-size-limit");
  EXPECT_EQ(read_file(TarWriter().file("manifest.json", huge).finish(), sink).error, "manifest-size-limit");
}

TEST(Archive, Cancelled) {
  std::stop_source stop;
  stop.request_stop();
  AcquireContext context;
  context.stop = stop.get_token();
  RecordingSink sink;
  EXPECT_EQ(read_stream(test::docker_archive(test::sample_image(), ""), sink, context).error, "cancelled");
  EXPECT_EQ(read_file(test::docker_archive(test::sample_image(), ""), sink, context).error, "cancelled");
}

TEST(Archive, RealAlpine) {
  const std::string path = std::string(HULLCHECK_SHARED) + "/conformance/images/alpine-3.10.tar.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "shared sample absent: alpine-3.10.tar.gz";
  AcquireContext context;
  RecordingSink sink;
  const auto images = acquire(path, context, sink);
  ASSERT_TRUE(images.ok()) << images.error().describe();
  ASSERT_EQ(images->size(), 1U);
  const auto& image = images->front();
  EXPECT_EQ(gap_ids(image), Ids{});
  EXPECT_EQ(image.platform, "linux/amd64");
  ASSERT_EQ(image.layers.size(), 1U);
  EXPECT_EQ(sink.layer(image.layers[0].key)->diff_id, image.layers[0].diff_id);
}

}  // namespace
}  // namespace hullcheck::acquire
