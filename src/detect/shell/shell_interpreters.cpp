// Commands that run other code in the evaluator: shells, other interpreters, eval, wrappers. See shell_facts.hpp.
#include <algorithm>
#include <cctype>

#include "detect/scripts/embedded_code.hpp"
#include "detect/shell/shell_evaluator.hpp"
#include "detect/shell/shell_substitute.hpp"

namespace hullcheck::detect {
namespace {

// A wrapper runs the command behind its options and `skip` operands.
struct WrapperRow {
  std::string_view name;
  std::string_view short_values;
  std::string_view long_values;
  std::size_t skip;
};
constexpr WrapperRow k_wrappers[] = {
    {"sudo", "ugpCDhRrtTU", " user group prompt chdir host role type other-user close-from ", 0},
    {"doas", "uCL", "", 0},
    {"nohup", "", "", 0},
    {"command", "", "", 0},
    {"builtin", "", "", 0},
    {"time", "fo", " format output ", 0},
    {"timeout", "ks", " kill-after signal ", 1},
    {"nice", "n", " adjustment ", 0},
    {"ionice", "cnpPu", " class classdata pid ", 0},
    {"setsid", "", "", 0},
    {"stdbuf", "ioe", " input output error ", 0},
    {"chroot", "", " userspec groups ", 1},
    {"unshare", "SGRw", " setuid setgid root wd map-user map-group ", 0},
    {"nsenter", "tSGrw", " target setuid setgid ", 0},
    {"flock", "wE", " wait timeout conflict-exit-code ", 1},
    {"gosu", "", "", 1},
    {"su-exec", "", "", 1},
    {"setpriv", "", " reuid regid groups inh-caps ambient-caps bounding-set securebits ", 0},
    {"chpst", "uUbenmdofcprtl/", "", 0},
    {"s6-setuidgid", "", "", 1},
    {"s6-applyuidgid", "ugGz", "", 0},
    {"s6-envdir", "", "", 1},
    {"s6-notifyoncheck", "3stTnwc", "", 0},
    {"s6-softlimit", "amdslpcofrt", "", 0},
    {"tini", "evgwp", "", 0},
    {"dumb-init", "r", " rewrite ", 0},
    {"catatonit", "", "", 0},
    {"strace", "oepsuEaOSPI", " output trace ", 0},
    {"watch", "n", " interval ", 0},
    {"taskset", "", "", 1},
    {"chrt", "", "", 1},
    {"unbuffer", "", "", 0},
    {"eatmydata", "", "", 0},
    {"faketime", "", "", 1},
    {"with-contenv", "", "", 0},
    {"proxychains", "f", "", 0},
    {"proxychains4", "f", "", 0},
    {"torsocks", "", "", 0},
    {"torify", "", "", 0},
    {"systemd-run", "pHMEu",
     " unit property description slice host machine uid gid nice working-directory setenv service-type on-active "
     "on-boot on-startup on-unit-active on-unit-inactive on-calendar timer-property path-property ",
     0},
    {"cgexec", "g", "", 0},
    {"cpulimit", "lepPc", " limit exe path pid cpu ", 0},
    {"daemonize", "acelpuE", "", 0},
    {"dbus-run-session", "", " dbus-daemon config-file ", 0},
    {"envdir", "", "", 1},
    {"fakeroot", "lisb", " lib faked ", 0},
    {"firejail", "", "", 0},
    {"linux32", "", "", 0},
    {"linux64", "", "", 0},
    {"ltrace", "oenpsuF", " output ", 0},
    {"numactl", "CNmipP", " interleave membind cpunodebind physcpubind preferred ", 0},
    {"pkexec", "", " user ", 0},
    {"prlimit", "", "", 0},
    {"runcon", "turl", " type user role range ", 0},
    {"screen", "ceghlpsStTx", "", 0},
    {"setarch", "", "", 1},
    {"setuidgid", "", "", 1},
    {"trickle", "udwtlns", "", 0},
    {"xvfb-run", "nefslpw", " server-num server-args error-file auth-file wait xauth-protocol ", 0},
};

struct LanguageRow {
  std::string_view language;
  std::string_view code_letters;   // options that carry code
  std::string_view long_code;      // " eval print "
  std::string_view value_letters;  // options that take another value
  std::string_view data_letters;   // options with which standard input is data
};
constexpr LanguageRow k_languages[] = {{"python", "c", "", "WXQm", "m"},    {"perl", "eE", "", "IMmFCDx0i", "np"},
                                       {"ruby", "e", "", "rIECFKx", "np"},  {"node", "ep", " eval print ", "r", ""},
                                       {"php", "rRBE", " run ", "dcz", ""}, {"lua", "e", "", "l", ""},
                                       {"Rscript", "e", "", "", ""},        {"R", "e", "", "fgd", ""}};

const LanguageRow* language_row(std::string_view name) {
  if (name.substr(0, 4) == "pypy") name = "python";
  if (name.substr(0, 6) == "luajit") name = "lua";
  for (const LanguageRow& row : k_languages) {
    if (name.substr(0, row.language.size()) != row.language) continue;
    const std::string_view rest = name.substr(row.language.size());
    const bool version = rest.find_first_not_of("0123456789.") == std::string_view::npos;
    if (version || rest == "js") return &row;
  }
  return nullptr;
}

bool is_standard_input(std::string_view path) {
  return path == "-" || path == "/dev/stdin" || path == "/dev/fd/0" || path == "/proc/self/fd/0";
}

// /dev/fd/3, where something was redirected to.
const Target* descriptor_named(std::string_view path, const Io& io) {
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const std::string_view number = path.substr(folder.size());
    if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string_view::npos)
      return nullptr;
    return io.at(std::stoi(std::string(number)));
  }
  return nullptr;
}

