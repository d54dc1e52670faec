// Secrets that stand in the configuration of an image, or on command lines, without a form of their own: "ENV
// DB_PASSWORD=…" in the history, a label, "curl -u me:…" in a script. The name beside them is all that tells.
//
// The image's own variables are judged by the check secret-env, which knows more of their names.
#include "detect/secrets/config_secrets.hpp"

#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/content/regex.hpp"
#include "detect/secrets/checks.hpp"
#include "detect/secrets/value.hpp"
#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_most_values = 64;  // of one text
constexpr double k_least_entropy = 2.5;

constexpr std::array<RuleRow, 2> k_rows{{
    {"secret/config-value", EvidenceClass::supporting, model::Severity::medium, 60,
     "Secret in the image's configuration or history", "T1552.001",
     "Take it for known to everybody who can pull the image: change it, and give the new one at run time, or to the "
     "build as a build secret (RUN --mount=type=secret), which leaves no trace in the history."},
    {"secret/url-password", EvidenceClass::strong, model::Severity::high, 85, "Login in the address of a server",
     "T1552.001",
     "Take it for known to everybody who can pull the image: change it, and let the script read the new one from a "
     "mounted file when it runs."},
}};

const Regex& assignment() {
  static const Regex regex(
      "(?i)(?:^|[\\s,;\"'{])[\\w.-]{0,60}(?:password|passwd|passphrase|secret|token|credential|api_?key|access_?key|"
      "private_?key|auth_?key)(?:_?[0-9]{0,2})[\"']?\\s{0,2}[=:]\\s{0,2}[\"']?([^\\s\"';&|<>]{6,400})");
  return regex;
}

const Regex& option() {
  static const Regex regex(
      "(?i)(?:^|\\s)--?(?:password|passwd|pass|token|api-?key|secret|auth)[= ][\"']?([^\\s\"';&|<>]{6,400})");
  return regex;
}

const Regex& address() {
  static const Regex regex("[a-z][a-z0-9+.-]{1,20}://[^\\s:/@\"'<>]{0,100}:([^\\s/@\"'<>]{4,400})@[^\\s\"'<>]");
  return regex;
}

bool looks_secret(std::string_view value) {
  if (value.front() == '/' || value.front() == '$' || value.front() == '-') return false;
  if (value.find("://") != std::string_view::npos || value.find_first_of("$`(){}") != std::string_view::npos)
    return false;
  return value.size() >= 8 && has_letters_and_digits(value) && entropy(value) >= k_least_entropy &&
         !is_placeholder(value) && !is_published(value);
}

// Digests, versions and keys that are public stand behind such names too: "GPG_KEY_TOKEN=sha256:…".
bool is_public(std::string_view value) { return value.starts_with("sha256:") || value.starts_with("sha512:"); }

template <class Take>
void each_match(const Regex& regex, std::string_view text, Take take) {
  for (std::size_t from = 0;;) {
    const auto match = regex.find(text, from, text.size());
    if (!match) return;
    from = std::max(match->end, from + 1);
    take(*match);
  }
}

class ConfigSecrets final : public Detector {
 public:
  // Stored facts hold no login any more, but what was said of them; those of a text that was just read hold them.
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const auto& list : {unit.facts.logins, logins_in(unit.facts.commands)})
      for (const ShellLogin& login : list) {
        Evidence evidence = evidence_of(k_rows[1], login.text);
        if (login.weaker) evidence.cls = EvidenceClass::supporting;
        evidence.line = unit.first_line + login.line - (login.line > 0 ? 1 : 0);
        out.add(std::move(evidence));
      }
  }
};

const util::Registered<ConfigSecrets> registered{{
    .id = "config-secrets",
    .version = 2,
    .summary = "secrets by the name beside them: history, labels, arguments, addresses in scripts",
    .example = "history: ENV DB_PASSWORD=… (16 characters)",
    .rules = k_rows,
}};

}  // namespace

std::vector<NamedValue> named_values(std::string_view text) {
  std::vector<NamedValue> values;
  for (const Regex* regex : {&assignment(), &option()})
    each_match(*regex, text, [&](const Regex::Match& match) {
      const std::string_view value = text.substr(match.value_begin, match.value_end - match.value_begin);
      if (looks_secret(value) && !is_public(value))
        values.push_back({match.begin, match.value_begin, match.value_end});
    });
  return values;
}

std::vector<Evidence> named_secrets(std::string_view text) {
  std::vector<Evidence> found;
  for (const NamedValue& value : named_values(text)) {
    if (found.size() >= k_most_values) break;
    std::string name(text.substr(value.name, value.begin - value.name));
    std::erase_if(name, [](unsigned char c) { return c <= ' ' || c == '"' || c == '\''; });
    found.push_back(evidence_of(k_rows[0], name + masked(text.substr(value.begin, value.end - value.begin), 0)));
    found.back().offset = value.begin;
  }
  return found;
}

std::vector<ShellLogin> logins_in(const std::vector<ShellCommand>& commands) {
  std::vector<ShellLogin> found;
  for (const ShellCommand& command : commands)
    for (const std::string& word : command.argv) {
      const std::size_t scheme = word.find("://");
      if (scheme == std::string::npos || word.find('@', scheme) == std::string::npos) continue;
      each_match(address(), word, [&](const Regex::Match& match) {
        const Judgement judgement = check_url_password({word, match.value_begin, match.value_end});
        const bool holds = judgement.validity == Validity::valid || judgement.validity == Validity::weaker;
        if (!holds || found.size() >= k_most_values) return;
        const std::string_view value =
            std::string_view(word).substr(match.value_begin, match.value_end - match.value_begin);
        found.push_back(
            {command.line, masked(value, 0) + " " + judgement.detail, judgement.validity == Validity::weaker});
      });
    }
  return found;
}

}  // namespace hullcheck::detect::secrets
