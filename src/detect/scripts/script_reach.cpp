// Reaching a place that runs code or commands. See script_flows.hpp.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/content/hidden_literal.hpp"
#include "detect/scripts/pickled_calls.hpp"
#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/words.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::size_t k_kept_text = 4096;

// What miners call their protocol.
const std::string& protocol_word() {
  static constexpr auto k_word = hide("stratum+");
  static const std::string word = k_word.reveal();
  return word;
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

bool is_shell_word(std::string_view word) {
  const std::string_view name = word.substr(word.find_last_of("/\\") + 1);
  for (const std::string_view shell :
       {"sh", "bash", "ash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh"})
    if (name == shell) return true;
  return false;
}

// "sh -c ", "cmd /c ", "": what stands before input that is a command of its own.
bool only_starts_shell(std::string_view beginning) {
  while (!beginning.empty() && (beginning.back() == ' ' || beginning.back() == '"' || beginning.back() == '\''))
    beginning.remove_suffix(1);
  if (beginning == "/c" || beginning == "/C" || beginning == "-c") return true;
  if (beginning.empty() || beginning == "?>" || beginning == "return" || beginning == "<?php") return true;
  const std::size_t space = beginning.find(' ');
  return is_shell_word(beginning.substr(0, space));
}

std::vector<ScriptValue> program_words(const std::vector<ScriptValue>& arguments) {
  std::vector<ScriptValue> words;
  for (const ScriptValue& value : arguments) {
    if (value.is_list())
      words.insert(words.end(), value.items->begin(), value.items->end());
    else
      words.push_back(value);
  }
  const auto is_word = [](const ScriptValue& value) {
    return value.is_text() || value.marks.request || value.marks.fetched || value.marks.decoded;
  };
  while (words.size() > 1 && !is_word(words.back())) words.pop_back();
  return words;
}

struct ProgramCode {
  ScriptValue text;
  bool own = false;  // in the language of the script itself
};

// python -c CODE, node -e CODE and their like, as a program with its arguments. A program that is not known, as
// sys.executable, is taken for the script's own interpreter.
std::optional<ProgramCode> code_of_program(const std::vector<ScriptValue>& items, L language) {
  struct Row {
    L language;
    std::string_view program, options;
  };
  static constexpr std::array<Row, 6> k_rows{{{L::python, "python", " -c "},
                                              {L::javascript, "node", " -e --eval -p --print "},
                                              {L::php, "php", " -r "},
                                              {L::perl, "perl", " -e -E "},
                                              {L::ruby, "ruby", " -e "},
                                              {L::lua, "lua", " -e "}}};
  const std::vector<ScriptValue> words = program_words(items);
  if (words.size() < 3) return std::nullopt;
  const std::string_view path = words[0].is_text() ? words[0].view() : std::string_view();
  const std::string_view program = path.substr(path.find_last_of("/\\") + 1);
  for (const Row& row : k_rows) {
    const bool own = row.language == language;
    if (words[0].is_text() ? !program.starts_with(row.program) : !own) continue;
    for (std::size_t i = 1; i + 1 < words.size() && i < 8; ++i)
      if (words[i].is_text() && is_listed(row.options, words[i].view())) return ProgramCode{words[i + 1], own};
  }
  return std::nullopt;
}

}  // namespace

bool ScriptEvaluator::is_source(std::string_view name) const {
  if (!is(L::asp) && !may_be_known(name)) return false;
  const std::string lower = is(L::asp) ? util::lower(name) : std::string();
  const std::string_view wanted = is(L::asp) ? std::string_view(lower) : name;
  return std::any_of(source_rows().begin(), source_rows().end(), [&](const SourceRow& row) {
    if ((row.languages & bit(m_language)) == 0) return false;
    return row.whole ? row.name == wanted : name_fits(wanted, row.name);
  });
}

// A name of a function that runs something or brings input: it may stand in a variable.
bool ScriptEvaluator::is_worth_knowing(std::string_view name) const {
  if (name.empty()) return true;
  if (!is(L::asp) && !may_be_known(name)) return false;
  if (is_source(name)) return true;
  return std::any_of(sink_rows().begin(), sink_rows().end(), [&](const SinkRow& row) {
    return (row.languages & bit(m_language)) != 0 && name_fits(name, row.name);
  });
}

