#include "support/compress.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace hullcheck::test {
namespace {

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  return text;
}

std::string stored_blocks(std::string_view plain, std::size_t size) {
  std::string out;
  do {
    const auto part = plain.substr(0, size);
    plain.remove_prefix(part.size());
    const auto length = static_cast<std::uint32_t>(part.size());
    out += plain.empty() ? '\1' : '\0';
    out += little_endian(length, 2) + little_endian(~length & 0xffff, 2) + std::string(part);
  } while (!plain.empty());
  return out;
}

std::string deflate(std::string_view plain, int level) {
  auto stream = std::make_unique<isal_zstream>();
  isal_deflate_init(stream.get());
  std::vector<std::uint8_t> work(ISAL_DEF_LVL3_DEFAULT);
  stream->level = static_cast<std::uint32_t>(level);
  stream->level_buf = work.data();
  stream->level_buf_size = static_cast<std::uint32_t>(work.size());
  std::string in(plain);
  stream->next_in = reinterpret_cast<std::uint8_t*>(in.data());
  stream->avail_in = static_cast<std::uint32_t>(in.size());
  stream->end_of_stream = 1;
  std::string out(2 * plain.size() + 1024, '\0');
  stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream->avail_out = static_cast<std::uint32_t>(out.size());
  if (isal_deflate(stream.get()) != COMP_OK || stream->avail_in != 0) std::abort();
  out.resize(stream->total_out);
  return out;
}

std::uint32_t crc_of(std::string_view bytes) {
  return crc32_gzip_refl(0, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

std::string gzip(std::string_view plain, const GzipOptions& options) {
  const int flags = (options.header_crc ? 2 : 0) | (options.extra.empty() ? 0 : 4) | (options.name.empty() ? 0 : 8) |
                    (options.comment.empty() ? 0 : 16);
  std::string out = "\x1f\x8b\x08";
  out += little_endian(static_cast<std::uint32_t>(flags), 1) + std::string(5, '\0') + '\x03';
  if (!options.extra.empty())
    out += little_endian(static_cast<std::uint32_t>(options.extra.size()), 2) + options.extra;
  if (!options.name.empty()) out += options.name + '\0';
  if (!options.comment.empty()) out += options.comment + '\0';
  if (options.header_crc) out += little_endian(crc_of(out) & 0xffff, 2);
  out += options.stored != 0 ? stored_blocks(plain, options.stored) : deflate(plain, options.level);
  return out + little_endian(crc_of(plain), 4) + little_endian(static_cast<std::uint32_t>(plain.size()), 4);
}

std::string zstd(std::string_view plain, const ZstdOptions& options) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, options.level);
  if (options.window_log != 0) ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, options.window_log);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, options.checksum ? 1 : 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, options.content_size ? 1 : 0);
  std::string out(ZSTD_compressBound(plain.size()) + 64, '\0');
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  // An unknown size (a pipe) leaves the window as it is asked for.
  if (!options.content_size && ZSTD_isError(ZSTD_compressStream2(context.get(), &to, &in, ZSTD_e_flush)))
    std::abort();
  if (ZSTD_compressStream2(context.get(), &to, &in, ZSTD_e_end) != 0) std::abort();
  out.resize(to.pos);
  return out;
}

std::string zstd_skippable(std::string_view content) {
  return "\x50\x2a\x4d\x18" + little_endian(static_cast<std::uint32_t>(content.size()), 4) + std::string(content);
}

std::string sample_text(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string text;
  std::vector<std::string> words;
  for (int i = 0; i < 500; ++i) words.push_back(noise(1 + random() % 12, static_cast<std::uint32_t>(random())));
  while (text.size() < size) {
    text += words[random() % words.size()];
    if (random() % 50 == 0) text += noise(random() % 40, static_cast<std::uint32_t>(random()));
  }
  text.resize(size);
  return text;
}

std::string noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random() & 0xff);
  return bytes;
}

}  // namespace hullcheck::test
