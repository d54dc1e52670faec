// Names in a layer's archive that no builder writes: with ".." in them, absolute, or given twice.
//
// The first tries to leave the folder that it is unpacked in; an old or home-made runtime might let it. The names
// have been made harmless before anything here sees them (layers/entry.hpp), so this only says that they were there.
#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "util/seeded_hash.hpp"

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

// Which of millions of names may be there twice, in a bit or so each: of most layers that settles it.
class MaybeRepeated {
 public:
  explicit MaybeRepeated(std::size_t names) : m_bits(64) {
    while (m_bits.size() < names * k_bits_a_name) m_bits.resize(m_bits.size() * 2);
  }
  void see(std::string_view name) {
    const std::uint64_t hash = util::seeded_hash(name);
    const std::size_t bit = static_cast<std::size_t>(hash) & (m_bits.size() - 1);
    if (m_bits[bit]) m_suspects.insert(hash);
    m_bits[bit] = true;
  }
  bool none() const { return m_suspects.empty(); }
  bool holds(std::string_view name) const { return m_suspects.contains(util::seeded_hash(name)); }

 private:
  static constexpr std::size_t k_bits_a_name = 16;
  std::vector<bool> m_bits;
  std::unordered_set<std::uint64_t> m_suspects;
};

// Archives may repeat folders; of a file it is the last member that stays, and who looked at another was misled.
// The members that another one follows, in the archive's order.
std::vector<std::uint32_t> repeated_files(const layers::LayerFacts& facts) {
  MaybeRepeated suspects(facts.entries.size());
  for (const layers::Entry& entry : facts.entries)
    if (entry.type == layers::EntryType::file) suspects.see(entry.path);
  std::vector<std::uint32_t> repeated;
  if (suspects.none()) return repeated;
  std::unordered_set<std::string_view, util::SeededHash> seen;
  for (auto i = static_cast<std::uint32_t>(facts.entries.size()); i-- > 0;) {
    const layers::Entry& entry = facts.entries[i];
    if (entry.type != layers::EntryType::file || !suspects.holds(entry.path)) continue;
    if (!seen.insert(entry.path).second) repeated.push_back(i);
  }
  std::reverse(repeated.begin(), repeated.end());
  return repeated;
}

// The members that show an oddity.
std::vector<std::uint32_t> flagged_files(const layers::LayerFacts& facts, std::uint8_t flag) {
  std::vector<std::uint32_t> list;
  for (std::uint32_t i = 0; i < facts.entries.size(); ++i)
    if ((facts.entries[i].flags & flag) != 0) list.push_back(i);
  return list;
}

class TarNames final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (std::uint32_t layer = 0; layer < context.image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr) continue;
      for (const Oddity& oddity : k_oddities) {
        const auto files = oddity.flag == 0 ? repeated_files(*facts) : flagged_files(*facts, oddity.flag);
        look_at(context, *facts, layer, oddity, files, out);
      }
    }
  }

 private:
  static void look_at(const ImageContext& context, const layers::LayerFacts& facts, std::uint32_t layer,
                      const Oddity& oddity, const std::vector<std::uint32_t>& files, ImageEvidence& out) {
    std::size_t count = 0;
    PlacedEvidence first;
    for (const std::uint32_t i : files) {
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