// A name that ends like that of a function that runs its argument or decodes it, whatever it is called on.
bool ScriptEvaluator::runs_or_decodes(std::string_view name) const {
  static const auto k_names = [] {
    std::array<NameSet, static_cast<std::size_t>(L::r) + 1> all;
    for (std::size_t language = 0; language < all.size(); ++language) {
      for (const SinkRow& row : sink_rows())
        if ((row.languages >> language & 1U) != 0) all[language].insert(last_part(row.name));
      for (const CodingRow& row : coding_rows()) all[language].insert(last_part(row.name));
    }
    return all;
  }();
  const auto& names = k_names[static_cast<std::size_t>(m_language)];
  return is(L::asp) ? names.has(util::lower(last_part(name))) : names.has(last_part(name));
}

// A command that is known in full, whatever its origin: what it does is for the detectors of shell behaviour to say.
void ScriptEvaluator::note_command(const Value& value, std::uint32_t line) {
  constexpr std::size_t k_most_commands = 256;
  if (m_flows.commands.size() >= k_most_commands) return;
  std::string text;
  if (value.is_text()) {
    text = value.view().substr(0, k_kept_text);
  } else if (value.is_list()) {
    std::vector<std::string> words;
    for (const Value& word : *value.items) {
      if (!word.is_text() || words.size() >= 64) break;
      words.emplace_back(word.view().substr(0, k_kept_text));
    }
    if (words.size() == value.items->size()) text = shell_line(words);
  } else {
    return;
  }
  if (text.size() > 3) m_flows.commands.push_back({line, std::move(text)});
}

// What the script keeps or hands on, and nobody could read in it. Texts that grow letter by letter count once.
void ScriptEvaluator::note_held(const Value& value, std::uint32_t line) {
  constexpr std::size_t k_least = 16;
  constexpr std::size_t k_most_plain = 8U << 20, k_most_spelt = 64U << 20;  // bytes that are looked at
  const std::string_view text = value.view();
  if (!value.is_text() || text.size() < k_least || value.marks.request || value.marks.fetched) return;
  auto& held = m_flows.held;
  const bool spelt = value.marks.decoded || value.marks.codes >= k_least;
  if (!spelt &&
      ((m_plain_bytes += text.size()) > k_most_plain || text.find(protocol_word()) == std::string_view::npos))
    return;
  const std::string_view code = m_sources[0].tokens.code;
  if ((m_spelt_bytes += code.size()) > k_most_spelt || code.find(text) != std::string_view::npos) return;
  if (std::any_of(held.begin(), held.end(), [&](const DecodedText& one) { return one.text == text; })) return;
  if (!held.empty() && text.starts_with(held.back().text)) {
    m_held_bytes -= held.back().text.size();
    held.pop_back();
  }
  if (held.size() >= m_limits.max_held || m_held_bytes + text.size() > m_limits.max_held_bytes) return;
  m_held_bytes += text.size();
  held.push_back({SinkKind::write, line, std::string(text)});
}

void ScriptEvaluator::note_sleep(std::string_view name, const Values& arguments) {
  constexpr std::int64_t k_millisecond = 1000;
  const bool timer = is(L::javascript) && (name == "setTimeout" || name == "setInterval");
  if (!timer && (is(L::javascript) || last_part(name) != "sleep")) return;
  const Value& time = argument(arguments, timer ? 1 : 0);
  if (time.kind == Kind::number) m_flows.slept = std::max(m_flows.slept, time.number / (timer ? k_millisecond : 1));
}

