// Packages of systems that are in the image and that this build does not read yet: each is a named gap, so that
// nothing is called safe because nobody looked. What an operating-system package owns is covered by that package.
// Signs are paths.
// Hostile: a sign can be faked, which costs the image its "safe" and nothing more.
// Reads: .packlist, nix/var/nix/db/db.sqlite, INSTALL_RECEIPT.json, meta/snap.yaml and others; named, not read
#include <array>
#include <map>

#include "inventory/ownership.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

bool in_folder(std::string_view path, std::string_view folder) { return path.find(folder) != std::string_view::npos; }

bool is_perl(const layers::FileInfo& file) {
  return file.name() == ".packlist" && in_folder(file.path(), "auto/") &&
         !file.path().ends_with("auto/Perl/.packlist");
}
bool is_nix(const layers::FileInfo& file) { return file.path() == "nix/var/nix/db/db.sqlite"; }
bool is_homebrew(const layers::FileInfo& file) {
  return file.name() == "INSTALL_RECEIPT.json" && in_folder(file.path(), "Cellar/");
}
bool is_snap(const layers::FileInfo& file) {
  return file.path().ends_with("/meta/snap.yaml") && in_folder(file.path(), "snap/");
}
bool is_flatpak(const layers::FileInfo& file) {
  return file.path().ends_with("/metadata") && in_folder(file.path(), "flatpak/") &&
         as_text(file.head).find("[Application]") != std::string_view::npos;
}
bool is_spack(const layers::FileInfo& file) { return file.path().ends_with("/.spack/spec.json"); }

struct Ecosystem {
  std::string_view name;
  std::string_view what;
  bool (*matches)(const layers::FileInfo&);
};
constexpr std::array k_ecosystems{Ecosystem{"CPAN", "Perl modules installed from CPAN", is_perl},
                                  Ecosystem{"Flatpak", "Flatpak applications", is_flatpak},
                                  Ecosystem{"Homebrew", "Homebrew packages", is_homebrew},
                                  Ecosystem{"Nix", "Nix packages", is_nix},
                                  Ecosystem{"Snap", "snap packages", is_snap},
                                  Ecosystem{"Spack", "Spack packages", is_spack}};

const Ecosystem* ecosystem_of(const layers::FileInfo& file) {
  for (const Ecosystem& ecosystem : k_ecosystems)
    if (ecosystem.matches(file)) return &ecosystem;
  return nullptr;
}

// "zz" puts it behind the package databases, whose owned files it needs.
class UnreadEcosystems final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return ecosystem_of(file) != nullptr; }
  bool needs_content(const layers::FileInfo&) const override { return false; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = ecosystem_of(file)->name;
    facts.values.emplace_back("present", "");
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "zz-unread", &out.gaps);
    if (all.empty()) return;
    const Ownership ownership(image, out);
    std::map<std::string, std::pair<std::size_t, std::string>> found;  // ecosystem → count and first path
    for (const FoundFacts& facts : all) {
      if (facts.visibility != model::Visibility::final || ownership.owner(facts.file) != nullptr) continue;
      auto& [count, first] = found[facts.facts.kind];
      if (count == 0 || facts.path < first) first = facts.path;
      ++count;
    }
    for (const Ecosystem& ecosystem : k_ecosystems) {
      const auto present = found.find(std::string(ecosystem.name));
      if (present == found.end()) continue;
      const auto& [count, first] = present->second;
      out.gaps.push_back({"ecosystem-not-read", "inventory", std::string(ecosystem.name),
                          std::string(ecosystem.what) + " are present but not read yet: " + std::to_string(count) +
                              ", such as /" + first,
                          model::GapEffect::unknown});
    }
  }
};

const util::Registered<UnreadEcosystems> registered{
    {.id = "zz-unread",
     .version = 4,
     .summary = "Packages of systems that are present but not read yet",
     .example = "nix/var/nix/db/db.sqlite"}};

}  // namespace
}  // namespace hullcheck::inventory
