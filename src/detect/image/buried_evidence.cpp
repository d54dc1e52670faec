// Who took away a file that something speaks against (I02): every user of the image still downloads it, and the layer
// that deleted it knew what to delete.
#include <array>
#include <set>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_shown = 120;

constexpr std::array<RuleRow, 1> k_rows{{
    {"I02", EvidenceClass::context, model::Severity::low, 70, "Shipped, then taken away", "T1070.004",
     "Treat the file as if it were still there: whoever has the image has it."},
}};

// The line of the history that made a layer, if the history fits the layers.
std::string line_of(const ImageContext& context, std::uint32_t layer) {
  std::vector<const std::string*> lines;
  for (const model::HistoryEntry& step : context.image.config().history)
    if (!step.empty_layer) lines.push_back(&step.created_by);
  return lines.size() == context.image.layer_count() ? lines[layer]->substr(0, k_most_shown) : std::string();
}

class BuriedEvidence final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::set<layers::FileRef> seen;
    for (const PlacedEvidence& placed : context.evidence) {
      const bool gone =
          placed.visibility == model::Visibility::deleted || placed.visibility == model::Visibility::overwritten;
      if (!gone || placed.evidence.cls > EvidenceClass::strong || placed.file.layer == layers::k_none) continue;
      if (!seen.insert(placed.file).second) continue;
      const std::uint32_t by = context.image.hidden_by(placed.file);
      if (by == layers::k_none) continue;
      std::string text = "layer " + std::to_string(by + 1) +
                         (placed.visibility == model::Visibility::deleted ? " deleted it" : " wrote over it");
      if (const std::string line = line_of(context, by); !line.empty()) text += ": " + line;
      add_at(context, placed.file, evidence_of(k_rows[0], text + " (see " + placed.evidence.rule + ")"), out);
    }
  }
};

const util::Registered<BuriedEvidence> registered{{
    .id = "buried-evidence",
    .version = 1,
    .summary = "which layer took a suspect file away",
    .example = "/opt/worker: layer 4 deleted it: RUN rm /opt/worker (see M01)",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
