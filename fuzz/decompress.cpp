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
    // How much the libraries give before they notice damage, and what they call it, depends on how much they are given
    // at a time, and zstd may even notice or not. (Streams are cut at fixed offsets, so a blob always gets the same
    // answer.) What is given without complaint must be the same.
    if (compression == formats::Compression::gzip) HULLCHECK_ASSERT(cut.error.empty() == whole.error.empty());
    if (cut.error.empty() && whole.error.empty()) HULLCHECK_ASSERT(cut.bytes == whole.bytes);
  }
  return 0;
}
