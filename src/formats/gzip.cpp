// gzip (RFC 1952), any number of members, on ISA-L's inflate (RFC 1951).
// ISA-L 2.30 forgets the flags of a member header that is cut by the end of its input, so headers are parsed here and
// only deflate data with its trailer is left to the library, which checks CRC-32 and ISIZE itself.
// Hostile: members without content by the million, header fields without an end, wrong sums, data that stops.
#include "formats/decompressor.hpp"

#include <fmt/core.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>

#include "formats/leave_avx.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_fixed_header = 10;
constexpr std::size_t k_header_limit = 1024 * 1024;  // with name and comment; real ones have a few dozen bytes
enum HeaderFlag : std::uint8_t { header_crc = 2, extra = 4, file_name = 8, comment = 16, reserved = 0xe0 };

struct InflateReason {
  int code;
  const char* text;
};
constexpr InflateReason k_reasons[] = {
    {ISAL_INVALID_BLOCK, "a deflate block has an invalid header"},
    {ISAL_INVALID_SYMBOL, "a deflate block has an invalid symbol"},
    {ISAL_INVALID_LOOKBACK, "a deflate block refers to bytes before its beginning"},
    {ISAL_INCORRECT_CHECKSUM, "checksum or size differ from the ones at the member's end"},
};

const char* reason_of(int code) {
  for (const auto& reason : k_reasons)
    if (reason.code == code) return reason.text;
  return "the deflate data cannot be decoded";
}

Error malformed(std::string message) {
  return make_error(ErrorCode::malformed, "gzip-malformed", std::move(message));
}
Error truncated(const char* where) {
  return make_error(ErrorCode::truncated, "gzip-truncated", fmt::format("the gzip data ends inside {}", where));
}

class GzipStream final : public Decompressor {
 public:
  GzipStream(InputPieces pieces, const DecompressLimits& limits)
      : Decompressor(std::move(pieces), limits), m_state(std::make_unique<inflate_state>()) {
    isal_inflate_init(m_state.get());
    m_state->crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

 private:
  Result<void> fill(std::span<std::uint8_t> out, std::size_t& written) override {
    while (written < out.size()) {
      if (!m_in_member && !TRY(begin_member())) return {};
      TRY(inflate(out, written));
    }
    return {};
  }

  // False at the end of the stream.
  Result<bool> begin_member() {
    const Bytes rest = TRY(input());
    if (rest.empty()) return false;
    if (m_members > 0 && rest[0] != 0x1f) {
      TRY(expect_only_zeros());
      return false;
    }
    TRY(read_header());
    isal_inflate_reset(m_state.get());
    m_in_member = true;
    ++m_members;
    return true;
  }

  Result<void> read_header() {
    m_header.clear();
    TRY(read_header_bytes(k_fixed_header));
    const std::uint8_t flags = m_header[3];
    if (m_header[2] != 8) return malformed("an unknown compression method");
    if (flags & reserved) return malformed("reserved header flags are set");
    if (flags & extra) {
      TRY(read_header_bytes(2));
      TRY(read_header_bytes(*read_le<std::uint16_t>(m_header, k_fixed_header)));
    }
    if (flags & file_name) TRY(read_header_text());
    if (flags & comment) TRY(read_header_text());
    if (!(flags & header_crc)) return {};
    const std::uint32_t crc = crc32_gzip_refl(0, m_header.data(), m_header.size());
    const std::size_t at = m_header.size();
    TRY(read_header_bytes(2));
    if (*read_le<std::uint16_t>(m_header, at) != (crc & 0xffff)) return malformed("the header's checksum differs");
    return {};
  }

  Result<void> read_header_bytes(std::size_t count) {
    for (const std::size_t end = m_header.size() + count; m_header.size() < end;) {
      const Bytes rest = TRY(input());
      // A second byte that is none of gzip's says that this is no member at all.
      if (m_header.size() == 1 && !rest.empty() && rest[0] != 0x8b) return no_member();
      if (rest.empty()) return truncated("a member's header");
      const std::size_t size = m_header.size() < 2 ? 1 : std::min(end - m_header.size(), rest.size());
      m_header.insert(m_header.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
      consume(size);
    }
    return {};
  }

  Result<void> read_header_text() {
    while (true) {
      TRY(read_header_bytes(1));
      if (m_header.back() == 0) return {};
      if (m_header.size() > k_header_limit) return malformed("a header's name or comment does not end");
    }
  }

  Error no_member() const {
    if (m_members == 0) return malformed("no gzip header");
    return make_error(ErrorCode::malformed, "trailing-garbage", "other bytes follow the last gzip member");
  }

  Result<void> inflate(std::span<std::uint8_t> out, std::size_t& written) {
    const Bytes rest = TRY(input());
    m_state->next_in = const_cast<std::uint8_t*>(rest.data());  // the library only reads from it
    m_state->avail_in = static_cast<std::uint32_t>(rest.size());
    m_state->next_out = out.data() + written;
    m_state->avail_out = static_cast<std::uint32_t>(out.size() - written);
    const int code = isal_inflate(m_state.get());
    leave_avx();
    const std::size_t room = out.size() - written;
    // After an error the library's counters may say anything; without one they have been right, but the bytes that
    // they decide about are hostile.
    if (m_state->avail_out <= room) written += room - m_state->avail_out;
    if (code < 0 || m_state->avail_out > room || m_state->avail_in > rest.size()) return malformed(reason_of(code));
    const std::size_t made = room - m_state->avail_out, used = rest.size() - m_state->avail_in;
    consume(used);
    if (m_state->block_state == ISAL_BLOCK_FINISH)
      m_in_member = false;
    else if (used == 0 && made == 0)
      return rest.empty() ? truncated("a member") : malformed(reason_of(code));
    return {};
  }

  std::unique_ptr<inflate_state> m_state;
  Buffer m_header;
  bool m_in_member = false;
  std::uint64_t m_members = 0;
};

}  // namespace

std::unique_ptr<ByteStream> gzip_stream(InputPieces pieces, const DecompressLimits& limits) {
  return std::make_unique<GzipStream>(std::move(pieces), limits);
}

}  // namespace hullcheck::formats
