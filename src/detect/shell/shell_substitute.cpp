// See shell_substitute.hpp. Hostile: texts are bounded, patterns are RE2's and take linear time.
#include "detect/shell/shell_substitute.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "detect/content/regex.hpp"
#include "detect/shell/shell_decode.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_text = 64U << 10;
constexpr std::size_t k_most_script = 512;
constexpr std::size_t k_most_program = 16U << 10;

// ---- sed

struct Substitution {
  std::string pattern, replacement;
  bool all = false;
};

// sed's basic expressions have the brackets of RE2 escaped, and its plain characters bare.
std::string as_extended(std::string_view basic) {
  std::string out;
  for (std::size_t i = 0; i < basic.size(); ++i) {
    const std::string_view swapped = "(){}+?|";
    if (basic[i] == '\\' && i + 1 < basic.size() && swapped.find(basic[i + 1]) != std::string_view::npos) {
      out += basic[++i];
    } else if (swapped.find(basic[i]) != std::string_view::npos) {
      out += '\\';
      out += basic[i];
    } else {
      out += basic[i];
    }
  }
  return out;
}

// s/pattern/replacement/flags at the beginning of the script; it is taken off.
std::optional<Substitution> take_substitution(std::string_view& script, bool extended) {
  while (!script.empty() && (std::isspace(static_cast<unsigned char>(script[0])) != 0 || script[0] == ';'))
    script.remove_prefix(1);
  if (script.size() < 4 || script[0] != 's' || std::isalnum(static_cast<unsigned char>(script[1])) != 0)
    return std::nullopt;
  const char mark = script[1];
  std::string parts[2];
  std::size_t at = 2;
  for (std::string& part : parts) {
    for (; at < script.size() && script[at] != mark; ++at) {
      if (script[at] == '\\' && at + 1 < script.size()) {
        if (script[at + 1] != mark) part += '\\';
        ++at;
      }
      part += script[at];
    }
    if (at++ >= script.size()) return std::nullopt;
  }
  Substitution found{extended ? parts[0] : as_extended(parts[0]), parts[1], false};
  for (; at < script.size() && script[at] != ';' && script[at] != '\n'; ++at) {
    if (script[at] != 'g' && script[at] != ' ') return std::nullopt;
    found.all |= script[at] == 'g';
  }
  script.remove_prefix(at);
  return found;
}

std::string replaced(std::string_view line, const Regex& pattern, const Substitution& how) {
  std::string out;
  std::size_t at = 0;
  while (at <= line.size() && out.size() < k_most_text) {
    const auto match = pattern.find_from(line, at);
    if (!match) break;
    out += line.substr(at, match->begin - at);
    for (std::size_t i = 0; i < how.replacement.size(); ++i) {
      const char c = how.replacement[i];
      if (c == '&') {
        out += line.substr(match->begin, match->end - match->begin);
      } else if (c == '\\' && i + 1 < how.replacement.size()) {
        const char next = how.replacement[++i];
        if (next == '1') {
          out += line.substr(match->value_begin, match->value_end - match->value_begin);
        } else {
          out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
        }
      } else {
        out += c;
      }
    }
    at = match->end;
    if (match->begin == match->end) {
      if (at < line.size()) out += line[at];
      ++at;
    }
    if (!how.all) break;
  }
  if (at < line.size()) out += line.substr(at);
  return out;
}

// ---- awk

std::string quoted_at(std::string_view text, std::size_t& at) {
  std::string out;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) out += text[at++];
    out += text[at];
  }
  ++at;
  unsigned ignored = 0;
  return decode_escapes(out, ignored);
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
  return at;
}

