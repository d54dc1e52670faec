// The hot path of a scan, stage by stage: inflate, SHA-256, tar walk, and all of them in one pass.
// Input: the file named by HULLCHECK_BENCH_TAR (a layer's tar, plain; make it with `tar cf layer.tar /usr/lib`),
// which is compressed here. Rates are of uncompressed bytes, per core.
#include <benchmark/benchmark.h>
#include <fmt/core.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "formats/decompress.hpp"
#include "formats/tar.hpp"
#include "util/digest.hpp"

namespace {

using namespace hullcheck;

const Buffer& plain() {
  static const Buffer bytes = [] {
    Buffer all;
    const char* path = std::getenv("HULLCHECK_BENCH_TAR");
    auto file = formats::file_stream(path == nullptr ? "" : path);
    while (file.ok()) {
      const auto block = (*file)->next();
      if (!block.ok() || block->empty()) break;
      all.insert(all.end(), block->begin(), block->end());
    }
    return all;
  }();
  return bytes;
}

// Made by gzip itself where the name is given: ISA-L's own output decodes faster than what registries hold.
Buffer gzip_of(Bytes bytes) {
  Buffer all;
  if (const char* path = std::getenv("HULLCHECK_BENCH_TAR_GZ")) {
    auto file = formats::file_stream(path);
    while (file.ok()) {
      const auto block = (*file)->next();
      if (!block.ok() || block->empty()) return all;
      all.insert(all.end(), block->begin(), block->end());
    }
  }
  auto stream = std::make_unique<isal_zstream>();
  isal_deflate_init(stream.get());
  Buffer work(ISAL_DEF_LVL1_DEFAULT), in(bytes.begin(), bytes.end());
  all.resize(bytes.size() + bytes.size() / 4 + 4096);
  stream->level = 1;
  stream->level_buf = work.data();
  stream->level_buf_size = static_cast<std::uint32_t>(work.size());
  stream->gzip_flag = IGZIP_GZIP;
  stream->end_of_stream = 1;
  stream->next_in = in.data();
  stream->avail_in = static_cast<std::uint32_t>(in.size());
  stream->next_out = all.data();
  stream->avail_out = static_cast<std::uint32_t>(all.size());
  isal_deflate(stream.get());
  all.resize(stream->total_out);
  return all;
}

const Buffer& gzipped() {
  static const Buffer bytes = gzip_of(plain());
  return bytes;
}

const Buffer& zstd_packed() {
  static const Buffer bytes = [] {
    Buffer all(ZSTD_compressBound(plain().size()));
    all.resize(ZSTD_compress(all.data(), all.size(), plain().data(), plain().size(), 3));
    return all;
  }();
  return bytes;
}

bool ready(benchmark::State& state) {
  gzipped(), zstd_packed();  // made before any clock runs
  if (plain().empty()) state.SkipWithError("HULLCHECK_BENCH_TAR names no readable file");
  return !plain().empty();
}

// The calls of the library alone, for what our wrapper costs and for the effect of the dirty registers.
void inflate_raw(Bytes packed, util::Hasher* hasher) {
  static auto inflater = std::make_unique<inflate_state>();
  static Buffer block(formats::k_block_size);
  isal_inflate_init(inflater.get());
  inflater->crc_flag = ISAL_GZIP;
  inflater->next_in = const_cast<std::uint8_t*>(packed.data());
  inflater->avail_in = static_cast<std::uint32_t>(packed.size());
  while (inflater->block_state != ISAL_BLOCK_FINISH) {
    inflater->next_out = block.data();
    inflater->avail_out = static_cast<std::uint32_t>(block.size());
    if (isal_inflate(inflater.get()) < 0) return;
    if (hasher != nullptr) hasher->update(Bytes(block).first(block.size() - inflater->avail_out));
  }
}

void decode(Bytes packed, util::Hasher* hasher) {
  const auto input = formats::memory_stream(packed);
  const auto stream = formats::decompress(*input, {}).value();
  while (true) {
    const Bytes block = stream->next().value();
    if (block.empty()) return;
    if (hasher != nullptr) hasher->update(block);
  }
}

template <class Work>
void measure(benchmark::State& state, Work work) {
  if (!ready(state)) return;
  for (auto _ : state) work();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(plain().size()));
}

