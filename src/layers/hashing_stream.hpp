// A tee: passes blocks on, hashes and counts them, reports progress, and ends when a stop is requested.
#pragma once

#include <stop_token>
#include <string>

#include "formats/byte_stream.hpp"
#include "util/digest.hpp"
#include "util/progress.hpp"

namespace hullcheck::layers {

class HashingStream final : public formats::ByteStream {
 public:
  HashingStream(formats::ByteStream& input, std::stop_token stop, util::Progress& progress)
      : m_input(input), m_stop(std::move(stop)), m_progress(progress) {}

  Result<Bytes> next() override {
    if (m_error) return *m_error;
    if (m_stop.stop_requested()) {
      m_error = make_error(ErrorCode::cancelled, "stopped", "stopped before the end");
      return *m_error;
    }
    auto block = m_input.next();
    if (!block) {
      m_error = block.error();
      return *m_error;
    }
    m_hasher.update(*block);
    m_bytes += block->size();
    m_progress.advance(block->size());
    m_ended = block->empty();
    return *block;
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
  std::string digest() { return "sha256:" + m_hasher.finish_hex(); }

 private:
  formats::ByteStream& m_input;
  std::stop_token m_stop;
  util::Progress& m_progress;
  util::Hasher m_hasher{util::Hash::sha256};
  std::uint64_t m_bytes = 0;
  std::optional<Error> m_error;
  bool m_ended = false;
};

}  // namespace hullcheck::layers
