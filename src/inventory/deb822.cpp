#include "inventory/deb822.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

// Takes the next line, without its newline.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

bool blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The bit of a field that says what is installed, 0 for any other.
unsigned bit_of(std::string_view key) {
  constexpr std::string_view k_names[] = {"Package", "Status", "Version", "Source", "Architecture"};
  for (unsigned i = 0; i < std::size(k_names); ++i)
    if (same_word(key, k_names[i])) return 1U << i;
  return 0;
}

}  // namespace

bool next_stanza(std::string_view& text, Stanza& out, bool* odd) {
  out.clear();
  bool strange = false;
  bool& note = odd != nullptr ? *odd : strange;
  note = false;
  unsigned seen = 0;
  while (!text.empty()) {
    const std::string_view before = text;
    const std::string_view line = next_line(text);
    if (blank(line)) {
      if (!out.empty()) return true;
      continue;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (!out.empty()) {
        std::string_view& value = out.back().second;
        value = {value.data(), static_cast<std::size_t>(line.data() + line.size() - value.data())};
      }
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      note = true;
      continue;
    }
    const unsigned bit = bit_of(line.substr(0, colon));
    note = note || (bit & seen) != 0;
    constexpr unsigned k_package = 1;
    if ((bit & seen & k_package) != 0) {
      text = before;
      return true;
    }
    seen |= bit;
    out.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
  return !out.empty();
}

std::string_view field(const Stanza& stanza, std::string_view name) {
  for (const auto& [key, value] : stanza)
    if (same_word(key, name)) return util::trim(value);
  return {};
}

}  // namespace hullcheck::inventory
