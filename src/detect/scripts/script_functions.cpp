// Calls of the script's own functions, and what they answered before. See script_flows.hpp.
#include <algorithm>

#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::size_t k_small_call = 200;         // steps
constexpr std::size_t k_most_calls = 200;         // of one function that is not small, with different arguments
constexpr std::size_t k_most_repeated = 300'000;  // steps of later calls with nothing to tell
constexpr std::size_t k_most_answers = 16;        // kept of one function
constexpr std::size_t k_hashed_a_step = 64;       // bytes
constexpr std::size_t k_small_text = 16;
constexpr int k_question_depth = 2;  // lists in lists

// All that a function can tell its argument apart by; roughly: without small texts and numbers.
std::uint64_t question_of(const ScriptValue& value, bool roughly, int depth = 0) {
  const ScriptMarks& marks = value.marks;
  const std::uint64_t came = (marks.request ? 1U : 0U) + (marks.fetched ? 2U : 0U) + (marks.decoded ? 4U : 0U) +
                             (marks.socket ? 8U : 0U) + (marks.looked_up ? 16U : 0U);
  if (roughly && came == 0 && !value.is_list() && value.view().size() < k_small_text) return 0;
  std::uint64_t sum = mixed(came, static_cast<std::uint64_t>(value.kind) + (value.bytes ? 16U : 0U));
  sum = mixed(sum, static_cast<std::uint64_t>(value.number));
  if (value.text) sum = mixed(sum, std::hash<std::string_view>{}(value.view()));
  if (!value.is_list()) return sum;
  sum = mixed(sum, value.items->size());
  if (depth < k_question_depth)
    for (const ScriptValue& item : *value.items) sum = mixed(sum, question_of(item, roughly, depth + 1));
  return sum;
}

}  // namespace

// Programs call their helpers from everywhere, and each would walk over all that it calls in turn: what was asked
// before gets the answer that it got. Not of small functions, which build texts piece by piece.
ScriptValue ScriptEvaluator::call_function(std::size_t place, const Values& arguments) {
  constexpr std::size_t k_most_nested = 12;
  constexpr std::uint32_t k_most_idle = 64;
  Function& function = m_functions[place];
  if (m_calls >= k_most_nested || function.idle >= k_most_idle) return Value::unknown(marks_of(arguments));
  if (function.active || m_depth >= m_limits.max_depth || !step()) return Value::unknown(marks_of(arguments));
  if (function.cost <= k_small_call) {
    const std::size_t before = m_steps;
    Value result = evaluate_function(place, arguments);
    Function& same = m_functions[place];
    same.cost = std::max(same.cost, m_steps - before);
    return result;
  }
  // After so many calls small differences between them count no more.
  const bool often = function.calls > k_most_calls;
  std::uint64_t question = mixed(m_known, arguments.size());
  for (const Value& one : arguments) {
    question = mixed(question, question_of(one, often));
    m_steps += one.view().size() / k_hashed_a_step;
  }
  const Answer& given = answer_to(function, question);
  if (given.asked) return often ? Value::unknown(given.value.marks) : given.value;
  // What the arguments bring can be no secret; what variables hold by now may be.
  const bool plain =
      std::all_of(arguments.begin(), arguments.end(), [](const Value& one) { return question_of(one, true) == 0; });
  if (plain && m_repeated > k_most_repeated) {
    m_flows.truncated = true;
    return Value::unknown();
  }
  const std::size_t before = m_steps;
  const bool again = function.calls++ > 0 && plain && !std::exchange(m_repeating, true);
  Value result = evaluate_function(place, arguments);
  if (again) {
    m_repeated += m_steps - before;
    m_repeating = false;
  }
  Answer& answer = answer_to(m_functions[place], question);
  answer.asked = true;
  answer.value = result;
  return result;
}

// The place of the answer, or that of an older one.
ScriptEvaluator::Answer& ScriptEvaluator::answer_to(Function& function, std::uint64_t question) {
  std::vector<Answer>& answers = function.answers;
  const auto found =
      std::find_if(answers.begin(), answers.end(), [&](const Answer& one) { return one.question == question; });
  if (found != answers.end()) return *found;
  if (answers.size() >= k_most_answers) {
    std::rotate(answers.begin(), answers.begin() + 1, answers.end());
    answers.pop_back();
  }
  answers.push_back({question, false, {}});
  return answers.back();
}

