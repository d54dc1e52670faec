// Words of the evaluator: variables, substitutions, braces and field splitting with what is known before a run.
#include <algorithm>
#include <cctype>

#include "detect/shell/shell_arithmetic.hpp"
#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

using formats::PartKind;

constexpr unsigned k_most_braces = 16;
constexpr std::size_t k_most_fields = 20'000;
constexpr std::int64_t k_most_length = std::int64_t{1} << 32;

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// One {a,b} of an unquoted literal, without nesting.
struct Braces {
  std::size_t begin;
  std::size_t end;  // of the closing brace
};
std::optional<Braces> find_braces(std::string_view text) {
  const std::size_t begin = text.find('{');
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find('}', begin);
  if (end == std::string_view::npos) return std::nullopt;
  if (text.substr(begin, end - begin).find(',') == std::string_view::npos) return std::nullopt;
  return Braces{begin, end};
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to, bool all,
                        std::size_t most) {
  std::string out;
  std::size_t pos = 0;
  while (pos < text.size() && !from.empty() && out.size() < most) {
    const std::size_t hit = text.find(from, pos);
    if (hit == std::string_view::npos) break;
    out.append(text.substr(pos, hit - pos)).append(to);
    pos = hit + from.size();
    if (!all) break;
  }
  return out.append(text.substr(pos));
}

// ${x#pattern} and its kin, for patterns that are literal but for one star at the inner end.
std::string strip(std::string_view text, std::string_view op, std::string_view pattern) {
  const bool front = op[0] == '#';
  const bool longest = op.size() == 2;
  const bool star = !pattern.empty() && (front ? pattern.front() : pattern.back()) == '*';
  if (star) front ? pattern.remove_prefix(1) : pattern.remove_suffix(1);
  if (pattern.empty()) return std::string(longest && star ? "" : text);
  if (front) {
    const std::size_t hit = !star     ? (text.substr(0, pattern.size()) == pattern ? 0 : std::string_view::npos)
                            : longest ? text.rfind(pattern)
                                      : text.find(pattern);
    return std::string(hit == std::string_view::npos ? text : text.substr(hit + pattern.size()));
  }
  const bool ends = text.size() >= pattern.size() && text.substr(text.size() - pattern.size()) == pattern;
  const std::size_t hit = !star     ? (ends ? text.size() - pattern.size() : std::string_view::npos)
                          : longest ? text.find(pattern)
                                    : text.rfind(pattern);
  return std::string(hit == std::string_view::npos ? text : text.substr(0, hit));
}

}  // namespace

namespace {

constexpr std::size_t k_most_urls = 8;

// Whether `from` says nothing that `into` does not say already.
bool covers(const Origin& into, const Origin& from) {
  const bool flags = (into.fetched || !from.fetched) && (into.decoded || !from.decoded) &&
                     (into.connection || !from.connection) && (into.fifo || !from.fifo);
  if (!flags || (into.tool.empty() && !from.tool.empty()) || (into.decoder.empty() && !from.decoder.empty()) ||
      (into.host.empty() && !from.host.empty()))
    return false;
  return into.urls.size() >= k_most_urls || std::all_of(from.urls.begin(), from.urls.end(), [&](const auto& url) {
           return std::find(into.urls.begin(), into.urls.end(), url) != into.urls.end();
         });
}

}  // namespace

void merge_origin(Value& into, const Value& from) {
  if (!from.origin || from.origin == into.origin) return;
  if (into.origin && covers(*into.origin, *from.origin)) return;
  if (!into.origin) {
    into.origin = from.origin;
    return;
  }
  into = with_origin(std::move(into), *from.origin);
}

Value with_origin(Value value, const Origin& more) {
  auto origin = value.origin ? std::make_shared<Origin>(*value.origin) : std::make_shared<Origin>();
  origin->fetched = origin->fetched || more.fetched;
  origin->decoded = origin->decoded || more.decoded;
  origin->connection = origin->connection || more.connection;
  origin->fifo = origin->fifo || more.fifo;
  if (origin->pipe.empty()) origin->pipe = more.pipe;
  for (const std::string& url : more.urls) {
    const bool present = std::find(origin->urls.begin(), origin->urls.end(), url) != origin->urls.end();
    if (!present && origin->urls.size() < k_most_urls) origin->urls.push_back(url);
  }
  if (origin->tool.empty()) origin->tool = more.tool;
  if (origin->decoder.empty()) origin->decoder = more.decoder;
  if (origin->host.empty()) origin->host = more.host;
  if (origin->port.empty()) origin->port = more.port;
  value.origin = std::move(origin);
  return value;
}

