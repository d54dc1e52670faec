#include "inventory/deb822.hpp"

#include <algorithm>
#include <cctype>

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

}  // namespace

bool next_stanza(std::string_view& text, Stanza& out) {
  out.clear();
  while (!text.empty()) {
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
    if (colon == std::string_view::npos || colon == 0) continue;
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
