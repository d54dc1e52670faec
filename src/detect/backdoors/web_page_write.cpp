// Scripts that write a web shell (B06): what goes into a page of PHP runs what a request holds.
//
// Images write pages at start every day: settings, health checks, a page for maintenance. What decides is what the
// written page does, followed as a page that lies there would be.
#include <algorithm>
#include <array>

#include "detect/scripts/script_flows.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_text = std::size_t{64} << 10;
constexpr std::size_t k_most_pages = 32;  // followed for one script
constexpr std::size_t k_most_shown = 120;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B06", EvidenceClass::decisive, model::Severity::critical, 85, "Web shell", "T1505.003",
     "Do not run this image: whoever reaches the page runs commands in it."},
}};
constexpr ClassByReach k_written{EvidenceClass::decisive, EvidenceClass::strong, EvidenceClass::context};

// Where PHP begins in a text that is written, or nothing: "<?php …", "<?= …", "<? …".
std::string_view page_in(std::string_view text) {
  const std::size_t at = text.find("<?");
  if (at == std::string_view::npos || text.substr(at).starts_with("<?xml")) return {};
  return text.substr(at, k_most_text);
}

// The first place in the page where the request's own words run, as for a page that lies there.
const ScriptSink* run_by_request(const ScriptFlows& flows) {
  const auto found = std::find_if(flows.sinks.begin(), flows.sinks.end(), [](const ScriptSink& sink) {
    const bool program =
        sink.kind == SinkKind::code || sink.kind == SinkKind::command || sink.kind == SinkKind::bytecode;
    return sink.marks.request && program && sink.whole;
  });
  return found == flows.sinks.end() ? nullptr : &*found;
}

class WebPageWrite final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    std::size_t pages = 0;
    for (const ShellFlow& flow : unit.facts.flows) {
      if (flow.kind != FlowKind::write_file) continue;
      const std::string_view page = page_in(flow.text);
      if (page.empty() || ++pages > k_most_pages) continue;
      const ScriptFlows flows = follow_script(page, ScriptLanguage::php, true);
      const ScriptSink* const sink = run_by_request(flows);
      if (sink == nullptr) continue;
      std::string text = "writes " + flow.path + ", where " + sink->name +
                         " runs what the request holds: " + std::string(page.substr(0, k_most_shown));
      Evidence evidence = shell_evidence(k_rows[0], unit, flow.line, std::move(text), class_for(unit, k_written));
      evidence.values.emplace_back("target", flow.path);
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<WebPageWrite> registered{{
    .id = "web-page-write",
    .version = 1,
    .summary = "scripts that write pages which run what a request holds",
    .example = "echo '<?php system($_GET[0]); ?>' > /var/www/html/x.php",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
