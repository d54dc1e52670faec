// Reads a stream ahead on a worker that has nothing else to do: the last layers of an image, or its only one, are
// decompressed on one processor and looked at on another. As long as all workers are busy it costs a look at the pool
// for each block, and nothing is copied.
//
// Looking takes longer than decompressing, so the helper takes jobs as well, between blocks: what is read ahead comes
// first until half of the room is full.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "formats/block_channel.hpp"
#include "formats/byte_stream.hpp"
#include "util/thread_pool.hpp"

namespace hullcheck::formats {

class AheadStream final : public ByteStream {
 public:
  // `input` and `helpers` are borrowed; null: nobody helps. `before_help`, if any, is called on the reading thread
  // each time before another one begins to read `input`.
  AheadStream(ByteStream& input, util::ThreadPool* helpers, std::function<void()> before_help = {});
  ~AheadStream() override;
  AheadStream(const AheadStream&) = delete;
  AheadStream& operator=(const AheadStream&) = delete;

  Result<Bytes> next() override;
  // Gives the helper a job, which must not throw and must not call this stream. False, and nothing done, without a
  // helper or while it has enough to do. All are done when stop() returns.
  bool offer(std::function<void()> job);
  bool takes_jobs() const;  // offer() would be true now; the helper may leave before it is called
  // Returns when all jobs are done: those that nobody has begun are done here.
  void finish_jobs();

  // Waits until no other thread reads `input`. What was read ahead and not asked for is lost: call it when the end or
  // an error was met, or when no more is wanted.
  void stop();

 private:
  static constexpr std::size_t k_blocks_ahead = 8;
  static constexpr std::size_t k_most_jobs = 2;

  bool get_help();
  void help();
  void leave(bool gave_back);
  bool do_job();
  void wait_for_helper();

  ByteStream& m_input;
  util::ThreadPool* m_helpers;
  std::function<void()> m_before_help;
  std::unique_ptr<BlockChannel> m_channel;  // while there is help, or was until the end
  std::unique_ptr<ByteStream> m_reader;     // of the channel
  mutable std::mutex m_mutex;
  std::condition_variable m_left;
  std::deque<std::function<void()>> m_jobs;
  std::size_t m_doing = 0;   // jobs that were begun
  bool m_helped = false;     // a job of ours is in the pool
  bool m_gave_back = false;  // its last one left before the end, for other work was waiting
};

}  // namespace hullcheck::formats