Value joined(const std::vector<Value>& words, std::size_t first) {
  Value all;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (i > first) all.text += ' ';
    all.text += words[i].text;
    all.known = all.known && words[i].known;
    merge_origin(all, words[i]);
  }
  return all;
}

std::vector<Value> tail(const std::vector<Value>& words, std::size_t first) {
  if (first >= words.size()) return {};
  return {words.begin() + static_cast<std::ptrdiff_t>(first), words.end()};
}

}  // namespace

// ---- shells

Value ShellEvaluator::shell_from_input(Invocation& invocation, bool interactive) {
  Io& io = invocation.io;
  if (m_role != nullptr) {
    m_role->shell = true;
    m_role->interactive = m_role->interactive || interactive;
    const Origin* origin = io.input && io.input->origin ? io.input->origin.get() : nullptr;
    m_role->shell_from_connection = origin != nullptr && origin->connection;
    m_role->shell_from_fifo = origin != nullptr && origin->fifo;
    const Target* out = io.at(1);
    const auto file = out == nullptr ? m_files.end() : m_files.find(file_key(out->path));
    if (file != m_files.end() && file->second.fifo) m_role->writes_fifo = true;
  }
  const int connected = io.network(1) ? 1 : io.network(2) ? 2 : io.network(0) ? 0 : -1;
  if (connected >= 0 && (interactive || (io.network(0) && connected != 0))) {
    const Target& target = *io.at(connected);
    reverse_shell(target.host, target.port, "/dev/tcp", false, invocation.line);
    return {};
  }
  Value output = Value::unknown();
  if (io.input) consume_code(*io.input, invocation.name(), io, invocation.line, false, &output);
  return output;
}

Value ShellEvaluator::run_shell(Invocation& invocation) {
  const std::vector<Value>& argv = invocation.argv;
  bool code = false;
  bool interactive = false;
  bool from_input = false;
  std::size_t i = 1;
  for (; i < argv.size(); ++i) {
    const std::string& word = argv[i].text;
    if (word == "--" || word == "-") {
      ++i;
      break;
    }
    if (word == "--rcfile" || word == "--init-file") {
      ++i;
      continue;
    }
    if (word.size() < 2 || (word[0] != '-' && word[0] != '+')) break;
    if (word.substr(0, 2) == "--") continue;
    for (const char letter : std::string_view(word).substr(1)) {
      code = code || letter == 'c';
      interactive = interactive || letter == 'i';
      from_input = from_input || letter == 's';
    }
    if (word.back() == 'o' || word.back() == 'O') ++i;
  }
  if (code) {
    if (i >= argv.size()) return {};
    auto outer = m_arguments;
    if (i + 1 < argv.size()) {
      m_arguments = tail(argv, i + 2);
    } else if (m_text_depth > 0 || !m_arguments) {
      m_arguments.emplace();
    }
    const auto fds = m_fds;
    m_fds = invocation.io.fds;
    m_fds.erase(1);
    if (invocation.io.network(1)) m_fds[1] = *invocation.io.at(1);
    Value output = Value::unknown();
    consume_code(argv[i], invocation.name(), invocation.io, invocation.line, false, &output);
    m_fds = fds;
    m_arguments = std::move(outer);
    return output;
  }
  const Target* descriptor = i < argv.size() ? descriptor_named(argv[i].text, invocation.io) : nullptr;
  if (descriptor != nullptr && !from_input) {
    Value output = Value::unknown();
    consume_code(input_of(*descriptor), invocation.name(), invocation.io, invocation.line, false, &output);
    return output;
  }
  const bool file = i < argv.size() && !from_input && !is_standard_input(argv[i].text);
  if (!file) return shell_from_input(invocation, interactive);
  auto outer = m_arguments;
  m_arguments = tail(argv, i + 1);
  Value output = run_file(argv[i], invocation.name(), "script", invocation);
  m_arguments = std::move(outer);
  return output;
}

