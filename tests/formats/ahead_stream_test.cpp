#include "formats/ahead_stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/compress.hpp"
#include "support/streams.hpp"

namespace hullcheck::formats {
namespace {

// Says which threads read it, and that never two do at once.
class Watched final : public ByteStream {
 public:
  explicit Watched(const std::string& text) : m_bytes(memory_stream(as_bytes(text), k_block)) {}
  Result<Bytes> next() override {
    EXPECT_FALSE(m_busy.exchange(true)) << "two threads at once";
    ++(std::this_thread::get_id() == m_owner ? alone : helped);
    auto block = m_bytes->next();
    m_busy = false;
    return block;
  }
  std::atomic<int> alone{0}, helped{0};
  static constexpr std::size_t k_block = 1000;

 private:
  std::unique_ptr<ByteStream> m_bytes;
  std::atomic<bool> m_busy{false};
  std::thread::id m_owner = std::this_thread::get_id();
};

// A job that lasts until it is told to end.
class Occupied {
 public:
  explicit Occupied(util::ThreadPool& pool) {
    pool.submit([this] {
      m_began = true;
      while (!m_end) std::this_thread::yield();
    });
    while (!m_began) std::this_thread::yield();
  }
  void end() { m_end = true; }

 private:
  std::atomic<bool> m_began{false}, m_end{false};
};

TEST(AheadStream, AloneItIsTheStreamItself) {
  const std::string text = test::noise(100 * Watched::k_block + 7);
  Watched input(text);
  AheadStream stream(input, nullptr);
  EXPECT_EQ(test::drain(stream).bytes, text);
  EXPECT_EQ(input.helped, 0);
}

TEST(AheadStream, AFreeWorkerReads) {
  const std::string text = test::noise(300 * Watched::k_block + 7);
  util::ThreadPool pool(1);
  for (int round = 0; round < 20; ++round) {
    while (!pool.has_idle()) std::this_thread::yield();  // the worker is on its way back from the round before
    Watched input(text);
    int told = 0;
    AheadStream stream(input, &pool, [&] { ++told; });
    EXPECT_EQ(test::drain(stream).bytes, text);
    EXPECT_TRUE(stream.next()->empty()) << "the end stays";
    stream.stop();
    EXPECT_EQ(input.alone, 0);
    EXPECT_EQ(told, 1);
  }
}

TEST(AheadStream, BusyWorkersAreLeftAlone) {
  const std::string text = test::noise(100 * Watched::k_block);
  util::ThreadPool pool(1);
  Occupied worker(pool);
  Watched input(text);
  AheadStream stream(input, &pool);
  EXPECT_EQ(test::drain(stream).bytes, text);
  EXPECT_EQ(input.helped, 0);
  worker.end();
}

TEST(AheadStream, AHelperLeavesForOtherWork) {
  const std::string text = test::noise(1000 * Watched::k_block);
  util::ThreadPool pool(1);
  Watched input(text);
  AheadStream stream(input, &pool);
  std::string read;
  while (input.helped == 0) read += as_text(*stream.next());
  std::atomic<bool> done{false};
  pool.submit([&] { done = true; });
  while (!done) read += as_text(*stream.next());
  read += test::drain(stream).bytes;
  EXPECT_EQ(read, text);
}

TEST(AheadStream, ErrorsComeAfterTheBytesBeforeThem) {
  util::ThreadPool pool(2);
  const std::string text = test::noise(20'000);
  test::FailingStream input(text, make_error(ErrorCode::io, "test-broken", "broken"), 100);
  AheadStream stream(input, &pool);
  const test::Drained all = test::drain(stream);
  EXPECT_EQ(all.bytes, text);
  EXPECT_EQ(all.error, "test-broken");
  EXPECT_EQ(stream.next().error().name, "test-broken") << "an error stays";
}

TEST(AheadStream, WithoutAHelperJobsAreRefused) {
  const std::string text = "text";
  Watched input(text);
  AheadStream alone(input, nullptr);
  EXPECT_FALSE(alone.takes_jobs());
  EXPECT_FALSE(alone.offer([] { FAIL(); }));
  EXPECT_EQ(test::drain(alone).bytes, text);
}

TEST(AheadStream, AHelperDoesJobsBetweenBlocks) {
  const std::string text = test::noise(3000 * Watched::k_block);
  util::ThreadPool pool(1);
  std::atomic<int> done{0}, elsewhere{0};
  const auto owner = std::this_thread::get_id();
  int given = 0, refused = 0;
  for (int round = 0; round < 50 && (round < 3 || elsewhere == 0); ++round) {
    Watched input(text);
    AheadStream stream(input, &pool);
    std::string all;
    for (;;) {
      const auto block = stream.next();
      ASSERT_TRUE(block.ok());
      if (block->empty()) break;
      all += as_text(*block);
      const bool taken = stream.offer([&] {
        if (std::this_thread::get_id() != owner) ++elsewhere;
        ++done;
      });
      ++(taken ? given : refused);
    }
    EXPECT_EQ(all, text);
    EXPECT_FALSE(stream.takes_jobs()) << "at the end the helper has left";
    EXPECT_FALSE(stream.offer([] { FAIL(); }));
    stream.finish_jobs();
    EXPECT_EQ(done, given);
  }
  EXPECT_GT(elsewhere, 0);
}

TEST(AheadStream, JobsThatNobodyHasBegunAreDoneHere) {
  const std::string text = test::noise(1000 * Watched::k_block);
  util::ThreadPool pool(1);
  for (int round = 0; round < 30; ++round) {
    std::atomic<int> done{0};
    Watched input(text);
    AheadStream stream(input, &pool);
    ASSERT_TRUE(stream.next().ok());
    int given = 0;
    for (int i = 0; i < 5; ++i) given += stream.offer([&] { ++done; }) ? 1 : 0;
    if (round % 2 == 0)
      stream.finish_jobs();
    else
      stream.stop();
    EXPECT_EQ(done, given);
  }
}

TEST(AheadStream, StopsHalfWay) {
  const std::string text = test::noise(1000 * Watched::k_block);
  util::ThreadPool pool(1);
  for (int round = 0; round < 50; ++round) {
    Watched input(text);
    AheadStream stream(input, &pool);
    for (int i = 0; i < round; ++i) ASSERT_TRUE(stream.next().ok());
    stream.stop();
    const int before = input.helped;
    std::this_thread::yield();
    EXPECT_EQ(input.helped, before) << "nobody reads any more";
  }
}

}  // namespace
}  // namespace hullcheck::formats
