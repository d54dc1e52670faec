// Which compression a stream has, and the chain that undoes it.
// Hostile: the first block may hold one byte, or nothing; a name or a media type is never asked.
#include "formats/decompress.hpp"

#include "formats/decompressor.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_magic_bytes = 6;

struct Magic {
  Compression compression;
  std::string_view prefix;
};
constexpr Magic k_magics[] = {
    {Compression::gzip, {"\x1f\x8b\x08", 3}},
    {Compression::zstd, {"\x28\xb5\x2f\xfd", 4}},
    {Compression::xz, {"\xfd\x37zXZ\0", 6}},
};

// A skippable frame may come first; its number has sixteen values.
bool is_skippable_zstd(std::string_view head) {
  return head.size() >= 4 && (static_cast<std::uint8_t>(head[0]) & 0xf0) == 0x50 &&
         head.substr(1, 3) == "\x2a\x4d\x18";
}

// "BZh", a level and the first bytes of a block or of the end: fewer could begin a tar member's name.
bool is_bzip2(std::string_view head) {
  return head.size() >= k_magic_bytes && head.starts_with("BZh") && head[3] >= '1' && head[3] <= '9' &&
         (head.substr(4, 2) == "1A" || head.substr(4, 2) == "\x17\x72");
}

// The input again, from its first byte, after some of it was read to recognise it. `block` is the last block read and
// is still the input's own; `before` holds what came in smaller blocks before that.
class Resumed final : public ByteStream {
 public:
  Resumed(ByteStream& input, Buffer before, Bytes block)
      : m_input(input), m_before(std::move(before)), m_pending{m_before, block} {}

  Result<Bytes> next() override {
    for (Bytes& pending : m_pending)
      if (!pending.empty()) return std::exchange(pending, Bytes());
    return m_input.next();
  }

 private:
  ByteStream& m_input;
  Buffer m_before;
  std::array<Bytes, 2> m_pending;
};

// Bytes that were never compressed, under the same limit.
class PlainStream final : public ByteStream {
 public:
  PlainStream(std::unique_ptr<ByteStream> input, std::uint64_t limit) : m_input(std::move(input)), m_limit(limit) {}

  Result<Bytes> next() override {
    if (m_over) return over();
    const Bytes block = TRY(m_input->next());
    m_over = block.size() > m_limit - m_size;
    if (m_over) return over();
    m_size += block.size();
    return block;
  }

 private:
  Error over() const {
    return make_error(ErrorCode::limit, "decompressed-size-limit", fmt::format("has more than {} bytes", m_limit));
  }

  std::unique_ptr<ByteStream> m_input;
  std::uint64_t m_limit, m_size = 0;
  bool m_over = false;
};

}  // namespace

std::string_view to_string(Compression compression) {
  constexpr std::string_view k_names[] = {"none", "gzip", "zstd", "xz", "bzip2"};
  return k_names[static_cast<std::size_t>(compression)];
}

Compression detect_compression(Bytes head) {
  const std::string_view text = as_text(head);
  for (const auto& magic : k_magics)
    if (text.starts_with(magic.prefix)) return magic.compression;
  if (is_skippable_zstd(text)) return Compression::zstd;
  return is_bzip2(text) ? Compression::bzip2 : Compression::none;
}

Result<std::unique_ptr<ByteStream>> decompress(ByteStream& input, const DecompressLimits& limits,
                                               Compression* found) {
  Buffer before;
  Bytes block = TRY(input.next());
  while (!block.empty() && before.size() + block.size() < k_magic_bytes) {
    before.insert(before.end(), block.begin(), block.end());
    block = TRY(input.next());
  }
  Buffer head = before;
  const Bytes rest = block.first(std::min(k_magic_bytes, block.size()));
  head.insert(head.end(), rest.begin(), rest.end());

  const Compression compression = detect_compression(head);
  if (found != nullptr) *found = compression;
  std::unique_ptr<ByteStream> resumed = std::make_unique<Resumed>(input, std::move(before), block);
  switch (compression) {
    case Compression::none:
      return std::unique_ptr<ByteStream>(new PlainStream(std::move(resumed), limits.output_bytes));
    case Compression::gzip: return gzip_stream(InputPieces(std::move(resumed), k_block_size), limits);
    case Compression::zstd: return zstd_stream(InputPieces(std::move(resumed), k_block_size), limits);
    case Compression::xz: return xz_stream(InputPieces(std::move(resumed), k_block_size), limits);
    case Compression::bzip2: return bzip2_stream(InputPieces(std::move(resumed), k_block_size), limits);
  }
  return make_error(ErrorCode::unsupported, "unsupported", "an unknown compression");
}

}  // namespace hullcheck::formats
