// Text that is decoded and run (D07): base64, hex, openssl, compression, reversal, into an interpreter or eval.
//
// With the encoded text at hand there is no reading but hiding. Where it comes from a variable or a file, somebody
// may merely pass configuration through, and unpacking alone hides little: those weigh less.
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"D07", EvidenceClass::decisive, model::Severity::high, 90, "Encoded text that is decoded and run",
     "T1140,T1027.010", "Do not run this image unless the decoded text is known and wanted."},
}};

constexpr ClassByReach k_hidden{EvidenceClass::decisive, EvidenceClass::decisive, EvidenceClass::supporting};
constexpr ClassByReach k_passed{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

bool only_unpacks(std::string_view tool) {
  static constexpr std::array<std::string_view, 12> k_unpackers = {
      "gzip", "gunzip", "zcat", "bzip2", "bunzip2", "bzcat", "xz", "unxz", "xzcat", "zstd", "tar", "unzip"};
  for (const std::string_view name : k_unpackers)
    if (tool == name) return true;
  return false;
}

class DecodeToShell final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      if (flow.kind != FlowKind::decode_to_interpreter) continue;
      const bool hidden = !flow.text.empty() && !only_unpacks(flow.tool);
      std::string text = flow.tool + " | " + flow.interpreter;
      if (!flow.text.empty()) text += ": " + flow.text.substr(0, 200);
      Evidence evidence =
          shell_evidence(k_rows[0], unit, flow.line, std::move(text), class_for(unit, hidden ? k_hidden : k_passed));
      if (!hidden) evidence.confidence = 70;
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<DecodeToShell> registered{{
    .id = "decode-to-shell",
    .version = 1,
    .summary = "encoded text that scripts decode and run",
    .example = "echo ZWNobyBoZWxsbwo= | base64 -d | sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
