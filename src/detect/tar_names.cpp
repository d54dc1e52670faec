// Names in a layer's archive that no builder writes: with ".." in them, absolute, or given twice.
//
// The first tries to leave the folder that it is unpacked in; an old or home-made runtime might let it. The names
// have been made harmless before anything here sees them (layers/entry.hpp), so this only says that they were there.
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_shown = 8;  // of each kind and layer

constexpr std::array<RuleRow, 1> k_rows{{
    {"I08", EvidenceClass::supporting, model::Severity::medium, 80, "Odd names in a layer's archive", "T1204.003",
     "Ask for the image to be built again; ordinary tools do not make such archives."},
}};

struct Oddity {
  std::uint8_t flag;
  EvidenceClass cls;
  std::string_view text;
};
constexpr std::array<Oddity, 3> k_oddities{{
    {layers::k_parent_name, EvidenceClass::supporting, "its name in the archive holds \"..\""},
    {layers::k_absolute_name, EvidenceClass::context, "its name in the archive is absolute"},
    {layers::k_superseded, EvidenceClass::context, "its name stands in the archive more than once"},
}};

// Builders repeat folders; and of a file given twice with the same bytes nothing is hidden.
bool counts(const layers::Entry& entry, const Oddity& oddity) {
  if ((entry.flags & oddity.flag) == 0) return false;
  return oddity.flag != layers::k_superseded || entry.type == layers::EntryType::file;
}

class TarNames final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (std::uint32_t layer = 0; layer < context.image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr) continue;
      for (const Oddity& oddity : k_oddities) look_for(context, *facts, layer, oddity, out);
    }
  }

 private:
  static void look_for(const ImageContext& context, const layers::LayerFacts& facts, std::uint32_t layer,
                       const Oddity& oddity, ImageEvidence& out) {
    std::size_t count = 0;
    PlacedEvidence first;
    for (std::uint32_t i = 0; i < facts.entries.size(); ++i) {
      if (!counts(facts.entries[i], oddity)) continue;
      if (++count > k_most_shown) continue;
      PlacedEvidence placed;
      placed.file = {layer, i};
      placed.path = std::string(facts.entries[i].path);
      placed.visibility = context.image.visibility(placed.file);
      placed.reach = placed.visibility == model::Visibility::final ? Reach::present : Reach::buried;
      placed.evidence = evidence_of(k_rows[0], std::string(oddity.text));
      placed.evidence.cls = oddity.cls;
      // Absolute names and repeated ones come for a whole archive: one remark is enough.
      if (count == 1 || oddity.cls == EvidenceClass::supporting) {
        if (count == 1) first = placed;
        if (oddity.cls == EvidenceClass::supporting) out.add(std::move(placed));
      }
    }
    if (count == 0 || oddity.cls == EvidenceClass::supporting) return;
    if (count > 1) first.evidence.text += ", and so do " + std::to_string(count - 1) + " others";
    out.add(std::move(first));
  }
};

const util::Registered<TarNames> registered{{
    .id = "tar-names",
    .version = 1,
    .summary = "archive members with \"..\" in their name, absolute or repeated names",
    .example = "../../etc/cron.d/x",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
