// pypi: Python packages as installed by pip, setuptools and others.
// Format: NAME-VERSION.dist-info/ with METADATA (headers as in mail, PEP 566), RECORD (every file, its SHA-256 in
// base64 without padding, its size; PEP 376); older: NAME.egg-info/ with PKG-INFO, or a file NAME.egg-info of the
// same form; oldest: NAME.egg, a folder or zip with EGG-INFO/PKG-INFO. Applications packed into one zip behind a
// line "#!" (PEP 441, pex, shiv) hold the same folders, and run from there; a wheel is what could be installed.
// Hostile: headers may be cut off, folded, repeated or huge; RECORD may list any path, and lists only attribute
// executables, they never vouch for a file.
// Reads: *.dist-info/METADATA, RECORD, *.egg-info, EGG-INFO/PKG-INFO, *.egg, *.pyz, *.pex; *.whl, declared only
#include <algorithm>
#include <map>
#include <set>

#include "formats/zip.hpp"
#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"
#include "util/base64.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_headers_bytes = 1 << 20;
constexpr std::size_t k_most_files = 100'000;
constexpr std::size_t k_largest_egg = 256 << 20;
constexpr std::size_t k_largest_plain_zip = 64 << 20;
constexpr std::size_t k_sha256_bytes = 32;

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

bool is_wheel(std::string_view path) { return path.ends_with(".whl"); }

// "#!/usr/bin/env python3\n" and, right behind it, a zip; or a zip by the name of such an application.
bool is_zip_application(const layers::FileInfo& file) {
  const std::string_view name = file.name(), head = as_text(file.head);
  if (file.entry.content == layers::ContentKind::zip) return name.ends_with(".pyz") || name.ends_with(".pex");
  const std::size_t line = head.starts_with("#!") ? head.find('\n') : std::string_view::npos;
  return line != std::string_view::npos && head.substr(line + 1).starts_with("PK\x03\x04");
}

// A zip that no other name explains. Python runs it, whatever it is called, if it has a __main__.py.
bool is_plain_zip(const layers::FileInfo& file) {
  const std::string_view name = file.name();
  return file.entry.content == layers::ContentKind::zip && file.size() <= k_largest_plain_zip &&
         (name.ends_with(".zip") || name.find('.') == std::string_view::npos);
}

bool has_main(Bytes bytes) {
  auto zip = formats::ZipArchive::open(bytes);
  return zip.ok() && std::any_of(zip->entries().begin(), zip->entries().end(),
                                 [](const formats::ZipEntry& entry) { return entry.name == "__main__.py"; });
}

// One that says by name or first line that it is such an application; another may turn out to be one.
bool says_so(const layers::FileInfo& file) {
  const std::string_view head = as_text(file.head), line = head.substr(0, head.find('\n'));
  return file.name().ends_with(".pyz") || file.name().ends_with(".pex") ||
         (line.starts_with("#!") && contains(line, "python"));
}

// As names are compared (PEP 503), with what versions have beside.
std::string folded(std::string_view name) {
  std::string out = util::lower(name);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  return out;
}

// "…/requests-2.19.0.dist-info" → ("requests", "2.19.0").
struct FolderName {
  std::string_view name, version;
};
FolderName split_folder(std::string_view folder) {
  std::string_view stem = layers::base_name(folder);
  stem.remove_suffix(std::min(stem.size(), std::string_view(".dist-info").size()));
  const std::size_t dash = stem.find('-');
  if (dash == std::string_view::npos) return {stem, {}};
  return {stem.substr(0, dash), stem.substr(dash + 1)};
}

// The metadata in an egg, a wheel or a packed application.
void read_archive(Bytes bytes, FileFacts& facts) {
  formats::ZipLimits limits;
  limits.entry_bytes = k_most_headers_bytes;
  limits.entries = 200'000;
  auto zip = formats::ZipArchive::open(bytes, limits);
  if (!zip.ok()) return add_problem(facts, zip.error().message);
  if (std::string text = zip->contradiction(); !text.empty()) add_problem(facts, std::move(text));
  Buffer storage;
  for (const formats::ZipEntry& entry : zip->entries()) {
    if (!is_metadata(entry.name)) continue;
    const auto content = zip->read(entry, storage);
    if (!content.ok()) {
      add_problem(facts, content.error().message);
      continue;
    }
    const std::size_t before = facts.packages.size();
    if (!read_headers(as_text(*content), facts)) add_problem(facts, "metadata in it names no package and version");
    // An egg and a wheel are one package, which lies at their root.
    if (facts.packages.size() > before && contains(layers::parent_path(entry.name), "/"))
      facts.packages.back().inner_path = entry.name;
  }
}

