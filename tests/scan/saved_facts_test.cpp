// A collected image as one file: it comes back as it was, or not at all.
#include "scan/saved_facts.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/layers.hpp"
#include "util/digest.hpp"

namespace hullcheck::scan {
namespace {

// Every field set to something that is not its default.
Collected sample() {
  test::TestCollector collector;
  layers::AnalyseOptions options;
  options.sections.push_back({"test", "1", &collector});
  ImageFacts facts;
  facts.target = "target";
  model::Image& image = facts.image;
  image.reference = "reference";
  image.source = "archive";
  image.platform = "linux/amd64";
  image.manifest_digest = "sha256:m";
  image.config_digest = "sha256:c";
  image.config_json = "{\"a\":1}";
  model::ImageConfig& config = image.config;
  config.present = true;
  config.created = "2026-01-01T00:00:00Z";
  config.architecture = "amd64";
  config.os = "linux";
  config.variant = "v8";
  config.user = "root";
  config.working_dir = "/w";
  config.stop_signal = "SIGTERM";
  config.entrypoint = {"/entry", ""};
  config.cmd = {"cmd"};
  config.shell = {"sh", "-c"};
  config.env = {"A=B"};
  config.onbuild = {"RUN x"};
  config.healthcheck = {"CMD", "true"};
  config.volumes = {"/v"};
  config.exposed_ports = {"80/tcp"};
  config.labels = {{"k", "v"}, {"l", ""}};
  config.diff_ids = {"sha256:d", "sha256:e"};
  config.history = {{"t", "RUN a", "comment", true}, {"", "", "", false}};
  image.layers = {{"key", "sha256:b", "sha256:d", "media", 123, false}, {"other", "", "", "", 0, true}};
  image.gaps = {{"id", "stage", "subject", "reason", model::GapEffect::note},
                {"id2", "", "", "", model::GapEffect::unknown}};
  facts.layers = {{"sha256:d", "sha256:b", "media", 123, 4, "RUN a", true}, {}};
  facts.layer_facts = {
      test::analyse(test::TarWriter().file("a", "x", {.mode = 0755}).symlink("l", "a").finish(), options).facts,
      nullptr};
  Collected collected;
  collected.target = "all";
  collected.many = true;
  collected.images = {facts, ImageFacts{}};
  return collected;
}

TEST(SavedFacts, ComeBackWhole) {
  const Buffer bytes = encode_facts(sample());
  const auto decoded = decode_facts(bytes);
  ASSERT_TRUE(decoded) << decoded.error().describe();
  EXPECT_EQ(encode_facts(*decoded), bytes);
  ASSERT_EQ(decoded->images.size(), 2U);
  EXPECT_TRUE(decoded->many);
  const ImageFacts& facts = decoded->images[0];
  EXPECT_EQ(facts.image.config.healthcheck, (std::vector<std::string>{"CMD", "true"}));
  EXPECT_EQ(facts.image.config.labels.at("k"), "v");
  EXPECT_TRUE(facts.image.config.history.at(0).empty_layer);
  EXPECT_TRUE(facts.image.layers.at(1).missing);
  EXPECT_EQ(facts.image.gaps.at(0).effect, model::GapEffect::note);
  EXPECT_EQ(facts.layers.at(0).created_by, "RUN a");
  ASSERT_NE(facts.layer_facts.at(0), nullptr);
  EXPECT_EQ(facts.layer_facts[0]->entries.size(), 2U);
  EXPECT_EQ(as_text(facts.layer_facts[0]->sections.at("test").records.at(0).data), "x");
  EXPECT_EQ(facts.layer_facts.at(1), nullptr);
}

TEST(SavedFacts, IndexAndStatementsComeBackAndCostNothingWhereThereAreNone) {
  const std::size_t without = encode_facts(sample()).size();
  Collected collected = sample();
  model::Image& image = collected.images[0].image;
  image.index_digest = "sha256:i";
  image.statements_asked = true;
  image.statements = {{"registry:sha256:1", "{\"a\":1}", true}, {"registry:sha256:2", "{}", false}};
  const Buffer bytes = encode_facts(collected);
  EXPECT_GT(bytes.size(), without);
  const auto decoded = decode_facts(bytes);
  ASSERT_TRUE(decoded) << decoded.error().describe();
  EXPECT_EQ(encode_facts(*decoded), bytes);
  const model::Image& again = decoded->images[0].image;
  EXPECT_EQ(again.index_digest, "sha256:i");
  EXPECT_TRUE(again.statements_asked);
  ASSERT_EQ(again.statements.size(), 2U);
  EXPECT_EQ(again.statements[0].text, "{\"a\":1}");
  EXPECT_TRUE(again.statements[0].is_signed);
  EXPECT_FALSE(decoded->images[1].image.statements_asked);
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(decode_facts(Bytes(bytes).first(i))) << i;
}

TEST(SavedFacts, NothingCollectedIsFine) { EXPECT_TRUE(decode_facts(encode_facts(Collected{}))); }

// The file that someone would get who changes its content and knows where the digest is.
Buffer with_digest(Bytes content) {
  Buffer file(content.begin(), content.end());
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(content);
  const Buffer digest = hasher.finish();
  file.insert(file.end(), digest.begin(), digest.end());
  return file;
}

TEST(SavedFacts, EveryTruncationIsAnError) {
  const Buffer bytes = encode_facts(sample());
  const Bytes content = Bytes(bytes).first(bytes.size() - 32);
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(decode_facts(Bytes(bytes).first(i))) << i;
  for (std::size_t i = 0; i < content.size(); ++i) EXPECT_FALSE(decode_facts(with_digest(content.first(i)))) << i;
  Buffer longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_facts(longer));
  Buffer more(content.begin(), content.end());
  more.push_back(0);
  EXPECT_FALSE(decode_facts(with_digest(more)));
}

TEST(SavedFacts, HostileBytesAreAnErrorOrFactsInBounds) {
  const Buffer bytes = encode_facts(sample());
  const std::size_t size = bytes.size() - 32;
  ASSERT_EQ(with_digest(Bytes(bytes).first(size)), bytes);
  std::size_t decoded_ones = 0;
  for (std::size_t i = 0; i < size; ++i)
    for (const int change : {1, 0x40, 0x80, 0xff}) {
      Buffer hostile = bytes;
      hostile[i] = static_cast<std::uint8_t>(hostile[i] ^ change);
      const auto decoded = decode_facts(with_digest(Bytes(hostile).first(size)));
      if (!decoded) continue;
      ++decoded_ones;
      for (const ImageFacts& facts : decoded->images) {
        ASSERT_EQ(facts.layers.size(), facts.layer_facts.size());
        ASSERT_EQ(facts.layers.size(), facts.image.layers.size());
        layers::ImageView(facts.image, facts.layer_facts);
      }
    }
  EXPECT_GT(decoded_ones, size / 4) << "these are what the digest is for";
}

TEST(SavedFacts, EveryChangedBitIsSeen) {
  const Buffer bytes = encode_facts(sample());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      Buffer changed = bytes;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1 << bit));
      const auto decoded = decode_facts(changed);
      ASSERT_FALSE(decoded) << i << ", bit " << bit;
      // "HCFACTS", then one byte of version.
      const std::string& name = decoded.error().name;
      if (i == 7)
        EXPECT_TRUE(name == "facts-version" || name == "facts-damaged") << name << ", bit " << bit;
      else
        EXPECT_EQ(name, i < 7 ? "facts-malformed" : "facts-damaged") << i;
      EXPECT_NE(decoded.error().message.find("--save-facts"), std::string::npos) << "says what to do";
    }
}

TEST(SavedFacts, OtherFilesAndVersionsAreNamed) {
  EXPECT_EQ(decode_facts({}).error().name, "facts-malformed");
  EXPECT_EQ(decode_facts(as_bytes("{\"json\": true}")).error().name, "facts-malformed");
  EXPECT_EQ(decode_facts(as_bytes("HCFACTS\x63")).error().name, "facts-version");
}

TEST(SavedFacts, FilesAreWrittenAndRead) {
  std::string folder = (std::filesystem::temp_directory_path() / "hullcheck-facts-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string file = folder + "/facts";
  ASSERT_TRUE(save_facts(sample(), file));
  const auto loaded = load_facts(file);
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_EQ(encode_facts(*loaded), encode_facts(sample()));
  EXPECT_EQ(load_facts(folder + "/absent").error().name, "file-absent");
  EXPECT_FALSE(save_facts(sample(), folder + "/absent/facts"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hullcheck::scan
