// Marks files that are rules or signatures of security tools: they quote what they look for.
//
// Formats: YARA ("rule … condition:"), Sigma (logsource and detection), Falco (rule, condition, output), nmap scripts
// (a rule function and an action), Snort and Suricata (alert … sid:), ModSecurity (SecRule).
// Hostile: anybody can write such a file round a payload. A mark by itself changes nothing: assess() sets evidence
// aside only for text that is not started, in a folder with at least twenty such files, and says so.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;

constexpr std::array<RuleRow, 1> k_rows{{
    {k_corpus_rule, EvidenceClass::context, model::Severity::negligible, 90, "Collection of security rules", "",
     "Nothing to do where the image is meant to hold security tools."},
}};

struct Format {
  std::string_view name;
  std::string_view suffix;
  std::string_view needs, needs_too;
};
constexpr std::array<Format, 9> k_formats{{
    {"YARA", ".yar", "rule ", "condition:"},
    {"YARA", ".yara", "rule ", "condition:"},
    {"Sigma", ".yml", "logsource:", "detection:"},
    {"Sigma", ".yaml", "logsource:", "detection:"},
    {"Falco", ".yaml", "- rule:", "condition:"},
    {"Falco", ".yml", "- rule:", "condition:"},
    {"nmap script", ".nse", "rule", "action"},
    {"intrusion detection", ".rules", "alert ", "sid:"},
    {"ModSecurity", ".conf", "SecRule ", "id:"},
}};

class SecurityCorpus final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.entry.content != layers::ContentKind::text || file.size() > k_most_bytes) return false;
    const bool named = std::any_of(k_formats.begin(), k_formats.end(),
                                   [&](const Format& format) { return file.name().ends_with(format.suffix); });
    // Most YAML and configuration is none of this; rules show their form early.
    return named && (as_text(file.head).find("ule") != std::string_view::npos ||
                     as_text(file.head).find("logsource:") != std::string_view::npos ||
                     as_text(file.head).find("alert ") != std::string_view::npos);
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const std::string_view text = file.text();
    for (const Format& format : k_formats) {
      if (!file.name().ends_with(format.suffix)) continue;
      if (text.find(format.needs) == std::string_view::npos) continue;
      if (text.find(format.needs_too) == std::string_view::npos) continue;
      out.add(evidence_of(k_rows[0], std::string(format.name) + " rules"));
      return;
    }
  }
};

const util::Registered<SecurityCorpus> registered{{
    .id = "security-corpus",
    .version = 1,
    .summary = "files that are rules of security tools",
    .example = "a folder of YARA rules",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
