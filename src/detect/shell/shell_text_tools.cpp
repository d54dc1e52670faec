// Commands that make, pass on, decode or store text in the evaluator. See shell_facts.hpp.
#include <algorithm>
#include <cctype>

#include "detect/shell/argument_words.hpp"
#include "detect/shell/shell_decode.hpp"
#include "detect/shell/shell_evaluator.hpp"
#include "detect/shell/shell_substitute.hpp"

namespace hullcheck::detect {
namespace {

constexpr unsigned k_hidden_escapes = 4;  // so many \x or octal escapes are a way to hide text

// "4i TEXT", "$a\\TEXT", "/x/c TEXT": the line that the command puts into the file, else the whole expression.
std::string_view put_in_by_sed(std::string_view expression) {
  constexpr std::size_t k_most_address = 200;
  std::size_t at = expression.find_first_not_of("0123456789,$ \t");
  if (at < expression.size() && expression[at] == '/') {
    at = expression.find('/', at + 1);
    if (at == std::string_view::npos || at > k_most_address) return expression;
    at = expression.find_first_not_of(" \t", at + 1);
  }
  if (at >= expression.size() || std::string_view("iac").find(expression[at]) == std::string_view::npos)
    return expression;
  const std::string_view rest = expression.substr(at + 1);
  if (rest.empty()) return expression;
  const std::size_t begin = rest.find_first_not_of(" \t\\\n");
  // A letter straight behind it starts a text of GNU sed too; a word of a longer name does not.
  const bool marked = begin != 0 || rest[0] == '<' || rest[0] == '*';
  return begin == std::string_view::npos || !marked ? expression : rest.substr(begin);
}

}  // namespace

Value ShellEvaluator::decoded(Value input, std::string_view tool, std::optional<std::string> text) const {
  Origin origin;
  origin.decoded = true;
  origin.decoder = tool;
  input.known = input.known && text.has_value();
  input.text = input.known ? std::move(*text) : std::string();
  return with_origin(std::move(input), origin);
}

// The first operand's content, or standard input.
Value ShellEvaluator::file_or_input(Invocation& invocation, const std::vector<Value>& operands) {
  Value all;
  bool any = false;
  for (const Value& operand : operands) {
    if (operand.text == "-") continue;
    any = true;
    append(all, read_file(operand));
  }
  if (any) return all;
  return invocation.io.input ? *invocation.io.input : Value::unknown();
}

Value ShellEvaluator::run_echo(Invocation& invocation) {
  bool escapes = false;
  bool newline = true;
  std::size_t i = 1;
  for (; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (!is_flag(word) || word.find_first_not_of("neE", 1) != std::string_view::npos) break;
    escapes = escapes || word.find('e') != std::string_view::npos;
    newline = newline && word.find('n') == std::string_view::npos;
  }
  Value text;
  for (bool first = true; i < invocation.argv.size(); ++i, first = false) {
    if (!first) append(text, " ");
    append(text, invocation.argv[i]);
  }
  if (escapes) {
    unsigned hidden = 0;
    text.text = decode_escapes(text.text, hidden);
    if (hidden >= k_hidden_escapes) {
      std::string plain = text.text;
      text = decoded(std::move(text), "echo -e", std::move(plain));
    }
  }
  if (newline) append(text, "\n");
  return text;
}

Value ShellEvaluator::run_printf(Invocation& invocation) {
  std::size_t next = 1;
  if (invocation.arg(next) == "-v") {
    const std::string name(invocation.arg(2));
    Invocation inner{invocation.argv, invocation.io, invocation.line, nullptr};
    inner.argv.erase(
        inner.argv.begin() + 1,
        inner.argv.begin() + std::min<std::ptrdiff_t>(3, static_cast<std::ptrdiff_t>(inner.argv.size())));
    set_variable(name, run_printf(inner), false, m_branch);
    return {};
  }
  if (invocation.arg(next) == "--") ++next;
  if (next >= invocation.argv.size()) return {};
  unsigned hidden = 0;
  const Value& format_value = invocation.argv[next++];
  const std::string format = decode_escapes(format_value.text, hidden);
  Value text;
  text.known = format_value.known;
  merge_origin(text, format_value);
  for (unsigned round = 0; round < 64 && text.text.size() < m_limits.max_value_bytes; ++round) {
    bool used = false;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%' || i + 1 >= format.size()) {
        append(text, std::string_view(format).substr(i, 1));
        continue;
      }
      ++i;
      while (i < format.size() && std::string_view("-+ #0123456789.").find(format[i]) != std::string_view::npos) ++i;
      if (i >= format.size()) break;
      if (format[i] == '%') {
        append(text, "%");
      } else if (next < invocation.argv.size()) {
        Value argument = invocation.argv[next++];
        used = true;
        if (format[i] == 'b') argument.text = decode_escapes(argument.text, hidden);
        if (format[i] == 'c') argument.text.resize(std::min<std::size_t>(1, argument.text.size()));
        append(text, argument);
      }
    }
    if (!used || next >= invocation.argv.size()) break;
  }
  if (hidden < k_hidden_escapes) return text;
  std::string plain = text.text;
  return decoded(std::move(text), "printf", std::move(plain));
}