Value ShellEvaluator::run_eval(Invocation& invocation) {
  Value output = Value::unknown();
  consume_code(joined(invocation.argv, 1), "eval", invocation.io, invocation.line, false, &output);
  return output;
}

Value ShellEvaluator::run_source(Invocation& invocation) {
  if (invocation.argv.size() < 2) return {};
  if (is_standard_input(invocation.arg(1))) return shell_from_input(invocation, false);
  // . /dev/fd/9 9< <(…)
  const std::string_view path = invocation.arg(1);
  if (path.starts_with("/dev/fd/") && path.size() == 9 && path[8] >= '0' && path[8] <= '9')
    if (const Target* open = invocation.io.at(path[8] - '0'); open != nullptr)
      return run_file({open->path, true, nullptr}, "source", "source", invocation);
  return run_file(invocation.argv[1], "source", "source", invocation);
}

Value ShellEvaluator::run_trap(Invocation& invocation) {
  if (invocation.argv.size() < 3 || invocation.arg(1).substr(0, 1) == "-") return {};
  consume_code(invocation.argv[1], "trap", invocation.io, invocation.line, false, nullptr);
  return {};
}

Value ShellEvaluator::run_alias(Invocation& invocation) {
  constexpr std::size_t k_most_aliases = 256;
  for (std::size_t i = 1; i < invocation.argv.size() && m_aliases.size() < k_most_aliases; ++i) {
    const Value& word = invocation.argv[i];
    const std::size_t equals = word.text.find('=');
    if (equals != std::string::npos && word.known)
      m_aliases[word.text.substr(0, equals)] = word.text.substr(equals + 1);
  }
  return {};
}

// Its own name inside of it is the command.
Value ShellEvaluator::call_alias(const std::string& text, Invocation& invocation) {
  const std::string name = invocation.argv[0].text;
  Value code{text, true, nullptr};
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    append(code, " ");
    append(code, invocation.argv[i]);
  }
  m_aliases.erase(name);
  Value output = Value::unknown();
  if (text.find_first_of("|&;<>()$`'\"\\*?[{~#\n") == std::string::npos) {
    // Plain words: a command like any other, with the same input.
    std::vector<Value> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string::npos;) {
      const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
      words.push_back({text.substr(at, end - at), true, nullptr});
      at = end;
    }
    words.insert(words.end(), invocation.argv.begin() + 1, invocation.argv.end());
    output = run_inner(invocation, std::move(words));
  } else {
    consume_code(code, "eval", invocation.io, invocation.line, false, &output);
  }
  m_aliases.insert_or_assign(name, text);
  return output;
}

Value ShellEvaluator::run_at(Invocation& invocation) {
  if (invocation.io.input) consume_code(*invocation.io.input, "at", invocation.io, invocation.line, false, nullptr);
  return {};
}

// ---- other languages

