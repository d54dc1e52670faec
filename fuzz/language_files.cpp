// Every analyzer of language packages and lock files. The first line of a seed is the file's path, the rest its
// content; all analyzers that want such a file read it.
// Holds beside not crashing: a package has a name and a version without control characters, its files lie below the
// root, a limit is kept, and facts come back from their encoding as they were.
#include "inventory/readers/language.hpp"

using namespace hullcheck;

namespace {

bool printable(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
  return !text.empty();
}

void check(const inventory::FileFacts& facts) {
  HULLCHECK_ASSERT(facts.packages.size() <= inventory::k_most_language_packages);
  HULLCHECK_ASSERT(facts.problems.size() <= 2 * inventory::k_most_language_problems);
  for (const model::Package& package : facts.packages) {
    HULLCHECK_ASSERT(printable(package.name) && package.name.size() <= inventory::k_longest_name);
    HULLCHECK_ASSERT(printable(package.version) && package.version.size() <= inventory::k_longest_version);
    HULLCHECK_ASSERT(!model::purl(package, {}).empty());
    for (const model::OwnedFile& owned : package.files) HULLCHECK_ASSERT(layers::is_canonical_path(owned.path));
  }
  const Buffer encoded = inventory::encode_file_facts(facts);
  const auto decoded = inventory::decode_file_facts(encoded);
  HULLCHECK_ASSERT(decoded && inventory::encode_file_facts(*decoded) == encoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all = as_text(Bytes(data, size));
  const std::size_t line = std::min(all.find('\n'), all.size());
  const std::string path = layers::canonical_path(std::string(all.substr(0, line))).path;
  const Bytes bytes = as_bytes(all.substr(std::min(line + 1, all.size())));
  layers::Entry entry;
  entry.path = path;
  entry.size = bytes.size();
  entry.content = layers::classify_content(as_text(bytes));
  const layers::FileView file{{entry, bytes.first(std::min<std::size_t>(bytes.size(), 4096))}, bytes};
  for (const auto& analyzer : inventory::AnalyzerRegistry::all()) {
    const std::string_view id = analyzer.descriptor.id;
    if (id == "dpkg" || id == "apk" || id == "rpm" || id == "os-release" || id == "accounts") continue;
    if (!analyzer.instance->wants(file)) continue;
    if (const auto facts = analyzer.instance->collect(file)) check(*facts);
  }
  return 0;
}
