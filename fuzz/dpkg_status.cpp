// dpkg's files: the first byte says which of them the rest is.
// Holds beside not crashing: a package has a name and a version, and facts come back from their encoding as they
// were.
#include <array>

#include "inventory/analyzer.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array<std::string_view, 6> k_paths{"var/lib/dpkg/status",      "var/lib/dpkg/status.d/a",
                                                           "var/lib/dpkg/info/a.list", "var/lib/dpkg/info/a.md5sums",
                                                           "var/lib/dpkg/diversions",  "usr/share/doc/a/copyright"};
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  layers::Entry entry;
  entry.path = k_paths[data[0] % k_paths.size()];
  entry.size = bytes.size();
  const layers::FileView file{{entry, bytes.first(std::min<std::size_t>(bytes.size(), 4096))}, bytes};
  const auto* const dpkg = inventory::AnalyzerRegistry::find("dpkg");
  const auto facts = dpkg->instance->collect(file);
  if (!facts) return 0;
  for (const model::Package& package : facts->packages)
    HULLCHECK_ASSERT(!package.name.empty() && !package.version.empty() && !package.source_name.empty());
  for (const model::OwnedFile& owned : facts->owned)
    HULLCHECK_ASSERT(layers::is_canonical_path(owned.path) && owned.path.size() <= size);
  HULLCHECK_ASSERT(facts->problems.size() <= 20);
  const Buffer encoded = inventory::encode_file_facts(*facts);
  const auto decoded = inventory::decode_file_facts(encoded);
  HULLCHECK_ASSERT(decoded && inventory::encode_file_facts(*decoded) == encoded);
  (void)inventory::decode_file_facts(bytes);
  return 0;
}