void ShellEvaluator::append(Value& value, std::string_view text) {
  const std::size_t room = m_limits.max_value_bytes - std::min(m_limits.max_value_bytes, value.text.size());
  const std::size_t left = m_limits.max_expanded_bytes - std::min(m_limits.max_expanded_bytes, m_expanded);
  if (text.size() > room || text.size() > left) {
    text = text.substr(0, std::min(room, left));
    value.known = false;
    m_facts.truncated = true;
  }
  m_expanded += text.size();
  value.text.append(text);
}

void ShellEvaluator::append(Value& value, const Value& more) {
  append(value, more.text);
  value.known = value.known && more.known;
  merge_origin(value, more);
}

// ---- variables

Value ShellEvaluator::variable(std::string_view name) const {
  if (name == "@" || name == "*") {
    if (!m_arguments) return {"${@}", false, nullptr};
    Value all;
    for (const Value& argument : *m_arguments) {
      if (!all.text.empty()) all.text += ' ';
      all.text += argument.text;
      all.known = all.known && argument.known;
      merge_origin(all, argument);
    }
    return all;
  }
  if (is_number(name) && m_arguments) {
    const std::size_t index = std::stoul(std::string(name));
    if (index >= 1) return index <= m_arguments->size() ? (*m_arguments)[index - 1] : Value{};
  }
  const std::size_t bracket = name.find('[');
  const auto found = m_variables.find(name.substr(0, bracket));
  if (found != m_variables.end()) {
    const Variable& stored = found->second;
    if (bracket == std::string_view::npos) return stored.elements.empty() ? stored.value : stored.elements[0];
    const std::string_view index = name.substr(bracket + 1, name.size() - bracket - 2);
    const std::optional<std::int64_t> number = index == "@" || index == "*" ? std::nullopt : reckoned(index);
    if (number && *number >= 0 && static_cast<std::size_t>(*number) < stored.elements.size())
      return stored.elements[static_cast<std::size_t>(*number)];
    Value all;
    for (const Value& element : stored.elements) {
      if (!all.text.empty()) all.text += ' ';
      all.text += element.text;
      all.known = all.known && element.known;
      merge_origin(all, element);
    }
    if (index != "@" && index != "*") all.known = false;
    return all;
  }
  if (name == "IFS") return {" ", true, nullptr};
  return {"${" + std::string(name) + "}", false, nullptr};
}

bool ShellEvaluator::is_set(std::string_view name) const {
  if (is_number(name) && m_arguments) return std::stoul(std::string(name)) <= m_arguments->size();
  return m_variables.find(name.substr(0, name.find('['))) != m_variables.end();
}

std::vector<Value> ShellEvaluator::elements(std::string_view name) const {
  if (name == "@" || name == "*") {
    if (m_arguments) return *m_arguments;
    return {{"${@}", false, nullptr}};
  }
  const auto found = m_variables.find(name.substr(0, name.find('[')));
  if (found == m_variables.end()) return {variable(name)};
  if (found->second.elements.empty()) return {found->second.value};
  return found->second.elements;
}

// ---- numbers

std::optional<std::int64_t> ShellEvaluator::number_of(std::string_view name) const {
  const Value value = variable(name);
  return value.known && is_number(value.text) ? std::optional<std::int64_t>(std::stol(value.text)) : std::nullopt;
}

std::optional<std::int64_t> ShellEvaluator::reckoned(std::string_view text) const {
  return shell_number(text, {[this](std::string_view name) { return number_of(name); }, {}});
}

std::optional<std::int64_t> ShellEvaluator::reckon(std::string_view text) {
  return shell_number(text, {[this](std::string_view name) { return number_of(name); },
                             [this](std::string_view name, std::int64_t value) {
                               set_variable(std::string(name), {std::to_string(value), true, nullptr}, false, false);
                             }});
}

