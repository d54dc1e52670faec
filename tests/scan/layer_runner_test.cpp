// The runner between a source and the store: what is read, what is taken over, and what is believed.
#include "scan/layer_runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "support/compress.hpp"
#include "support/layers.hpp"
#include "support/streams.hpp"
#include "util/digest.hpp"

namespace hullcheck::scan {
namespace {

using test::gzip;
using test::TarWriter;

std::string sha256(std::string_view text) { return util::sha256_digest(as_bytes(text)); }

// Counts on any thread.
class CountingCollector final : public layers::Collector {
 public:
  bool wants(const layers::FileInfo& file) const override { return file.path() != ignored; }
  Result<Buffer> record(const layers::FileView& file) const override {
    ++runs;
    return Buffer(file.bytes.begin(), file.bytes.end());
  }
  mutable std::atomic<int> runs{0};
  std::string ignored = "ignored";
};

struct Layer {
  std::string tar, blob, diff_id, digest;
  explicit Layer(std::string archive)
      : tar(std::move(archive)), blob(gzip(tar)), diff_id(sha256(tar)), digest(sha256(blob)) {}
  acquire::LayerInfo info() const { return {digest, digest, diff_id, "", blob.size(), false, false}; }
};

Layer layer(const std::string& content, std::size_t size = 1000) {
  return Layer(TarWriter().file(content, content + test::noise(size), {.mode = 0755}).finish());
}

class LayerRunnerTest : public testing::Test {
 protected:
  LayerRunner& runner() {
    if (!m_runner) {
      RunnerOptions options;
      options.analyse.sections = {{"first", first_version, &first}, {"second", "1", &second}};
      options.analyse.all_digests = all_digests;
      options.threads = threads;
      options.guess = guess;
      m_runner = std::make_unique<LayerRunner>(options, *store, stop.get_token(), util::no_progress(), profile);
    }
    return *m_runner;
  }
  std::map<std::string, LayerState> finish() {
    auto states = runner().finish();
    m_runner.reset();
    return states;
  }
  acquire::OpenLayer open(const std::string& blob) {
    return [this, &blob]() -> Result<std::unique_ptr<formats::ByteStream>> {
      ++opened;
      return formats::memory_stream(as_bytes(blob), 300);
    };
  }
  Result<void> feed(const acquire::LayerInfo& info, std::string_view blob) {
    const auto input = formats::memory_stream(as_bytes(blob), 10'000);
    return runner().feed(info, *input);
  }
  int runs() const { return first.runs + second.runs; }
  void forget_runs() { first.runs = second.runs = opened = 0; }

  CountingCollector first, second;
  std::string first_version = "1";
  std::unique_ptr<store::FactStore> store = store::memory_store();
  std::stop_source stop;
  util::Profile profile;
  std::size_t threads = 2;
  bool guess = true, all_digests = false;
  std::atomic<int> opened{0};

 private:
  std::unique_ptr<LayerRunner> m_runner;
};

// gtest names the suite after the class; the names of what runs under ThreadSanitizer start with LayerRunner.
using LayerRunnerOffer = LayerRunnerTest;
using LayerRunnerFeed = LayerRunnerTest;
using LayerRunnerKnown = LayerRunnerTest;

std::string all_facts(const layers::LayerFacts& facts) {
  std::string all(as_text(layers::encode_core(facts)));
  for (const auto& [id, section] : facts.sections) all += id + std::string(as_text(layers::encode_section(section)));
  return all;
}

TEST_F(LayerRunnerOffer, AnalysesAndVerifies) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  const auto states = finish();
  const LayerState& state = states.at(a.digest);
  EXPECT_TRUE(state.read);
  EXPECT_FALSE(state.trouble);
  EXPECT_EQ(state.blob_digest, a.digest);
  EXPECT_EQ(state.diff_id, a.diff_id);
  EXPECT_EQ(state.blob_size, a.blob.size());
  EXPECT_EQ(state.facts->sections.at("first").records.size(), 1U);
  EXPECT_EQ(store->verified_blob(a.digest), (store::VerifiedBlob{a.diff_id, a.blob.size()}));
}

TEST_F(LayerRunnerOffer, ThreadsChangeNothing) {
  std::vector<Layer> all;
  for (int i = 0; i < 12; ++i) all.push_back(layer("layer" + std::to_string(i), 50'000));
  std::vector<std::string> seen;
  for (const std::size_t count : {1, 4}) {
    threads = count;
    store = store::memory_store();
    for (const Layer& one : all) runner().offer(one.info(), open(one.blob));
    std::string facts;
    for (const auto& [key, state] : finish()) facts += key + all_facts(*state.facts);
    seen.push_back(facts);
  }
  EXPECT_EQ(seen[0], seen[1]);
}

TEST_F(LayerRunnerOffer, SameKeyIsReadOnce) {
  const Layer a = layer("a");
  for (int i = 0; i < 5; ++i) runner().offer(a.info(), open(a.blob));
  EXPECT_TRUE(feed(a.info(), a.blob));
  EXPECT_EQ(finish().size(), 1U);
  EXPECT_EQ(opened, 1);
}

TEST_F(LayerRunnerOffer, SecondTimeOnlyVerifies) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  const std::string facts = all_facts(*finish().at(a.digest).facts);
  forget_runs();
  runner().offer(a.info(), open(a.blob));
  const auto states = finish();
  EXPECT_EQ(runs(), 0);
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(states.at(a.digest).blob_digest, a.digest);
  EXPECT_EQ(states.at(a.digest).diff_id, a.diff_id);
  EXPECT_EQ(all_facts(*states.at(a.digest).facts), facts);
}

TEST_F(LayerRunnerOffer, OtherCompressionOfAKnownLayer) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  finish();
  forget_runs();
  const std::string again = test::zstd(a.tar);
  acquire::LayerInfo info = a.info();
  info.key = info.blob_digest = sha256(again);
  runner().offer(info, open(again));
  EXPECT_EQ(finish().at(info.key).diff_id, a.diff_id);
  EXPECT_EQ(runs(), 0);
  EXPECT_EQ(store->verified_blob(sha256(again)), (store::VerifiedBlob{a.diff_id, again.size()}))
      << "the next time it need not be decompressed";
}

TEST_F(LayerRunnerOffer, WrongDigestsAreSeenAndBelieved) {
  const Layer a = layer("a"), b = layer("b");
  acquire::LayerInfo info = a.info();
  runner().offer(info, open(b.blob));
  const LayerState state = finish().at(a.digest);
  EXPECT_EQ(state.blob_digest, b.digest);
  EXPECT_EQ(state.diff_id, b.diff_id);
  EXPECT_FALSE(store->verified_blob(a.digest)) << "nothing is remembered under a promise";
}

TEST_F(LayerRunnerOffer, KnownPromiseOnOtherBytesIsAnalysed) {
  const Layer a = layer("a"), b = layer("b");
  runner().offer(a.info(), open(a.blob));
  finish();
  forget_runs();
  runner().offer(a.info(), open(b.blob));
  const LayerState state = finish().at(a.digest);
  EXPECT_EQ(state.blob_digest, b.digest);
  EXPECT_EQ(state.facts->entries.at(0).path, "b");
  EXPECT_EQ(runs(), 2);
}

TEST_F(LayerRunnerOffer, ErrorsOfOpeningAreTrouble) {
  const Layer a = layer("a");
  runner().offer(a.info(), []() -> Result<std::unique_ptr<formats::ByteStream>> {
    return make_error(ErrorCode::network, "http-status", "no");
  });
  const LayerState state = finish().at(a.digest);
  ASSERT_TRUE(state.trouble);
  EXPECT_EQ(state.trouble->name, "http-status");
  EXPECT_EQ(state.facts, nullptr);
  EXPECT_FALSE(state.read);
}

TEST_F(LayerRunnerOffer, TroubleHalfwayKeepsWhatWasReadAndStoresNothing) {
  const Layer a(TarWriter().file("one", "1").file("two", test::noise(300'000)).finish());
  runner().offer(a.info(), [&]() -> Result<std::unique_ptr<formats::ByteStream>> {
    return std::unique_ptr<formats::ByteStream>(std::make_unique<test::FailingStream>(
        a.blob.substr(0, a.blob.size() / 2), make_error(ErrorCode::network, "http-stalled", "stalled")));
  });
  const LayerState state = finish().at(a.digest);
  ASSERT_TRUE(state.trouble);
  EXPECT_EQ(state.trouble->name, "http-stalled");
  EXPECT_EQ(state.facts->entries.at(0).path, "one");
  EXPECT_EQ(store->usage()->layers, 0U);
}

TEST_F(LayerRunnerOffer, OnlyTheSectionThatDiffersIsMadeAgain) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  finish();
  forget_runs();
  first_version = "2";
  runner().offer(a.info(), open(a.blob));
  const std::string part = all_facts(*finish().at(a.digest).facts);
  EXPECT_EQ(first.runs, 1);
  EXPECT_EQ(second.runs, 0);
  store = store::memory_store();
  runner().offer(a.info(), open(a.blob));
  EXPECT_EQ(part, all_facts(*finish().at(a.digest).facts)) << "as if all had been made";
  forget_runs();
  EXPECT_TRUE(runner().known(a.info())) << "and it is stored";
}

TEST_F(LayerRunnerOffer, MissingSectionsOfWhatIsAnotherLayer) {
  const Layer a = layer("a"), b = layer("b");
  runner().offer(a.info(), open(a.blob));
  finish();
  first_version = "2";
  runner().offer(a.info(), open(b.blob));
  const LayerState state = finish().at(a.digest);
  EXPECT_EQ(state.diff_id, b.diff_id);
  EXPECT_EQ(as_text(state.facts->sections.at("second").records.at(0).data).substr(0, 1), "b");
}

TEST_F(LayerRunnerOffer, AllDigestsAreMadeWhenAskedFor) {
  const Layer a(TarWriter().file("data", "x").finish());
  runner().offer(a.info(), open(a.blob));
  finish();
  forget_runs();
  all_digests = true;
  EXPECT_FALSE(runner().known(a.info()));
  runner().offer(a.info(), open(a.blob));
  EXPECT_NE(finish().at(a.digest).facts->entries.at(0).digests, layers::k_none);
  EXPECT_EQ(runs(), 0) << "the sections are as they were";
  EXPECT_TRUE(runner().known(a.info()));
}

// A scan after one with --digests all could verify more files than a fresh one, and so find more.
TEST_F(LayerRunnerOffer, MoreDigestsOfAnEarlierScanDoNotShow) {
  const Layer a(TarWriter().file("ignored", "x").finish());
  all_digests = true;
  runner().offer(a.info(), open(a.blob));
  EXPECT_NE(finish().at(a.digest).facts->entries.at(0).digests, layers::k_none);
  all_digests = false;
  EXPECT_FALSE(runner().known(a.info()));
  runner().offer(a.info(), open(a.blob));
  EXPECT_EQ(finish().at(a.digest).facts->entries.at(0).digests, layers::k_none);
  EXPECT_TRUE(runner().known(a.info()));
}

// A large file's digest is made as it streams by, or not at all: a section that was taken over must ask for it too.
TEST_F(LayerRunnerOffer, DigestsAreTheSameWhenOneSectionIsTakenOver) {
  const Layer a(TarWriter().file("large", test::noise(3 << 20)).finish());
  first.ignored = "large";
  runner().offer(a.info(), open(a.blob));
  const LayerState fresh = finish().at(a.digest);
  first_version = "2";
  runner().offer(a.info(), open(a.blob));
  const LayerState again = finish().at(a.digest);
  EXPECT_EQ(layers::encode_core(*again.facts), layers::encode_core(*fresh.facts));
}

TEST_F(LayerRunnerOffer, DamagedStoreIsReadAround) {
  const Layer a = layer("a");
  store::StoredLayer damaged;
  damaged.parts["core"] = {1, 2, 3};
  ASSERT_TRUE(store->save(a.diff_id, damaged));
  ASSERT_TRUE(store->remember_blob(a.digest, {a.diff_id, a.blob.size()}));
  EXPECT_FALSE(runner().known(a.info()));
  runner().offer(a.info(), open(a.blob));
  EXPECT_EQ(finish().at(a.digest).facts->sections.at("first").records.size(), 1U);
  EXPECT_TRUE(runner().known(a.info()));
}

TEST_F(LayerRunnerOffer, FactsOfAnotherLayerUnderThisNameAreNone) {
  const Layer a = layer("a"), b = layer("b");
  runner().offer(b.info(), open(b.blob));
  finish();
  ASSERT_TRUE(store->save(a.diff_id, *store->load(b.diff_id)));
  ASSERT_TRUE(store->remember_blob(a.digest, {a.diff_id, a.blob.size()}));
  EXPECT_FALSE(runner().known(a.info()));
}

TEST_F(LayerRunnerOffer, StopEndsSoon) {
  const Layer a = layer("a", 3'000'000);
  stop.request_stop();
  runner().offer(a.info(), open(a.blob));
  const LayerState state = finish().at(a.digest);
  ASSERT_TRUE(state.trouble);
  EXPECT_EQ(state.trouble->name, "stopped");
  EXPECT_EQ(store->usage()->layers, 0U);
}

TEST_F(LayerRunnerKnown, OnlyWhatThisStoreHasVerified) {
  const Layer a = layer("a");
  EXPECT_FALSE(runner().known(a.info()));
  runner().offer(a.info(), open(a.blob));
  finish();
  forget_runs();
  EXPECT_TRUE(runner().known(a.info()));
  const auto states = finish();
  EXPECT_EQ(opened, 0);
  EXPECT_EQ(runs(), 0);
  EXPECT_FALSE(states.at(a.digest).read);
  EXPECT_EQ(states.at(a.digest).diff_id, a.diff_id);

  acquire::LayerInfo claimed = a.info();
  claimed.key = claimed.blob_digest = sha256("a blob nobody has seen");
  EXPECT_FALSE(runner().known(claimed)) << "a claimed diff id is not believed";
  claimed.trusted_diff_id = true;
  EXPECT_TRUE(runner().known(claimed)) << "that of a local engine is";
  claimed.key = "no diff id";
  claimed.diff_id = "";
  EXPECT_FALSE(runner().known(claimed));
  claimed.key = "another diff id";
  claimed.diff_id = layer("other").diff_id;
  claimed.trusted_diff_id = false;
  claimed.blob_digest = a.digest;
  EXPECT_FALSE(runner().known(claimed)) << "the config says something else than the blob holds";
}

// A first scan says that the manifest lies about the size; a second one must not know better.
TEST_F(LayerRunnerKnown, NotUnderAnotherSizeThanTheVerifiedOne) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  finish();
  acquire::LayerInfo lying = a.info();
  lying.size = a.blob.size() + 1;
  EXPECT_FALSE(runner().known(lying));
  lying.size = 0;  // nothing was promised
  EXPECT_TRUE(runner().known(lying));
}

// The second scan of an engine's image, and of a registry's without sizes, gave layers of no size and no digest.
TEST_F(LayerRunnerKnown, LayersThatAreNotReadLostTheirSize) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  finish();
  acquire::LayerInfo of_engine = a.info();
  of_engine.trusted_diff_id = true;
  of_engine.blob_digest = "";
  of_engine.size = 0;
  ASSERT_TRUE(runner().known(of_engine));
  auto state = finish().at(of_engine.key);
  EXPECT_EQ(state.blob_digest, a.diff_id) << "an engine's export holds it uncompressed";
  EXPECT_EQ(state.blob_size, a.tar.size());
  acquire::LayerInfo sizeless = a.info();
  sizeless.size = 0;
  ASSERT_TRUE(runner().known(sizeless));
  state = finish().at(sizeless.key);
  EXPECT_EQ(state.blob_digest, a.digest);
  EXPECT_EQ(state.blob_size, a.blob.size());
}

TEST_F(LayerRunnerKnown, NotWithAMissingSection) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  finish();
  first_version = "2";
  EXPECT_FALSE(runner().known(a.info()));
}

TEST_F(LayerRunnerKnown, AgainInTheSameScan) {
  const Layer a = layer("a");
  runner().offer(a.info(), open(a.blob));
  finish();
  EXPECT_TRUE(runner().known(a.info()));
  EXPECT_TRUE(runner().known(a.info()));
  runner().offer(a.info(), open(a.blob));
  EXPECT_EQ(finish().size(), 1U);
}

TEST_F(LayerRunnerFeed, AnalysesWhatStreamsBy) {
  std::vector<Layer> all;
  for (int i = 0; i < 6; ++i) all.push_back(layer("layer" + std::to_string(i), 5'000'000));
  threads = 1;
  for (const Layer& one : all) {
    acquire::LayerInfo info;
    info.key = one.digest;
    EXPECT_TRUE(feed(info, one.blob));
  }
  const auto states = finish();
  ASSERT_EQ(states.size(), 6U);
  for (const Layer& one : all) EXPECT_EQ(states.at(one.digest).diff_id, one.diff_id);
}

acquire::LayerInfo streamed(const Layer& layer) {
  acquire::LayerInfo info;
  info.key = "archive:layer.tar";
  info.size = layer.tar.size();
  info.repeatable = true;
  return info;
}

TEST_F(LayerRunnerFeed, GuessesByTheFirstBytesAndVerifies) {
  const Layer a = layer("a");
  EXPECT_TRUE(feed(streamed(a), a.tar));
  finish();
  forget_runs();
  EXPECT_TRUE(feed(streamed(a), a.tar));
  const LayerState state = finish().at("archive:layer.tar");
  EXPECT_EQ(runs(), 0);
  EXPECT_FALSE(state.guessed_wrong);
  EXPECT_EQ(state.diff_id, a.diff_id);
}

TEST_F(LayerRunnerFeed, WrongGuessesSaySo) {
  const std::string tar = TarWriter().file("a", test::noise(300'000), {.mode = 0755}).finish();
  const Layer a(tar);
  std::string other = tar;
  other[200'000] ^= 1;  // the same size, and the same first bytes
  EXPECT_TRUE(feed(streamed(a), tar));
  finish();
  for (const char* const version : {"1", "2"}) {  // a whole guess, and one with a section to make
    first_version = version;
    EXPECT_TRUE(feed(streamed(a), other));
    const LayerState state = finish().at("archive:layer.tar");
    EXPECT_TRUE(state.guessed_wrong);
    EXPECT_EQ(state.diff_id, sha256(other));
  }
  guess = false;
  forget_runs();
  EXPECT_TRUE(feed(streamed(a), other));
  EXPECT_FALSE(finish().at("archive:layer.tar").guessed_wrong);
  EXPECT_EQ(runs(), 2);
}

TEST_F(LayerRunnerFeed, RightGuessWithAMissingSection) {
  const Layer a = layer("a");
  EXPECT_TRUE(feed(streamed(a), a.tar));
  finish();
  forget_runs();
  first_version = "2";
  EXPECT_TRUE(feed(streamed(a), a.tar));
  EXPECT_FALSE(finish().at("archive:layer.tar").guessed_wrong);
  EXPECT_EQ(first.runs, 1);
  EXPECT_EQ(second.runs, 0);
}

TEST_F(LayerRunnerFeed, StreamsThatCannotBeReadAgainAreNotGuessed) {
  const Layer a = layer("a");
  EXPECT_TRUE(feed(streamed(a), a.tar));
  finish();
  forget_runs();
  acquire::LayerInfo info = streamed(a);
  info.repeatable = false;
  EXPECT_TRUE(feed(info, a.tar));
  finish();
  EXPECT_EQ(runs(), 2);
}

TEST_F(LayerRunnerFeed, ErrorsOfTheStreamComeBack) {
  const Layer a = layer("a", 500'000);
  for (const std::size_t size : {std::size_t{10}, std::size_t{300'000}}) {
    acquire::LayerInfo info;
    info.key = std::to_string(size);
    test::FailingStream stream(a.tar.substr(0, size), make_error(ErrorCode::network, "test-broken", "x"), 1000);
    const auto fed = runner().feed(info, stream);
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().name, "test-broken");
  }
  const auto states = finish();
  EXPECT_EQ(states.at("10").trouble->name, "test-broken");
  EXPECT_EQ(states.at("300000").trouble->name, "test-broken");
}

// Once the analysis has stopped nobody takes from the channel: the stream must still be read to its end.
TEST_F(LayerRunnerFeed, StopInTheMiddleOfAStreamDoesNotHang) {
  const Layer a = layer("a", 20'000'000);
  class Stopping final : public formats::ByteStream {
   public:
    Stopping(formats::ByteStream& input, std::stop_source& stop) : m_input(input), m_stop(stop) {}
    Result<Bytes> next() override {
      if (++m_blocks == 3) m_stop.request_stop();
      return m_input.next();
    }

   private:
    formats::ByteStream& m_input;
    std::stop_source& m_stop;
    int m_blocks = 0;
  };
  const auto input = formats::memory_stream(as_bytes(a.tar));
  Stopping stream(*input, stop);
  acquire::LayerInfo info;
  info.key = "a";
  EXPECT_TRUE(runner().feed(info, stream));
  EXPECT_EQ(finish().at("a").trouble->name, "stopped");
}

TEST_F(LayerRunnerFeed, RepeatedKeysAreReadToTheEnd) {
  const Layer a = layer("a");
  acquire::LayerInfo info;
  info.key = "a";
  EXPECT_TRUE(feed(info, a.tar));
  const auto input = formats::memory_stream(as_bytes(a.tar), 100);
  EXPECT_TRUE(runner().feed(info, *input));
  EXPECT_TRUE(input->next()->empty());
  EXPECT_EQ(finish().size(), 1U);
}

TEST_F(LayerRunnerOffer, BrokenLayersAreRememberedWithTheirProblem) {
  const std::string tar = TarWriter().file("a", std::string(5000, 'a')).finish().substr(0, 2000);
  const Layer a(tar);
  for (int i = 0; i < 2; ++i) {
    runner().offer(a.info(), open(a.blob));
    const LayerState state = finish().at(a.digest);
    EXPECT_FALSE(state.trouble);
    EXPECT_FALSE(state.facts->complete);
    ASSERT_EQ(state.facts->problems.size(), 1U);
    EXPECT_EQ(state.facts->problems[0].name, "tar-truncated");
  }
  EXPECT_EQ(runs(), 0);
}

}  // namespace
}  // namespace hullcheck::scan
