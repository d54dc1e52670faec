// One layer, from its compressed bytes to its facts, in one pass.
//
// blob ─ hash ─ decompress ─ hash ─ tar ─┬─ names, modes, links, xattrs
//                                        ├─ windows of each file through the content scan
//                                        └─ whole files for the collectors that want them
//
// Nothing is kept of the bytes: a file passes through one window; what a collector wants whole is held in memory up
// to k_spill_above and beyond that in an unlinked temporary file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "formats/byte_stream.hpp"
#include "formats/decompress.hpp"
#include "formats/tar.hpp"
#include "layers/collector.hpp"
#include "layers/facts.hpp"
#include "util/profile.hpp"
#include "util/progress.hpp"
#include "util/thread_pool.hpp"

namespace hullcheck::layers {

constexpr std::uint64_t k_spill_above = 16ULL << 20;
constexpr std::uint64_t k_spill_in_all = 1ULL << 30;  // of all layers that are read at the same time
constexpr std::size_t k_most_problems = 200;  // of one section of one layer; one more says that there were more

struct LayerLimits {
  formats::DecompressLimits decompress;
  formats::TarLimits tar;
};

struct AnalyseOptions {
  std::vector<Section> sections;      // collectors to run
  const ContentScan* scan = nullptr;  // null: no content scan
  bool all_digests = false;           // SHA-256 of every regular file, not only where it is needed
  // Facts of the same layer from an earlier time: their sections are taken over, only the others are made, and the
  // result is as if all had been made. Borrowed. If the diff ids turn out to differ it was another layer, and the
  // outcome is worth nothing.
  const LayerFacts* known = nullptr;
  // Whose free workers may decompress, and look at small files, while this thread looks at what comes. Borrowed; null:
  // nobody.
  util::ThreadPool* helpers = nullptr;
  LayerLimits limits;
};

struct LayerOutcome {
  std::shared_ptr<LayerFacts> facts;  // never null; holds what could be read
  std::string blob_digest;            // as computed; "" if the blob could not be read to its end
  std::string diff_id;                // as computed; "" if it could not be decompressed to its end
  std::uint64_t blob_size = 0;
  formats::Compression compression = formats::Compression::none;
  // Trouble of network, disk, time or a stop request: the facts are not those of the whole layer and must not be
  // cached.
  std::optional<Error> interrupted;
  bool cacheable = true;  // false also when a limit that layers share (temporary space) was hit
};

// Reads `blob` to its end. Safe to call on several threads at once, with one stream each.
LayerOutcome analyse_layer(formats::ByteStream& blob, const AnalyseOptions& options, std::stop_token stop,
                           util::Progress& progress, util::Profile& profile);

// Only the digests, for a layer whose facts are known. `with_diff_id` false skips decompression and leaves it empty.
LayerOutcome digest_layer(formats::ByteStream& blob, bool with_diff_id, const LayerLimits& limits,
                          std::stop_token stop, util::Progress& progress);

}  // namespace hullcheck::layers
