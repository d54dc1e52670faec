// bzip2, any number of streams, on libbz2.
// Hostile: blocks that repeat one byte grow by a factor of forty thousand; the shared limits cut that off.
#include <bzlib.h>

#include <memory>

#include "formats/decompressor.hpp"

namespace hullcheck::formats {
namespace {

class Bzip2Stream final : public Decompressor {
 public:
  Bzip2Stream(InputPieces pieces, const DecompressLimits& limits) : Decompressor(std::move(pieces), limits) {}
  ~Bzip2Stream() override { close(); }
  Bzip2Stream(const Bzip2Stream&) = delete;
  Bzip2Stream& operator=(const Bzip2Stream&) = delete;

 private:
  Result<void> fill(std::span<std::uint8_t> out, std::size_t& written) override {
    while (written < out.size()) {
      if (!m_open && !TRY(begin_stream())) return {};
      const Bytes rest = TRY(input());
      m_stream.next_in = reinterpret_cast<char*>(const_cast<std::uint8_t*>(rest.data()));  // only read from
      m_stream.avail_in = static_cast<unsigned>(rest.size());
      m_stream.next_out = reinterpret_cast<char*>(out.data() + written);
      m_stream.avail_out = static_cast<unsigned>(out.size() - written);
      const int code = BZ2_bzDecompress(&m_stream);
      const std::size_t made = out.size() - written - m_stream.avail_out, used = rest.size() - m_stream.avail_in;
      written += made;
      consume(used);
      if (code == BZ_STREAM_END)
        close();
      else if (code != BZ_OK)
        return make_error(ErrorCode::malformed, "bzip2-malformed", "the bzip2 data cannot be decoded");
      else if (made == 0 && used == 0)
        return make_error(ErrorCode::truncated, "bzip2-truncated", "the bzip2 data ends inside a block");
    }
    return {};
  }

  // False at the end.
  Result<bool> begin_stream() {
    const Bytes rest = TRY(input());
    if (rest.empty()) return false;
    if (m_streams > 0 && rest[0] != 'B') {
      TRY(expect_only_zeros());
      return false;
    }
    m_stream = {};
    if (BZ2_bzDecompressInit(&m_stream, 0, 0) != BZ_OK)
      return make_error(ErrorCode::limit, "bzip2-memory-limit", "no memory for the bzip2 decoder");
    m_open = true;
    ++m_streams;
    return true;
  }
  void close() {
    if (m_open) BZ2_bzDecompressEnd(&m_stream);
    m_open = false;
  }

  bz_stream m_stream{};
  bool m_open = false;
  std::uint64_t m_streams = 0;
};

}  // namespace

std::unique_ptr<ByteStream> bzip2_stream(InputPieces pieces, const DecompressLimits& limits) {
  return std::make_unique<Bzip2Stream>(std::move(pieces), limits);
}

}  // namespace hullcheck::formats
