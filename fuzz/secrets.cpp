// The confirmation of credentials in arbitrary text, at every place where a literal stands, and the redaction of that
// text. What is found lies inside the text; redaction hides it, and blanking keeps the text's size and lines.
#include "detect/secrets/blank.hpp"
#include "detect/secrets/confirm.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "util/result.hpp"

namespace {

using namespace hullcheck::detect::secrets;

bool same(char a, char b, bool caseless) {
  if (!caseless) return a == b;
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

void confirm_all(const std::string& text) {
  for (const Keyword& keyword : keywords()) {
    const auto equal = [&](char a, char b) { return same(a, b, keyword.caseless); };
    for (auto at = text.begin();; ++at) {
      at = std::search(at, text.end(), keyword.bytes.begin(), keyword.bytes.end(), equal);
      if (at == text.end()) break;
      for (const std::uint32_t index : keyword.kinds) {
        const Kind& kind = all_kinds()[index];
        const auto position = static_cast<std::size_t>(at - text.begin());
        const auto found = confirm(kind, keyword, text, position);
        if (!found) continue;
        HULLCHECK_ASSERT(found->begin < found->end && found->end <= text.size());
        const std::string value = text.substr(found->begin, found->end - found->begin);
        if (kind.entropy > 0) HULLCHECK_ASSERT(found->shown.find(value) == std::string::npos);
        HULLCHECK_ASSERT(found->detail.size() < 1000);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t k_most = 1 << 16;
  const std::string text(reinterpret_cast<const char*>(data), std::min(size, k_most));
  confirm_all(text);
  const std::string once = redacted(text);
  for (const Look look : {Look::anywhere, Look::configuration})
    for (const Reading reading : {Reading::done, Reading::again}) {
      std::string kept = text;
      blank(kept, look, reading);
      HULLCHECK_ASSERT(kept.size() == text.size());
      HULLCHECK_ASSERT(std::count(kept.begin(), kept.end(), '\n') >= std::count(text.begin(), text.end(), '\n'));
    }
  HULLCHECK_ASSERT(once.size() <= 2 * text.size() + 4096 * (1 + text.size() / 8));
  return 0;
}
