// The smaller databases of operating systems. The first byte chooses the analyzer, the rest is the file.
// Holds beside not crashing: a package has a name and a version, its files lie below the root, and facts come back
// from their encoding as they were.
#include <array>

#include "inventory/analyzer.hpp"

using namespace hullcheck;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> k_files{{
    {"pacman", "var/lib/pacman/local/a-1-1/desc"},
    {"pacman", "var/lib/pacman/local/a-1-1/files"},
    {"portage", "var/db/pkg/app-shells/bash-5.2_p15-r6/CONTENTS"},
    {"opkg", "usr/lib/opkg/status"},
    {"opkg", "usr/lib/opkg/info/a.list"},
    {"bottlerocket", "usr/share/bottlerocket/application-inventory.json"},
    {"rpm-manifest", "var/lib/rpmmanifest/container-manifest-2"},
    {"chisel", "var/lib/chisel/manifest.wall"},
    {"sbom", "srv/a.cdx.json"},
    {"support-programs", "var/lib/ubuntu-advantage/status.json"},
    {"apk-repositories", "etc/apk/repositories"},
}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& [id, path] = k_files[data[0] % k_files.size()];
  const Bytes bytes(data + 1, size - 1);
  layers::Entry entry;
  entry.path = path;
  entry.size = bytes.size();
  const layers::FileView file{{entry, bytes.first(std::min<std::size_t>(bytes.size(), 4096))}, bytes};
  const auto facts = inventory::AnalyzerRegistry::find(id)->instance->collect(file);
  if (!facts) return 0;
  for (const model::Package& package : facts->packages) {
    HULLCHECK_ASSERT(!package.name.empty() && !package.version.empty());
    for (const model::OwnedFile& owned : package.files) HULLCHECK_ASSERT(layers::is_canonical_path(owned.path));
  }
  const Buffer encoded = inventory::encode_file_facts(*facts);
  const auto decoded = inventory::decode_file_facts(encoded);
  HULLCHECK_ASSERT(decoded && inventory::encode_file_facts(*decoded) == encoded);
  return 0;
}