ScriptValue ScriptEvaluator::evaluate_function(std::size_t place, const Values& arguments) {
  Function& function = m_functions[place];
  function.active = true;
  function.called = true;
  ++m_calls;
  const std::size_t transforms = m_transforms;
  std::vector<std::pair<std::string, std::optional<Value>>> old;
  const auto bind = [&](const std::string& name, Value value) {
    const auto found = m_variables.find(name);
    old.emplace_back(name, found == m_variables.end() ? std::nullopt : std::optional<Value>(found->second));
    set(name, std::move(value));
  };
  const std::vector<std::string> parameters = function.parameters;
  for (std::size_t i = 0; i < parameters.size() && i < arguments.size(); ++i) {
    if (!parameters[i].starts_with('{')) {
      bind(parameters[i], arguments[i]);
      continue;
    }
    // { data: x } takes what the argument calls "data".
    for (std::string_view parts = std::string_view(parameters[i]).substr(1); !parts.empty();) {
      const std::size_t colon = parts.find(':'), end = parts.find(',');
      bind(std::string(parts.substr(colon + 1, end - colon - 1)), attribute(arguments[i], parts.substr(0, colon)));
      parts.remove_prefix(end + 1);
    }
  }
  if (is(L::perl) && !arguments.empty()) {
    bind("@_", Value::of_list(arguments));
    bind("$_", Value::of_list(arguments));
  }
  const std::size_t source = std::exchange(m_source, function.source);
  Value result = std::exchange(m_result, Value::unknown());
  const std::size_t end = function.end;
  if (function.expression) {
    Cursor at{function.begin, end};
    m_result = expression(at);
  } else {
    run_range(function.begin, end);
  }
  std::swap(result, m_result);
  m_source = source;
  for (auto one = old.rbegin(); one != old.rend(); ++one) {
    if (one->second) {
      set(one->first, std::move(*one->second));
    } else {
      set(one->first, Value::unknown());
      m_variables.erase(one->first);
    }
  }
  --m_calls;
  m_functions[place].active = false;
  if (transforms == m_transforms) ++m_functions[place].idle;
  return result;
}

// class B extends A { … }
void ScriptEvaluator::know_classes() {
  constexpr std::size_t k_most_classes = 1'000;
  constexpr std::size_t k_most_header = 200;  // tokens
  for (; m_classed < m_sources.size(); ++m_classed) {
    const ScriptTokens& t = m_sources[m_classed].tokens;
    charge(t.tokens.size());
    for (std::size_t i = 0; i + 2 < t.tokens.size() && m_classes.size() < k_most_classes; ++i) {
      if (!t.is_name(i, "class") || !t.is_name(i + 1)) continue;
      Class found{t.text(i + 1), {}, m_classed, 0, 0};
      std::size_t at = i + 2;
      for (; at < t.tokens.size() && at < i + k_most_header && !t.is_sign(at, "{"); ++at) {
        if (!t.is_name(at, "extends")) continue;
        // Of a name with its namespace the last part.
        while (t.is_name(at + 1) && !t.is_name(at + 1, "implements")) found.parent = t.text(++at);
      }
      if (!t.is_sign(at, "{") || t.tokens[at].match <= at) continue;
      found.begin = at;
      found.end = t.tokens[at].match;
      m_classes.push_back(found);
    }
  }
}

const ScriptEvaluator::Class* ScriptEvaluator::class_named(std::string_view name, std::size_t token) const {
  const bool around = name == "self" || name == "static";
  const auto same = [](char a, char b) { return util::lower(a) == util::lower(b); };
  for (const Class& one : m_classes)
    if (around ? one.source == m_source && one.begin < token && token < one.end
               : std::equal(one.name.begin(), one.name.end(), name.begin(), name.end(), same))
      return &one;
  return nullptr;
}

// Of "new A(" the class, also where a variable holds its name; "" where no new stands before the bracket.
std::string_view ScriptEvaluator::name_behind_new(std::size_t open, const Value& callee) const {
  constexpr std::size_t k_most_parts = 8;  // of a name with its namespace
  if (open < 2) return {};
  const ScriptTokens& t = tokens();
  std::size_t first = open - 1;
  while (first > 0 && open - first < k_most_parts && t.is_name(first) && !t.is_name(first, "new")) --first;
  if (!t.is_name(first, "new")) return {};
  const std::string_view name = t.text(open - 1);
  if (!name.starts_with('$')) return name;
  return callee.is_text() ? callee.view() : std::string_view();
}

// An object of a class with __invoke is called like a function.
std::optional<ScriptValue> ScriptEvaluator::callable_object(std::size_t open, const Value& callee) {
  const auto invoke = m_variables.find(std::string_view("__invoke"));
  if (invoke == m_variables.end() || invoke->second.kind != Kind::function) return std::nullopt;
  const std::string_view name = name_behind_new(open, callee);
  if (name.empty()) return std::nullopt;
  know_classes();
  charge(m_classes.size() + m_functions.size());
  const Class* const found = class_named(name, open);
  if (found == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < m_functions.size(); ++i) {
    const Function& one = m_functions[i];
    if (one.source != found->source || one.begin <= found->begin || one.end > found->end || one.name != "__invoke")
      continue;
    Value object;
    object.kind = Kind::function;
    object.number = static_cast<std::int64_t>(i);
    return object;
  }
  return std::nullopt;
}

// new A($_POST["c"]) of PHP: what a class of the script keeps of it is looked at where its methods use it. Other
// people's classes and plain functions do not get to see the constructor that happens to stand here.
void ScriptEvaluator::construct(std::size_t open, const Value& callee, const Values& given) {
  constexpr int k_most_parents = 4;
  if (!marks_of(given).request) return;
  std::string_view name = name_behind_new(open, callee);
  if (name.empty()) return;
  know_classes();
  charge(m_classes.size() + m_functions.size());
  for (int i = 0; i < k_most_parents && !name.empty(); ++i) {
    const Class* const found = class_named(name, open);
    if (found == nullptr) return;
    const auto constructor = std::find_if(m_functions.begin(), m_functions.end(), [&](const Function& one) {
      return one.source == found->source && one.begin > found->begin && one.end <= found->end &&
             one.name == "__construct";
    });
    if (constructor != m_functions.end()) {
      call_function(static_cast<std::size_t>(constructor - m_functions.begin()), given);
      return;
    }
    name = found->parent;
  }
}

}  // namespace hullcheck::detect
