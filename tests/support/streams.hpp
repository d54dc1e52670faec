// Streams that do what memory never does: fail, stall at odd sizes; and reading a stream to its end.
#pragma once

#include <string>

#include "formats/byte_stream.hpp"

namespace hullcheck::test {

// Gives `bytes` in blocks of `block`, then `error`.
class FailingStream final : public formats::ByteStream {
 public:
  FailingStream(std::string bytes, Error error, std::size_t block = formats::k_block_size)
      : m_bytes(std::move(bytes)),
        m_error(std::move(error)),
        m_good(formats::memory_stream(as_bytes(m_bytes), block)) {}
  Result<Bytes> next() override {
    const Bytes block = TRY(m_good->next());
    if (block.empty()) return m_error;
    return block;
  }

 private:
  std::string m_bytes;
  Error m_error;
  std::unique_ptr<formats::ByteStream> m_good;
};

struct Drained {
  std::string bytes;  // all that came before the end or the error
  std::string error;  // its name; empty: the end was reached
  std::string message;
  std::size_t largest = 0;  // block
};

inline Drained drain(formats::ByteStream& stream) {
  Drained result;
  while (true) {
    auto block = stream.next();
    if (!block) {
      result.error = block.error().name;
      result.message = block.error().describe();
      return result;
    }
    if (block->empty()) return result;
    result.bytes += as_text(*block);
    result.largest = std::max(result.largest, block->size());
  }
}

}  // namespace hullcheck::test
