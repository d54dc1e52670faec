// A bounded queue of byte blocks between one writing and one reading thread: the reader sees a ByteStream.
// Memory: at most `blocks` blocks of k_block_size; buffers are reused.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "formats/byte_stream.hpp"

namespace hullcheck::formats {

class BlockChannel {
 public:
  explicit BlockChannel(std::size_t blocks = 8);
  ~BlockChannel();

  // Writer's side. Copies; waits while the queue is full. False when the reader has gone: nobody needs more.
  bool push(Bytes bytes);
  // Waits until push() of one block would not. False when it still would, or the reader has gone: somebody called
  // nudge() since the last call, or before it.
  bool wait_for_room();
  void nudge();                // any thread
  bool abandoned() const;      // the reader has gone
  std::size_t filled() const;  // blocks that wait for the reader
  // The end of the stream, or the error that ended it. Exactly once.
  void close(std::optional<Error> error = std::nullopt);

  // Reader's side: one stream a channel; the channel must outlive it. Destroying the stream lets the writer go on.
  std::unique_ptr<ByteStream> reader();

 private:
  class Reader;
  bool push_block(Bytes bytes);
  Result<Buffer> pop();
  void recycle(Buffer buffer);
  void abandon();

  const std::size_t m_limit;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Buffer> m_full;
  std::vector<Buffer> m_free;
  std::optional<Error> m_error;
  bool m_closed = false;
  bool m_nudged = false;
  bool m_abandoned = false;
};

}  // namespace hullcheck::formats
