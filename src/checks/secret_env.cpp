// secret-env: a variable of the configuration whose name promises a secret and that has a value. Everybody who can
// pull the image reads it. Values that only point at a secret, or switch something, are none. Values are never shown.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::array<std::string_view, 14> k_secret_words{
    "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET",      "TOKEN",    "CREDENTIAL",     "CREDENTIALS",
    "API_KEY",  "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "AUTH_KEY", "ENCRYPTION_KEY", "PWD_HASH"};
// What follows the word when the variable is about a secret but holds none.
constexpr std::array<std::string_view, 12> k_harmless_ends{"_FILE",   "_PATH", "_DIR",    "_URL",    "_URI",  "_NAME",
                                                           "_LENGTH", "_TTL",  "_EXPIRY", "_HEADER", "_TYPE", "_ID"};
constexpr std::array<std::string_view, 10> k_switches{"true", "false", "yes", "no",   "on",
                                                      "off",  "0",     "1",   "none", "null"};

std::string changed(std::string_view text, int (*change)(int)) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return out;
}

// "TOKEN" in "GITHUB_TOKEN" and "TOKEN_2", not in "TOKENIZERS_PARALLELISM".
bool has_word(std::string_view name, std::string_view word) {
  for (std::size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || name[at - 1] == '_' || std::isalpha(static_cast<unsigned char>(name[at - 1])) == 0;
    const bool ends = end == name.size() || std::isalpha(static_cast<unsigned char>(name[end])) == 0;
    if (starts && ends) return true;
  }
  return false;
}

bool is_secret(std::string_view raw_name, std::string_view value) {
  const std::string name = changed(raw_name, std::toupper);
  const auto ends = [&](std::string_view end) {
    return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  if (std::any_of(k_harmless_ends.begin(), k_harmless_ends.end(), ends)) return false;
  if (std::none_of(k_secret_words.begin(), k_secret_words.end(), [&](auto word) { return has_word(name, word); }))
    return false;
  const std::string lower = changed(value, std::tolower);
  if (std::find(k_switches.begin(), k_switches.end(), lower) != k_switches.end()) return false;
  // A path or a reference to another variable says where the secret is.
  return !value.empty() && value.front() != '/' && value.front() != '$' && value.compare(0, 5, "file:") != 0;
}

class SecretEnv final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    for (const std::string& variable : context.image.config().env) {
      const std::size_t equals = variable.find('=');
      if (equals == std::string::npos) continue;
      const std::string name = variable.substr(0, equals);
      const std::string_view value = std::string_view(variable).substr(equals + 1);
      if (is_secret(name, value))
        out.push_back(
            found_in_config(fmt::format("Env[{}]", name), fmt::format("{}=*** ({} characters)", name, value.size())));
    }
  }
};

const util::Registered<SecretEnv> registered{
    {.id = "secret-env",
     .version = 1,
     .summary = "Secret in an environment variable of the image",
     .example = "ENV DB_PASSWORD=…",
     .severity = model::Severity::medium,
     .remediation = "Give it at run time, or mount it as a secret, and replace the one that was shipped",
     .reference = "CIS Docker 4.10"}};

}  // namespace
}  // namespace hullcheck::checks