void gzip_library(benchmark::State& state) {
  measure(state, [] { inflate_raw(gzipped(), nullptr); });
}
void gzip_stream(benchmark::State& state) {
  measure(state, [] { decode(gzipped(), nullptr); });
}
void gzip_library_and_sha256(benchmark::State& state) {
  util::Hasher hasher(util::Hash::sha256);
  measure(state, [&] { inflate_raw(gzipped(), &hasher), hasher.finish(); });
}
void gzip_stream_and_sha256(benchmark::State& state) {
  util::Hasher hasher(util::Hash::sha256);
  measure(state, [&] { decode(gzipped(), &hasher), hasher.finish(); });
}
void zstd_stream(benchmark::State& state) {
  measure(state, [] { decode(zstd_packed(), nullptr); });
}
void sha256(benchmark::State& state) {
  measure(state, [] { benchmark::DoNotOptimize(util::sha256_hex(plain())); });
}

// Hashes what passes through.
class Hashed final : public formats::ByteStream {
 public:
  Hashed(formats::ByteStream& input, util::Hasher& hasher) : m_input(input), m_hasher(hasher) {}
  Result<Bytes> next() override {
    const Bytes block = TRY(m_input.next());
    m_hasher.update(block);
    return block;
  }

 private:
  formats::ByteStream& m_input;
  util::Hasher& m_hasher;
};

std::int64_t walk(formats::ByteStream& stream, bool contents) {
  formats::TarReader reader(stream, {});
  std::int64_t entries = 0;
  while (true) {
    const auto entry = reader.next();
    if (!entry.ok() || *entry == nullptr) return entries;
    ++entries;
    while (contents) {
      const auto piece = reader.read();
      if (!piece.ok() || piece->empty()) break;
      benchmark::DoNotOptimize(piece->data());
    }
  }
}

void tar_walk(benchmark::State& state) {
  std::int64_t entries = 0;
  measure(state, [&] { entries += walk(*formats::memory_stream(plain()), true); });
  state.SetItemsProcessed(entries);
}

void tar_of_empty_files(benchmark::State& state) {
  Buffer bytes(512 * 10'000);
  for (std::size_t at = 0; at < bytes.size(); at += 512) {
    const std::string header = "usr/share/doc/file" + std::string(82, char{0}) + "0000644";
    std::copy(header.begin(), header.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    const std::string_view magic(
        "ustar\0"
        "00",
        8);
    std::copy(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at) + 257);
    std::uint32_t sum = 8 * ' ';
    for (std::size_t i = 0; i < 512; ++i) sum += bytes[at + i];
    const std::string text = fmt::format("{:06o}", sum);
    std::copy(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at) + 148);
  }
  std::int64_t entries = 0;
  for (auto _ : state) entries += walk(*formats::memory_stream(bytes), false);
  state.SetItemsProcessed(entries);
}

void whole_layer(benchmark::State& state) {
  util::Hasher blob(util::Hash::sha256), diff(util::Hash::sha256);
  measure(state, [&] {
    const auto input = formats::memory_stream(gzipped());
    Hashed hashed_input(*input, blob);
    const auto stream = formats::decompress(hashed_input, {}).value();
    Hashed hashed(*stream, diff);
    walk(hashed, true);
    while (!hashed.next().value().empty()) {
    }
    blob.finish();
    diff.finish();
  });
}

BENCHMARK(sha256);
BENCHMARK(gzip_library);
BENCHMARK(gzip_stream);
BENCHMARK(gzip_library_and_sha256);
BENCHMARK(gzip_stream_and_sha256);
BENCHMARK(zstd_stream);
BENCHMARK(tar_walk);
BENCHMARK(tar_of_empty_files);
BENCHMARK(whole_layer);

}  // namespace
