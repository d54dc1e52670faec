// The evaluator behind follow_script(): used by the script_*.cpp files of this folder, by nobody else.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "detect/scripts/name_set.hpp"
#include "detect/scripts/script_flows.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::detect {

inline std::uint64_t mixed(std::uint64_t seed, std::uint64_t more) {
  seed ^= more + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U);
  return seed * 0xff51afd7ed558ccdULL;
}

// "exec" of "child_process.exec", "Net::HTTP.get" and "$db->exec".
inline std::string_view last_part(std::string_view name) {
  std::size_t begin = name.size();
  while (begin > 0 && name[begin - 1] != '.' && name[begin - 1] != ':' && name[begin - 1] != '>') --begin;
  return name.substr(begin);
}

inline const ScriptValue& argument(const std::vector<ScriptValue>& arguments, std::size_t i) {
  static const ScriptValue k_none;
  return i < arguments.size() ? arguments[i] : k_none;
}

inline ScriptMarks marks_of(const std::vector<ScriptValue>& arguments) {
  ScriptMarks marks;
  for (const ScriptValue& value : arguments) marks.join(value.marks);
  return marks;
}

inline bool is_address(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("ftp://") ||
         text.starts_with("ws://") || text.starts_with("wss://");
}

// script_expressions.cpp: how tightly an operator binds in the language; -1 for what is none in it.
int operator_level(std::string_view text, ScriptLanguage language);

constexpr std::size_t k_beginning_bytes = 160;  // kept of a text whose rest is not known
constexpr std::size_t k_most_items = 1U << 20;  // of a list

// script_writes.cpp: a path of which a detector may speak.
bool is_telling_place(std::string_view path);

class ScriptEvaluator {
 public:
  ScriptEvaluator(ScriptLanguage language, const ScriptFlowLimits& limits) : m_language(language), m_limits(limits) {}
  ScriptFlows run(ScriptTokens all);

 private:
  using Value = ScriptValue;
  using Kind = ScriptValue::Kind;
  using Values = std::vector<Value>;

  struct Source {
    std::string owned;  // empty for the script itself
    ScriptTokens tokens;
    std::uint32_t line = 0;  // of the sink that runs a decoded text; 0 for the script
    std::uint32_t round = 0;
    bool decoded = false;  // it, or a text around it, came out of a decoder
  };
  // What a call gave, so that the same call need not be worked out again.
  struct Answer {
    std::uint64_t question = 0;
    bool asked = false;
    Value value;
  };
  struct Function {
    std::size_t source = 0;
    std::size_t begin = 0;  // of the body
    std::size_t end = 0;
    std::vector<std::string> parameters;
    std::string name;         // under which it became known first
    bool expression = false;  // the body is the value
    bool called = false;
    bool active = false;
    std::uint32_t idle = 0;  // calls in which nothing was decoded
    std::size_t cost = 0;    // steps of the dearest call
    std::size_t calls = 0;   // since it proved to be dear
    std::vector<Answer> answers;
  };
  // A class of PHP that the script declares; its body is [begin, end) of the source's tokens.
  struct Class {
    std::string_view name, parent;  // of the tokens
    std::size_t source = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  // A place in the tokens; [at, end).
  struct Cursor {
    std::size_t at = 0;
    std::size_t end = 0;
  };

  // script_relevance.cpp
  bool may_run_something() const;
  bool is_telling(std::size_t token) const;
  void choose_functions();
  bool is_worth_a_walk(std::size_t function) const;

