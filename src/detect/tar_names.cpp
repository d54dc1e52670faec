// Names in a layer's archive that no builder writes: with ".." in them, absolute, or given twice.
//
// The first tries to leave the folder that it is unpacked in; an old or home-made runtime might let it. The names
// have been made harmless before anything here sees them (layers/entry.hpp), so this only says that they were there.
#include <array>
#include <string_view>
#include <unordered_set>
#include <vector>

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
  std::uint8_t flag;  // 0: repeated
  EvidenceClass cls;
  std::string_view text;
};
constexpr std::array<Oddity, 3> k_oddities{{
    {layers::k_parent_name, EvidenceClass::supporting, "its name in the archive holds \"..\""},
    {layers::k_absolute_name, EvidenceClass::context, "its name in the archive is absolute"},
    {0, EvidenceClass::context, "its name stands in the archive more than once"},
}};

// Archives may repeat folders; of a file it is the last member that stays, and who looked at another was misled.
std::vector<bool> repeated_files(const layers::LayerFacts& facts) {
  std::vector<bool> repeated(facts.entries.size());
  std::unordered_set<std::string_view> seen;
  seen.reserve(facts.entries.size());
  for (std::size_t i = facts.entries.size(); i-- > 0;)
    if (facts.entries[i].type == layers::EntryType::file) repeated[i] = !seen.insert(facts.entries[i].path).second;
  return repeated;
}

class TarNames final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (std::uint32_t layer = 0; layer < context.image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr) continue;
      const std::vector<bool> repeated = repeated_files(*facts);
      for (const Oddity& oddity : k_oddities) look_for(context, *facts, layer, oddity, repeated, out);
    }
  }

 private:
  static void look_for(const ImageContext& context, const layers::LayerFacts& facts, std::uint32_t layer,
                       const Oddity& oddity, const std::vector<bool>& repeated, ImageEvidence& out) {
    std::size_t count = 0;
    PlacedEvidence first;
    for (std::uint32_t i = 0; i < facts.entries.size(); ++i) {
      const bool counts = oddity.flag == 0 ? repeated[i] : (facts.entries[i].flags & oddity.flag) != 0;
      if (!counts) continue;
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
