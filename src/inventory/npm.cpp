// npm: packages of Node.js as they are installed, whoever installed them (npm, yarn, pnpm).
// Format: each package is a folder with a package.json (name, version, license), NAME or @SCOPE/NAME below
// node_modules; pnpm keeps the folders in node_modules/.pnpm/NAME@VERSION/node_modules and links to them; yarn 2 and
// later keep zip archives of such folders in .yarn/cache. npm 7 and later write what they installed to
// node_modules/.package-lock.json.
// Hostile: any folder may hold a package.json that says anything; those of test data are passed over, as is one
// without name and version, which Node.js uses for other ends. A lock that names what is not there declares only.
// Reads: package.json, node_modules/.package-lock.json, .yarn/cache/*.zip
#include <array>
#include <set>

#include "formats/zip.hpp"
#include "inventory/readers/json_file.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view k_folder = "node_modules/";
constexpr std::size_t k_largest_archive = 256 << 20;

bool is_hidden_lock(std::string_view path) { return path.ends_with("node_modules/.package-lock.json"); }
// NAME-npm-VERSION-HASH.zip; NAME-patch-HASH.zip and so on for packages of other origin.
bool is_yarn_archive(std::string_view path) {
  static constexpr std::array k_origins{"-npm-"sv, "-patch-"sv, "-https-"sv, "-file-"sv};
  if (!path.ends_with(".zip") || !(contains(path, "/cache/") || path.starts_with("cache/"))) return false;
  const std::string_view name = layers::base_name(path);
  return std::any_of(k_origins.begin(), k_origins.end(),
                     [&](std::string_view origin) { return contains(name, origin); });
}

// Below a package's own folder: files that belong to its tests, not to what it is.
bool is_test_data(std::string_view path) {
  static constexpr std::array k_folders{"/test/"sv,         "/tests/"sv,   "/__tests__/"sv, "/fixtures/"sv,
                                        "/__fixtures__/"sv, "/fixture/"sv, "/example/"sv,   "/examples/"sv};
  const std::size_t at = path.rfind(k_folder);
  if (at != std::string_view::npos) path.remove_prefix(at + k_folder.size());
  return std::any_of(k_folders.begin(), k_folders.end(),
                     [&](std::string_view folder) { return contains(path, folder); });
}

// node_modules/NAME/package.json or node_modules/@SCOPE/NAME/package.json: where Node.js finds a package.
bool is_package_place(std::string_view path) {
  const std::size_t at = path.rfind(k_folder);
  if (at == std::string_view::npos || (at != 0 && path[at - 1] != '/')) return false;
  path.remove_prefix(at + k_folder.size());
  return std::count(path.begin(), path.end(), '/') == (path.starts_with('@') ? 2 : 1);
}

std::string_view license_of(json::Element document) {
  if (const std::string_view text = json::text(document, "license"); !text.empty()) return text;
  if (const auto object = json::member(document, "license")) return json::text(*object, "type");
  return {};
}

void read_manifest(Bytes bytes, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  model::Package* const package =
      add_package(facts, "npm", last_text(*document, "name"), last_text(*document, "version"));
  if (package == nullptr) return;
  add_license(*package, license_of(*document));
  json::each(*document, "licenses", [&](json::Element license) {
    add_license(*package, json::text(license, "type"));
    add_license(*package, json::as_text(license));
  });
}

// "packages": {"node_modules/a/node_modules/@s/b": {"version": …}}. The place of each goes into the package's
// inner_path until resolve() has looked for it.
void read_hidden_lock(Bytes bytes, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  facts.kind = "hidden-lock";
  const auto packages = json::member(*document, "packages");
  if (!packages) return;
  json::each_member(*packages, [&](std::string_view key, json::Element value) {
    const std::size_t at = key.rfind(k_folder);
    if (at == std::string_view::npos || key.size() > 4096) return;
    std::string_view name = json::text(value, "name");
    if (name.empty()) name = key.substr(at + k_folder.size());
    if (model::Package* const package = add_package(facts, "npm", name, json::text(value, "version"))) {
      package->inner_path = key;
      add_license(*package, json::text(value, "license"));
    }
  });
}

