// Programs in scripting languages that run what they decode (D08) or what a request sends them (B06), and those that
// run shell commands: these are looked at as a shell would read them.
//
// D08: with the encoded text at hand there is no reading but hiding; the decoded text is looked at with all other
// detectors. B06: eval or a command whose beginning the request chooses is a web shell; a fixed program with input
// among its arguments may be a careless page.
// Hostile: a file without the words that matter is not looked at; the rest is bounded by ScriptFlowLimits.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/content_scan.hpp"
#include "detect/detector.hpp"
#include "detect/evasion/embedded_program.hpp"
#include "detect/scripts/embedded_code.hpp"
#include "detect/scripts/script_flows.hpp"
#include "detect/scripts/script_interest.hpp"
#include "detect/secrets/blank.hpp"
#include "detect/shell/shell_facts.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::uint64_t k_most_bytes = std::uint64_t{64} << 20;
constexpr std::size_t k_hidden_bytes = 64;  // of encoded text: nobody encodes so much by accident
constexpr std::size_t k_some_hidden_bytes = 16;
constexpr std::size_t k_summary_bytes = 64U << 10;
constexpr std::size_t k_rescanned_bytes = 4U << 20;
constexpr std::size_t k_head_bytes = 4096;

constexpr std::string_view k_command_key = "command";
constexpr std::string_view k_fetched_key = "fetched";
constexpr std::string_view k_slept_key = "slept";
constexpr std::string_view k_somewhere = "an address that the script does not hold";

constexpr std::array<RuleRow, 5> k_rows{{
    {"D08", EvidenceClass::decisive, model::Severity::high, 90, "Encoded code that a script decodes and runs",
     "T1027.013", "Do not run this image unless the decoded code is known and wanted."},
    {"B06", EvidenceClass::decisive, model::Severity::critical, 85, "Web shell", "T1505.003",
     "Do not run this image: whoever reaches it over the network can run commands in it."},
    {"D01", EvidenceClass::strong, model::Severity::high, 85, "Fetched code piped to an interpreter",
     "T1105,T1059.004", "Put the code into the image at build time, pinned by digest, and start that."},
    {"D02", EvidenceClass::strong, model::Severity::high, 85, "Fetched file that is run", "T1105,T1059.004",
     "Put the program into the image at build time, pinned by digest."},
    {"D12", EvidenceClass::supporting, model::Severity::low, 50, "Long sleep before code is fetched", "T1497.003",
     "Find out what is fetched, and why it waits."},
}};
constexpr std::int64_t k_long_sleep = 60;  // seconds

bool is_page(const layers::FileInfo& file, ScriptLanguage language) {
  if (language == L::php) return true;
  if (language == L::java) return !file.name().ends_with(".java");
  return language == L::asp && as_text(file.head).find("<%") != std::string_view::npos &&
         !file.name().ends_with(".ashx");
}

// ---- what is said

std::string shown(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) out.push_back(c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
  return out;
}

Evidence encoded_evidence(const ScriptSink& sink, const ScriptFlows& flows, ScriptLanguage language) {
  const std::uint32_t rounds = std::max(sink.marks.rounds, sink.round == 0 ? flows.rounds : sink.marks.rounds);
  std::string text =
      std::string(to_string(language)) + ": " + sink.name + " of decoded text (" + std::string(sink.marks.decoder);
  if (rounds > 1) text += ", " + std::to_string(rounds) + " rounds";
  text += ")";
  if (sink.known)
    text += ": " + shown(flows.decoded.empty() || rounds < 2 ? sink.text : flows.decoded.back().text, 160);
  Evidence evidence = evidence_of(k_rows[0], std::move(text));
  evidence.line = sink.line;
  if (sink.marks.literal >= k_hidden_bytes && !sink.marks.fetched) return evidence;
  evidence.cls = EvidenceClass::supporting;
  evidence.confidence = 50;
  const bool some = sink.marks.literal >= k_some_hidden_bytes || sink.marks.fetched;
  if (some && (!sink.known || sink.text.size() >= k_some_hidden_bytes)) {
    evidence.cls = EvidenceClass::strong;
    evidence.confidence = 70;
  }
  return evidence;
}

