// What the decompressing streams share: reading their input in pieces cut at fixed offsets, the limits on what comes
// out, and errors that stay. Internal to formats/; callers use decompress().
//
// Why fixed offsets: a decompressor meets the end of its input at every piece. With cuts that depend only on the
// bytes, a damaged layer gives the same good prefix whether it came from a file or in packets of a network, and the
// library sees few and large inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "formats/decompress.hpp"

namespace hullcheck::formats {

// Gives the bytes of `input` in pieces of exactly `piece` bytes; the last one may be shorter. An error of the input
// comes after the bytes before it. Copies only where a piece spans blocks.
class InputPieces {
 public:
  InputPieces(std::unique_ptr<ByteStream> input, std::size_t piece) : m_input(std::move(input)), m_piece(piece) {}
  Result<Bytes> next();  // empty at the end

 private:
  Result<void> refill();  // gets a block when there is none
  Bytes take(std::size_t most);

  std::unique_ptr<ByteStream> m_input;
  Bytes m_block;  // what is left of the input's block
  std::size_t m_piece;
  Buffer m_gathered;
  bool m_ended = false;
  std::optional<Error> m_error;
};

// One thread at a time.
class Decompressor : public ByteStream {
 public:
  Decompressor(InputPieces pieces, const DecompressLimits& limits);
  // Blocks of k_block_size, the last one of a stream shorter. What was decoded before an error comes first.
  Result<Bytes> next() final;

 protected:
  // Decodes into `out` until it is full or the stream has ended, and says how many bytes were written in `written`,
  // also with an error.
  virtual Result<void> fill(std::span<std::uint8_t> out, std::size_t& written) = 0;

  // The unread rest of the current piece, after fetching one when it was empty; still empty: the input has ended.
  Result<Bytes> input();
  void consume(std::size_t size);
  // Reads what follows the last member or frame: zeros (padding of tape blocks) are fine, all else is an error.
  Result<void> expect_only_zeros();

 private:
  Result<void> check_limits() const;

  InputPieces m_pieces;
  DecompressLimits m_limits;
  Bytes m_piece;
  std::uint64_t m_bytes_in = 0, m_bytes_out = 0;
  std::unique_ptr<std::uint8_t[]> m_block;
  std::optional<Error> m_error;
  bool m_ended = false;
};

// The tests choose small pieces; decompress() takes k_block_size.
std::unique_ptr<ByteStream> gzip_stream(InputPieces pieces, const DecompressLimits& limits);
std::unique_ptr<ByteStream> zstd_stream(InputPieces pieces, const DecompressLimits& limits);
std::unique_ptr<ByteStream> xz_stream(InputPieces pieces, const DecompressLimits& limits);
std::unique_ptr<ByteStream> bzip2_stream(InputPieces pieces, const DecompressLimits& limits);

}  // namespace hullcheck::formats
