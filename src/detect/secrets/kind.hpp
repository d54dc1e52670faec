// The kinds of credentials that are known by their form: one row each, in tables by theme (kinds_*.cpp).
//
// A row is found by a literal of the one content search, confirmed by a regex in a window round it, then by entropy,
// by what a placeholder looks like, and where the format allows it by a check of its own: a checksum, a decoded
// structure, the other half of a pair. Ids are names, "secret/PROVIDER-THING", and never change: policies and
// exceptions name them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect::secrets {

// How sure the form makes us, and so how much it weighs.
enum class Strength : std::uint8_t {
  verified,    // a checksum or a decoded structure holds: stops
  structured,  // its own prefix, length and alphabet: stops
  contextual,  // plain random text behind a name that says what it is; or short-lived, or meant for tests: warns
  weak,        // worth saying: encrypted, public by design, or a guess
};

// Where the literal stands.
enum class Form : std::uint8_t {
  token,     // begins the value, which stands alone as a word
  inside,    // stands somewhere within what the pattern matches, at most `lead` bytes after its begin
  assigned,  // is the name of a variable or setting; the pattern describes the value
};

// The text round a match; `begin` and `end` are those of the value.
struct Around {
  std::string_view window;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view value() const { return window.substr(begin, end - begin); }
};

enum class Validity : std::uint8_t {
  invalid,  // no credential
  example,  // one that everybody knows
  weaker,   // weighs one class less than its kind
  valid,
  certain,  // stops, whatever its kind
};

struct Judgement {
  Validity validity = Validity::valid;
  std::string detail;  // for people, no secret: "account 123456789012"
};

// Bounded in the size of the value, or in k_window bytes on either side of it.
using Check = Judgement (*)(const Around&);

struct Kind {
  std::string_view id;        // "secret/github-personal-token"
  std::string_view title;     // "GitHub personal access token"
  std::string_view provider;  // who can revoke it
  Strength strength;
  Form form;
  std::string_view literals;  // separated by blanks; caseless for names
  std::string_view pattern;   // RE2; the first group, if there is one, is the value
  double entropy;             // least bits a character of what follows the literal
  Check check;                // or null
  // How a test makes one: text with {CLASS COUNT} for random characters ("{w36}") and {@MAKER} for what has a
  // checksum. For names, the value alone.
  std::string_view sample;
  std::size_t lead = 0;
};

constexpr std::string_view k_uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
constexpr std::size_t k_window = 8192;  // looked at on either side of a literal

std::span<const Kind> cloud_kinds();
std::span<const Kind> azure_kinds();
std::span<const Kind> platform_kinds();
std::span<const Kind> forge_kinds();
std::span<const Kind> registry_kinds();
std::span<const Kind> chat_kinds();
std::span<const Kind> mail_kinds();
std::span<const Kind> payment_kinds();
std::span<const Kind> model_kinds();
std::span<const Kind> observability_kinds();
std::span<const Kind> pipeline_kinds();
std::span<const Kind> vault_kinds();
std::span<const Kind> database_kinds();
std::span<const Kind> service_kinds();
std::span<const Kind> key_kinds();
std::span<const Kind> framework_kinds();

const std::vector<Kind>& all_kinds();  // sorted by id

}  // namespace hullcheck::detect::secrets
