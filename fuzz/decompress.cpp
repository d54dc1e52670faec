// decompress() over arbitrary bytes, and the two decompressors with their input cut into small pieces: without an
// error the output must be the same, with one it must be the beginning of the same.
#include "formats/decompress.hpp"

#include <string>

#include "formats/decompressor.hpp"

namespace {

using namespace hullcheck;

formats::DecompressLimits small_limits() {
  formats::DecompressLimits limits;
  limits.output_bytes = 8 * 1024 * 1024;
  limits.zstd_window = 1024 * 1024;
  return limits;
}

struct Output {
  std::string bytes, error;
};

Output drain(Result<std::unique_ptr<formats::ByteStream>> stream) {
  if (!stream) return {{}, stream.error().name};
  Output output;
  while (true) {
    const auto block = (*stream)->next();
    if (!block) {
      output.error = block.error().name;
      HULLCHECK_ASSERT((*stream)->next().error().name == output.error);
      return output;
    }
    if (block->empty()) return output;
    HULLCHECK_ASSERT(block->size() <= formats::k_block_size);
    output.bytes += as_text(*block);
    HULLCHECK_ASSERT(output.bytes.size() <= small_limits().output_bytes);
  }
}

Output in_pieces(Bytes bytes, std::size_t piece, formats::Compression compression) {
  formats::InputPieces pieces(formats::memory_stream(bytes, 13), piece);
  return drain(compression == formats::Compression::gzip ? formats::gzip_stream(std::move(pieces), small_limits())
                                                         : formats::zstd_stream(std::move(pieces), small_limits()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  formats::Compression compression = formats::Compression::none;
  const auto input = formats::memory_stream(bytes);
  const Output whole = drain(formats::decompress(*input, small_limits(), &compression));
  if (compression != formats::Compression::gzip && compression != formats::Compression::zstd) return 0;
  for (const std::size_t piece : {1, 7, 300}) {
    const Output cut = in_pieces(bytes, piece, compression);
    // The zstd library meets damage at another place, or not at all, by how much it is given at a time. (Streams are cut
    // at fixed offsets, so a blob always gets the same answer.) What it gives without complaint must still be the same.
    if (compression == formats::Compression::zstd && cut.error != whole.error) continue;
    HULLCHECK_ASSERT(cut.error == whole.error);
    HULLCHECK_ASSERT(cut.error.empty() ? cut.bytes == whole.bytes
                                       : cut.bytes.starts_with(whole.bytes) || whole.bytes.starts_with(cut.bytes));
  }
  return 0;
}