// A character for each number; nothing unless all are letters of a command.
std::string characters(std::string_view numbers, std::size_t fewest) {
  std::string out;
  for (std::size_t at = 0; at < numbers.size();) {
    if (std::isdigit(static_cast<unsigned char>(numbers[at])) == 0) {
      if (std::isalpha(static_cast<unsigned char>(numbers[at])) != 0) return {};
      ++at;
      continue;
    }
    unsigned value = 0;
    for (; at < numbers.size() && std::isdigit(static_cast<unsigned char>(numbers[at])) != 0 && value < 1000; ++at)
      value = value * 10 + static_cast<unsigned>(numbers[at] - '0');
    const bool text = (value >= ' ' && value < 127) || value == '\n' || value == '\t';
    if (!text) return {};
    out += static_cast<char>(value);
  }
  return out.size() >= fewest ? out : std::string();
}

// The arguments behind a format: numbers and texts; nothing when one is neither.
std::optional<std::vector<std::string>> literal_arguments(std::string_view program, std::size_t& at) {
  std::vector<std::string> all;
  for (at = skip_blanks(program, at); at < program.size() && program[at] == ','; at = skip_blanks(program, at)) {
    at = skip_blanks(program, at + 1);
    if (at < program.size() && program[at] == '"') {
      all.push_back(quoted_at(program, at));
      continue;
    }
    const std::size_t end = std::min(program.find_first_not_of("0123456789", at), program.size());
    if (end == at || end - at > 3) return std::nullopt;
    const std::string one = characters(program.substr(at, end - at), 1);
    if (one.empty()) return std::nullopt;
    all.push_back(one);
    at = end;
  }
  return all;
}

std::optional<std::string> formatted(std::string_view format, const std::vector<std::string>& arguments) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 >= format.size()) {
      out += format[i];
      continue;
    }
    if (format[++i] == '%') {
      out += '%';
      continue;
    }
    if ((format[i] != 'c' && format[i] != 's') || next >= arguments.size()) return std::nullopt;
    out += arguments[next++];
  }
  return out;
}

}  // namespace

std::optional<std::string> substituted(std::string_view text, std::string_view script, bool extended) {
  if (text.size() > k_most_text || script.size() > k_most_script) return std::nullopt;
  std::string now(text);
  do {
    const auto how = take_substitution(script, extended);
    if (!how) return std::nullopt;
    const Regex pattern(how->pattern);
    if (!pattern.ok()) return std::nullopt;
    std::string out;
    for (std::string_view rest = now; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out += replaced(rest.substr(0, end), pattern, *how);
      if (end < rest.size()) out += '\n';
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    now = out.substr(0, k_most_text);
  } while (script.find_first_not_of("; \n\t") != std::string_view::npos);
  return now;
}

std::optional<AwkOutput> printed_by_awk(std::string_view program, std::string_view input) {
  constexpr std::size_t k_fewest_codes = 6;
  if (program.size() > k_most_program || input.size() > k_most_text) return std::nullopt;
  const bool codes = program.find("%c") != std::string_view::npos;
  const bool begins = program.substr(skip_blanks(program, 0)).starts_with("BEGIN");
  if (!codes && (!begins || program.find("getline") != std::string_view::npos)) return std::nullopt;
  AwkOutput out{{}, codes};
  std::string list;
  bool literal = begins;
  for (std::size_t at = program.find('"'); at != std::string_view::npos; at = program.find('"', at)) {
    std::string_view before = program.substr(0, at);
    while (!before.empty() && (before.back() == ' ' || before.back() == '(')) before.remove_suffix(1);
    const std::string text = quoted_at(program, at);
    if (before.ends_with("print")) {
      out.text += text + "\n";
    } else if (before.ends_with("printf")) {
      const auto arguments = literal_arguments(program, at);
      const auto made = arguments ? formatted(text, *arguments) : std::nullopt;
      literal &= made.has_value();
      if (made) out.text += *made;
    } else if (const std::string made = characters(text, k_fewest_codes); list.empty() && !made.empty()) {
      list = made;
    }
    if (at >= program.size()) break;
  }
  if (literal && !out.text.empty()) return out;
  if (!codes) return std::nullopt;
  out.text = list.empty() ? characters(input, k_fewest_codes) : list;
  return out.text.empty() ? std::nullopt : std::optional<AwkOutput>(std::move(out));
}

}  // namespace hullcheck::detect
