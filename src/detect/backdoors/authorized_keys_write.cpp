// Scripts that put a key into authorized_keys (B08).
//
// A key that stands in the script belongs to whoever wrote it: planted. A key from a variable or a file is how images
// with an SSH server let their users in.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"B08", EvidenceClass::strong, model::Severity::high, 75, "Script that writes authorized_keys", "T1098.004",
     "Remove the key; check hosts and volumes where the image ran for it."},
}};

constexpr ClassByReach k_planted{EvidenceClass::decisive, EvidenceClass::strong, EvidenceClass::strong};
constexpr ClassByReach k_supplied{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

constexpr std::array<std::string_view, 6> k_key_starts = {"ssh-rsa AAAA",
                                                          "ssh-ed25519 AAAA",
                                                          "ssh-dss AAAA",
                                                          "ecdsa-sha2-nistp256 AAAA",
                                                          "ecdsa-sha2-nistp384 AAAA",
                                                          "ecdsa-sha2-nistp521 AAAA"};

// The comment at the end of a key says more to people than its bytes.
std::string describe_key(std::string_view text, std::size_t at) {
  const std::string_view line = text.substr(at, std::min(text.find('\n', at), text.size()) - at);
  const std::size_t type_end = line.find(' ');
  const std::size_t comment = line.find(' ', type_end + 1);
  std::string described(line.substr(0, std::min<std::size_t>(type_end + 25, line.size())));
  described += "…";
  if (comment != std::string_view::npos) described += std::string(line.substr(comment, 60));
  return described;
}

std::string literal_key(std::string_view text) {
  for (const std::string_view start : k_key_starts)
    if (const std::size_t at = text.find(start); at != std::string_view::npos) return describe_key(text, at);
  return {};
}

class AuthorizedKeysWrite final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      if (flow.kind != FlowKind::write_file && flow.kind != FlowKind::fetch_to_file) continue;
      if (!is_authorized_keys_path(flow.path)) continue;
      const std::string key = literal_key(flow.text);
      Evidence evidence = shell_evidence(k_rows[0], unit, flow.line, "writes " + flow.path,
                                         class_for(unit, key.empty() ? k_supplied : k_planted));
      if (!key.empty()) {
        evidence.text = "plants a key in " + flow.path + ": " + key;
        evidence.confidence = 90;
      }
      evidence.values.emplace_back("target", flow.path);
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<AuthorizedKeysWrite> registered{{
    .id = "authorized-keys-write",
    .version = 1,
    .summary = "scripts that write authorized_keys",
    .example = "echo 'ssh-rsa AAAA… x@example.com' >> /root/.ssh/authorized_keys",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
