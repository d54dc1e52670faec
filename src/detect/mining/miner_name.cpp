// Files that run and carry the name of a well-known miner (M13): a remark, never more. A name proves nothing, and
// whoever hides a miner renames it first; beside other evidence it tells people what they are looking at.
#include <algorithm>
#include <array>

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

bool is_miner_name(std::string_view name) {
  static const std::string names = k_names.reveal();
  for (const std::string_view suffix : {".exe", ".sh"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  const std::string lower = util::lower(name);
  return lower.size() > 4 && lower.find(' ') == std::string::npos &&
         names.find(" " + lower + " ") != std::string::npos;
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