  // script_statements.cpp
  bool keeps_request_in_session() const;
  void run_source(std::size_t source);
  void run_range(std::size_t begin, std::size_t end);
  void run_statement(Cursor& at);
  bool run_keyword(Cursor& at);
  bool run_import(Cursor& at);
  bool run_for(Cursor& at);
  bool run_definition(Cursor& at);
  bool run_with(Cursor& at);
  static bool routes(const ScriptTokens& t, std::size_t at, std::size_t end);
  bool run_lua_for(Cursor& at);
  std::size_t lua_end(std::size_t at, std::size_t end) const;
  bool run_assignment(Cursor& at);
  void assign(const std::string& name, Value value, std::string_view op);
  std::uint64_t tells(const std::string& name, const Value& value) const;
  void set(const std::string& name, Value value);
  std::size_t skip_end(std::size_t at, std::size_t end) const;
  std::size_t block_end(std::size_t header, std::size_t end) const;
  std::vector<std::string> parameters_of(std::size_t open) const;
  std::string parts_of(std::size_t open) const;
  std::size_t define(std::vector<std::string> parameters, std::size_t begin, std::size_t end, bool expression);
  std::int64_t repetitions(std::size_t open, std::size_t close);

  // script_expressions.cpp
  Value expression(Cursor& at, int lowest = 0);
  Value binary(std::string_view op, Value left, Value right);
  Value unary(Cursor& at);
  Value complement(const Value& value);
  Value joined(const Value& left, const Value& right);
  std::size_t skip_expression(std::size_t at, std::size_t end) const;

  // script_primaries.cpp
  Value primary(Cursor& at);
  Value object_of(std::size_t open);
  Value text_value(std::size_t token);
  Value filled(std::string_view text, bool braces_only);
  Value round_brackets(Cursor& at);
  Value list_of(std::size_t open);
  Values arguments(std::size_t open, std::size_t close);
  Values comma_list(Cursor& at);
  bool comprehension(std::size_t begin, std::size_t end, Value& out);

  // script_access.cpp
  Value attribute(const Value& value, std::string_view name);
  Value index(const Value& value, std::size_t open);
  Value variable(std::string_view name);

  // script_names.cpp
  Value name_value(Cursor& at);
  Value match_of(Cursor& at);
  Value postfix(Cursor& at, Value value);
  bool call_computed_method(Cursor& at, bool own);
  void grow(std::string_view name, std::string_view method, const Values& added);
  void note_out_parameter(std::size_t open, const Value& callee, const Values& given);
  void append_block(Cursor& at, Values& given);
  Value lambda(Cursor& at);

  // script_calls.cpp
  Value call(const Value& callee, Values arguments, std::uint32_t line);
  std::optional<Value> php_call(std::string_view name, const Values& arguments, std::uint32_t line);
  std::optional<Value> fetch(std::string_view written, std::string_view name, const Values& arguments,
                             std::uint32_t line);
  Value call_name(std::string_view name, const Value& callee, Values arguments, std::uint32_t line);

  Value output_of(const Value& command) const;
  std::optional<Value> other_call(std::string_view name, const Values& arguments, std::uint32_t line);
  std::optional<Value> request_handler(std::string_view name, const Values& arguments, std::uint32_t line);
  std::optional<Value> saved_or_loaded(std::string_view name, const Values& arguments, std::uint32_t line);

  // script_writes.cpp
  bool writes_file(std::string_view name, const Values& arguments, std::uint32_t line);
  std::optional<Value> opened(std::string_view name, const Values& arguments, std::uint32_t line);
  bool wrote(std::string_view name, const Values& arguments, std::uint32_t line);
  void note_write(std::string_view path, std::string_view text, bool append, std::uint32_t line);
  std::optional<Value> home_of(std::string_view name, const Values& arguments) const;

  // script_methods.cpp
  Value call_method(const Value& receiver, std::string_view method, Values arguments, std::uint32_t line);
  std::optional<Value> call_of_callable(const Value& receiver, std::string_view method, const Values& arguments,
                                        std::uint32_t line);

  // script_functions.cpp
  Value call_function(std::size_t function, const Values& arguments);
  Value evaluate_function(std::size_t function, const Values& arguments);
  Answer& answer_to(Function& function, std::uint64_t question);
  void know_classes();
  const Class* class_named(std::string_view name, std::size_t token) const;
  void construct(std::size_t open, const Value& callee, const Values& given);
  std::string_view name_behind_new(std::size_t open, const Value& callee) const;
  std::optional<Value> callable_object(std::size_t open, const Value& callee);

