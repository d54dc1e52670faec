#include "detect/image/code_variables.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_text = std::size_t{256} << 10;

// What stands before the name, its quote left out.
constexpr std::array<std::string_view, 10> k_asks = {
    "os.environ[", "os.environ.get(", "os.getenv(", "environ[", "process.env[",
    "ENV[",        "ENV.fetch(",      "$ENV{",      "$_ENV[",   "getenv("};
constexpr std::string_view k_property = "process.env.";

std::string literal(ScriptLanguage language, std::string_view value) {
  const bool dollar = language == ScriptLanguage::perl || language == ScriptLanguage::php;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    const bool special =
        c == '"' || c == '\\' || (dollar && (c == '$' || c == '@')) || (language == ScriptLanguage::ruby && c == '#');
    if (special) text += '\\';
    text += c;
  }
  return text + '"';
}

struct Span {
  std::size_t begin = 0, end = 0;
};

// The expression that asks for the name at `at`; nothing when it is some other word.
std::optional<Span> asking(std::string_view code, std::size_t at, std::size_t size) {
  const std::size_t behind = at + size;
  if (behind < code.size() && is_identifier_char(code[behind])) return std::nullopt;
  const std::string_view before = code.substr(0, at);
  if (before.ends_with(k_property)) return Span{at - k_property.size(), behind};
  const bool quoted = before.ends_with('"') || before.ends_with('\'');
  const std::string_view open = before.substr(0, before.size() - (quoted ? 1 : 0));
  const auto ask =
      std::find_if(k_asks.begin(), k_asks.end(), [&](std::string_view one) { return open.ends_with(one); });
  if (ask == k_asks.end() || (!quoted && *ask != "$ENV{")) return std::nullopt;
  const std::size_t close = code.find_first_of(")]}", behind);
  if (close == std::string_view::npos) return std::nullopt;
  return Span{open.size() - ask->size(), close + 1};
}

}  // namespace

std::string code_filled_in(ScriptLanguage language, std::string_view code, const Variables& variables) {
  std::string out(code);
  bool any = false;
  for (const auto& [name, value] : variables) {
    const std::string text = literal(language, value);
    for (std::size_t at = out.find(name); at != std::string::npos && out.size() < k_most_text;) {
      const auto span = asking(out, at, name.size());
      if (!span) {
        at = out.find(name, at + name.size());
        continue;
      }
      any = true;
      out.replace(span->begin, span->end - span->begin, text);
      at = out.find(name, span->begin + text.size());
    }
  }
  return any ? out : std::string();
}

}  // namespace hullcheck::detect
