// xz (any number of streams) and raw LZMA1, on liblzma.
// Hostile: a header asks for its dictionary before it gives a byte; the library's memory is limited.
#include "formats/xz.hpp"

#include <fmt/core.h>
#include <lzma.h>

#include <algorithm>

#include "formats/decompressor.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::uint64_t k_memory = 160ULL << 20;  // xz -9 needs 65 MiB

class XzStream final : public Decompressor {
 public:
  XzStream(InputPieces pieces, const DecompressLimits& limits) : Decompressor(std::move(pieces), limits) {
    m_ready = lzma_stream_decoder(&m_stream, k_memory, LZMA_CONCATENATED) == LZMA_OK;
  }
  ~XzStream() override { lzma_end(&m_stream); }
  XzStream(const XzStream&) = delete;
  XzStream& operator=(const XzStream&) = delete;

 private:
  Result<void> fill(std::span<std::uint8_t> out, std::size_t& written) override {
    if (!m_ready) return make_error(ErrorCode::limit, "xz-memory-limit", "no memory for the xz decoder");
    while (written < out.size() && !m_done) {
      const Bytes rest = TRY(input());
      m_stream.next_in = rest.data();
      m_stream.avail_in = rest.size();
      m_stream.next_out = out.data() + written;
      m_stream.avail_out = out.size() - written;
      const lzma_ret code = lzma_code(&m_stream, rest.empty() ? LZMA_FINISH : LZMA_RUN);
      written = out.size() - m_stream.avail_out;
      consume(rest.size() - m_stream.avail_in);
      if (code == LZMA_STREAM_END) m_done = true;
      if (code != LZMA_OK && code != LZMA_STREAM_END) return error_of(code);
    }
    return {};
  }

  static Error error_of(lzma_ret code) {
    switch (code) {
      case LZMA_MEMLIMIT_ERROR:
      case LZMA_MEM_ERROR:
        return make_error(ErrorCode::limit, "xz-memory-limit",
                          fmt::format("the xz data needs more than {} bytes of memory", k_memory));
      case LZMA_BUF_ERROR: return make_error(ErrorCode::truncated, "xz-truncated", "the xz data ends too early");
      case LZMA_OPTIONS_ERROR:
        return make_error(ErrorCode::unsupported, "xz-unsupported", "the xz data uses a filter that is not known");
      default: return make_error(ErrorCode::malformed, "xz-malformed", "the xz data cannot be decoded");
    }
  }

  lzma_stream m_stream = LZMA_STREAM_INIT;
  bool m_ready = false;
  bool m_done = false;
};

}  // namespace

std::unique_ptr<ByteStream> xz_stream(InputPieces pieces, const DecompressLimits& limits) {
  return std::make_unique<XzStream>(std::move(pieces), limits);
}

Result<Buffer> decompress_lzma_alone(Bytes file, std::size_t most, std::size_t* made) {
  constexpr std::size_t k_block = std::size_t{1} << 18U;
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_alone_decoder(&stream, k_memory) != LZMA_OK)
    return make_error(ErrorCode::limit, "xz-memory-limit", "no memory for the LZMA decoder");
  stream.next_in = file.data();
  stream.avail_in = file.size();
  Buffer out;
  lzma_ret code = LZMA_OK;
  while (code == LZMA_OK && out.size() < most) {
    const std::size_t before = out.size();
    out.resize(std::min(before + k_block, most));
    stream.next_out = out.data() + before;
    stream.avail_out = out.size() - before;
    code = lzma_code(&stream, LZMA_FINISH);
    out.resize(out.size() - stream.avail_out);
  }
  lzma_end(&stream);
  if (made != nullptr) *made = out.size();
  if (code == LZMA_STREAM_END) return out;
  if (code == LZMA_BUF_ERROR) return make_error(ErrorCode::truncated, "xz-truncated", "the LZMA data ends too early");
  if (code == LZMA_MEMLIMIT_ERROR || code == LZMA_OK)
    return make_error(ErrorCode::limit, "xz-size-limit", "more comes out of the LZMA data than is looked at");
  return make_error(ErrorCode::malformed, "xz-malformed", "the LZMA data cannot be decoded");
}

bool decompress_raw_lzma(const LzmaProperties& properties, Bytes input, std::span<std::uint8_t> output) {
  if (properties.position > LZMA_PB_MAX || properties.literal_context + properties.literal_position > LZMA_LCLP_MAX)
    return false;
  lzma_options_lzma options{};
  // The dictionary need not be larger than what comes out.
  options.dict_size = std::max<std::uint32_t>(
      LZMA_DICT_SIZE_MIN, static_cast<std::uint32_t>(std::min<std::size_t>(output.size(), std::size_t{1} << 30)));
  options.lc = properties.literal_context;
  options.lp = properties.literal_position;
  options.pb = properties.position;
  const lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_raw_decoder(&stream, filters) != LZMA_OK) return false;
  stream.next_in = input.data();
  stream.avail_in = input.size();
  stream.next_out = output.data();
  stream.avail_out = output.size();
  const lzma_ret code = lzma_code(&stream, LZMA_RUN);
  const bool complete =
      stream.avail_out == 0 && (code == LZMA_OK || code == LZMA_STREAM_END || code == LZMA_BUF_ERROR);
  lzma_end(&stream);
  return complete;
}

}  // namespace hullcheck::formats
