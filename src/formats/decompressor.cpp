// The part of a decompressing stream that does not depend on the format. Hostile: a bomb expands a thousandfold and
// more, so output is counted as it is made, never believed from a header.
#include "formats/decompressor.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hullcheck::formats {

Result<void> InputPieces::refill() {
  if (m_error) return *m_error;
  if (m_ended || !m_block.empty()) return {};
  auto block = m_input->next();
  if (!block) {
    m_error = std::move(block).error();
    return *m_error;
  }
  m_block = *block;
  m_ended = m_block.empty();
  return {};
}

Bytes InputPieces::take(std::size_t most) {
  const Bytes part = m_block.first(std::min(most, m_block.size()));
  m_block = m_block.subspan(part.size());
  return part;
}

Result<Bytes> InputPieces::next() {
  TRY(refill());
  if (m_block.size() >= m_piece || m_ended) return take(m_piece);
  m_gathered.clear();
  while (m_gathered.size() < m_piece && !m_ended) {
    const Bytes part = take(m_piece - m_gathered.size());
    m_gathered.insert(m_gathered.end(), part.begin(), part.end());
    if (!refill()) break;  // the next call gives the error, after these bytes
  }
  return Bytes(m_gathered);
}

Decompressor::Decompressor(InputPieces pieces, const DecompressLimits& limits)
    : m_pieces(std::move(pieces)),
      m_limits(limits),
      m_block(std::make_unique_for_overwrite<std::uint8_t[]>(k_block_size)) {}

Result<Bytes> Decompressor::next() {
  if (m_error) return *m_error;
  if (m_ended) return Bytes();
  std::size_t written = 0;
  auto filled = fill({m_block.get(), k_block_size}, written);
  m_bytes_out += written;
  if (filled) filled = check_limits();
  if (!filled) m_error = std::move(filled).error();
  // A block past a limit is withheld; one before damage is good and goes out ahead of the error.
  if (m_error && (written == 0 || m_error->code == ErrorCode::limit)) return *m_error;
  m_ended = written == 0;
  return Bytes(m_block.get(), written);
}

Result<void> Decompressor::check_limits() const {
  if (m_bytes_out > m_limits.output_bytes)
    return make_error(ErrorCode::limit, "decompressed-size-limit",
                      fmt::format("decompresses to more than {} bytes", m_limits.output_bytes));
  // A quotient, because the product of a ratio and a size may not fit.
  if (m_bytes_out > m_limits.ratio_grace && m_bytes_out / std::max<std::uint64_t>(m_bytes_in, 1) > m_limits.ratio)
    return make_error(
        ErrorCode::limit, "decompress-ratio-limit",
        fmt::format("{} compressed bytes grew to {}, more than {} times", m_bytes_in, m_bytes_out, m_limits.ratio));
  return {};
}

Result<Bytes> Decompressor::input() {
  if (m_piece.empty()) m_piece = TRY(m_pieces.next());
  return m_piece;
}

void Decompressor::consume(std::size_t size) {
  m_piece = m_piece.subspan(size);
  m_bytes_in += size;
}

Result<void> Decompressor::expect_only_zeros() {
  while (true) {
    const Bytes rest = TRY(input());
    if (rest.empty()) return {};
    if (!std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; }))
      return make_error(ErrorCode::malformed, "trailing-garbage",
                        fmt::format("other bytes follow the compressed data near byte {}", m_bytes_in));
    consume(rest.size());
  }
}

}  // namespace hullcheck::formats
