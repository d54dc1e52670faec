// Programs that run with root's rights for everybody (B12): a way back in.
//
// Only names and modes of the layers are needed. Of a shell or an interpreter that is decisive; a renamed copy is
// known by its digest, as one of the image's own shells. Any other is strong when no package brought it or the
// package had it without the bit (dpkg's database knows no modes). What a package owns with its own content may be
// meant so.
#include <array>
#include <set>
#include <string>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::uint32_t k_setuid = 04000;
constexpr std::size_t k_most = 64;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B12", EvidenceClass::decisive, model::Severity::high, 90, "Program with root's rights for everybody",
     "T1548.001",
     "Take the bit away with chmod u-s, or find out why the program has it; a shell with it makes anybody root."},
}};

constexpr std::array<std::string_view, 10> k_shells = {"sh",  "bash", "dash", "ash",  "zsh",
                                                       "ksh", "csh",  "tcsh", "fish", "mksh"};
// Names that go on with a version.
constexpr std::array<std::string_view, 6> k_interpreters = {"python", "perl", "ruby", "php", "lua", "node"};

bool is_version(std::string_view text) { return text.find_first_not_of("0123456789.-") == std::string_view::npos; }

bool is_shell_name(std::string_view name) {
  for (const std::string_view shell : k_shells)
    if (name == shell) return true;
  for (const std::string_view interpreter : k_interpreters)
    if (name.starts_with(interpreter) && is_version(name.substr(interpreter.size()))) return true;
  return name == "nodejs" || name == "rbash";
}

bool is_binary(const layers::Entry& entry) {
  return entry.type == layers::EntryType::file && entry.content == layers::ContentKind::elf;
}

template <class Visit>
void each_program(const layers::ImageView& image, Visit visit) {
  for (std::uint32_t layer = 0; layer < image.layer_count(); ++layer) {
    const layers::LayerFacts* facts = image.layer(layer);
    if (facts == nullptr) continue;
    for (std::uint32_t i = 0; i < facts->entries.size(); ++i)
      if (is_binary(facts->entries[i])) visit(layers::FileRef{layer, i}, facts->entries[i]);
  }
}

class SetuidShell final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::set<layers::Sha256> shells;
    bool any = false;
    each_program(context.image, [&](layers::FileRef file, const layers::Entry& entry) {
      any |= (entry.mode & k_setuid) != 0;
      const layers::FileDigests* digests = context.image.digests(file);
      if (digests != nullptr && is_shell_name(layers::base_name(entry.path))) shells.insert(digests->sha256);
    });
    if (!any) return;
    std::size_t count = 0;
    each_program(context.image, [&](layers::FileRef file, const layers::Entry& entry) {
      if ((entry.mode & k_setuid) == 0 || count >= k_most) return;
      const layers::FileDigests* digests = context.image.digests(file);
      const bool named = is_shell_name(layers::base_name(entry.path));
      const bool copy = digests != nullptr && shells.contains(digests->sha256);
      if (!named && !copy) {
        count += other_program(context, file, entry, out) ? 1 : 0;
        return;
      }
      ++count;
      out.add(found(context, file, entry, named));
    });
  }

 private:
  // What the package says of the file's mode; 0 where it says nothing.
  static std::uint32_t packaged_mode(const ImageContext& context, const model::Package& package,
                                     const std::string& path) {
    for (const model::OwnedFile& owned : package.files) {
      if (owned.mode == 0 || layers::base_name(owned.path) != layers::base_name(path)) continue;
      if (owned.path == path || context.image.real_path(owned.path) == path) return owned.mode;
    }
    return 0;
  }

  static bool other_program(const ImageContext& context, layers::FileRef file, const layers::Entry& entry,
                            ImageEvidence& out) {
    if (!context.inventory.has_package_database || entry.uid != 0) return false;
    const std::string path = context.image.path(file);
    const model::Package* package = system_owner(context.ownership, file);
    std::string text = "setuid for uid 0, and no package owns it";
    if (package != nullptr) {
      const std::uint32_t packaged = packaged_mode(context, *package, path);
      if (packaged == 0 || (packaged & k_setuid) != 0) return false;
      text = "setuid for uid 0, which package " + package_name(*package) + " did not make it";
    }
    // Browsers that are unpacked by a language's package manager bring a helper of this kind.
    const EvidenceClass cls = is_language_folder(path) ? EvidenceClass::supporting : EvidenceClass::strong;
    add_at(context, file, with_class(evidence_of(k_rows[0], std::move(text)), cls), out);
    return true;
  }

  static PlacedEvidence found(const ImageContext& context, layers::FileRef file, const layers::Entry& entry,
                              bool named) {
    PlacedEvidence placed;
    placed.file = file;
    placed.path = context.image.path(file);
    placed.visibility = context.image.visibility(file);
    placed.reach = context.reach(file);
    placed.evidence = evidence_of(k_rows[0], std::string(named ? "a shell or interpreter" : "a copy of a shell") +
                                                 ", setuid for uid " + std::to_string(entry.uid));
    if (entry.uid != 0) placed.evidence.cls = EvidenceClass::strong;
    return placed;
  }
};

const util::Registered<SetuidShell> registered{{
    .id = "setuid-shell",
    .version = 2,
    .summary = "shells with the setuid bit, and programs that have it from nobody's package",
    .example = "/var/tmp/.x: a copy of a shell, setuid for uid 0",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