void ScriptEvaluator::reach(SinkKind kind, std::string_view name, const Value& given, std::uint32_t line) {
  constexpr std::uint32_t k_spelt_in_numbers = 16;
  Value value = given;
  ScriptMarks& marks = value.marks;
  if (marks.codes >= k_spelt_in_numbers && !marks.decoded && (value.is_text() || value.is_list())) {
    marks.decoded = true;
    marks.decoder = "character codes";
    marks.rounds = 1;
    marks.literal = std::max(marks.literal, marks.codes);
  }
  if (value.is_list() && kind == SinkKind::command) {
    // A program with arguments: a shell's -c is a command, the arguments of any other program are not.
    const Value& program = argument(*value.items, 0);
    if (value.items->size() > 1 && program.is_text() && is_shell_word(program.view())) {
      const Value& last = value.items->back();
      const bool list = last.is_list() && !last.items->empty();
      return reach(kind, name, list ? last.items->back() : last, line);
    }
    if (const auto code = code_of_program(*value.items, m_language))
      return reach(code->own ? SinkKind::code : kind, name, code->text, line);
    if (!value.items->empty()) return reach(kind, name, program, line);
    return;
  }
  if (value.kind == Kind::function) return;
  // A timer mostly takes a function.
  if (name_fits(name, "setTimeout") || name_fits(name, "setInterval") || name_fits(name, "setImmediate"))
    if (!value.is_text()) return;
  const bool loads_addresses = kind == SinkKind::load && (is(L::php) || is(L::r));
  if (loads_addresses && is_address(value.view()) && value.kind != Kind::name) {
    marks.fetched = true;
    marks.url = std::make_shared<const std::string>(value.view().substr(0, 512));
  }
  if (loads_addresses && value.is_text() && value.view().starts_with("php://input")) marks.request = true;
  const bool noted = marks.request || marks.decoded || marks.fetched || marks.socket;
  if (noted && m_flows.sinks.size() < m_limits.max_sinks) {
    ScriptSink sink;
    sink.kind = kind;
    sink.line = line;
    sink.round = m_sources[m_source].decoded ? m_sources[m_source].round : 0;
    sink.name = name.substr(0, 64);
    sink.marks = marks;
    sink.known = value.is_text();
    sink.text =
        value.is_text() || value.kind == Kind::unknown ? std::string(value.view().substr(0, k_kept_text)) : "";
    sink.whole = value.is_text() || only_starts_shell(value.kind == Kind::unknown ? value.view() : "");
    m_flows.sinks.push_back(std::move(sink));
  }
  if (value.is_text() && kind != SinkKind::load && kind != SinkKind::write && kind != SinkKind::bytecode)
    run_decoded(kind, value, line);
}

void ScriptEvaluator::run_decoded(SinkKind kind, const Value& value, std::uint32_t line) {
  const std::string_view text = value.view();
  if (text.empty()) return;
  const Source& outer = m_sources[m_source];
  const std::uint32_t round = outer.round + 1;
  if (round > m_limits.max_rounds) {
    m_flows.truncated = true;
    return;
  }
  if (value.marks.decoded) {
    m_flows.rounds = std::max({m_flows.rounds, round, value.marks.rounds});
    std::size_t kept = 0;
    for (const DecodedText& one : m_flows.decoded) kept += one.text.size();
    // The innermost matter; rounds before them hold the same, encoded.
    while (!m_flows.decoded.empty() &&
           (m_flows.decoded.size() >= 8 || kept + text.size() > m_limits.max_decoded_bytes)) {
      kept -= m_flows.decoded.front().text.size();
      m_flows.decoded.erase(m_flows.decoded.begin());
    }
    if (text.size() <= m_limits.max_decoded_bytes) m_flows.decoded.push_back({kind, line, std::string(text)});
  }
  if (kind != SinkKind::code) return;
  if (m_sources.size() > 4'000 || !spend(text.size())) {
    m_flows.truncated = true;
    return;
  }
  const bool decoded = outer.decoded || value.marks.decoded;
  m_sources.push_back({std::string(text), {}, outer.line != 0 ? outer.line : line, round, decoded});
  Source& source = m_sources.back();
  const bool page = is(L::php) && first_line(text).find("<?") != std::string_view::npos;
  source.tokens = script_tokens(source.owned, m_language, page, m_limits.max_tokens);
  m_flows.truncated |= source.tokens.truncated;
  m_pending.push_back(m_sources.size() - 1);
}