// A SHA-256 in base64 with "-" and "_", as 64 hex digits, or "".
std::string hex_of(std::string_view base64) {
  const auto digest = util::decode_base64(base64, k_sha256_bytes + 1);
  return digest && digest->size() == k_sha256_bytes ? to_hex(*digest) : std::string();
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
  facts.values.emplace_back("record", "");  // that it is there counts, also if it lists no program
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

// pip makes the folder's name of the package's own.
void note_other_name(std::string_view path, FileFacts& facts) {
  const std::string_view folder = layers::parent_path(path);
  if (!folder.ends_with(".dist-info") || facts.packages.empty()) return;
  const FolderName own = split_folder(folder);
  if (folded(own.name) != folded(facts.packages.back().name))
    add_problem(facts, "it names " + facts.packages.back().name + ", and its folder is that of " +
                           std::string(own.name) + " " + std::string(own.version));
}

class Pypi final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const std::string_view path = file.path();
    if (path.ends_with(".egg") || is_wheel(path)) return file.entry.content == layers::ContentKind::zip;
    return is_metadata(path) || is_record(path) || is_zip_application(file) || is_plain_zip(file);
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    const bool wheel = is_wheel(file.path());
    const bool application = is_zip_application(file);
    const bool archive = wheel || file.path().ends_with(".egg") || application;
    if ((!archive && is_plain_zip(file)) || (application && !says_so(file))) {
      if (has_main(file.bytes)) read_archive(file.bytes, facts);
      return facts.packages.empty() ? FileFacts{} : facts;
    }
    if (archive) {
      facts.kind = wheel ? k_declared : k_installed;
      if (file.size() <= k_largest_egg)
        read_archive(file.bytes, facts);
      else
        facts.truncated = true;
      return facts;
    }
    if (is_record(file.path()))
      read_record(file.path(), file.text(), facts);
    else if (!read_headers(file.text(), facts))
      add_problem(facts, "it names no Python package and version");
    else
      note_other_name(file.path(), facts);
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "pypi", &out.gaps);
    std::map<std::string, const FoundFacts*> records;  // by folder
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && found.facts.kind == "record")
        records[std::string(layers::parent_path(found.path))] = &found;
    std::set<std::string> named;
    for (const FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final) continue;
      if (found.facts.kind == k_installed) named.insert(std::string(layers::parent_path(found.path)));
      if (found.facts.kind == k_declared) take_language_file(found, out);
      if (found.facts.kind != k_installed) continue;
      const std::size_t before = out.packages.size();
      take_language_file(found, out);
      const auto record = records.find(std::string(layers::parent_path(found.path)));
      if (record != records.end() && out.packages.size() == before + 1)
        out.packages.back().files = record->second->facts.owned;
    }
    for (const auto& [folder, record] : records)
      if (!named.contains(folder)) take_without_metadata(*record, out);
  }

 private:
  // The list of files without the file that names the package: the folder does.
  static void take_without_metadata(const FoundFacts& record, Inventory& out) {
    const FolderName own = split_folder(layers::parent_path(record.path));
    FoundFacts found = record;
    found.facts = {};
    found.facts.kind = k_installed;
    model::Package* const package = add_package(found.facts, "pypi", own.name, own.version);
    if (package != nullptr) package->files = record.facts.owned;
    take_language_file(found, out);
  }
};

const util::Registered<Pypi> registered{{.id = "pypi",
                                         .version = 4,
                                         .summary = "Python packages: dist-info, egg-info, eggs, zip applications",
                                         .example = "requests 2.31.0 (requests-2.31.0.dist-info/METADATA)"}};

}  // namespace
}  // namespace hullcheck::inventory
