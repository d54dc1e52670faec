// MD5 (RFC 1321) of many messages at a time. One message cannot be hashed faster than its chain of dependent
// additions allows; sixteen independent ones lie side by side in vector lanes and take little longer than one. Where
// the processor has no AVX2, OpenSSL does them one by one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "util/bytes.hpp"
#include "util/digest.hpp"
#include "util/side_by_side.hpp"

namespace hullcheck::util {

// Messages are copied; their digests are handed out, in any order, when enough have come together and by flush().
// Memory: k_most_queued bytes, touched only as far as they are used. One thread at a time.
class Md5Batch {
 public:
  static constexpr std::size_t k_most_queued = 16U << 20;
  static constexpr std::size_t k_longest = 8U << 20;  // a longer message leaves the queue and is hashed as it comes
  static constexpr std::size_t k_most_messages = 1U << 14;

  using Done = std::function<void(std::uint64_t tag, const Md5Digest& digest)>;
  explicit Md5Batch(Done done) : m_done(std::move(done)) {}

  void begin(std::uint64_t tag);  // a message that was begun and not ended is forgotten
  void append(Bytes bytes);
  void end();
  void flush();  // hands out all that have ended and forgets one that has not

  std::size_t queued_bytes() const { return m_bytes.size(); }

 private:
  struct Message {
    std::uint64_t tag;
    std::size_t offset, size;  // of what is not hashed yet
    std::size_t hashed = 0;    // whole blocks of it, before that
    std::array<std::uint32_t, 4> state{};
  };

  void forget();
  // Messages that alone would leave most lanes idle wait for others, part of them hashed, unless this is the end.
  void compute(bool is_end);
  void one_by_one(const Message& message);
  void finish_hasher(std::uint64_t tag);
  void in_lanes(bool is_end);
  void close_gaps();

  Done m_done;
  Buffer m_bytes;                   // of the messages that have ended, then of the open one
  std::vector<Message> m_messages;  // ended, not finished
  std::uint64_t m_tag = 0;
  std::size_t m_start = 0;  // of the open message in m_bytes
  bool m_open = false, m_outgrown = false;
  Hasher m_hasher{Hash::md5};
};

}  // namespace hullcheck::util
