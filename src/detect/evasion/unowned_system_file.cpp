// A remark about files that other detectors have something against (E09): the folder is the system's, and no package
// brought the file. Alone that means nothing, since images copy programs to such places all the time.
#include <array>
#include <set>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"E09", EvidenceClass::context, model::Severity::low, 60, "No package owns this file in a system folder",
     "T1036.005", "Find out where the file comes from."},
}};

bool is_system_folder(std::string_view folder) {
  return (is_program_folder(folder) && !folder.starts_with("usr/local")) || folder == "lib" || folder == "usr/lib" ||
         folder == "lib64" || folder == "usr/lib64" || folder.starts_with("lib/x86_64-linux-gnu") ||
         folder.starts_with("usr/lib/x86_64-linux-gnu") || folder.starts_with("usr/lib/aarch64-linux-gnu");
}

class UnownedSystemFile final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    if (!context.inventory.has_package_database) return;
    std::set<layers::FileRef> seen;
    for (const PlacedEvidence& placed : context.evidence) {
      if (placed.file.layer == layers::k_none || placed.visibility != model::Visibility::final) continue;
      if (placed.evidence.cls > EvidenceClass::supporting || placed.evidence.rule == k_hint_rule) continue;
      if (!is_program(context.image.entry(context.image.content_of(placed.file)))) continue;
      if (!is_system_folder(layers::parent_path(placed.path)) ||
          system_owner(context.ownership, placed.file) != nullptr)
        continue;
      if (!seen.insert(placed.file).second) continue;
      add_at(context, placed.file, evidence_of(k_rows[0], "no package brought it (see " + placed.evidence.rule + ")"),
             out);
    }
  }
};

const util::Registered<UnownedSystemFile> registered{{
    .id = "unowned-system-file",
    .version = 1,
    .summary = "suspect files in system folders that no package owns",
    .example = "/usr/bin/kworker: no package brought it (see M01)",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
