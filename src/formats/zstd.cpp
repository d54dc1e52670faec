// Zstandard (RFC 8878), any number of frames and skippable frames, on libzstd.
// Hostile: a frame asks for its window before it gives a byte (limited), and the library also reads the unspecified
// formats of before 2016, so each frame's magic number is checked here first.
#include "formats/decompressor.hpp"
#include "formats/zstd_writer.hpp"

#include <fmt/core.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>

namespace hullcheck::formats {
namespace {

constexpr std::uint32_t k_magic = 0xfd2fb528, k_skippable_magic = 0x184d2a50, k_skippable_mask = 0xfffffff0;

Error malformed(const char* message) { return make_error(ErrorCode::malformed, "zstd-malformed", message); }

Error library_error(std::size_t code, const DecompressLimits& limits) {
  if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
    return make_error(ErrorCode::limit, "zstd-window-limit",
                      fmt::format("a frame needs a window of more than {} bytes", limits.zstd_window));
  return malformed(ZSTD_getErrorName(code));
}

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class ZstdStream final : public Decompressor {
 public:
  ZstdStream(InputPieces pieces, const DecompressLimits& limits)
      : Decompressor(std::move(pieces), limits), m_limits(limits), m_context(ZSTD_createDCtx()) {
    HULLCHECK_ASSERT(m_context != nullptr);
    // The library takes a power of two; it refuses less than 1 KiB.
    const int log = std::clamp(static_cast<int>(std::bit_width(limits.zstd_window)) - 1, 10, 31);
    HULLCHECK_ASSERT(!ZSTD_isError(ZSTD_DCtx_setParameter(m_context.get(), ZSTD_d_windowLogMax, log)));
  }

 private:
  Result<void> fill(std::span<std::uint8_t> out, std::size_t& written) override {
    while (written < out.size()) {
      if (!m_in_frame && !TRY(begin_frame())) return {};
      TRY(decode(out, written));
    }
    return {};
  }

  // Hands the four bytes of a frame's magic number to the library, once they are known to be one. False at the end.
  Result<bool> begin_frame() {
    Buffer magic;
    while (magic.size() < sizeof k_magic) {
      const Bytes rest = TRY(input());
      if (rest.empty() && magic.empty()) return false;
      if (rest.empty()) return truncated();
      if (magic.empty() && m_frames > 0 && rest[0] == 0) {
        TRY(expect_only_zeros());
        return false;
      }
      magic.push_back(rest[0]);
      consume(1);
    }
    const std::uint32_t number = *read_le<std::uint32_t>(magic, 0);
    if (number != k_magic && (number & k_skippable_mask) != k_skippable_magic) return no_frame();
    ZSTD_inBuffer in{magic.data(), magic.size(), 0};
    ZSTD_outBuffer none{nullptr, 0, 0};
    const std::size_t code = ZSTD_decompressStream(m_context.get(), &none, &in);
    if (ZSTD_isError(code)) return library_error(code, m_limits);
    m_in_frame = true;
    ++m_frames;
    return true;
  }

  Result<void> decode(std::span<std::uint8_t> out, std::size_t& written) {
    const Bytes rest = TRY(input());
    ZSTD_inBuffer in{rest.data(), rest.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), written};
    const std::size_t code = ZSTD_decompressStream(m_context.get(), &to, &in);
    const bool moved = in.pos > 0 || to.pos > written;
    consume(in.pos);
    written = to.pos;
    if (ZSTD_isError(code)) return library_error(code, m_limits);
    if (code == 0)
      m_in_frame = false;
    else if (!moved)
      return rest.empty() ? truncated() : malformed("the data cannot be decoded");
    return {};
  }

  static Error truncated() {
    return make_error(ErrorCode::truncated, "zstd-truncated", "the zstd data ends inside a frame");
  }
  Error no_frame() const {
    if (m_frames == 0) return malformed("no zstd frame");
    return make_error(ErrorCode::malformed, "trailing-garbage", "other bytes follow the last zstd frame");
  }

  DecompressLimits m_limits;
  std::unique_ptr<ZSTD_DCtx, FreeContext> m_context;
  bool m_in_frame = false;
  std::uint64_t m_frames = 0;
};

}  // namespace

struct ZstdWriter::State {
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
  Buffer out;

  // Our own bytes and parameters: the library can refuse neither.
  void run(Bytes bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 1;
    while (in.pos < in.size || (directive == ZSTD_e_end && left != 0)) {
      const std::size_t used = out.size();
      out.resize(used + ZSTD_CStreamOutSize());
      ZSTD_outBuffer to{out.data(), out.size(), used};
      left = ZSTD_compressStream2(context.get(), &to, &in, directive);
      HULLCHECK_ASSERT(!ZSTD_isError(left));
      out.resize(to.pos);
    }
  }
};

ZstdWriter::ZstdWriter(int level) : m_state(std::make_unique<State>()) {
  HULLCHECK_ASSERT(m_state->context != nullptr);
  for (const auto& [parameter, value] :
       {std::pair(ZSTD_c_compressionLevel, level), std::pair(ZSTD_c_checksumFlag, 1),
        std::pair(ZSTD_c_enableLongDistanceMatching, 1), std::pair(ZSTD_c_windowLog, 26)})
    HULLCHECK_ASSERT(!ZSTD_isError(ZSTD_CCtx_setParameter(m_state->context.get(), parameter, value)));
}
ZstdWriter::~ZstdWriter() = default;
void ZstdWriter::add(Bytes bytes) { m_state->run(bytes, ZSTD_e_continue); }
Buffer ZstdWriter::finish() {
  m_state->run({}, ZSTD_e_end);
  return std::move(m_state->out);
}

std::unique_ptr<ByteStream> zstd_stream(InputPieces pieces, const DecompressLimits& limits) {
  return std::make_unique<ZstdStream>(std::move(pieces), limits);
}

}  // namespace hullcheck::formats