void read_archive(Bytes bytes, bool sure, FileFacts& facts) {
  formats::ZipLimits limits;
  limits.entry_bytes = k_largest_json;
  limits.entries = 200'000;
  auto zip = formats::ZipArchive::open(bytes, limits);
  if (!zip.ok()) return add_problem(facts, zip.error().message);
  if (std::string text = zip->contradiction(); !text.empty()) add_problem(facts, std::move(text));
  for (const formats::ZipEntry& entry : zip->entries()) {
    if (!entry.name.starts_with(k_folder) || layers::base_name(entry.name) != "package.json") continue;
    const std::string_view name = layers::parent_path(entry.name.substr(k_folder.size()));
    const auto slashes = std::count(name.begin(), name.end(), '/');
    if (slashes != (name.starts_with('@') ? 1 : 0)) continue;
    Buffer storage;
    const auto content = zip->read(entry, storage);
    if (!content.ok()) return add_problem(facts, content.error().message);
    return read_manifest(*content, facts);
  }
  if (sure) add_problem(facts, "the archive of a package holds no package.json");
}

class Npm final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const std::string_view name = file.name();
    if (name == "package.json") return !is_test_data(file.path());
    return name == ".package-lock.json"
               ? is_hidden_lock(file.path())
               : file.entry.content == layers::ContentKind::zip && is_yarn_archive(file.path());
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    if (is_hidden_lock(file.path()))
      read_hidden_lock(file.bytes, facts);
    else if (file.entry.content != layers::ContentKind::zip)
      read_manifest(file.bytes, facts);
    else if (file.size() <= k_largest_archive)
      read_archive(file.bytes, contains(file.name(), "-npm-"), facts);
    else
      facts.truncated = true;
    // A package.json without a package is of another use as a rule; where Node.js looks for packages it hides one.
    if (facts.packages.empty() && facts.kind == k_installed && file.entry.content != layers::ContentKind::zip) {
      if (!is_package_place(file.path())) return FileFacts{};
      if (facts.problems.empty())
        add_problem(facts, "a package in node_modules that names itself and its version nowhere");
    }
    if (facts.packages.empty() && facts.problems.empty() && !facts.truncated) return FileFacts{};
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "npm", &out.gaps);
    std::set<std::string> manifests;
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && found.facts.kind == k_installed) {
        manifests.insert(found.path);
        take_language_file(found, out);
      }
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && found.facts.kind == "hidden-lock")
        take_hidden_lock(image, found, manifests, out);
  }

 private:
  // Only what has no package.json of its own: a package without one was tampered with, or was never installed.
  static void take_hidden_lock(const layers::ImageView& image, const FoundFacts& lock,
                               const std::set<std::string>& manifests, Inventory& out) {
    std::string root(layers::parent_path(layers::parent_path(lock.path)));
    if (!root.empty()) root += '/';
    FoundFacts installed = lock, declared = lock;
    installed.facts.kind = k_installed;
    declared.facts.kind = k_declared;
    installed.facts.packages.clear();
    declared.facts.packages.clear();
    declared.facts.problems.clear();
    declared.facts.truncated = false;
    for (const model::Package& package : lock.facts.packages) {
      const std::string folder = root + package.inner_path;
      if (manifests.contains(folder + "/package.json")) continue;
      const bool present = !image.children(folder).empty();
      auto& list = (present ? installed : declared).facts.packages;
      list.push_back(package);
      list.back().inner_path.clear();
    }
    take_language_file(installed, out);
    take_language_file(declared, out);
  }
};

const util::Registered<Npm> registered{
    {.id = "npm",
     .version = 3,
     .summary = "Node.js packages: node_modules of npm, yarn and pnpm, yarn's cache",
     .example = "lodash 4.17.15 (node_modules/lodash/package.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
