// Globs and hex patterns as regular expressions. Both are walked once from left to right; what they make is no larger
// than a few times their text, and RE2 bounds the rest.
#include <fmt/format.h>

#include "detect/user/rule_file.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_pattern = 4096;
constexpr std::size_t k_most_jump = 1000;  // RE2 counts no further

void add_byte(std::string& out, char c) { out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c)); }

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c == '?' ? 16 : -1;
}

// Two digits, either of which may be any.
std::string byte_regex(int high, int low) {
  if (high == 16 && low == 16) return ".";
  if (low == 16) return fmt::format("[\\x{:x}0-\\x{:x}f]", high, high);
  if (high != 16) return fmt::format("\\x{:02x}", high * 16 + low);
  std::string any = "[";
  for (int i = 0; i < 16; ++i) any += fmt::format("\\x{:02x}", i * 16 + low);
  return any + "]";
}

// "[4]", "[2-6]", "[2-]"; nothing for other text. `at` is moved behind it.
std::optional<std::string> jump_regex(std::string_view hex, std::size_t& at) {
  const std::size_t end = hex.find(']', at);
  if (end == std::string_view::npos) return std::nullopt;
  std::size_t numbers[2] = {0, 0}, count = 0;
  bool any = false, dash = false;
  for (std::size_t i = at + 1; i < end; ++i) {
    const char c = hex[i];
    if (c == ' ') continue;
    if (c == '-' && !dash) {
      dash = true;
      count = 1;
      any = false;
    } else if (c >= '0' && c <= '9') {
      numbers[count] = numbers[count] * 10 + static_cast<std::size_t>(c - '0');
      any = true;
      if (numbers[count] > k_most_jump) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  at = end + 1;
  if (!dash) return any ? std::optional(fmt::format(".{{{}}}", numbers[0])) : std::nullopt;
  if (!any) return fmt::format(".{{{},}}?", numbers[0]);
  if (numbers[1] < numbers[0]) return std::nullopt;
  return fmt::format(".{{{},{}}}?", numbers[0], numbers[1]);
}

}  // namespace

std::optional<std::string> regex_of_hex(std::string_view hex) {
  if (hex.size() > k_most_pattern) return std::nullopt;
  std::string out = "(?s)";
  std::size_t bytes = 0, open = 0;
  for (std::size_t at = 0; at < hex.size();) {
    const char c = hex[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '{' || c == '}') {
      ++at;
    } else if (c == '[') {
      const auto jump = jump_regex(hex, at);
      if (!jump) return std::nullopt;
      out += *jump;
    } else if (c == '(' || c == ')' || c == '|') {
      if (c == '(') ++open;
      if (c == ')' && open-- == 0) return std::nullopt;
      if (c == '|' && open == 0) return std::nullopt;
      out += c == '(' ? "(?:" : std::string(1, c);
      ++at;
    } else {
      const int high = nibble(c), low = at + 1 < hex.size() ? nibble(hex[at + 1]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += byte_regex(high, low);
      bytes += high < 16 && low < 16 ? 1 : 0;
      at += 2;
    }
  }
  // What has next to no fixed byte would match everything.
  return open == 0 && bytes >= 2 ? std::optional(out) : std::nullopt;
}

std::optional<std::string> regex_of_glob(std::string_view glob) {
  if (glob.empty() || glob.size() > k_most_pattern) return std::nullopt;
  std::string out = "(?s)\\A";
  if (glob.find('/') == std::string_view::npos) out += "(?:.*/)?";
  if (glob.front() == '/') glob.remove_prefix(1);
  for (std::size_t i = 0; i < glob.size(); ++i) {
    const char c = glob[i];
    if (glob.substr(i, 3) == "**/") {
      out += "(?:.*/)?";
      i += 2;
    } else if (glob.substr(i, 2) == "**") {
      out += ".*";
      ++i;
    } else if (c == '*') {
      out += "[^/]*";
    } else if (c == '?') {
      out += "[^/]";
    } else if (c == '[') {
      const std::size_t end = glob.find(']', i + 2);
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view inside = glob.substr(i + 1, end - i - 1);
      out += '[';
      if (inside.front() == '!' || inside.front() == '^') {
        out += '^';
        inside.remove_prefix(1);
      }
      for (const char member : inside) {
        if (member == '-')
          out += '-';
        else
          add_byte(out, member);
      }
      out += ']';
      i = end;
    } else {
      add_byte(out, c);
    }
  }
  return out + "\\z";
}

}  // namespace hullcheck::detect