std::optional<Evidence> request_evidence(const ScriptSink& sink, ScriptLanguage language) {
  static constexpr std::array<std::string_view, 5> k_what = {"runs code", "runs commands", "runs a file",
                                                             "runs bytecode", "writes a file"};
  std::string text = std::string(to_string(language)) + ": " + sink.name + " " +
                     std::string(k_what[static_cast<std::size_t>(sink.kind)]) + " from the request";
  if (sink.marks.decoded) text += ", decoded (" + std::string(sink.marks.decoder) + ")";
  if (!sink.whole && !sink.text.empty()) text += ", behind: " + shown(sink.text, 80);
  Evidence evidence = evidence_of(k_rows[1], std::move(text));
  evidence.line = sink.line;
  const bool program =
      sink.kind == SinkKind::code || sink.kind == SinkKind::command || sink.kind == SinkKind::bytecode;
  if (program && sink.whole) return evidence;
  // include "data:text/plain;base64," . $_GET["c"]
  const bool of_itself = sink.text.find("data:") != std::string::npos || sink.text.starts_with("php://input");
  if (sink.kind == SinkKind::load && of_itself) return evidence;
  if (sink.kind == SinkKind::load && !sink.whole) return std::nullopt;
  evidence.cls = EvidenceClass::strong;
  evidence.confidence = 60;
  return evidence;
}

Evidence hint(std::string_view key, std::uint32_t line, std::string text) {
  // Before it is taken apart, where half a secret would be none.
  secrets::blank(text, secrets::Look::anywhere, secrets::Reading::again);
  Evidence evidence;
  evidence.rule = k_hint_rule;
  evidence.line = line;
  evidence.text = shown(text, 160);
  for (std::size_t at = 0; at < text.size() && evidence.values.size() < EvidenceSink::k_most_values;
       at += EvidenceSink::k_value_bytes)
    evidence.values.emplace_back(key, text.substr(at, EvidenceSink::k_value_bytes));
  return evidence;
}

std::string joined_values(const Evidence& evidence, std::string_view key) {
  std::string all;
  for (const auto& [name, value] : evidence.values)
    if (name == key) all += value;
  return all;
}

// Whether any detector would speak of the command if it ran at start. A file has room for few hints, and most
// commands are harmless.
bool is_worth_a_look(const std::string& command) {
  const ShellFacts facts = facts_of_text(command);
  const ShellUnit unit{"command", {}, 1, Reach::start, false, facts, nullptr};
  const auto& all = DetectorRegistry::all();
  return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
    EvidenceSink sink;
    if (entry.descriptor.id != "script-flow") entry.instance->shell(unit, sink);
    return !sink.empty();
  });
}

std::string all_commands(const ScriptFlows& flows) {
  constexpr std::size_t k_most = 8U << 10;
  std::string all;
  for (const ScriptCommand& command : flows.commands)
    if (all.size() + command.text.size() < k_most) all += command.text + "\n";
  return all;
}

// ---- the decoded text, looked at like a file

void look_into(const DecodedText& decoded, std::set<std::string>& said, EvidenceSink& out) {
  const std::string_view text = std::string_view(decoded.text).substr(0, k_rescanned_bytes);
  const auto worker = content_scan("").worker();
  std::vector<Evidence> found = scan_text(*worker, "decoded", layers::ContentKind::script, text);
  if (decoded.kind == SinkKind::command) {
    const ShellFacts facts = facts_of_text(text);
    const ShellUnit unit{"decoded", {}, 1, Reach::present, false, facts, nullptr};
    for (const auto& entry : DetectorRegistry::all()) {
      EvidenceSink sink;
      entry.instance->shell(unit, sink);
      for (Evidence& one : sink.take()) found.push_back(std::move(one));
    }
  }
  for (Evidence& one : found) {
    if (one.rule == k_hint_rule || !said.insert(one.rule + one.text).second) continue;
    one.line = decoded.line;
    one.offset = 0;
    one.text = "in the decoded text: " + one.text;
    out.add(std::move(one));
  }
}

// What was decoded or put together, and not run here: a program, or what another detector is sure of. Tests and
// fixtures hold encoded keys and addresses by the hundred.
void look_into_held(const DecodedText& held, ScriptLanguage language, std::set<std::string>& said,
                    EvidenceSink& out) {
  const std::string_view text = std::string_view(held.text).substr(0, k_rescanned_bytes);
  const layers::ContentKind kind = layers::classify_content(text.substr(0, k_head_bytes));
  std::vector<Evidence> found = scan_text(*content_scan("").worker(), "decoded", kind, text);
  if (kind == layers::ContentKind::elf && text.size() > k_hidden_bytes)
    found.push_back(
        embedded_program_evidence(layers::ContentKind::script, "decoded by " + std::string(to_string(language)), 0));
  for (Evidence& one : found) {
    const bool sure = one.cls <= EvidenceClass::strong && one.rule != k_hint_rule && !is_secret_rule(one.rule);
    if (!sure || !said.insert(one.rule + one.text).second) continue;
    one.line = held.line;
    one.offset = 0;
    one.text = "in the decoded text: " + one.text;
    out.add(std::move(one));
  }
}

