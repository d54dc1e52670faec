#include "detect/secrets/variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "util/ascii.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::array<std::string_view, 14> k_secret_words{
    "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET",      "TOKEN",    "CREDENTIAL",     "CREDENTIALS",
    "API_KEY",  "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "AUTH_KEY", "ENCRYPTION_KEY", "PWD_HASH"};
// What follows the word when the variable is about a secret but holds none.
constexpr std::array<std::string_view, 12> k_harmless_ends{"_FILE",   "_PATH", "_DIR",    "_URL",    "_URI",  "_NAME",
                                                           "_LENGTH", "_TTL",  "_EXPIRY", "_HEADER", "_TYPE", "_ID"};
constexpr std::array<std::string_view, 10> k_switches{"true", "false", "yes", "no",   "on",
                                                      "off",  "0",     "1",   "none", "null"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
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

}  // namespace

bool is_secret_variable(std::string_view raw_name, std::string_view value) {
  const std::string name = upper(raw_name);
  const auto ends = [&](std::string_view end) { return std::string_view(name).ends_with(end); };
  if (std::any_of(k_harmless_ends.begin(), k_harmless_ends.end(), ends)) return false;
  if (std::none_of(k_secret_words.begin(), k_secret_words.end(), [&](auto word) { return has_word(name, word); }))
    return false;
  const std::string lower = util::lower(value);
  if (std::find(k_switches.begin(), k_switches.end(), lower) != k_switches.end()) return false;
  // A path or a reference to another variable says where the secret is.
  return !value.empty() && value.front() != '/' && value.front() != '$' && !value.starts_with("file:");
}

}  // namespace hullcheck::detect::secrets
