// Files that run and carry the name of a well-known miner (M13): a remark, never more. A name proves nothing, and
// whoever hides a miner renames it first; beside other evidence it tells people what they are looking at.
#include <algorithm>
#include <array>
#include <bitset>
#include <set>
#include <string>

#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most = 16;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M13", EvidenceClass::context, model::Severity::low, 30, "Name of a miner", "T1496.001",
     "Look at what the file is; a name alone says little."},
}};

// Whole names, as the projects call their programs. Not "t-rex", "claymore" and other words of their own.
constexpr auto k_names = hide(
    " xmrig xmrig-notls xmrig-proxy xmr-stak xmr-stak-rx minerd cpuminer cpuminer-multi cpuminer-opt ccminer cgminer "
    "bfgminer sgminer ethminer nbminer lolminer gminer phoenixminer teamredminer srbminer-multi wildrig-multi cnrig "
    "xmr-node-proxy nanominer bzminer rigel kdevtmpfsi ");

// Asked of every file of an image: most are turned away by their first letter or their length.
class MinerNames {
 public:
  MinerNames() {
    const std::string all = k_names.reveal();
    for (std::size_t at = 1; at < all.size();) {
      const std::size_t end = all.find(' ', at);
      m_names.emplace(all, at, end - at);
      m_longest = std::max(m_longest, end - at);
      m_first.set(static_cast<unsigned char>(all[at]));
      at = end + 1;
    }
  }
  bool have(std::string_view name) const {
    for (const std::string_view suffix : {".exe", ".sh"})
      if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    if (name.empty() || name.size() > m_longest || !m_first[static_cast<unsigned char>(util::lower(name[0]))])
      return false;
    return m_names.contains(util::lower(name));
  }

 private:
  std::set<std::string> m_names;
  std::bitset<256> m_first;
  std::size_t m_longest = 0;
};

bool is_miner_name(std::string_view name) {
  static const MinerNames names;
  return names.have(name);
}

class MinerName final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::size_t count = 0;
    context.image.each_final([&](layers::FileRef file, const std::string& path) {
      if (count >= k_most || !is_miner_name(layers::base_name(path))) return;
      const layers::Entry& entry = context.image.entry(context.image.content_of(file));
      const bool program = entry.content == layers::ContentKind::elf || entry.content == layers::ContentKind::pe ||
                           (entry.content == layers::ContentKind::script && entry.executable());
      if (entry.type != layers::EntryType::file || !program) return;
      ++count;
      add_at(context, file, evidence_of(k_rows[0], "a program named " + std::string(layers::base_name(path))), out);
    });
  }
};

const util::Registered<MinerName> registered{{
    .id = "miner-name",
    .version = 1,
    .summary = "programs with the name of a well-known miner; a remark only",
    .example = "a program with the project's own name",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