class ScriptFlow final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() <= k_most_bytes && script_language_of(file) != L::none;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const ScriptLanguage language = script_language_of(file);
    const std::string_view text = file.text();
    const Interest hoped = interest_in(language, text);
    if (hoped == Interest::none) return;
    const bool page = is_page(file, language);
    ScriptTokens tokens = script_tokens(text, language, page);
    const Interest interest = std::min(hoped, interest_in(language, spoken_code(tokens)));
    if (interest == Interest::none) return;
    const ScriptFlows flows = follow_script(std::move(tokens));
    say_held(flows, language, out);
    if (interest != Interest::runs) return;
    report(
        flows, language, [&] { return serves_requests(language, text); }, out);
    if (flows.truncated) {
      Evidence limit;
      limit.rule = k_hit_limit_rule;
      limit.text = "code that runs what it decodes";
      // Bundles of thousands of functions reach it; what starts is rarely one.
      limit.values = {{"effect", "at-start"}};
      out.add(std::move(limit));
    }
    look_for_saved(language, text, flows.slept, out);
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const EmbeddedCode& embedded : unit.facts.embedded) {
      const ScriptLanguage language = script_language_named(embedded.language);
      if (language == L::none || interest_in(language, embedded.code) != Interest::runs) continue;
      const bool page = language == L::php && embedded.code.find("<?php") != std::string::npos;
      EvidenceSink found;
      report(
          follow_script(embedded.code, language, page), language, [] { return false; }, found);
      for (Evidence& evidence : found.take()) {
        if (evidence.rule == k_hint_rule) {
          commands_of(evidence, unit, embedded.line, out);
          // What names its address is seen without following it.
          if (evidence.value(k_fetched_key) != k_somewhere) continue;
          const std::string text = evidence.text;
          evidence = evidence_of(k_rows[2], text);
          evidence.cls = class_for(unit, {EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context});
          evidence.values.emplace_back(k_payload_key, k_payload_absent);
        }
        evidence.line = line_in_file(unit, embedded.line);
        if (unit.build_time) evidence.cls = EvidenceClass::context;
        out.add(std::move(evidence));
      }
    }
  }

  // Commands and fetched code weigh by how the program gets run, which only the whole image shows.
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const PlacedEvidence& placed : context.evidence) {
      if (placed.evidence.rule != k_hint_rule) continue;
      const std::string command = joined_values(placed.evidence, k_command_key);
      const std::string url = placed.evidence.value(k_fetched_key);
      if (!command.empty()) {
        const ShellFacts facts = facts_of_text(command);
        const ShellUnit unit{placed.path,       placed.file, placed.evidence.line,   placed.reach,
                             placed.build_time, facts,       &context.image.config()};
        EvidenceSink sink;
        for (const auto& entry : DetectorRegistry::all())
          if (entry.descriptor.id != "script-flow") entry.instance->shell(unit, sink);
        for (Evidence& evidence : sink.take()) {
          if (evidence.rule == k_hint_rule) continue;
          PlacedEvidence more = placed;
          evidence.line = placed.evidence.line;
          more.evidence = std::move(evidence);
          out.add(std::move(more));
        }
      } else if (!url.empty()) {
        PlacedEvidence more = placed;
        const bool saved = !placed.evidence.value("saved").empty();
        more.evidence = evidence_of(k_rows[saved ? 3 : 2], placed.evidence.text);
        more.evidence.line = placed.evidence.line;
        // A page runs whenever somebody asks for it.
        const bool page = !placed.evidence.value("page").empty();
        more.evidence.cls = placed.reach == Reach::start || page ? EvidenceClass::strong : EvidenceClass::supporting;
        if (url != k_somewhere) more.evidence.values.emplace_back("url", url);
        more.evidence.values.emplace_back(k_payload_key, k_payload_absent);
        out.add(std::move(more));
        if (const std::string slept = placed.evidence.value(k_slept_key); !slept.empty()) {
          more = placed;
          more.evidence = evidence_of(k_rows[4], "waits " + slept + " seconds; " + placed.evidence.text);
          more.evidence.line = placed.evidence.line;
          if (placed.reach != Reach::start) more.evidence.cls = EvidenceClass::context;
          out.add(std::move(more));
        }
      }
    }
  }

 private:
  template <class Serves>  // asked of few scripts: it reads all of the text
  static void report(const ScriptFlows& flows, ScriptLanguage language, const Serves& serves, EvidenceSink& out) {
    for (const ScriptSink& sink : flows.sinks) {
      if (sink.marks.request && serves()) {
        if (auto evidence = request_evidence(sink, language)) out.add(std::move(*evidence));
      } else if (sink.marks.decoded && sink.kind != SinkKind::write && sink.kind != SinkKind::load &&
                 sink.round == 0) {
        out.add(encoded_evidence(sink, flows, language));
      } else if (sink.marks.fetched && sink.kind != SinkKind::write &&
                 (sink.whole || (sink.marks.url && sink.kind != SinkKind::command))) {
        const std::string from = sink.marks.url ? *sink.marks.url : std::string(k_somewhere);
        Evidence fetched = hint(k_fetched_key, sink.line, from);
        fetched.text = std::string(to_string(language)) + ": " + sink.name + " of what comes from " + from;
        if (flows.slept >= k_long_sleep) fetched.values.emplace_back(k_slept_key, std::to_string(flows.slept));
        if (language == L::php && sink.marks.url && (sink.kind == SinkKind::code || sink.kind == SinkKind::load))
          fetched.values.emplace_back("page", "yes");
        out.add(std::move(fetched));
      }
    }
    bool alone = false;
    const std::string waits = flows.slept >= k_long_sleep ? "sleep " + std::to_string(flows.slept) + "\n" : "";
    for (const ScriptCommand& command : flows.commands)
      if (is_worth_a_look(command.text)) {
        out.add(hint(k_command_key, command.line, waits + command.text));
        alone = true;
      }
    // Commands that tell something together only: a program for each name of a list.
    if (!alone && flows.commands.size() > 1)
      if (const std::string all = all_commands(flows); is_worth_a_look(all))
        out.add(hint(k_command_key, flows.commands.front().line, waits + all));
    std::set<std::string> said;
    for (const DecodedText& decoded : flows.decoded) look_into(decoded, said, out);
  }

  static void say_held(const ScriptFlows& flows, ScriptLanguage language, EvidenceSink& out) {
    std::set<std::string> said;
    for (const DecodedText& held : flows.held)
      if (std::none_of(flows.decoded.begin(), flows.decoded.end(),
                       [&](const DecodedText& one) { return one.text == held.text; }))
        look_into_held(held, language, said, out);
  }

  static void commands_of(const Evidence& evidence, const ShellUnit& unit, std::uint32_t line, EvidenceSink& out) {
    const std::string command = joined_values(evidence, k_command_key);
    if (command.empty()) return;
    const ShellFacts facts = facts_of_text(command);
    const ShellUnit inner{unit.path, unit.file,  line_in_file(unit, line), unit.reach, unit.build_time,
                          facts,     unit.config};
    for (const auto& entry : DetectorRegistry::all()) {
      if (entry.descriptor.id == "script-flow") continue;
      EvidenceSink sink;
      entry.instance->shell(inner, sink);
      for (Evidence& one : sink.take()) {
        one.line = line_in_file(unit, line);
        out.add(std::move(one));
      }
    }
  }

  // Small programs that save what they fetch and run it.
  static void look_for_saved(ScriptLanguage language, std::string_view text, std::int64_t slept, EvidenceSink& out) {
    static constexpr std::array<std::pair<ScriptLanguage, std::string_view>, 7> k_names{{{L::r, "Rscript"},
                                                                                         {L::python, "python"},
                                                                                         {L::javascript, "node"},
                                                                                         {L::php, "php"},
                                                                                         {L::perl, "perl"},
                                                                                         {L::ruby, "ruby"},
                                                                                         {L::lua, "lua"}}};
    const bool fetches = text.find("://") != std::string_view::npos || text.find("ftplib") != std::string_view::npos;
    if (text.size() > k_summary_bytes || !fetches) return;
    for (const auto& [one, name] : k_names) {
      if (one != language || !may_fetch(name, text)) continue;
      const EmbeddedSummary summary = summarise_code(name, text);
      if (!summary.runs_saved || summary.urls.empty()) return;
      Evidence fetched = hint(k_fetched_key, 0, summary.urls.front());
      fetched.text = std::string(to_string(language)) + ": runs " + summary.saved.front() + ", fetched from " +
                     summary.urls.front();
      fetched.values.emplace_back("saved", summary.saved.front());
      if (slept >= k_long_sleep) fetched.values.emplace_back(k_slept_key, std::to_string(slept));
      out.add(std::move(fetched));
    }
  }
};

const util::Registered<ScriptFlow> registered{{
    .id = "script-flow",
    .version = 12,
    .summary = "scripts that run what they decode, fetch, or get from a request",
    .example = "exec(zlib.decompress(base64.b64decode('eJx…'[::-1])))",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
