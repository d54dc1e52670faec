// Reads a stream ahead on a worker that has nothing else to do: the last layers of an image, or its only one, are
// decompressed on one processor and looked at on another. As long as all workers are busy it costs a look at the pool
// for each block, and nothing is copied.
#pragma once

#include <condition_variable>
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
  // Waits until no other thread reads `input`. What was read ahead and not asked for is lost: call it when the end or
  // an error was met, or when no more is wanted.
  void stop();

 private:
  static constexpr std::size_t k_blocks_ahead = 8;

  bool get_help();
  void help();
  void wait_for_helper();

  ByteStream& m_input;
  util::ThreadPool* m_helpers;
  std::function<void()> m_before_help;
  std::unique_ptr<BlockChannel> m_channel;  // while there is help, or was until the end
  std::unique_ptr<ByteStream> m_reader;     // of the channel
  std::mutex m_mutex;
  std::condition_variable m_left;
  bool m_helped = false;     // a job of ours is in the pool
  bool m_gave_back = false;  // its last one left before the end, for other work was waiting
};

}  // namespace hullcheck::formats