Value ShellEvaluator::run_language(Invocation& invocation) {
  const LanguageRow* row = language_row(invocation.name());
  if (row == nullptr) return Value::unknown();
  const std::vector<Value>& argv = invocation.argv;
  if (row->language == "python" && argv.size() > 3 && argv[1].text == "-m" && argv[2].text == "base64") {
    Invocation inner{tail(argv, 2), invocation.io, invocation.line, nullptr};
    return run_base64(inner);
  }
  Value output = Value::unknown();
  bool ran = false;
  bool data = false;
  std::string modules;  // -MModule and -rlibrary speak of what the code uses
  std::size_t i = 1;
  for (; i < argv.size(); ++i) {
    const std::string_view word = argv[i].text;
    if (row->language == "perl" && (word.substr(0, 2) == "-M" || word.substr(0, 2) == "-m") && modules.size() < 256)
      modules += "use " + std::string(word.substr(2, 64)) + "; ";
    if (word == "-" || word.size() < 2 || word[0] != '-') break;
    if (row->language == "node") load_option(word, invocation.arg(i + 1), "node", invocation.line);
    // python -m NAME: a file beside, where the script put one.
    if (row->language == "python" && word == "-m")
      run_if_fetched({std::string(invocation.arg(i + 1)) + ".py", true, nullptr}, "python", invocation.line);
    if (word.substr(0, 2) == "--") {
      const std::string name = " " + std::string(word.substr(2, word.find('=') - 2)) + " ";
      if (word == "--") {
        ++i;
        break;
      }
      if (row->long_code.find(name) != std::string_view::npos && i + 1 < argv.size()) {
        consume_code(argv[++i], row->language, invocation.io, invocation.line, false, &output);
        ran = true;
      }
      continue;
    }
    for (std::size_t k = 1; k < word.size(); ++k) {
      const char letter = word[k];
      data = data || row->data_letters.find(letter) != std::string_view::npos;
      if (row->code_letters.find(letter) != std::string_view::npos) {
        Value code;
        if (k + 1 < word.size()) {
          code = argv[i];
          code.text = word.substr(k + 1);
        } else if (i + 1 < argv.size()) {
          code = argv[++i];
        }
        code.text.insert(0, modules);
        consume_code(code, row->language, invocation.io, invocation.line, false, &output);
        ran = true;
        break;
      }
      if (row->value_letters.find(letter) == std::string_view::npos) continue;
      const bool attached = row->language == "perl" || k + 1 < word.size();
      if (!attached) ++i;
      break;
    }
    if (ran && row->language == "python") return output;
  }
  if (ran || data) return output;
  if (i < argv.size() && !is_standard_input(argv[i].text))
    return run_file(argv[i], row->language, "script", invocation);
  if (invocation.io.input)
    consume_code(*invocation.io.input, row->language, invocation.io, invocation.line, false, &output);
  return output;
}

Value ShellEvaluator::run_awk(Invocation& invocation) {
  const Options options =
      parse_options(invocation.argv, "Fvfe", " file assign field-separator ", OperandRule::stop_at_first);
  if (!options.has("f") && !options.operands.empty()) {
    const Value& code = options.operands[0];
    const EmbeddedSummary summary = summarise_code("awk", code.text);
    if (summary.reverse_shell) consume_embedded(code, "awk", invocation.line, nullptr);
    run_commands_of_awk(code, invocation);
    // What comes over awk's own network files is what it prints.
    if (code.text.find("/inet/tcp") != std::string::npos || code.text.find("/inet4/tcp") != std::string::npos)
      return fetched("awk", {});
    const Value input = invocation.io.input ? *invocation.io.input : Value{};
    const auto printed = code.known ? printed_by_awk(code.text, input.known ? input.text : "") : std::nullopt;
    if (printed && printed->codes) return decoded(Value{}, "awk", printed->text);
    if (printed) return {printed->text, true, nullptr};
  }
  return run_filter(invocation);
}

// ---- wrappers

Value ShellEvaluator::run_wrapper(Invocation& invocation) {
  const std::string name = invocation.name();
  for (const WrapperRow& row : k_wrappers) {
    if (row.name != name) continue;
    if (name == "command" && (invocation.arg(1) == "-v" || invocation.arg(1) == "-V")) return run_which(invocation);
    const Options options =
        parse_options(invocation.argv, row.short_values, row.long_values, OperandRule::stop_at_first);
    std::size_t first = options.first_operand + row.skip;
    // screen -S NAME -X stuff "COMMAND"
    if (name == "screen" && options.has("X"))
      return invocation.arg(first) == "stuff" && first + 1 < invocation.argv.size()
                 ? run_inner(invocation, {{"sh", true, nullptr}, {"-c", true, nullptr}, invocation.argv[first + 1]})
                 : Value::unknown();
    if (name == "flock" && (invocation.arg(first) == "-c" || invocation.arg(first) == "--command")) {
      return first + 1 < invocation.argv.size()
                 ? run_inner(invocation, {{"sh", true, nullptr}, {"-c", true, nullptr}, invocation.argv[first + 1]})
                 : Value{};
    }
    if (name == "watch" && invocation.argv.size() == first + 1)
      return run_inner(invocation, {{"sh", true, nullptr}, {"-c", true, nullptr}, invocation.argv[first]});
    if (invocation.arg(first) == "--") ++first;
    // sudo A=b command
    while (name == "sudo" && first < invocation.argv.size() &&
           invocation.arg(first).find('=') != std::string_view::npos)
      ++first;
    if (first >= invocation.argv.size() && name == "sudo" && (options.has("s") || options.has("i")))
      return run_inner(invocation, {{"sh", true, nullptr}});
    return run_inner(invocation, tail(invocation.argv, first));
  }
  return Value::unknown();
}

