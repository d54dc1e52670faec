#include "formats/makefile.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "util/ascii.hpp"

namespace hullcheck::formats {
namespace {

constexpr int k_most_depth = 12;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::vector<std::string> words_of(std::string_view text, std::size_t most) {
  std::vector<std::string> words;
  while (!(text = util::trim(text)).empty() && words.size() < most) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// Where the parenthesis or brace at `open` ends.
std::size_t closing(std::string_view text, std::size_t open) {
  const char begin = text[open], end = begin == '(' ? ')' : '}';
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == begin) ++depth;
    if (text[i] == end && --depth == 0) return i;
  }
  return std::string_view::npos;
}

class MakefileReader {
 public:
  MakefileReader(std::string_view text, const MakefileLimits& limits) : m_text(text), m_limits(limits) {}

  Makefile read() {
    while (m_at < m_text.size()) {
      const std::uint32_t number = m_line + 1;
      const bool recipe = m_text[m_at] == '\t' || (m_open && is_blank(m_text[m_at]));
      std::string line = logical_line();
      if (const std::string_view name = defined_name(line); !recipe && !name.empty())
        define(std::string(name));
      else if (recipe)
        add_recipe(line, number);
      else
        add_line(line, number);
    }
    finish_rule();
    expand_recipes();
    return std::move(m_out);
  }

 private:
  // "define NAME", also with "=" and its like behind it
  static std::string_view defined_name(std::string_view line) {
    line = util::trim(line);
    if (!line.starts_with("define ")) return {};
    line = util::trim(line.substr(7));
    return line.substr(0, line.find_first_of(" \t:?+!="));
  }

  // The lines up to "endef" are the variable.
  void define(std::string name) {
    std::string value;
    while (m_at < m_text.size()) {
      const std::string line = logical_line();
      if (util::trim(line) == "endef") break;
      if (value.size() + line.size() < m_limits.max_text_bytes)
        value += (value.empty() ? "" : "\n") + line;
      else
        m_out.truncated = true;
    }
    m_open = false;
    finish_rule();
    if (m_variables.size() < m_limits.max_variables)
      m_variables.insert_or_assign(std::move(name), std::move(value));
    else
      m_out.truncated = true;
  }

  // $(shell …) of a line that make evaluates as it reads it.
  void run_when_read(std::string_view text, std::uint32_t number) {
    for (std::size_t at = text.find("(shell "); at != std::string_view::npos && at > 0;
         at = text.find("(shell ", at + 1)) {
      const std::size_t end = text[at - 1] == '$' ? closing(text, at) : std::string_view::npos;
      if (end == std::string_view::npos) return;
      const std::string command = expand(text.substr(at + 7, end - at - 7), 0);
      if (m_out.when_read.size() + command.size() > m_limits.max_text_bytes) {
        m_out.truncated = true;
        return;
      }
      if (m_out.when_read.empty()) m_out.when_read_line = number;
      m_out.when_read += (m_out.when_read.empty() ? "" : "\n") + command;
      at = end;
    }
  }

  // A line with what backslashes at its end join to it; in a recipe the shell joins.
  std::string logical_line() {
    std::string line;
    for (bool more = true; more && m_at < m_text.size();) {
      const std::size_t end = std::min(m_text.find('\n', m_at), m_text.size());
      std::string_view part = m_text.substr(m_at, end - m_at);
      m_at = std::min(end + 1, m_text.size());
      ++m_line;
      if (part.ends_with('\r')) part.remove_suffix(1);
      more = part.ends_with('\\');
      if (more) part.remove_suffix(1);
      if (line.size() + part.size() > m_limits.max_text_bytes) {
        m_out.truncated = true;
        part = part.substr(0, m_limits.max_text_bytes - std::min(line.size(), m_limits.max_text_bytes));
      }
      line += part;
      if (more) line += ' ';
    }
    return line;
  }

