// Programs and libraries that are not what their package installed (E08).
//
// Three statements, the last of which needs no digest at all: the content differs from the package's own list; a
// layer changed the file although the package kept its version; and a layer rewrote the list to agree with that. On
// much-used systems hardly any packaged executable ever differs: what does is certificates, and folders that another
// package manager updates, and both count for less. A slimmed image whose programs were stripped in place is what is
// left of false alarms.
//
// Hostile: any package may claim any path. A claim only adds findings about the file, and the number is bounded.
#include <algorithm>
#include <array>
#include <map>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "layers/file_hasher.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most = 200;

constexpr std::array<RuleRow, 1> k_rows{{
    {"E08", EvidenceClass::strong, model::Severity::high, 95, "Packaged program changed", "T1554",
     "Find out which layer changed the file; install the package again or take another image."},
}};

// What other detectors have against a file.
using Against = std::map<layers::FileRef, std::string>;

Against evidence_against(const ImageContext& context) {
  Against against;
  for (const PlacedEvidence& placed : context.evidence) {
    const char letter = family(placed.evidence.rule);
    const bool counts = (letter == 'E' || letter == 'B' || letter == 'M') && !placed.build_time &&
                        placed.evidence.cls <= EvidenceClass::supporting && placed.file.layer != layers::k_none;
    if (!counts || placed.evidence.rule == k_rows[0].id) continue;
    std::string& rules = against[placed.file];
    if (rules.find(placed.evidence.rule) == std::string::npos)
      rules += (rules.empty() ? "" : ", ") + placed.evidence.rule;
  }
  return against;
}

// A module of which digests were taken is one that an interpreter always loads (layers::always_hashed).
EvidenceClass class_of(const ImageContext& context, layers::FileRef file, const std::string& path) {
  if (is_language_folder(path)) return EvidenceClass::context;
  const layers::Entry& entry = context.image.entry(file);
  const bool program = entry.content == layers::ContentKind::elf ||
                       (entry.content == layers::ContentKind::script && entry.executable());
  const bool module = layers::always_hashed(entry) && entry.content == layers::ContentKind::text;
  const bool runs = context.reach(file) == Reach::start;
  return program || module || runs ? EvidenceClass::strong : EvidenceClass::supporting;
}

// A package manager that brings a file writes down that it did.
bool layer_has(const ImageContext& context, std::uint32_t layer, const std::string& path) {
  const layers::LayerFacts* facts = context.image.layer(layer);
  return facts != nullptr && std::any_of(facts->entries.begin(), facts->entries.end(),
                                         [&](const layers::Entry& entry) { return entry.path == path; });
}

// A folder that updates itself changes by the hundred: one remark for each package.
struct Remark {
  PlacedEvidence first;
  std::size_t files = 0;
};

class ChangedProgram final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const Against against = evidence_against(context);
    std::size_t count = 0;
    std::map<const model::Package*, Remark> remarks;
    context.image.each_final([&](layers::FileRef file, const std::string& path) {
      // Of most files there is nothing to compare.
      if (context.image.digests(file) == nullptr && !context.ownership.changed_by_layer(file)) return;
      if (context.ownership.integrity(file) != inventory::Integrity::owned_mismatch) return;
      // Other detectors' matter.
      if (is_certificate_store(path) || system_owner(context.ownership, file) == nullptr) return;
      PlacedEvidence placed = judged(context, against, file, path);
      if (placed.evidence.cls == EvidenceClass::context) {
        Remark& remark = remarks[context.ownership.owner(file)];
        if (remark.files++ == 0) remark.first = std::move(placed);
      } else if (count++ < k_most) {
        out.add(std::move(placed));
      }
    });
    replaced_by_links(context, out);
    for (auto& [package, remark] : remarks) {
      if (remark.files > 1)
        remark.first.evidence.text += ", and so are " + std::to_string(remark.files - 1) + " other files of it";
      out.add(std::move(remark.first));
    }
  }

 private:
  // A program in whose place there is a link now, to something that no package brought. Alternatives lead to packaged
  // programs.
  static void replaced_by_links(const ImageContext& context, ImageEvidence& out) {
    std::size_t count = 0;
    context.image.each_final(layers::k_symlink, [&](layers::FileRef file, const std::string& path) {
      if (count >= k_most) return;
      const model::Package* package = system_owner(context.ownership, file);
      if (package == nullptr || is_language_folder(path)) return;
      const auto target = context.image.resolve(path);
      if (!target || !is_program(context.image.entry(*target)) || context.ownership.owner(*target) != nullptr) return;
      if (!lists_content(context, *package, path)) return;
      ++count;
      add_at(context, file,
             evidence_of(k_rows[0], "a link to /" + context.image.path(*target) +
                                        ", which no package owns, in place of what package " +
                                        package_name(*package) + " installed"),
             out);
    });
  }

  // The package's list has a digest for the path: it was a file.
  static bool lists_content(const ImageContext& context, const model::Package& package, const std::string& path) {
    return std::any_of(package.files.begin(), package.files.end(), [&](const model::OwnedFile& owned) {
      return !owned.digest.empty() && layers::base_name(owned.path) == layers::base_name(path) &&
             (owned.path == path ||
              context.image.real_path(layers::parent_path(owned.path)) == layers::parent_path(path));
    });
  }

  static PlacedEvidence judged(const ImageContext& context, const Against& against, layers::FileRef file,
                               const std::string& path) {
    const layers::FileRef content = context.image.content_of(file);
    PlacedEvidence placed = place_of(context, file);
    const model::Package& package = *context.ownership.owner(file);
    const std::string named = "package " + package_name(package);
    Evidence evidence = evidence_of(k_rows[0], "");
    evidence.cls = class_of(context, content, path);
    const bool program = evidence.cls == EvidenceClass::strong;
    if (!context.ownership.changed_by_layer(file)) {
      evidence.text = "its content is not what " + named + " installed";
    } else {
      evidence.text = "layer " + std::to_string(file.layer + 1) + " changed it while " + named + " stayed as it was";
      if (context.ownership.matches_list(file)) {
        evidence.text += ", and the package's list was made to agree";
        if (program && !layer_has(context, file.layer, package.database_path)) evidence.cls = EvidenceClass::decisive;
      }
    }
    if (const auto rules = against.find(content); program && rules != against.end()) {
      evidence.cls = EvidenceClass::decisive;
      evidence.text += " (see " + rules->second + ")";
    }
    evidence.values = {{"package", package.name}};
    placed.evidence = std::move(evidence);
    return placed;
  }
};

const util::Registered<ChangedProgram> registered{{
    .id = "changed-program",
    .version = 2,
    .summary = "programs and libraries that are not what their package installed",
    .example = "/usr/bin/ps: layer 3 changed it while package procps 2:4.0.2-3 stayed as it was",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
