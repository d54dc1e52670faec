// pypi: Python packages as installed by pip, setuptools and others.
// Format: NAME-VERSION.dist-info/ with METADATA (headers as in mail, PEP 566), RECORD (every file, its SHA-256 in
// base64 without padding, its size; PEP 376); older: NAME.egg-info/ with PKG-INFO, or a file NAME.egg-info of the
// same form; oldest: NAME.egg, a folder or zip with EGG-INFO/PKG-INFO. Hostile: headers may be cut off, folded,
// repeated or huge; RECORD may list any path, and lists only attribute executables, they never vouch for a file.
// Reads: *.dist-info/METADATA, RECORD, *.egg-info, EGG-INFO/PKG-INFO, *.egg
#include <algorithm>

#include "formats/zip.hpp"
#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_headers_bytes = 1 << 20;
constexpr std::size_t k_most_files = 100'000;
constexpr std::size_t k_largest_egg = 256 << 20;

bool is_metadata(std::string_view path) {
  return path.ends_with(".dist-info/METADATA") || path.ends_with(".DIST-INFO/METADATA") ||
         path.ends_with(".egg-info/PKG-INFO") || path.ends_with(".egg-info/METADATA") ||
         path.ends_with("EGG-INFO/PKG-INFO") || (path.ends_with(".egg-info") && layers::base_name(path).size() > 9);
}
bool is_record(std::string_view path) { return path.ends_with(".dist-info/RECORD"); }

// The headers of METADATA or PKG-INFO, until the empty line before the description.
bool read_headers(std::string_view text, FileFacts& facts) {
  text = text.substr(0, k_most_headers_bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string_view name, version, license, expression;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (util::trim(line).empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') continue;
    const std::string key = util::lower(line.substr(0, colon));
    const std::string_view value = util::trim(line.substr(colon + 1));
    if (key == "name" && name.empty()) name = value;
    if (key == "version" && version.empty()) version = value;
    if (key == "license" && license.empty()) license = value;
    if (key == "license-expression") expression = value;
  }
  model::Package* const package = add_package(facts, "pypi", name, version);
  if (package == nullptr) return false;
  if (const std::string_view word = expression.empty() ? license : expression; word != "UNKNOWN")
    add_license(*package, word);
  return true;
}

void read_egg(Bytes bytes, FileFacts& facts) {
  formats::ZipLimits limits;
  limits.entry_bytes = k_most_headers_bytes;
  limits.entries = 200'000;
  auto zip = formats::ZipArchive::open(bytes, limits);
  if (!zip.ok()) return add_problem(facts, zip.error().message);
  if (std::string text = zip->contradiction(); !text.empty()) add_problem(facts, std::move(text));
  for (const formats::ZipEntry& entry : zip->entries()) {
    if (entry.name != "EGG-INFO/PKG-INFO") continue;
    Buffer storage;
    const auto content = zip->read(entry, storage);
    if (!content.ok()) return add_problem(facts, content.error().message);
    if (!read_headers(as_text(*content), facts)) add_problem(facts, "the egg names no package and version");
    return;
  }
}

// base64 with "-" and "_", as 64 hex digits, or "".
std::string hex_of(std::string_view base64) {
  Buffer bytes;
  std::uint32_t bits = 0, count = 0;
  for (const char c : base64) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<std::uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      value = static_cast<std::uint32_t>(c - '0' + 52);
    else if (c == '-' || c == '_')
      value = c == '-' ? 62 : 63;
    else
      return {};
    bits = (bits << 6 | value) & 0xffffU;
    if ((count += 6) < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return bytes.size() == 32 ? to_hex(bytes) : std::string();
}

// What a RECORD lists and the coverage of programs needs: files that may be programs or libraries.
bool may_be_program(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || path.starts_with("../")) return true;
  const std::string_view suffix = name.substr(dot);
  return suffix == ".jar" || suffix == ".dll" || suffix == ".exe" || suffix == ".pyd" || suffix == ".node" ||
         contains(name, ".so");
}

void read_record(std::string_view path, std::string_view text, FileFacts& facts) {
  facts.kind = "record";
  const std::string folder(layers::parent_path(layers::parent_path(path)));
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t size = line.rfind(',');
    const std::size_t digest = size == std::string_view::npos || size == 0 ? size : line.rfind(',', size - 1);
    if (digest == std::string_view::npos || digest == 0 || size == 0) continue;
    const std::string_view file = trimmed_quotes(line.substr(0, digest));
    const std::string_view sum = line.substr(digest + 1, size - digest - 1);
    if (!sum.starts_with("sha256=") || file.size() > 4096 || !may_be_program(file)) continue;
    std::string hex = hex_of(sum.substr(7));
    if (hex.empty()) continue;
    if (facts.owned.size() >= k_most_files) {
      facts.truncated = true;
      return;
    }
    const bool absolute = file.starts_with('/');
    facts.owned.push_back(
        {layers::canonical_path(absolute ? std::string(file) : folder + "/" + std::string(file)).path,
         model::DigestAlgorithm::sha256, std::move(hex), 0, false});
  }
}

class Pypi final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const std::string_view path = file.path();
    if (path.ends_with(".egg")) return file.entry.content == layers::ContentKind::zip;
    return is_metadata(path) || is_record(path);
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    if (is_record(file.path()))
      read_record(file.path(), file.text(), facts);
    else if (!file.path().ends_with(".egg"))
      read_headers(file.text(), facts) ? void() : add_problem(facts, "it names no Python package and version");
    else if (file.size() <= k_largest_egg)
      read_egg(file.bytes, facts);
    else
      facts.truncated = true;
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "pypi", &out.gaps);
    std::unordered_map<std::string, const FoundFacts*, util::SeededHash> records;  // by folder
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && found.facts.kind == "record")
        records[std::string(layers::parent_path(found.path))] = &found;
    for (const FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final || found.facts.kind != k_installed) continue;
      const std::size_t before = out.packages.size();
      take_language_file(found, out);
      const auto record = records.find(std::string(layers::parent_path(found.path)));
      if (record != records.end() && out.packages.size() == before + 1)
        out.packages.back().files = record->second->facts.owned;
    }
  }
};

const util::Registered<Pypi> registered{{.id = "pypi",
                                         .version = 2,
                                         .summary = "Python packages: dist-info, egg-info, eggs",
                                         .example = "requests 2.31.0 (requests-2.31.0.dist-info/METADATA)"}};

}  // namespace
}  // namespace hullcheck::inventory