// ${text:range}
std::string ShellEvaluator::substring(std::string_view text, std::string_view range, bool& good) const {
  const std::size_t colon = range.find(':');
  const auto from = reckoned(range.substr(0, colon));
  const auto count = colon == std::string_view::npos ? std::optional<std::int64_t>(k_most_length)
                                                     : reckoned(range.substr(colon + 1));
  good = from && count;
  if (!good) return {};
  const auto size = static_cast<std::int64_t>(text.size());
  const std::int64_t start = *from < 0 ? std::max<std::int64_t>(0, size + *from) : *from;
  const std::int64_t end = *count < 0 ? size + *count : std::min(size, start + *count);
  if (start >= end) return {};
  return std::string(text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
}

Value ShellEvaluator::apply_expansion(const formats::ShellExpansion& expansion) {
  const std::string& op = expansion.op;
  const bool set = is_set(expansion.name);
  Value value = variable(expansion.name);
  const bool empty = set && value.known && value.text.empty();
  const bool colon = op.size() == 2 && op[0] == ':';
  const char kind = op.empty() ? '\0' : op.back();
  if ((colon || op.size() == 1) && (kind == '-' || kind == '=' || kind == '+' || kind == '?')) {
    const bool use = !set || (colon && empty);
    // Something that the environment may set: the default is what the author meant to happen.
    Value alternative = expand_single(expansion.argument);
    if (kind == '+') return set && !use ? alternative : is_set(expansion.name) ? Value{} : Value{"", false, nullptr};
    if (kind == '?' || !use) return value;
    if (kind == '=') set_variable(expansion.name, alternative, false, false);
    if (alternative.text.empty() && alternative.known) return set ? Value{} : value;
    return alternative;
  }
  Value argument = expand_single(expansion.argument);
  if (op == "indirect")
    return value.known && is_set(value.text) ? variable(value.text)
                                             : Value{"${!" + expansion.name + "}", false, nullptr};
  if (!value.known || !argument.known || expansion.name.empty()) {
    if (expansion.name.empty()) return {"${()}", false, nullptr};
    return value;
  }
  if (op == "length") {
    value.text = std::to_string(value.text.size());
  } else if (op == "#" || op == "##" || op == "%" || op == "%%") {
    value.text = strip(value.text, op, argument.text);
  } else if (op[0] == '/') {
    const std::size_t slash = argument.text.find('/');
    const std::string_view from = std::string_view(argument.text).substr(0, slash);
    const std::string_view to = slash == std::string::npos ? "" : std::string_view(argument.text).substr(slash + 1);
    value.text = replace_all(value.text, from, to, op == "//", m_limits.max_value_bytes);
  } else if (op == ":") {
    bool good = false;
    std::string part = substring(value.text, argument.text, good);
    if (good) value.text = std::move(part);
    value.known = good;
  } else if (op == "^" || op == "^^" || op == "," || op == ",,") {
    const std::size_t count = op.size() == 2 ? value.text.size() : std::min<std::size_t>(1, value.text.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto c = static_cast<unsigned char>(value.text[i]);
      value.text[i] = static_cast<char>(op[0] == '^' ? std::toupper(c) : std::tolower(c));
    }
  }
  return value;
}

// ---- words

// False when the budget for texts is spent: then expansions stay placeholders, and the walk goes on.
bool ShellEvaluator::spend(std::size_t bytes) {
  if (m_expanded + bytes > m_limits.max_expanded_bytes) {
    m_facts.truncated = true;
    return false;
  }
  m_expanded += bytes;
  return true;
}

std::vector<Value> ShellEvaluator::part_values(const formats::ShellPart& part, bool& list) {
  list = false;
  if (part.kind == PartKind::variable) {
    const auto found = m_variables.find(std::string_view(part.text).substr(0, part.text.find('[')));
    std::size_t cost = 16;
    if (found != m_variables.end()) cost += found->second.value.text.size() + 64 * found->second.elements.size();
    if ((part.text == "@" || part.text == "*") && m_arguments) cost += 64 * m_arguments->size();
    if (!spend(cost)) return {{"${()}", false, nullptr}};
  }
  switch (part.kind) {
    case PartKind::literal: return {{part.text, true, nullptr}};
    case PartKind::variable: {
      if (part.index != formats::k_no_index) return {apply_expansion(m_scripts[m_script].expansions[part.index])};
      const std::string_view name = part.text;
      list = name == "@" || (name.size() > 3 && name.substr(name.size() - 3) == "[@]");
      if (list || (name == "*" && !part.quoted)) return elements(name);
      return {variable(name)};
    }
    case PartKind::arithmetic: {
      const Value inside = expand_single(m_scripts[m_script].expansions[part.index].argument);
      if (inside.known && is_number(inside.text)) return {inside};
      if (const auto number = inside.known ? reckon(inside.text) : std::nullopt)
        return {{std::to_string(*number), true, inside.origin}};
      return {{"${(())}", false, inside.origin}};
    }
    case PartKind::command: {
      Value output = run_group(part.index, std::nullopt);
      while (!output.text.empty() && output.text.back() == '\n') output.text.pop_back();
      if (!output.known && is_resolved(output.text)) output.text = "${()}";
      return {std::move(output)};
    }
    case PartKind::process_in: {
      const Value output = run_group(part.index, std::nullopt);
      const std::string path = "/dev/fd/" + std::to_string(63 + ++m_substitutions);
      FileState& file = m_files[path];
      file.content = output;
      file.substitution = true;
      return {{path, true, nullptr}};
    }
    case PartKind::process_out:
      run_group(part.index, std::nullopt);
      return {{"/dev/fd/" + std::to_string(63 + ++m_substitutions), true, nullptr}};
  }
  return {};
}

Value ShellEvaluator::expand_single(const formats::ShellWord& word) {
  Value value;
  for (const formats::ShellPart& part : word.parts) {
    bool list = false;
    bool first = true;
    for (const Value& piece : part_values(part, list)) {
      if (!first) append(value, " ");
      append(value, piece);
      first = false;
    }
  }
  return value;
}

std::vector<Value> ShellEvaluator::expand_fields(const std::vector<formats::ShellWord>& words) {
  std::vector<Value> fields;
  for (const formats::ShellWord& word : words) {
    if (fields.size() > k_most_fields) {
      m_facts.truncated = true;
      break;
    }
    expand_word(word, fields, 0);
  }
  return fields;
}

void ShellEvaluator::expand_word(const formats::ShellWord& word, std::vector<Value>& fields, unsigned braces) {
  for (std::size_t i = 0; i < word.parts.size() && braces < 4; ++i) {
    const formats::ShellPart& part = word.parts[i];
    if (part.kind != PartKind::literal || part.quoted) continue;
    const auto found = find_braces(part.text);
    if (!found) continue;
    std::string_view inside = std::string_view(part.text).substr(found->begin + 1, found->end - found->begin - 1);
    for (unsigned count = 0; count < k_most_braces; ++count) {
      const std::size_t comma = inside.find(',');
      formats::ShellWord one = word;
      one.parts[i].text =
          part.text.substr(0, found->begin) + std::string(inside.substr(0, comma)) + part.text.substr(found->end + 1);
      if (one.parts.size() > 1 || !one.parts[0].text.empty()) expand_word(one, fields, braces + 1);
      if (comma == std::string_view::npos) break;
      inside.remove_prefix(comma + 1);
    }
    return;
  }
  const auto own = m_variables.find("IFS");
  // Blanks too, whatever it says: where it is set in a branch nobody knows which holds.
  std::string separators = " \t\n";
  if (own != m_variables.end() && own->second.value.known) separators += own->second.value.text;
  Value current;
  bool open = false;
  const auto close = [&] {
    if (open) fields.push_back(std::move(current));
    current = Value{};
    open = false;
  };
  for (const formats::ShellPart& part : word.parts) {
    bool list = false;
    std::vector<Value> pieces = part_values(part, list);
    const bool splits = !part.quoted && part.kind != PartKind::literal && part.kind != PartKind::process_in;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (i > 0) close();
      const Value& piece = pieces[i];
      if (!splits) {
        append(current, piece);
        open = true;
        continue;
      }
      std::string_view rest = piece.text;
      const auto separates = [&](char c) { return separators.find(c) != std::string_view::npos; };
      while (!rest.empty()) {
        std::size_t length = 0;
        while (length < rest.size() && !separates(rest[length])) ++length;
        if (length > 0) {
          append(current, rest.substr(0, length));
          current.known = current.known && piece.known;
          merge_origin(current, piece);
          open = true;
        }
        rest.remove_prefix(length);
        if (!rest.empty()) close();
        while (!rest.empty() && separates(rest.front())) rest.remove_prefix(1);
      }
    }
  }
  close();
}

}  // namespace hullcheck::detect