  // script_reach.cpp
  bool runs_or_decodes(std::string_view name) const;
  bool is_worth_knowing(std::string_view name) const;
  bool is_source(std::string_view name) const;
  bool sink(std::string_view name, const Values& arguments, std::uint32_t line);
  bool callback(std::string_view name, const Values& arguments, std::uint32_t line);
  void reach(SinkKind kind, std::string_view name, const Value& value, std::uint32_t line);
  void note_command(const Value& value, std::uint32_t line);
  void note_held(const Value& value, std::uint32_t line);
  void note_sleep(std::string_view name, const Values& arguments);
  void run_decoded(SinkKind kind, const Value& value, std::uint32_t line);

  bool unpickle(std::string_view name, const Values& arguments, std::uint32_t line);

  // script_patterns.cpp: texts cut into pieces that are worked on one by one
  Value matched(Cursor& at, const Value& left, std::size_t sign);
  Value substitution(Cursor& at, const std::string& name, const Value& old);
  std::size_t code_of(std::string_view code, std::uint32_t line);
  Value value_of(std::size_t source);
  std::optional<Value> pattern_builtin(std::string_view name, const Values& arguments);
  Value map_block(Cursor& at);

  // script_decoding.cpp, script_builtins.cpp: what can be worked out.
  Value decode(ScriptCoding coding, const Value& input);
  Value reversed(const Value& input);
  Value elements(const Value& value) const;
  std::optional<Value> builtin(std::string_view name, const Values& arguments, std::uint32_t line);
  std::optional<Value> text_builtin(std::string_view name, const Values& arguments);
  std::optional<Value> list_builtin(std::string_view name, const Values& arguments);

  bool step();
  void charge(std::size_t tokens) { m_steps += tokens / 4; }  // for looking over tokens without evaluating them
  bool spend(std::size_t bytes);
  Value made(std::string text, ScriptMarks marks, bool bytes = false);
  const ScriptTokens& tokens() const { return m_sources[m_source].tokens; }
  bool is(ScriptLanguage language) const { return m_language == language; }
  bool dot_joins() const { return is(ScriptLanguage::php) || is(ScriptLanguage::perl); }
  std::uint32_t line_of(std::size_t token) const;

  ScriptLanguage m_language;
  const ScriptFlowLimits& m_limits;
  ScriptFlows m_flows;
  std::deque<Source> m_sources;
  std::deque<Function> m_functions;
  std::vector<Class> m_classes;  // of the first m_classed sources
  std::size_t m_classed = 0;
  std::vector<std::uint32_t> m_telling;  // of the script itself: how many such tokens stand before each
  NameSet m_telling_names;               // of functions with one, and of those that name these
  std::deque<std::size_t> m_pending;     // sources that are to be run
  std::unordered_map<std::string, Value, util::SeededHash, std::equal_to<>> m_variables;
  std::map<std::string, ScriptMarks, std::less<>> m_saved;  // files that the script wrote, by path
  std::size_t m_source = 0;
  std::size_t m_steps = 0;
  std::size_t m_repeated = 0;
  bool m_repeating = false;
  std::size_t m_bytes = 0;
  std::size_t m_held_bytes = 0, m_plain_bytes = 0, m_spelt_bytes = 0;
  std::size_t m_depth = 0;
  std::size_t m_calls = 0;       // within each other
  std::size_t m_transforms = 0;  // decodings so far: loops and calls without any are soon left
  std::uint64_t m_known = 0;     // stands for all that variables hold and that makes a difference
  bool m_extracted = false;      // of PHP: every variable that is not set may be the request's
  bool m_headers = false;        // of PHP: those with the name of a header are
  std::string m_keys;            // of the list that was read last, when each part has a text before its "=>"
  std::map<std::string, ScriptMarks, std::less<>> m_fields;  // of objects, by their name: what was put into one
  bool m_returned = false;
  ScriptMarks m_promised;  // of what the last then() was called on
  bool m_routed = false;   // of Python: the decorator before the next function says that it answers requests
  Value m_result;
};

}  // namespace hullcheck::detect
