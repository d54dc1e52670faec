// chisel: parts of Ubuntu packages that Chisel cut out, without dpkg's database.
// Format: var/lib/chisel/manifest.wall, zstd of one JSON object a line (jsonwall). Kind "package" has name, version
// and arch; kind "path" has path, mode, slices ("PACKAGE_SLICE"), sha256 and final_sha256.
// Hostile: a zstd bomb, a line that never ends, any JSON; all bounded.
// Reads: var/lib/chisel/manifest.wall
#include <map>

#include "formats/decompress.hpp"
#include "inventory/readers/json_file.hpp"
#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 256U << 20;
constexpr std::size_t k_most_lines = 2'000'000;

bool is_manifest(std::string_view path) { return is_path(path, "var/lib/chisel/manifest.wall"); }

// As far as it goes; what ends it is a problem of the file.
Buffer unpacked(Bytes bytes, FileFacts& facts) {
  Buffer out;
  const auto raw = formats::memory_stream(bytes);
  formats::DecompressLimits limits;
  limits.output_bytes = k_most_bytes;
  auto stream = formats::decompress(*raw, limits);
  while (stream) {
    auto block = (*stream)->next();
    if (!block) {
      add_problem(facts, "the manifest cannot be unpacked: " + block.error().message);
      break;
    }
    if (block->empty()) break;
    out.insert(out.end(), block->begin(), block->end());
  }
  if (!stream) add_problem(facts, "the manifest cannot be unpacked: " + stream.error().message);
  return out;
}

class Wall {
 public:
  explicit Wall(FileFacts& facts) : m_facts(facts) {}

  void line(json::Element record) {
    const std::string_view kind = json::text(record, "kind");
    if (kind == "package") {
      model::Package* const package =
          add_system_package(m_facts, "deb", json::text(record, "name"), json::text(record, "version"));
      if (package == nullptr) return add_problem(m_facts, "a package has no name or no version");
      package->architecture = json::text(record, "arch");
    } else if (kind == "path") {
      add_path(record);
    }
  }

  // Paths may come before the packages that they are of.
  void finish() {
    for (model::Package& package : m_facts.packages)
      if (const auto files = m_files.find(package.name); files != m_files.end())
        package.files = std::move(files->second);
  }

 private:
  void add_path(json::Element record) {
    const std::string_view path = json::text(record, "path");
    if (path.empty() || path.ends_with('/')) return;
    std::string_view digest = json::text(record, "final_sha256");
    if (digest.empty()) digest = json::text(record, "sha256");
    const std::vector<std::string> slices = json::strings(record, "slices");
    if (slices.empty()) return;
    const std::string package = slices.front().substr(0, slices.front().rfind('_'));
    const bool known = digest.size() == 64;
    m_files[package].push_back({layers::canonical_path(path).path,
                                known ? model::DigestAlgorithm::sha256 : model::DigestAlgorithm::none,
                                known ? std::string(digest) : std::string(), 0, false});
  }

  FileFacts& m_facts;
  std::map<std::string, std::vector<model::OwnedFile>> m_files;
};

class Chisel final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_manifest(file.path()); }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_packages;
    const Buffer plain = unpacked(file.bytes, facts);
    std::string_view text = as_text(plain);
    Wall wall(facts);
    json::Document parsed;  // one for all lines: a line is small
    for (std::size_t count = 0; !text.empty(); ++count) {
      const std::string_view line = take_line(text);
      if (line.empty()) continue;
      if (count >= k_most_lines || line.size() > k_largest_json) {
        facts.truncated = true;
        break;
      }
      const auto record = parsed.parse(as_bytes(line), "");
      if (record)
        wall.line(*record);
      else
        add_problem(facts, "a line of the manifest is no JSON");
    }
    wall.finish();
    return facts;
  }

  // Slices are of binary packages; the manifest does not name their sources, by which advisories go.
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::size_t before = out.packages.size();
    take_system_packages(image, found_facts(image, "chisel", &out.gaps), is_manifest, out);
    if (out.packages.size() > before)
      out.gaps.push_back(database_gap("package-source-unknown", out.packages[before].database_path,
                                      "the manifest names binary packages only; flaws of a source package of another "
                                      "name are not found"));
  }
};

const util::Registered<Chisel> registered{{.id = "chisel",
                                           .version = 1,
                                           .summary = "Slices of Ubuntu packages",
                                           .example = "libc6 2.39-0ubuntu8.3 (var/lib/chisel/manifest.wall)"}};

}  // namespace
}  // namespace hullcheck::inventory
