#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "acquire/source.hpp"
#include "support/compress.hpp"
#include "support/recording_sink.hpp"
#include "support/sample_image.hpp"

namespace hullcheck::acquire {
namespace {

using test::descriptor_json;
using test::RecordingSink;
using Ids = std::vector<std::string>;

const std::string k_manifest = "application/vnd.oci.image.manifest.v1+json";
const std::string k_index = "application/vnd.oci.image.index.v1+json";

Ids gap_ids(const model::Image& image) {
  Ids ids;
  for (const auto& gap : image.gaps) ids.push_back(gap.id);
  return ids;
}

std::string named(const test::SampleImage& image, const std::string& tag) {
  return descriptor_json(k_manifest, image.manifest,
                         fmt::format(R"("annotations":{{"org.opencontainers.image.ref.name":"{}"}})", tag));
}
std::string on_platform(const test::SampleImage& image, const std::string& architecture) {
  return descriptor_json(k_manifest, image.manifest,
                         fmt::format(R"("platform":{{"os":"linux","architecture":"{}"}})", architecture));
}

class Oci : public testing::Test {
 protected:
  void write(const std::map<std::string, std::string>& files) {
    for (const auto& [name, bytes] : files) m_folder.write("layout/" + name, bytes);
    m_folder.write("layout.tar", test::tar_of(files));
    m_folder.write("layout.tgz", test::gzip(test::tar_of(files)));
  }
  // Reads the layout in each packing and expects the same of all.
  std::vector<model::Image> read(const std::string& suffix = "", const std::string& platform = "") {
    std::vector<model::Image> first;
    m_error.clear();
    for (const std::string packing : {"layout", "layout.tar", "layout.tgz"}) {
      AcquireContext context;
      context.options.platform = platform;
      m_sink = std::make_unique<RecordingSink>();
      auto images = acquire("oci:" + m_folder.path() + "/" + packing + suffix, context, *m_sink);
      m_sink->read_offered();
      if (!images) {
        if (packing == "layout") m_error = images.error().name;
        EXPECT_EQ(images.error().name, m_error) << packing;
        continue;
      }
      EXPECT_EQ(m_error, "") << packing;
      for (const auto& image : *images)
        for (const auto& layer : image.layers) {
          EXPECT_TRUE(layer.missing || m_sink->layer(layer.key)) << packing << " " << layer.key;
        }
      if (packing == "layout") {
        first = std::move(*images);
        continue;
      }
      EXPECT_EQ(first.size(), images->size()) << packing;
      for (std::size_t i = 0; i < std::min(first.size(), images->size()); ++i) {
        EXPECT_EQ((*images)[i].manifest_digest, first[i].manifest_digest) << packing;
        EXPECT_EQ(gap_ids((*images)[i]), gap_ids(first[i])) << packing;
      }
    }
    return first;
  }

