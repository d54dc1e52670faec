// Alpine's database of installed packages.
// Holds beside not crashing: a package has a name and a version, its files lie below the root, digests have their
// length, and facts come back from their encoding as they were.
#include "inventory/analyzer.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  layers::Entry entry;
  entry.path = "lib/apk/db/installed";
  entry.size = size;
  const layers::FileView file{{entry, bytes.first(std::min<std::size_t>(size, 4096))}, bytes};
  const auto facts = inventory::AnalyzerRegistry::find("apk")->instance->collect(file);
  if (!facts) return 0;
  for (const model::Package& package : facts->packages) {
    HULLCHECK_ASSERT(!package.name.empty() && !package.version.empty());
    for (const model::OwnedFile& owned : package.files) {
      HULLCHECK_ASSERT(layers::is_canonical_path(owned.path));
      const std::size_t length = owned.digest.size();
      HULLCHECK_ASSERT(length == (owned.algorithm == model::DigestAlgorithm::sha1     ? 40U
                                  : owned.algorithm == model::DigestAlgorithm::sha256 ? 64U
                                                                                      : 0U));
    }
  }
  const Buffer encoded = inventory::encode_file_facts(*facts);
  const auto decoded = inventory::decode_file_facts(encoded);
  HULLCHECK_ASSERT(decoded && inventory::encode_file_facts(*decoded) == encoded);
  return 0;
}
