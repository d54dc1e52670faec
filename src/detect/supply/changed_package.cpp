// Programs and native modules of Python packages that are not what the package's own record says (L06).
//
// RECORD lists a digest for each file, and pip writes it at installation. Whoever publishes a bad release publishes a
// right record with it, so agreement proves nothing; a difference is a change after installation. Images are slimmed
// by stripping native modules in place, in the layer that installed them: that counts for less than a change by a
// later layer. Compiled caches and editable installations are not in the list.
//
// Hostile: a record may list any path; it only adds findings about the file, and their number is bounded.
#include <algorithm>
#include <array>

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
  }
};

const util::Registered<ChangedPackage> registered{{
    .id = "changed-package",
    .version = 1,
    .summary = "programs and native modules of Python packages that were changed after installation",
    .example = "_native.so differs from what example 1.0 lists; layer 3 changed it afterwards",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
