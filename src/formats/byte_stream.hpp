// A one-way stream of bytes, read block by block: files, network bodies, decompressors and tees chain through it.
#pragma once

#include <memory>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // The next block, empty at the end of the stream. The bytes belong to the stream and stay valid until the next
  // call. After an error or the end every further call gives the same answer. One thread at a time.
  virtual Result<Bytes> next() = 0;
};

// Blocks of this size flow through the chains: big enough to amortise calls, small enough to stay in the L2 cache.
constexpr std::size_t k_block_size = 256 * 1024;

// Over memory that the caller keeps alive (tests, config blobs); gives blocks of at most `block` bytes.
std::unique_ptr<ByteStream> memory_stream(Bytes bytes, std::size_t block = k_block_size);

// A regular file or any readable descriptor. The file is opened here and closed with the stream.
Result<std::unique_ptr<ByteStream>> file_stream(const std::string& path);
// Takes ownership of `descriptor`.
std::unique_ptr<ByteStream> descriptor_stream(int descriptor, std::string name);

}  // namespace hullcheck::formats
