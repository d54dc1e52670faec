// swift: what a Swift program was built from, as the Swift Package Manager left it.
// Format: workspace-state.json in .build: {"object": {"dependencies": [{"packageRef": {"identity", "location" or
// "path"}, "state": {"checkoutState": {"version"}} or {"version"}, "subpath"}]}}. The sources lie in
// checkouts/SUBPATH beside it, or in registry/downloads/SUBPATH.
// A package whose sources are there is installed; of one without, and of a lock file (analyzer lock-files), nobody
// knows more than that it was wished for. A finished Swift program names neither its packages nor their versions, so
// nothing can be read from it: it is a program that no package brought, unless one did.
// Hostile: as any JSON of an image.
// Reads: workspace-state.json in .build; Package.resolved and finished programs name no more than a wish or nothing
#include "inventory/readers/json_file.hpp"
#include "inventory/readers/lock_readers.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_state = "state";  // FileFacts::kind; each package has its folder in inner_path

void add_dependency(json::Element dependency, FileFacts& facts) {
  const auto reference = json::member(dependency, "packageRef"), state = json::member(dependency, "state");
  const std::string_view subpath = json::text(dependency, "subpath");
  if (!reference || !state || subpath.empty() || !layers::is_canonical_path(subpath)) return;
  const auto checkout = json::member(*state, "checkoutState");
  std::string_view place = json::text(*reference, "location");
  if (place.empty()) place = json::text(*reference, "path");
  if (place.empty() || !checkout) place = json::text(*reference, "identity");
  const std::string_view version = json::text(checkout ? *checkout : *state, "version");
  if (model::Package* const package = add_package(facts, "swift", swift_name(place), version))
    package->inner_path = (checkout ? "checkouts/" : "registry/downloads/") + std::string(subpath);
}

class Swift final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return file.name() == "workspace-state.json"; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_state;
    JsonFile json_file;
    const auto document = json_file.parse(file.bytes, facts);
    if (document)
      if (const auto object = json::member(*document, "object"))
        json::each(*object, "dependencies", [&](json::Element dependency) { add_dependency(dependency, facts); });
    const bool in_build = contains(file.path(), ".build/");
    return !facts.packages.empty() || (in_build && !facts.empty()) ? facts : FileFacts{};
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    for (const FoundFacts& found : found_facts(image, "swift", &out.gaps)) {
      if (found.visibility != model::Visibility::final || found.facts.kind != k_state) continue;
      FoundFacts installed = found, declared = found;
      installed.facts.kind = k_installed;
      installed.facts.packages.clear();
      declared.facts = {};
      declared.facts.kind = k_declared;
      for (const model::Package& package : found.facts.packages) {
        std::string folder(layers::parent_path(found.path));
        folder += "/" + package.inner_path;
        auto& list = (image.children(folder).empty() ? declared : installed).facts.packages;
        list.push_back(package);
        list.back().inner_path.clear();
      }
      take_language_file(installed, out);
      take_language_file(declared, out);
    }
  }
};

const util::Registered<Swift> registered{
    {.id = "swift",
     .version = 1,
     .summary = "Swift packages whose sources are in the image",
     .example = "github.com/apple/swift-nio 2.40.0 (.build/workspace-state.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
