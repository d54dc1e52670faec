// Files known by their SHA-256. The built-in list is empty on purpose (known_digests.hpp says why); what a list holds
// is compared with every digest that was taken, so that a longer one costs nothing in the layers.
#include "detect/known_digests.hpp"

#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 2> k_rows{{
    {"E14", EvidenceClass::decisive, model::Severity::critical, 100, "File known as malware", "T1608.001",
     "Do not run this image."},
    {"M12", EvidenceClass::decisive, model::Severity::high, 100, "File of a known miner", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

class KnownDigests final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const auto list = known_digests();
    if (list.empty()) return;
    for (std::uint32_t layer = 0; layer < context.image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr) continue;
      for (std::uint32_t i = 0; i < facts->entries.size(); ++i) {
        const layers::FileDigests* digests = context.image.digests({layer, i});
        if (digests == nullptr) continue;
        const std::string digest = to_hex(digests->sha256);
        const auto found =
            std::lower_bound(list.begin(), list.end(), digest,
                             [](const KnownDigest& row, const std::string& wanted) { return row.sha256 < wanted; });
        if (found == list.end() || found->sha256 != digest) continue;
        PlacedEvidence placed = place_of(context, {layer, i});
        placed.evidence = evidence_of(found->rule == "M12" ? k_rows[1] : k_rows[0], std::string(found->what));
        out.add(std::move(placed));
      }
    }
  }
};

const util::Registered<KnownDigests> registered{{
    .id = "known-digests",
    .version = 1,
    .summary = "files known by their SHA-256",
    .example = "a release of a miner",
    .rules = k_rows,
}};

}  // namespace

std::span<const KnownDigest> known_digests() { return {}; }

}  // namespace hullcheck::detect