  test::ScratchFolder m_folder;
  std::unique_ptr<RecordingSink> m_sink;
  std::string m_error;
};

TEST_F(Oci, OneImageNeedsNoTag) {
  const auto image = test::sample_image();
  auto files = test::layout_files({image});
  files["index.json"] = test::index_json({descriptor_json(k_manifest, image.manifest)});
  write(files);
  const auto images = read();
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(gap_ids(images[0]), Ids{});
  EXPECT_EQ(images[0].source, "oci");
  EXPECT_EQ(images[0].manifest_digest, image.manifest_digest());
  ASSERT_EQ(images[0].layers.size(), 2U);
  EXPECT_EQ(m_sink->layer(images[0].layers[1].key)->digest, image.layers[1].digest());
  EXPECT_EQ(m_sink->layer(images[0].layers[1].key)->diff_id, images[0].layers[1].diff_id);
}

TEST_F(Oci, TagsAndDigests) {
  const auto one = test::sample_image("one"), two = test::sample_image("two");
  auto files = test::layout_files({one, two});
  files["index.json"] = test::index_json({named(one, "v1"), named(two, "v2")});
  write(files);
  EXPECT_EQ(read().size(), 2U);
  auto images = read(":v2");
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(images[0].manifest_digest, two.manifest_digest());
  images = read("@" + one.manifest_digest());
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(images[0].manifest_digest, one.manifest_digest());
  read(":v3");
  EXPECT_EQ(m_error, "tag-not-found");
  read("@sha256:" + std::string(64, '0'));
  EXPECT_EQ(m_error, "manifest-missing");
}

TEST_F(Oci, NestedIndexAndPlatforms) {
  const auto amd = test::sample_image("amd", "amd64"), arm = test::sample_image("arm", "arm64", "v8");
  auto files = test::layout_files({amd, arm});
  const std::string attestation =
      descriptor_json(k_manifest, amd.manifest, R"("platform":{"os":"unknown","architecture":"unknown"})");
  const std::string nested = test::index_json({on_platform(amd, "amd64"), on_platform(arm, "arm64"), attestation});
  files[test::blob_path(test::sha256(nested))] = nested;
  files["index.json"] = test::index_json({descriptor_json(k_index, nested)});
  write(files);
  auto images = read("", "linux/arm64");
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(images[0].platform, "linux/arm64/v8");
  EXPECT_EQ(images[0].manifest_digest, arm.manifest_digest());
  EXPECT_EQ(read("", "all").size(), 2U);
  read("", "linux/s390x");
  EXPECT_EQ(m_error, "platform-not-found");
}

TEST_F(Oci, PlatformsAtTheTop) {
  const auto amd = test::sample_image("amd", "amd64"), arm = test::sample_image("arm", "arm64");
  auto files = test::layout_files({amd, arm});
  files["index.json"] = test::index_json({on_platform(amd, "amd64"), on_platform(arm, "arm64")});
  write(files);
  EXPECT_EQ(read("", "linux/amd64").size(), 1U);
  EXPECT_EQ(read("", "all").size(), 2U);
}

TEST_F(Oci, AnIndexThatNamesItself) {
  // A digest cannot be its own, so the index lies under a wrong name.
  const std::string digest = "sha256:" + std::string(64, 'a');
  const std::string entry = fmt::format(R"({{"mediaType":"{}","digest":"{}","size":1}})", k_index, digest);
  write({{"oci-layout", "{}"},
         {"index.json", test::index_json({entry})},
         {test::blob_path(digest), test::index_json({entry, entry, entry})}});
  read("", "all");
  EXPECT_EQ(m_error, "index-depth-limit");
}

TEST_F(Oci, MismatchesNameBothDigests) {
  auto image = test::sample_image();
  auto files = test::layout_files({image});
  files["index.json"] = test::index_json({descriptor_json(k_manifest, image.manifest)});
  files[test::blob_path(image.manifest_digest())] += " ";
  files[test::blob_path(image.config_digest())] += "\n";
  write(files);
  const auto images = read();
  ASSERT_EQ(images.size(), 1U) << m_error;
  ASSERT_EQ(gap_ids(images[0]), (Ids{"manifest-digest-mismatch", "config-digest-mismatch"}));
  EXPECT_NE(images[0].gaps[0].reason.find(image.manifest_digest()), std::string::npos);
  EXPECT_NE(images[0].gaps[0].reason.find(test::sha256(image.manifest + " ")), std::string::npos);
  EXPECT_NE(images[0].gaps[1].reason.find(test::sha256(image.config + "\n")), std::string::npos);
  EXPECT_EQ(images[0].layers.size(), 2U);
  EXPECT_TRUE(images[0].config.present);
}

// Engines refuse such an image; the digests, which are right, used to be all that was looked at.
TEST_F(Oci, WrongSizesOfManifestAndConfigWentUnnoticed) {
  auto image = test::sample_image();
  const auto resized = [](std::string json, std::size_t from, const std::string& to) {
    const std::string promise = fmt::format(R"("size":{})", from);
    return json.replace(json.find(promise), promise.size(), fmt::format(R"("size":{})", to));
  };
  const auto read_with = [&](const std::string& manifest_size, const std::string& config_size) {
    auto changed = image;
    changed.manifest = resized(image.manifest, image.config.size(), config_size);
    auto files = test::layout_files({changed});
    const std::string entry = descriptor_json(k_manifest, changed.manifest);
    files["index.json"] = test::index_json({resized(entry, changed.manifest.size(), manifest_size)});
    write(files);
    return read();
  };
  const auto longer = read_with("999", std::to_string(image.config.size() + 1));
  ASSERT_EQ(longer.size(), 1U) << m_error;
  EXPECT_EQ(gap_ids(longer[0]), (Ids{"manifest-size-mismatch", "config-size-mismatch"}));
  EXPECT_NE(longer[0].gaps[0].reason.find("999"), std::string::npos);
  EXPECT_TRUE(longer[0].config.present);
  const auto nothing = read_with("0", "0");
  ASSERT_EQ(nothing.size(), 1U) << m_error;
  EXPECT_EQ(gap_ids(nothing[0]), Ids{});
}

TEST_F(Oci, MissingPartsAreGaps) {
  const auto image = test::sample_image();
  auto files = test::layout_files({image});
  files["index.json"] = test::index_json({descriptor_json(k_manifest, image.manifest)});
  files.erase(test::blob_path(image.config_digest()));
  files.erase(test::blob_path(image.layers[1].digest()));
  files.erase("oci-layout");
  write(files);
  const auto images = read();
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(gap_ids(images[0]), (Ids{"layout-marker-missing", "config-missing", "layer-missing"}));
}

TEST_F(Oci, OddLayersAreGaps) {
  auto foreign = test::plain_layer("f", "f"), encrypted = test::plain_layer("e", "e");
  foreign.media_type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  encrypted.media_type += "+encrypted";
  auto image = test::image_of({foreign, encrypted}, "odd", "amd64");
  auto files = test::layout_files({image});
  files["index.json"] = test::index_json({descriptor_json(k_manifest, image.manifest)});
  files.erase(test::blob_path(foreign.digest()));
  write(files);
  const auto images = read();
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(gap_ids(images[0]), (Ids{"layer-foreign", "layer-encrypted"}));
}

TEST_F(Oci, DigestsThatAreNone) {
  const std::string manifest =
      R"({"schemaVersion":2,"config":{"digest":"sha256:../../../../etc/passwd"},"layers":[{"digest":"sha256:../x"}]})";
  write({{"oci-layout", "{}"},
         {test::blob_path(test::sha256(manifest)), manifest},
         {"index.json", test::index_json({descriptor_json(k_manifest, manifest)})}});
  const auto images = read();
  ASSERT_EQ(images.size(), 1U) << m_error;
  EXPECT_EQ(gap_ids(images[0]), (Ids{"config-missing", "digest-unsupported"}));
}

TEST_F(Oci, ThingsThatAreNoImages) {
  const std::string chart =
      R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"x"},"layers":[]})";
  write({{"oci-layout", "{}"},
         {test::blob_path(test::sha256(chart)), chart},
         {"index.json", test::index_json({descriptor_json(k_manifest, chart)})}});
  read();
  EXPECT_EQ(m_error, "not-an-image");
}

TEST_F(Oci, FolderLinksAreNotFollowed) {
  const auto image = test::sample_image();
  auto files = test::layout_files({image});
  files["index.json"] = test::index_json({descriptor_json(k_manifest, image.manifest)});
  files.erase(test::blob_path(image.config_digest()));
  for (const auto& [name, bytes] : files) m_folder.write("links/" + name, bytes);
  std::filesystem::create_symlink("/etc/hostname",
                                  m_folder.path() + "/links/" + test::blob_path(image.config_digest()));
  AcquireContext context;
  RecordingSink sink;
  const auto images = acquire("oci:" + m_folder.path() + "/links", context, sink);
  ASSERT_TRUE(images.ok());
  EXPECT_EQ(gap_ids(images->front()), Ids{"layout-symlink"});
}

TEST_F(Oci, NoLayoutAtAll) {
  AcquireContext context;
  RecordingSink sink;
  m_folder.write("empty/file", "x");
  EXPECT_EQ(acquire("oci:" + m_folder.path() + "/empty", context, sink).error().name, "layout-no-index");
  EXPECT_EQ(acquire("oci:" + m_folder.path() + "/none", context, sink).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace hullcheck::acquire