  void add_recipe(std::string_view line, std::uint32_t number) {
    if (!m_open) return;
    line = util::trim(line);
    while (!line.empty() && (line[0] == '@' || line[0] == '-' || line[0] == '+' || is_blank(line[0])))
      line.remove_prefix(1);
    if (line.empty()) return;
    MakeRule& rule = m_rule;
    if (rule.recipe.empty()) rule.line = number;
    // Lines that were joined or empty leave theirs behind, so that each command keeps its line.
    const std::size_t before = static_cast<std::size_t>(std::count(rule.recipe.begin(), rule.recipe.end(), '\n'));
    const std::size_t wanted = number - rule.line;
    if (rule.recipe.size() + line.size() + (wanted - std::min(wanted, before)) > m_limits.max_text_bytes) {
      m_out.truncated = true;
      return;
    }
    if (!rule.recipe.empty() && wanted > before) rule.recipe.append(wanted - before, '\n');
    rule.recipe += line;
  }

  void add_line(std::string_view line, std::uint32_t number) {
    if (const std::size_t comment = line.find('#'); comment != std::string_view::npos) line = line.substr(0, comment);
    const std::string_view whole = util::trim(line);
    if (whole.empty()) return;
    if (set_variable(whole, number)) {
      m_open = false;
      finish_rule();
      return;
    }
    const std::size_t colon = rule_colon(whole);
    if (colon == std::string_view::npos) {  // a directive, which ends no rule
      run_when_read(whole, number);
      return;
    }
    finish_rule();
    start_rule(whole, colon, number);
  }