Value ShellEvaluator::run_env(Invocation& invocation) {
  const Options options =
      parse_options(invocation.argv, "uCS", " unset chdir split-string ", OperandRule::stop_at_first);
  if (const Value* split = options.get("S"); split != nullptr)
    return run_inner(invocation, {{"sh", true, nullptr}, {"-c", true, nullptr}, *split});
  std::size_t first = options.first_operand;
  while (first < invocation.argv.size()) {
    const std::string_view word = invocation.arg(first);
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0) break;
    Value value = invocation.argv[first];
    value.text = word.substr(equals + 1);
    set_variable(std::string(word.substr(0, equals)), value, false, false);
    ++first;
  }
  return run_inner(invocation, tail(invocation.argv, first));
}

Value ShellEvaluator::run_exec(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "a", "", OperandRule::stop_at_first);
  if (options.first_operand >= invocation.argv.size()) {
    m_fds = invocation.io.fds;
    return {};
  }
  const Value& program = invocation.argv[options.first_operand];
  if (program.text.find('/') == std::string::npos || !program.known) run_path(program, "program", invocation.line);
  return run_inner(invocation, tail(invocation.argv, options.first_operand));
}

Value ShellEvaluator::run_su(Invocation& invocation) {
  const Options options =
      parse_options(invocation.argv, "csgGwu", " command shell group supp-group user ", OperandRule::collect);
  const Value* code = options.get("c");
  if (code == nullptr) code = options.get("command");
  if (code != nullptr) return run_inner(invocation, {{"sh", true, nullptr}, {"-c", true, nullptr}, *code});
  if (invocation.name() == "runuser" && options.has("u") && !options.operands.empty())
    return run_inner(invocation, options.operands);
  return invocation.io.input ? run_inner(invocation, {{"sh", true, nullptr}}) : Value::unknown();
}

Value ShellEvaluator::run_busybox(Invocation& invocation) { return run_inner(invocation, tail(invocation.argv, 1)); }

Value ShellEvaluator::run_xargs(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "IiLnPsdEa",
                                        " max-args max-procs max-lines max-chars delimiter replace arg-file ",
                                        OperandRule::stop_at_first);
  std::vector<Value> argv = tail(invocation.argv, options.first_operand);
  Value input = invocation.io.input ? *invocation.io.input : Value::unknown();
  while (!input.text.empty() && input.text.back() == '\n') input.text.pop_back();
  if (!input.known && input.text.empty()) input.text = "${()}";
  if (argv.empty()) return input;
  const Value* marker = options.get("I");
  if (marker != nullptr && !marker->text.empty()) {
    for (Value& word : argv) {
      const std::size_t hit = word.text.find(marker->text);
      if (hit == std::string::npos) continue;
      const std::string rest = word.text.substr(hit + marker->text.size());
      word.text.resize(hit);
      append(word, input);
      append(word, rest);
    }
  } else {
    std::size_t pos = 0;
    for (std::size_t count = 0; pos < input.text.size() && count < 64; ++count) {
      std::size_t end = std::min(input.text.find_first_of(" \t\n", pos), input.text.size());
      Value word = input;
      word.text = input.text.substr(pos, end - pos);
      if (!word.text.empty()) argv.push_back(std::move(word));
      pos = end + 1;
    }
  }
  // The command itself does not read the list.
  const std::optional<Value> saved = std::exchange(invocation.io.input, std::nullopt);
  Value output = run_inner(invocation, std::move(argv));
  invocation.io.input = saved;
  return output;
}

// A file below the folder that came from elsewhere, or "".
std::string ShellEvaluator::fetched_below(std::string_view folder) const {
  const std::string prefix = file_key(folder);
  for (const auto& [path, file] : m_files)
    if (path.starts_with(prefix) && file.content.origin &&
        (file.content.origin->fetched || file.content.origin->decoded))
      return path;
  return {};
}

Value ShellEvaluator::run_find(Invocation& invocation) {
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (word != "-exec" && word != "-execdir" && word != "-ok") continue;
    std::vector<Value> argv;
    for (++i; i < invocation.argv.size() && invocation.arg(i) != ";" && invocation.arg(i) != "+"; ++i)
      argv.push_back(invocation.argv[i]);
    const auto place = std::find_if(argv.begin(), argv.end(), [](const Value& value) { return value.text == "{}"; });
    if (place != argv.end())
      if (const std::string found = fetched_below(invocation.arg(1)); !found.empty()) place->text = found;
    run_inner(invocation, std::move(argv));
  }
  return Value::unknown();
}

}  // namespace hullcheck::detect
