// A tee: passes blocks on, hashes and counts them, reports progress, and ends when a stop is requested. A block is
// hashed late, when the next one is asked for, so that whoever needs the digest of a part of it can have both in one
// go.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "formats/byte_stream.hpp"
#include "util/progress.hpp"
#include "util/side_by_side.hpp"

namespace hullcheck::layers {

class HashingStream final : public formats::ByteStream {
 public:
  // `beside`, if any, is a stream that waits while this one is read: its waiting block is hashed along the way, until
  // part_ways(), from where on another thread may read it.
  HashingStream(formats::ByteStream& input, std::stop_token stop, util::Progress& progress,
                HashingStream* beside = nullptr)
      : m_input(input), m_stop(std::move(stop)), m_progress(progress), m_beside(beside) {}

  Result<Bytes> next() override {
    if (m_error) return *m_error;
    TRY(go_on());
    hash_rest();
    auto block = m_input.next();
    if (!block) {
      m_error = block.error();
      return *m_error;
    }
    m_waiting = *block;
    m_bytes += block->size();
    m_progress.advance(block->size());
    m_ended = block->empty();
    return *block;
  }

  // Hashes `part` for another digest, and for this one too if it is a part of the last block that waits; parts come
  // in order. `md5`, if any, takes it as well.
  void hash_with(util::Sha256& other, util::Md5* md5, Bytes part) {
    if (come_to(part))
      hash_together({m_hasher, &other, md5}, part);
    else
      hash_together({other, nullptr, md5}, part);
  }

  void part_ways() { m_beside = nullptr; }

  // An error once the scan is to stop. For whoever works long without asking for bytes: holes of files need none.
  Result<void> go_on() {
    if (!m_stop.stop_requested()) return {};
    m_error = make_error(ErrorCode::cancelled, "stopped", "stopped before the end");
    return *m_error;
  }

  // Reads what is left. False if the end was not reached.
  bool drain() {
    while (!m_ended && !m_error) (void)next();
    return m_ended;
  }
  bool ended() const { return m_ended; }
  std::uint64_t bytes() const { return m_bytes; }
  const std::optional<Error>& error() const { return m_error; }
  // Once, after the end.
  std::string digest() {
    hash_rest();
    return "sha256:" + to_hex(m_hasher.finish());
  }

 private:
  void hash_rest() {
    hash_together({m_hasher}, m_waiting);
    m_waiting = {};
  }
  void hash_together(const util::SameBytes& digests, Bytes bytes) {
    if (m_beside == nullptr || m_beside->m_waiting.empty()) return util::update_together(digests, bytes);
    util::Company company{m_beside->m_hasher, m_beside->m_waiting};
    util::update_together(digests, bytes, &company);
    m_beside->m_waiting = company.bytes;
  }
  // Hashes what waits before `part` and takes both off. False, and nothing done, if `part` does not wait.
  bool come_to(Bytes part) {
    const std::less<const std::uint8_t*> before;
    if (part.empty() || before(part.data(), m_waiting.data()) ||
        before(m_waiting.data() + m_waiting.size(), part.data() + part.size()))
      return false;
    const auto gap = static_cast<std::size_t>(part.data() - m_waiting.data());
    hash_together({m_hasher}, m_waiting.first(gap));
    m_waiting = m_waiting.subspan(gap + part.size());
    return true;
  }

  formats::ByteStream& m_input;
  std::stop_token m_stop;
  util::Progress& m_progress;
  HashingStream* m_beside;
  util::Sha256 m_hasher;
  Bytes m_waiting;  // of the last block, which lives until the next is asked for
  std::uint64_t m_bytes = 0;
  std::optional<Error> m_error;
  bool m_ended = false;
};

}  // namespace hullcheck::layers