  // The colon of a rule stands outside of variables.
  static std::size_t rule_colon(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '$' && i + 1 < line.size() && (line[i + 1] == '(' || line[i + 1] == '{')) {
        const std::size_t end = closing(line, i + 1);
        if (end == std::string_view::npos) return end;
        i = end;
      } else if (line[i] == ':') {
        return i;
      }
    }
    return std::string_view::npos;
  }

  void start_rule(std::string_view line, std::size_t colon, std::uint32_t number) {
    if (m_out.rules.size() >= m_limits.max_rules) {
      m_out.truncated = true;
      m_open = false;
      return;
    }
    std::string_view needs = line.substr(colon + 1);
    if (needs.starts_with(':')) needs.remove_prefix(1);
    std::string_view recipe;
    if (const std::size_t semicolon = needs.find(';'); semicolon != std::string_view::npos) {
      recipe = needs.substr(semicolon + 1);
      needs = needs.substr(0, semicolon);
    }
    m_rule = {};
    m_rule.targets = words_of(expand(line.substr(0, colon), 0), m_limits.max_names);
    m_rule.needs = words_of(expand(needs, 0), m_limits.max_names);
    std::erase(m_rule.needs, "|");
    m_rule.line = number;
    m_open = !m_rule.targets.empty();
    if (!recipe.empty()) add_recipe(recipe, number);
  }

  void finish_rule() {
    if (!m_rule.targets.empty()) m_out.rules.push_back(std::move(m_rule));
    m_rule = {};
  }

  // NAME = value, also :=, ::=, ?=, +=, !=, and behind "export" or "override".
  bool set_variable(std::string_view line, std::uint32_t number) {
    for (const std::string_view word : {"export ", "override ", "unexport "})
      if (line.starts_with(word)) line = util::trim(line.substr(word.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    std::string_view name = line.substr(0, equals);
    const char kind = name.back();
    while (!name.empty() && std::string_view(":?+!").find(name.back()) != std::string_view::npos)
      name.remove_suffix(1);
    name = util::trim(name);
    if (name.empty() || name.find_first_of(" \t:$") != std::string_view::npos) return false;
    const std::string_view value = util::trim(line.substr(equals + 1));
    if (m_variables.size() >= m_limits.max_variables && !m_variables.contains(name)) {
      m_out.truncated = true;
      return true;
    }
    std::string& kept = m_variables[std::string(name)];
    if (kind == ':') run_when_read(value, number);
    if (kind == '!') run_when_read("$(shell " + std::string(value) + ")", number);
    if (kind == '!')
      kept = "$(shell " + std::string(value) + ")";
    else if (kind == '+' && !kept.empty())
      kept += " " + std::string(value);
    else if (kind != '?' || kept.empty())
      kept = value;
    if (kept.size() > m_limits.max_text_bytes) kept.resize(m_limits.max_text_bytes);
    return true;
  }

  // Variables may be set below the rule that uses them.
  void expand_recipes() {
    for (MakeRule& rule : m_out.rules) {
      m_rule.targets = rule.targets;
      m_rule.needs = rule.needs;
      rule.recipe = expand(rule.recipe, 0);
    }
  }

  std::string expand(std::string_view text, int depth) {
    std::string out;
    for (std::size_t i = 0; i < text.size() && out.size() <= m_limits.max_text_bytes; ++i) {
      if (text[i] != '$' || i + 1 >= text.size()) {
        out += text[i];
        continue;
      }
      const char next = text[++i];
      if (next == '$') {
        out += '$';
      } else if (next == '(' || next == '{') {
        const std::size_t end = closing(text, i);
        if (end == std::string_view::npos) break;
        out += value_of(text.substr(i + 1, end - i - 1), depth);
        i = end;
      } else {
        out += value_of(text.substr(i, 1), depth);
      }
    }
    m_expanded += out.size();
    if (out.size() <= m_limits.max_text_bytes) return out;
    m_out.truncated = true;
    out.resize(m_limits.max_text_bytes);
    return out;
  }

  std::string value_of(std::string_view name, int depth) {
    if (depth >= k_most_depth || m_expanded > m_limits.max_expanded_bytes) {
      m_out.truncated = true;
      return {};
    }
    if (name == "@") return m_rule.targets.empty() ? "" : m_rule.targets.front();
    if (name == "<") return m_rule.needs.empty() ? "" : m_rule.needs.front();
    if (name == "MAKE") return "make";
    if (name.starts_with("shell ")) return "$(" + expand(name.substr(6), depth + 1) + ")";
    if (name.starts_with("call ")) return called(name.substr(5), depth);
    if (name.size() == 1 && name[0] >= '1' && name[0] <= '9' && !m_arguments.empty()) {
      const std::size_t number = static_cast<std::size_t>(name[0] - '1');
      return number < m_arguments.size() ? m_arguments[number] : std::string();
    }
    if (const auto found = m_variables.find(name); found != m_variables.end()) {
      const std::string value = found->second;
      return expand(value, depth + 1);
    }
    const bool plain = !name.empty() && name.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_") == std::string_view::npos;
    return plain ? "${" + std::string(name) + "}" : std::string();
  }

  // $(call NAME,FIRST,SECOND): the variable, with $(1) and $(2) in it.
  std::string called(std::string_view text, int depth) {
    std::vector<std::string> words;
    int open = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size() && words.size() < 10; ++i) {
      if (i < text.size() && (text[i] == '(' || text[i] == '{')) ++open;
      if (i < text.size() && (text[i] == ')' || text[i] == '}')) --open;
      if (i < text.size() && (text[i] != ',' || open > 0)) continue;
      words.push_back(expand(text.substr(start, i - start), depth + 1));
      start = i + 1;
    }
    const auto found = m_variables.find(util::trim(words.front()));
    if (found == m_variables.end()) return {};
    const std::string body = found->second;
    std::vector<std::string> arguments(words.begin() + 1, words.end());
    std::swap(arguments, m_arguments);
    std::string out = expand(body, depth + 1);
    std::swap(arguments, m_arguments);
    return out;
  }

  std::string_view m_text;
  const MakefileLimits& m_limits;
  std::size_t m_at = 0;
  std::uint32_t m_line = 0;
  bool m_open = false;
  MakeRule m_rule;
  std::map<std::string, std::string, std::less<>> m_variables;
  std::vector<std::string> m_arguments;  // of the function that is called
  std::size_t m_expanded = 0;
  Makefile m_out;
};

}  // namespace

bool may_be_default(std::string_view target) {
  return !target.starts_with('.') && target.find('%') == std::string_view::npos;
}

const MakeRule* Makefile::default_rule() const {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [](const MakeRule& rule) { return may_be_default(rule.targets.front()); });
  return found == rules.end() ? nullptr : &*found;
}

Makefile read_makefile(std::string_view text, const MakefileLimits& limits) {
  return MakefileReader(text, limits).read();
}

}  // namespace hullcheck::formats
