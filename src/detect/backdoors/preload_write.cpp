// Scripts that write ld.so.preload (B15): from then on every program loads the named library first.
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"B15", EvidenceClass::decisive, model::Severity::critical, 95,
     "Library forced into every program (ld.so.preload)", "T1574.006",
     "Find out what the library does before running anything of this image."},
}};

constexpr ClassByReach k_classes{EvidenceClass::decisive, EvidenceClass::supporting, EvidenceClass::strong};

class PreloadWrite final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      if (flow.kind != FlowKind::write_file && flow.kind != FlowKind::fetch_to_file) continue;
      if (!flow.path.ends_with("/etc/ld.so.preload") && flow.path != "etc/ld.so.preload") continue;
      // Emptying it is what a clean-up does.
      if (!flow.append && flow.kind == FlowKind::write_file && flow.text.empty() && flow.tool.empty()) continue;
      std::string text = "writes " + flow.path;
      if (!flow.text.empty()) text += ": " + flow.text.substr(0, 160);
      out.add(shell_evidence(k_rows[0], unit, flow.line, std::move(text), class_for(unit, k_classes)));
    }
  }
};

const util::Registered<PreloadWrite> registered{{
    .id = "preload-write",
    .version = 1,
    .summary = "scripts that write ld.so.preload",
    .example = "echo /usr/local/lib/libexample.so > /etc/ld.so.preload",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
