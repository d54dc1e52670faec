// Programs and native modules of Python packages that are not what the package's own record says (L06).
//
// RECORD lists a digest for each file, and pip writes it at installation. Whoever publishes a bad release publishes a
// right record with it, so agreement proves nothing; a difference is a change after installation. Images are slimmed
// by stripping native modules in place, in the layer that installed them: that counts for less than a change by a
// later layer. Compiled caches and editable installations are not in the list.
//
// Of modules in the language itself, and of all that npm installs, no digest can be compared: npm's integrity is that
// of an archive which is not there any more. But a layer that changes a module and brings no manifest of its package
// was not made by an installer. Dockerfiles patch modules in that way too.
//
// Hostile: a record may list any path; it only adds findings about the file, and their number is bounded.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/text.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most = 100;
constexpr std::size_t k_systematic = 20;  // files of one package: it was rewritten, not tampered with

constexpr std::array<RuleRow, 1> k_rows{{
    {"L06", EvidenceClass::strong, model::Severity::high, 85, "Package that differs from its own record", "T1554",
     "Install the package again from its index, and find out which layer changed it."},
}};

struct Difference {
  layers::FileRef file;
  bool later = false;
};

std::vector<Difference> differences(const ImageContext& context, const model::Package& package) {
  std::vector<Difference> found;
  for (const model::OwnedFile& owned : package.files) {
    if (owned.algorithm != model::DigestAlgorithm::sha256 || owned.digest.empty()) continue;
    const auto file = context.image.find(owned.path);
    if (!file) continue;
    const layers::FileDigests* const digests = context.image.digests(*file);
    if (digests == nullptr || digests->sha256.empty() || to_hex(digests->sha256) == owned.digest) continue;
    found.push_back({*file, package.layer != model::k_no_layer && file->layer > package.layer});
  }
  return found;
}

// "a/node_modules/@s/b" of a file in it; of a module of Python "a/site-packages", where all manifests lie. Empty for
// what belongs to no package.
std::string_view manifest_folder(std::string_view path) {
  constexpr std::string_view k_npm = "node_modules/";
  for (const std::string_view site : {"/site-packages/", "/dist-packages/"})
    if (const std::size_t at = path.rfind(site); at != std::string_view::npos && path.ends_with(".py"))
      return path.substr(0, at + site.size() - 1);
  const std::size_t at = path.rfind(k_npm);
  const bool module = path.ends_with(".js") || path.ends_with(".cjs") || path.ends_with(".mjs");
  if (at == std::string_view::npos || !module) return {};
  const bool scoped = path.substr(at + k_npm.size()).starts_with('@');
  std::size_t end = path.find('/', at + k_npm.size());
  if (scoped && end != std::string_view::npos) end = path.find('/', end + 1);
  return end == std::string_view::npos ? std::string_view() : path.substr(0, end);
}

// The folder in which this is the manifest of a package, as manifest_folder() has it.
std::string_view folder_of_manifest(std::string_view path) {
  const std::string_view name = layers::base_name(path), folder = layers::parent_path(path);
  if (name == "package.json") return folder;
  const bool installed = folder.ends_with(".dist-info") || folder.ends_with(".egg-info");
  if (installed && (name == "RECORD" || name == "METADATA" || name == "PKG-INFO")) return layers::parent_path(folder);
  return path.ends_with(".egg-info") ? folder : std::string_view();
}

// The folders of which a layer brings a manifest.
class Manifests {
 public:
  explicit Manifests(const layers::ImageView& image) : m_image(image) {}
  bool has(std::uint32_t layer, std::string_view folder) {
    auto& folders = m_folders[layer];
    if (!folders) {
      folders.emplace();
      for (const layers::Entry& entry : m_image.layer(layer)->entries)
        if (const std::string_view one = folder_of_manifest(entry.path); !one.empty()) folders->insert(one);
    }
    return folders->contains(folder);
  }

 private:
  const layers::ImageView& m_image;
  std::map<std::uint32_t, std::optional<std::set<std::string_view>>> m_folders;
};

// Of one package: the part of the path that names it.
std::string package_place(std::string_view folder, std::string_view path) {
  if (folder.find("node_modules/") != std::string_view::npos) return std::string(folder);
  return std::string(path.substr(0, path.find('/', folder.size() + 1)));
}

// Modules that a later layer changed, by package.
std::map<std::string, std::vector<layers::FileRef>> changed_modules(const ImageContext& context) {
  std::map<std::string, std::vector<layers::FileRef>> changed;
  Manifests manifests(context.image);
  for (std::uint32_t layer = 0; layer + 1 < context.image.layer_count(); ++layer) {
    const layers::LayerFacts* const facts = context.image.layer(layer);
    if (facts == nullptr) continue;
    for (std::uint32_t i = 0; i < facts->entries.size(); ++i) {
      const layers::Entry& entry = facts->entries[i];
      if (entry.type != layers::EntryType::file || context.image.hidden_by({layer, i}) == layers::k_none) continue;
      const std::string_view folder = manifest_folder(entry.path);
      if (folder.empty()) continue;
      const auto now = context.image.find(entry.path);
      if (!now || now->layer <= layer || context.image.entry(*now).type != layers::EntryType::file) continue;
      // A copy with another mode or owner has the size that it had.
      if (context.image.entry(*now).size == entry.size || manifests.has(now->layer, folder)) continue;
      if (system_owner(context.ownership, *now) != nullptr) continue;
      std::vector<layers::FileRef>& files = changed[package_place(folder, entry.path)];
      if (std::find(files.begin(), files.end(), *now) == files.end()) files.push_back(*now);
    }
  }
  return changed;
}

class ChangedPackage final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::size_t count = 0;
    for (const model::Package& package : context.inventory.packages) {
      if (package.type != "pypi" || package.declared_only) continue;
      const std::vector<Difference> found = differences(context, package);
      for (const Difference& one : found) {
        if (++count > k_most) return;
        std::string text = "differs from what " + package.name + " " + package.version + " lists";
        if (one.later) text += "; layer " + std::to_string(one.file.layer + 1) + " changed it afterwards";
        const bool strong = one.later && found.size() < k_systematic;
        add_at(context, one.file,
               with_class(evidence_of(k_rows[0], std::move(text)),
                          strong ? EvidenceClass::strong : EvidenceClass::supporting),
               out);
      }
    }
    for (const auto& [place, files] : changed_modules(context)) {
      if (++count > k_most) return;
      say_module(context, place, files, out);
    }
  }

 private:
  static void say_module(const ImageContext& context, const std::string& place,
                         const std::vector<layers::FileRef>& files, ImageEvidence& out) {
    const auto started = std::find_if(files.begin(), files.end(), [&](layers::FileRef file) {
      return context.reach(context.image.content_of(file)) == Reach::start;
    });
    const layers::FileRef file = started == files.end() ? files.front() : *started;
    std::string text = "layer " + std::to_string(file.layer + 1) + " changed it and brought no manifest of /" + place;
    if (files.size() > 1) text += "; so it did " + std::to_string(files.size() - 1) + " other modules of it";
    const EvidenceClass cls = files.size() >= k_systematic ? EvidenceClass::context
                              : started != files.end()     ? EvidenceClass::strong
                                                           : EvidenceClass::supporting;
    add_at(context, file, with_class(evidence_of(k_rows[0], std::move(text)), cls), out);
  }
};

const util::Registered<ChangedPackage> registered{{
    .id = "changed-package",
    .version = 2,
    .summary = "programs and modules of Python and Node.js packages that were changed after installation",
    .example = "_native.so differs from what example 1.0 lists; layer 3 changed it afterwards",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