bool ScriptEvaluator::sink(std::string_view name, const Values& arguments, std::uint32_t line) {
  if (!may_be_known(name)) return false;
  for (const SinkRow& row : sink_rows()) {
    if ((row.languages & bit(m_language)) == 0) continue;
    const bool fits = is(L::php) || is(L::perl) ? row.name == name || (name_fits(name, row.name) &&
                                                                       name.find('.') == std::string_view::npos)
                                                : name_fits(name, row.name);
    if (!fits) continue;
    // A method of something of ours that happens to have the name: regex.exec(…), db.eval(…).
    if (row.name.find('.') == std::string_view::npos && name != row.name && row.name != "constructor" &&
        row.name != "_compile" && row.name.size() < 6)
      continue;
    const bool lists = (is(L::perl) || is(L::ruby)) && row.kind == SinkKind::command;
    const bool all = row.argument == 99 || (lists && arguments.size() > 1);
    if (row.kind == SinkKind::command) {
      // A program and its arguments may come one by one.
      const Value whole = all && arguments.size() > 1 ? Value::of_list(program_words(arguments))
                                                      : argument(arguments, all ? 0 : row.argument);
      note_command(whole, line);
      reach(row.kind, name, whole, line);
    } else if (all) {
      for (const Value& value : arguments) reach(row.kind, name, value, line);
    } else {
      reach(row.kind, name, argument(arguments, row.argument), line);
    }
    return true;
  }
  return false;
}

// pickle.loads(…): a known pickle is code that can be read, a fetched one is code of somebody else's. Over sockets
// programs send each other pickles as a rule.
bool ScriptEvaluator::unpickle(std::string_view name, const Values& arguments, std::uint32_t line) {
  constexpr std::array<std::string_view, 6> k_modules = {"pickle",      "cPickle", "_pickle",
                                                         "cloudpickle", "dill",    "jsonpickle"};
  const std::string_view method = last_part(name);
  const bool yaml = name_fits(name, "yaml.unsafe_load") || name_fits(name, "yaml.full_load");
  const bool loads = method == "loads" || method == "load" || method == "decode";
  if (!yaml && (!loads || name.size() <= method.size() ||
                std::none_of(k_modules.begin(), k_modules.end(), [&](std::string_view module) {
                  return name_fits(name.substr(0, name.size() - method.size() - 1), module);
                })))
    return false;
  const Value& data = argument(arguments, 0);
  if (data.marks.fetched && data.marks.url) reach(SinkKind::bytecode, name, Value::unknown(data.marks), line);
  if (!data.is_text() || yaml) return false;
  const std::optional<PickledCall> held = pickled_call(data.view());
  if (!held) return false;
  ScriptMarks marks = data.marks;
  marks.decoded = true;
  marks.decoder = "pickle";
  ++marks.rounds;
  Values words;
  for (const std::string& one : held->texts) words.push_back(Value::of_text(one, marks));
  const Value given = words.size() == 1 ? words[0] : Value::of_list(std::move(words), marks);
  note_command(held->code ? Value::unknown() : given, line);
  reach(held->code ? SinkKind::code : SinkKind::command, held->function, given, line);
  return true;
}

bool ScriptEvaluator::callback(std::string_view name, const Values& arguments, std::uint32_t line) {
  if (!is(L::php)) return false;
  for (const CallbackRow& row : callback_rows()) {
    if (row.name != name) continue;
    // usort(...$_GET): the request gives all of them. array_filter() does without a function.
    const bool spread =
        arguments.size() == 1 && row.function > 0 && arguments[0].marks.request && name != "array_filter";
    const Value& function = argument(arguments, spread ? 0 : row.function);
    Value data = argument(arguments, spread ? 0 : row.data);
    if (data.is_list() && !data.items->empty()) {
      const auto told =
          std::find_if(data.items->begin(), data.items->end(), [](const Value& item) { return item.marks.request; });
      data = Value(told == data.items->end() ? data.items->front() : *told);
    }
    // [$_GET["class"], "name"]: the method is the program's own choice.
    const bool named = function.is_list() && function.items->size() == 2 && function.items->back().is_text();
    if (named) return true;
    // What a router found for a request is called with whatever; the request's own words with them.
    const bool found = function.marks.looked_up && (data.marks.looked_up || !data.marks.request);
    if (function.marks.request && !found && (data.marks.request || row.data == 1)) {
      reach(SinkKind::code, name, function, line);
    } else if (function.is_text()) {
      sink(util::lower(function.view()), {data, data}, line);
    } else if (function.kind == Kind::function) {
      call_function(static_cast<std::size_t>(function.number), {data});
    }
    return true;
  }
  return false;
}

}  // namespace hullcheck::detect