Value ShellEvaluator::run_cat(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "", "", OperandRule::collect);
  return file_or_input(invocation, options.operands);
}

Value ShellEvaluator::run_tee(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "", "", OperandRule::collect);
  const Value input = invocation.io.input ? *invocation.io.input : Value::unknown();
  for (const Value& path : options.operands)
    write_file(path, input, options.has("a") || options.has("append"), "tee", invocation.line);
  return input;
}

// Passes text through in a changed form: its origin stays, its words are unknown.
Value ShellEvaluator::run_filter(Invocation& invocation) {
  Value text = invocation.io.input ? *invocation.io.input : Value::unknown();
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    if (is_flag(invocation.arg(i))) continue;
    const auto file = m_files.find(file_key(invocation.arg(i)));
    if (file != m_files.end()) merge_origin(text, read_file(invocation.argv[i]));
  }
  text.text.clear();
  text.known = false;
  return text;
}

Value ShellEvaluator::run_sed(Invocation& invocation) {
  const Options options =
      parse_options(invocation.argv, "efl", " expression file line-length ", OperandRule::collect);
  bool in_place = options.has("in-place");
  for (const auto& [name, value] : options.values) in_place = in_place || name == "i";
  const Value* expression = options.get("e");
  if (expression == nullptr) expression = options.get("expression");
  std::size_t first = 0;
  if (expression == nullptr && !options.operands.empty()) {
    expression = &options.operands[0];
    first = 1;
  }
  if (expression != nullptr) run_command_of_sed(*expression, invocation);
  if (in_place && expression != nullptr) {
    for (std::size_t i = first; i < options.operands.size(); ++i) {
      Value before = read_file(options.operands[i]);
      Value put_in = *expression;
      put_in.text = put_in_by_sed(expression->text);
      write_file(options.operands[i], put_in, true, "sed", invocation.line);
      const auto file = m_files.find(file_key(options.operands[i].text));
      if (file == m_files.end()) continue;
      before.known = false;
      before.text.clear();
      file->second.content = std::move(before);
    }
    return {};
  }
  // Its substitutions put commands together.
  Value text = invocation.io.input ? *invocation.io.input : Value::unknown();
  if (expression != nullptr && expression->known && text.known && options.operands.size() <= first) {
    const bool extended = options.has("E") || options.has("r") || options.has("regexp-extended");
    const auto made = spend(text.text.size()) ? substituted(text.text, expression->text, extended) : std::nullopt;
    if (made) {
      text.text = *made;
      return text;
    }
  }
  return run_filter(invocation);
}

