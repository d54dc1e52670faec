// What of a script is worth following: nothing of one that runs no code and no command, and of its functions that
// nobody calls only those that do, by themselves or through others.
#include <utility>
#include <vector>

#include "detect/scripts/name_set.hpp"
#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_longest_name = 256;  // as a text; what is longer is no name
constexpr FixedWords k_perl({"system", "exec", "readpipe", "qx"});
constexpr FixedWords k_python({"exec",         "eval",
                               "execfile",     "system",
                               "popen",        "Popen",
                               "subprocess",   "spawn",
                               "marshal",      "getoutput",
                               "builtins",     "__builtins__",
                               "globals",      "locals",
                               "vars",         "getattr",
                               "__import__",   "compile",
                               "check_output", "check_call",
                               "importlib",    "run_path",
                               "execv",        "getstatusoutput",
                               "execvp",       "create_subprocess_shell",
                               "__dict__",     "posix",
                               "CDLL",         "pickle",
                               "cPickle",      "_pickle",
                               "dill",         "cloudpickle",
                               "jsonpickle",   "unsafe_load",
                               "runsource",    "runcode"});

bool runs_in_python(std::string_view name) {
  return k_python.has(last_part(name)) || name.starts_with("subprocess.") || name.starts_with("os.exec") ||
         name.starts_with("os.spawn");
}

// A method, a definition or a key of that name is not the function, and eval { } catches errors.
bool runs_in_perl(const ScriptTokens& t, std::size_t i) {
  const std::string_view text = t.text(i);
  if (t.tokens[i].kind == TokenKind::text)
    return !text.empty() && (t.tokens[i].quote == '`' || t.tokens[i].quote == 'E' || text.front() == '|' ||
                             text.back() == '|' || text == "-|");
  if (t.is_sign(i + 1, "=>") || (i > 0 && (t.is_sign(i - 1, "->") || t.is_name(i - 1, "sub")))) return false;
  if (text == "eval") return !t.is_sign(i + 1, "{");
  if (text == "do")
    return i + 1 < t.tokens.size() && (t.tokens[i + 1].kind == TokenKind::text || t.is_sign(i + 1, "$"));
  return k_perl.has(last_part(text));
}

// What is called stands in a variable or is worked out.
bool calls_unnamed(const ScriptTokens& t, std::size_t i, ScriptLanguage language) {
  if (!t.is_sign(i + 1, "(")) return false;
  if (language == ScriptLanguage::javascript) return t.is_sign(i, "]");
  return language == ScriptLanguage::php &&
         (t.text(i).starts_with('$') || t.is_sign(i, "]") || t.is_sign(i, "}") || t.is_sign(i, ")"));
}

}  // namespace

// For the languages of which systems are full: before anything is worked out.
bool ScriptEvaluator::may_run_something() const {
  const bool perl = is(ScriptLanguage::perl);
  if (!perl && !is(ScriptLanguage::python)) return true;
  const ScriptTokens& t = m_sources[0].tokens;
  if (t.code.size() <= k_small_script) return true;  // it may be looked at for what it decodes
  for (std::size_t i = 0; i < t.tokens.size(); ++i) {
    const TokenKind kind = t.tokens[i].kind;
    if (perl && (kind == TokenKind::text || kind == TokenKind::name) && runs_in_perl(t, i)) return true;
    if (!perl && kind == TokenKind::name && runs_in_python(t.text(i))) return true;
    if (kind == TokenKind::text && is_telling_place(t.text(i))) return true;
  }
  return false;
}

// Of the script itself: it runs something, or decodes what another function may run.
bool ScriptEvaluator::is_telling(std::size_t token) const {
  const ScriptTokens& t = m_sources[0].tokens;
  const TokenKind kind = t.tokens[token].kind;
  if (calls_unnamed(t, token, m_language)) return true;
  if (kind == TokenKind::text) {
    if (is_telling_place(t.text(token))) return true;
    if (is(ScriptLanguage::perl)) return runs_in_perl(t, token);
    // A name that is looked up: getattr(os, "system"), []["constructor"].
    if (t.tokens[token].quote == '`') return !is(ScriptLanguage::javascript);
    return t.text(token).size() <= k_longest_name && runs_or_decodes(t.text(token));
  }
  if (kind != TokenKind::name) return false;
  const std::string_view name = t.text(token);
  if (is(ScriptLanguage::perl) && (name == "eval" || name == "do" || name == "system" || name == "exec"))
    return runs_in_perl(t, token);
  if (is(ScriptLanguage::python) && runs_in_python(name)) return true;
  // Every class of JavaScript has one.
  if (name == "constructor") return !t.is_sign(token + 1, "(");
  return runs_or_decodes(name);
}

// Functions that hand something to a telling one are telling themselves.
void ScriptEvaluator::choose_functions() {
  constexpr int k_most_rounds = 6;
  const ScriptTokens& t = m_sources[0].tokens;
  std::vector<std::uint8_t> telling(t.tokens.size());
  // Names that tell nothing yet, and where they stand.
  std::vector<std::pair<std::string_view, std::uint32_t>> others;
  for (std::size_t i = 0; i < telling.size(); ++i) {
    telling[i] = is_telling(i) ? 1 : 0;
    if (telling[i] == 0 && t.tokens[i].kind == TokenKind::name)
      others.emplace_back(last_part(t.text(i)), static_cast<std::uint32_t>(i));
  }
  m_telling.resize(telling.size() + 1);
  for (int round = 0; round < k_most_rounds; ++round) {
    for (std::size_t i = 0; i < telling.size(); ++i) m_telling[i + 1] = m_telling[i] + telling[i];
    const std::size_t before = m_telling_names.size();
    for (std::size_t i = 0; i < m_functions.size(); ++i)
      if (!m_functions[i].name.empty() && is_worth_a_walk(i)) m_telling_names.insert(last_part(m_functions[i].name));
    if (m_telling_names.size() == before) break;
    std::erase_if(others, [&](const auto& other) {
      if (!m_telling_names.has(other.first)) return false;
      telling[other.second] = 1;
      return true;
    });
  }
}

bool ScriptEvaluator::is_worth_a_walk(std::size_t function) const {
  const Function& one = m_functions[function];
  if (one.source != 0 || one.end >= m_telling.size()) return true;
  return m_telling[one.end] > m_telling[one.begin];
}

}  // namespace hullcheck::detect
