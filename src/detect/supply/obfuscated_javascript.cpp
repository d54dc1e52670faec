// JavaScript that was made unreadable on purpose (L03): names of hexadecimal digits by the dozen, and a table of
// texts that is turned until it fits.
//
// Minified code has short names, not numbered ones; it is not meant.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <unordered_set>

#include "detect/detector.hpp"
#include "detect/scripts/script_tokens.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::uint64_t k_most_bytes = std::uint64_t{64} << 20;
constexpr std::size_t k_fewest_names = 20;
constexpr std::string_view k_start = "_0x";

constexpr std::array<RuleRow, 1> k_rows{{
    {"L03", EvidenceClass::strong, model::Severity::high, 80, "Obfuscated JavaScript", "T1027",
     "Find out what this code does before it runs; honest packages are minified at most."},
}};

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

// Different names of the form _0x1a2b3c, up to what is asked for; `uses` counts all of them.
std::size_t numbered_names(std::string_view text, std::size_t most, std::size_t& uses) {
  std::unordered_set<std::string_view> names;
  for (std::size_t at = text.find(k_start); at != std::string_view::npos && names.size() < most;
       at = text.find(k_start, at + 3)) {
    std::size_t end = at + 3;
    while (end < text.size() && end - at < 16 && is_hex(text[end])) ++end;
    const std::size_t digits = end - at - 3;
    const bool whole = (at == 0 || !is_name(text[at - 1])) && (end >= text.size() || !is_name(text[end]));
    if (!whole || digits < 4 || digits > 8) continue;
    names.insert(text.substr(at, end - at));
    ++uses;
  }
  return names.size();
}

class ObfuscatedJavaScript final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() <= k_most_bytes && script_language_of(file) == ScriptLanguage::javascript;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const std::string_view text = file.text();
    std::size_t uses = 0;
    if (::memmem(text.data(), text.size(), k_start.data(), k_start.size()) == nullptr) return;
    const std::size_t names = numbered_names(text, 1'000, uses);
    if (names < k_fewest_names || uses < 2 * k_fewest_names) return;
    // The table is turned by moving its first text to its end.
    const bool turned = text.find("push") != std::string_view::npos && text.find("shift") != std::string_view::npos;
    std::string said = std::to_string(names) + (names == 1'000 ? " or more" : "") + " numbered names";
    if (turned) said += ", and a table of texts that is turned";
    Evidence evidence = evidence_of(k_rows[0], std::move(said));
    evidence.line = 1;
    if (!turned) evidence.confidence = 65;
    out.add(std::move(evidence));
  }
};

const util::Registered<ObfuscatedJavaScript> registered{{
    .id = "obfuscated-javascript",
    .version = 1,
    .summary = "JavaScript that was made unreadable on purpose",
    .example = "twenty and more names like _0x1a2b",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