// fold -w 2, grep -o ..: known text in pieces, a line each.
Value ShellEvaluator::run_fold(Invocation& invocation) {
  const bool greps = invocation.name() == "grep";
  const Options options = parse_options(invocation.argv, greps ? "efmABC" : "w", " width ", OperandRule::collect);
  const Value text = invocation.io.input ? *invocation.io.input : Value::unknown();
  std::size_t width = 0;
  if (const Value* given = options.get("w") != nullptr ? options.get("w") : options.get("width"); given != nullptr)
    width = given->text.size() == 1 && given->text[0] > '0' && given->text[0] <= '9' ? given->text[0] - '0' : 0U;
  if (greps && options.has("o") && options.operands.size() == 1 &&
      options.operands[0].text.find_first_not_of('.') == std::string::npos)
    width = options.operands[0].text.size();
  if (!text.known || width == 0 || !spend(2 * text.text.size())) return run_filter(invocation);
  Value pieces = text;
  pieces.text.clear();
  for (std::size_t at = 0; at < text.text.size(); at += width) append(pieces, text.text.substr(at, width) + "\n");
  return pieces;
}

// ---- decoders

Value ShellEvaluator::run_base64(Invocation& invocation) {
  const std::string name = invocation.name();
  const Options options = parse_options(invocation.argv, "w", " wrap ", OperandRule::collect);
  const Value input = file_or_input(invocation, options.operands);
  const bool decode = options.has("d") || options.has("D") || options.has("decode") || name == "uudecode";
  if (!decode) {
    Value coded = input;
    coded.known = false;
    coded.text.clear();
    return coded;
  }
  const bool base64 = name == "base64" || (name == "basenc" && (options.has("base64") || options.has("base64url")));
  if (!base64 || !input.known) return decoded(input, name, std::nullopt);
  std::string text = input.text;
  if (options.has("base64url"))
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return decoded(input, name, decode_base64(text));
}

Value ShellEvaluator::run_xxd(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "clgso", " cols len groupsize seek ", OperandRule::collect);
  bool reverse = options.has("revert");
  for (const auto& [name, value] : options.values) reverse = reverse || name == "r";
  if (!reverse) return run_filter(invocation);
  const Value input = file_or_input(invocation, options.operands);
  return decoded(input, "xxd", input.known && options.has("p") ? decode_hex(input.text) : std::nullopt);
}

Value ShellEvaluator::run_rev(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "", "", OperandRule::collect);
  const Value input = file_or_input(invocation, options.operands);
  if (!input.known) return decoded(input, invocation.name(), std::nullopt);
  return decoded(input, invocation.name(),
                 invocation.name() == "tac" ? lines_backwards(input.text) : reverse_lines(input.text));
}

Value ShellEvaluator::run_tr(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "", "", OperandRule::collect);
  Value input = invocation.io.input ? *invocation.io.input : Value::unknown();
  const std::string_view from = options.operands.empty() ? "" : std::string_view(options.operands[0].text);
  const std::string_view to = options.operands.size() < 2 ? "" : std::string_view(options.operands[1].text);
  const std::size_t first = options.has("s") || options.has("c") || options.has("C") ? 0 : from.size();
  if (first == 0) return run_filter(invocation);
  const bool rotation = !options.has("d") && is_letter_rotation(from, to);
  const std::string text = translate(input.text, from, to, options.has("d"));
  if (rotation) return decoded(std::move(input), "tr", text);
  if (!input.known) return run_filter(invocation);
  input.text = text;
  return input;
}

Value ShellEvaluator::run_unpack(Invocation& invocation) {
  const std::string name = invocation.name();
  const Options options = parse_options(invocation.argv, "S", " suffix ", OperandRule::collect);
  const bool unpacks = options.has("d") || options.has("decompress") || options.has("uncompress") ||
                       name.substr(0, 2) == "un" || name.substr(0, 6) == "gunzip" || name == "bunzip2" ||
                       (name.size() > 3 && name.substr(name.size() - 3) == "cat");
  const bool prints = options.operands.empty() || options.has("c") || options.has("stdout") ||
                      (name.size() > 3 && name.substr(name.size() - 3) == "cat");
  if (!unpacks) return run_filter(invocation);
  if (prints) {
    Value packed = file_or_input(invocation, options.operands);
    const bool tries = packed.known && spend(m_limits.max_value_bytes);
    return decoded(packed, name, tries ? unpack_text(packed.text, m_limits.max_value_bytes) : std::nullopt);
  }
  for (const Value& operand : options.operands) {
    const std::size_t dot = operand.text.rfind('.');
    const auto file = m_files.find(file_key(operand.text));
    if (dot == std::string::npos || file == m_files.end()) continue;
    FileState state = file->second;
    m_files[file_key(operand.text.substr(0, dot))] = std::move(state);
  }
  return {};
}

// ---- files and the state of the shell

Value ShellEvaluator::run_copy(Invocation& invocation) {
  const Options options =
      parse_options(invocation.argv, "tSmog", " target-directory suffix mode owner group ", OperandRule::collect);
  std::vector<Value> sources = options.operands;
  const Value* folder = options.get("t");
  if (folder == nullptr) folder = options.get("target-directory");
  Value destination;
  if (folder != nullptr) {
    destination = *folder;
    destination.text += "/";
  } else {
    if (sources.size() < 2 || options.has("d")) return {};
    destination = sources.back();
    sources.pop_back();
  }
  const bool into = sources.size() > 1 || (!destination.text.empty() && destination.text.back() == '/');
  for (const Value& source : sources) {
    Value path = destination;
    if (into) {
      if (path.text.empty() || path.text.back() != '/') path.text += "/";
      path.text += source.text.substr(source.text.rfind('/') + 1);
    }
    const auto file = m_files.find(file_key(source.text));
    const bool known = file != m_files.end();
    if (!known) note_copy(source.text, path.text);
    // A link is no copy: what is written through it later is another matter.
    if (!known && invocation.name() == "ln") continue;
    const std::size_t written = known ? file->second.written : m_steps;
    // A part of what was unpacked, or all of it.
    const FetchedTree* tree = known ? nullptr : tree_of(source.text);
    Value content = known ? file->second.content : Value::unknown();
    if (tree != nullptr) content = with_origin(Value::unknown(), *tree->origin);
    const bool all = options.has("r") || options.has("R") || options.has("a") || invocation.name() == "mv";
    if (tree != nullptr && (all || source.text.ends_with('*') || source.text.ends_with('/')))
      add_tree(destination.text, content, invocation.line);
    write_file(path, content, false, invocation.name(), invocation.line);
    const auto copy = m_files.find(file_key(path.text));
    if (copy != m_files.end()) copy->second.written = written;
  }
  return {};
}

Value ShellEvaluator::run_dd(Invocation& invocation) {
  Value content = invocation.io.input ? *invocation.io.input : Value::unknown();
  const Value* target = nullptr;
  Value path;
  for (const Value& word : invocation.argv) {
    if (word.text.substr(0, 3) == "if=") content = read_file({word.text.substr(3), word.known, nullptr});
    if (word.text.substr(0, 3) != "of=") continue;
    path = word;
    path.text = word.text.substr(3);
    target = &path;
  }
  if (target == nullptr) return content;
  write_file(*target, content, false, "dd", invocation.line);
  return {};
}

Value ShellEvaluator::run_crontab(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "ucn", "", OperandRule::collect);
  if (options.has("l")) return Value::unknown();
  if (options.has("r") || options.has("e")) return {};
  const bool from_input = options.operands.empty() || options.operands[0].text == "-";
  if (from_input && !invocation.io.input) return {};
  const Value content = from_input ? *invocation.io.input : read_file(options.operands[0]);
  write_file({"crontab", true, nullptr}, content, false, "crontab", invocation.line);
  return {};
}

Value ShellEvaluator::run_mkfifo(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "mZ", " mode ", OperandRule::collect);
  const bool node = invocation.name() == "mknod";
  if (node && (options.operands.size() < 2 || options.operands[1].text != "p")) return {};
  for (const Value& path : options.operands) {
    m_files[file_key(path.text)].fifo = true;
    if (node) break;
  }
  return {};
}

Value ShellEvaluator::run_cd(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "", "", OperandRule::collect);
  const std::string_view path = options.operands.empty() ? "~" : std::string_view(options.operands[0].text);
  if (path.substr(0, 1) == "/" || path.substr(0, 1) == "~" || path.substr(0, 2) == "${" || m_cwd.empty()) {
    m_cwd = path;
  } else {
    m_cwd += "/" + std::string(path);
  }
  while (m_cwd.size() > 1 && m_cwd.back() == '/') m_cwd.pop_back();
  if (m_cwd.size() > 4096) m_cwd.clear();
  return {};
}

Value ShellEvaluator::run_pwd(Invocation&) {
  if (m_cwd.empty()) return {"${PWD}", false, nullptr};
  return {m_cwd + "\n", is_resolved(m_cwd), nullptr};
}

Value ShellEvaluator::run_read(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "adinNptuO", "", OperandRule::collect);
  Value line = invocation.io.input ? *invocation.io.input : Value::unknown();
  if (const Value* number = options.get("u"); number != nullptr && number->text.size() < 4) {
    const bool digits = number->text.find_first_not_of("0123456789") == std::string::npos && !number->text.empty();
    if (digits && invocation.io.at(std::stoi(number->text)) != nullptr)
      line = input_of(*invocation.io.at(std::stoi(number->text)));
  }
  const std::size_t end = line.text.find('\n');
  if (end != std::string::npos) line.text.resize(end);
  std::string_view rest = line.text;
  for (std::size_t i = 0; i < options.operands.size(); ++i) {
    const Value& name = options.operands[i];
    Value value = line;
    if (options.operands.size() > 1) {
      // A word each, and the last one gets what is left.
      while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
      const bool last = i + 1 == options.operands.size();
      const std::size_t length = last ? rest.size() : std::min(rest.find_first_of(" \t"), rest.size());
      value.text = rest.substr(0, length);
      rest.remove_prefix(length);
    }
    if (!value.known) value.text = "${" + name.text + "}";
    set_variable(name.text, std::move(value), false, false);
  }
  return {};
}

Value ShellEvaluator::run_set(Invocation& invocation) {
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (word == "--" || !is_flag(word)) {
      if (word.substr(0, 1) == "+") continue;
      const std::size_t first = word == "--" ? i + 1 : i;
      const auto from = invocation.argv.begin() + static_cast<std::ptrdiff_t>(first);
      // Placeholders of unknown arguments may stand for any number of words.
      const bool known =
          std::all_of(from, invocation.argv.end(), [](const Value& value) { return value.text != "${@}"; });
      if (known) m_arguments.emplace(from, invocation.argv.end());
      return {};
    }
    if (word == "-o") ++i;
  }
  return {};
}

Value ShellEvaluator::run_checksum(Invocation& invocation) {
  if (invocation.name().starts_with("gpg")) {
    const Options options =
        parse_options(invocation.argv, "oru", " passphrase passphrase-file output homedir ", OperandRule::collect);
    if (options.has("d") || options.has("decrypt")) {
      Value plain = decoded(file_or_input(invocation, options.operands), "gpg", std::nullopt);
      const Value* out = options.get("o") != nullptr ? options.get("o") : options.get("output");
      if (out == nullptr || out->text == "-") return plain;
      write_file(*out, plain, false, "gpg", invocation.line);
      return {};
    }
  }
  bool checks =
      invocation.name().find("gpg") == std::string::npos && invocation.name().find("sum") == std::string::npos;
  for (const Value& word : invocation.argv) {
    const std::string& text = word.text;
    checks = checks || text == "--check" || text == "--verify" || text == "verify" || text == "-V" ||
             (text.size() > 1 && text[0] == '-' && text[1] != '-' && text.find('c') != std::string::npos);
  }
  if (!checks) return Value::unknown();
  m_checked = ++m_steps;
  return {};
}

}  // namespace hullcheck::detect
