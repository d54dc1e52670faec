// Loops of the evaluator: a list is walked for its first known values, a text that is taken apart or put together
// piece by piece as often as the script would. See shell_facts.hpp.
//
// Hostile: rounds and the commands that they run are bounded; a loop whose condition is not known is walked once.
#include <algorithm>

#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

using formats::GroupKind;

constexpr unsigned k_most_rounds = 4096;
constexpr std::size_t k_most_loop_steps = 20'000;  // of all rounds together
constexpr std::size_t k_most_output = 16U << 10;   // no command that somebody hides is as long
constexpr unsigned k_most_nested_counts = 1;       // loops around one that counts
constexpr std::string_view k_counted = "((";       // the name of for ((…; …; …))

// The variable that is all of the word, or "".
std::string_view lone_variable(const formats::ShellWord& word) {
  std::string_view name;
  for (const formats::ShellPart& part : word.parts) {
    if (part.kind == formats::PartKind::literal && part.text.empty()) continue;
    const bool plain = part.kind == formats::PartKind::variable && part.index == formats::k_no_index;
    if (!plain || !name.empty()) return {};
    name = part.text;
  }
  return name;
}

std::optional<bool> compared(std::int64_t left, std::string_view op, std::int64_t right) {
  if (op == "-lt" || op == "<") return left < right;
  if (op == "-le") return left <= right;
  if (op == "-gt" || op == ">") return left > right;
  if (op == "-ge") return left >= right;
  if (op == "-ne" || op == "!=") return left != right;
  return std::nullopt;
}

}  // namespace

Value ShellEvaluator::run_loop(std::uint32_t index, const Io& io) {
  const formats::ShellGroup& group = m_scripts[m_script].groups[index];
  if (group.kind != GroupKind::loop) return group.name == k_counted ? run_counted(index, io) : run_for(index, io);
  Value output = run_pipelines(index, io.input);
  if (m_loops > k_most_nested_counts) return output;
  std::string before;
  const std::size_t first = m_steps;
  ++m_loops;
  for (unsigned round = 0; round < k_most_rounds && m_steps - first < k_most_loop_steps &&
                           output.text.size() < k_most_output && goes_round_again(group, before);
       ++round)
    append(output, run_pipelines(index, io.input));
  --m_loops;
  return output;
}

Value ShellEvaluator::run_for(std::uint32_t index, const Io& io) {
  const formats::ShellGroup& group = m_scripts[m_script].groups[index];
  ++m_loops;
  Value output;
  for (const Value& value : loop_values(group)) {
    set_variable(group.name, value, false, false);
    append(output, run_pipelines(index, io.input));
  }
  --m_loops;
  return output;
}

// for ((begin; condition; next))
Value ShellEvaluator::run_counted(std::uint32_t index, const Io& io) {
  const formats::ShellGroup& group = m_scripts[m_script].groups[index];
  const auto part = [&](std::size_t number) {
    const Value header = group.words.empty() ? Value::unknown() : expand_single(group.words[0]);
    std::string_view rest = header.text;
    for (; number > 0 && !rest.empty(); --number) rest.remove_prefix(std::min(rest.find(';') + 1, rest.size()));
    return header.known ? std::string(rest.substr(0, rest.find(';'))) : std::string();
  };
  reckon(part(0));
  ++m_loops;
  Value output;
  const std::size_t first = m_steps;
  bool again = true;
  for (unsigned round = 0; again && round < k_most_rounds; ++round) {
    append(output, run_pipelines(index, io.input));
    again = output.text.size() < k_most_output && m_loops <= k_most_nested_counts + 1 &&
            m_steps - first < k_most_loop_steps && reckon(part(2)) && reckon(part(1)).value_or(0) != 0;
  }
  --m_loops;
  return output;
}

// while [ -n "$text" ], [ $i -lt ${#text} ] or ((…)): again, as long as it is known and gets somewhere.
bool ShellEvaluator::goes_round_again(const formats::ShellGroup& group, std::string& before) {
  const formats::ShellScript& script = m_scripts[m_script];
  if (group.pipelines.empty() || m_steps > m_limits.max_steps) return false;
  const formats::ShellPipeline& condition = script.pipelines[group.pipelines[0]];
  if (!condition.condition || condition.stages.size() != 1 || condition.stages[0].is_group) return false;
  const formats::SimpleCommand& test = script.commands[condition.stages[0].index];
  if (test.words.empty()) return false;
  const std::string_view name = test.words[0].plain();
  const bool tests = name == "[" || name == "[[" || name == "test";
  if (!tests || test.words.size() < 3 || test.words[1].plain() != "-n") {
    // What stays as it was would stay so for ever: it waits for something outside.
    std::string now = asked(test);
    if (now == before) return false;
    before = std::move(now);
    return holds(test).value_or(false);
  }
  const std::string_view tested = lone_variable(test.words[2]);
  if (tested.empty()) return false;
  const Value value = variable(tested);
  const bool shorter = value.known && !value.text.empty() && (before.empty() || value.text.size() < before.size());
  before = value.text;
  return shorter;
}

// The words of a condition, and the values of the variables that ((…)) names in them.
std::string ShellEvaluator::asked(const formats::SimpleCommand& test) {
  std::string all;
  const std::vector<Value> words = expand_fields(test.words);
  for (const Value& word : words) all += word.text + " ";
  if (words.size() != 2 || words[0].text != "((") return all;
  const std::string_view text = words[1].text;
  const auto in_name = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    if (end > at && (text[at] < '0' || text[at] > '9')) all += variable(text.substr(at, end - at)).text + " ";
    at = std::max(end, at + 1);
  }
  return all;
}

// A comparison of numbers; it may count.
std::optional<bool> ShellEvaluator::holds(const formats::SimpleCommand& test) {
  const std::vector<Value> words = expand_fields(test.words);
  if (!std::all_of(words.begin(), words.end(), [](const Value& value) { return value.known; })) return std::nullopt;
  if (words.size() == 2 && words[0].text == "((") {
    const auto number = reckon(words[1].text);
    return number ? std::optional<bool>(*number != 0) : std::nullopt;
  }
  const std::string_view name = words.empty() ? "" : std::string_view(words[0].text);
  if ((name != "[" && name != "[[" && name != "test") || words.size() < 4) return std::nullopt;
  const auto left = reckoned(words[1].text);
  const auto right = reckoned(words[3].text);
  return left && right ? compared(*left, words[2].text, *right) : std::nullopt;
}

// The values that a loop is walked for: known ones as far as they are few, else one that stands for all.
std::vector<Value> ShellEvaluator::loop_values(const formats::ShellGroup& group) {
  constexpr std::size_t k_most_values = 8;
  constexpr unsigned k_most_nested = 2;
  constexpr std::size_t k_most_codes = 512;
  constexpr std::size_t k_code_digits = 4;
  std::vector<Value> fields = expand_fields(group.words);
  // The codes of characters, one by one.
  const bool codes = m_loops == 1 && fields.size() <= k_most_codes &&
                     std::all_of(fields.begin(), fields.end(), [](const Value& value) {
                       return value.known && value.text.size() > 1 && value.text.size() <= k_code_digits &&
                              value.text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
                     });
  std::vector<Value> values;
  Value rest = Value::unknown();
  rest.text = "${" + group.name + "}";
  bool left = fields.empty();
  for (Value& value : fields) {
    const bool room = values.size() < (codes ? k_most_codes : m_loops > k_most_nested ? 1 : k_most_values);
    if (value.known && room) {
      values.push_back(std::move(value));
    } else {
      merge_origin(rest, value);
      left = left || !value.known || values.empty();
    }
  }
  if (values.empty() || (left && rest.origin)) values.push_back(std::move(rest));
  return values;
}

// ((…)) and let
Value ShellEvaluator::run_arithmetic(Invocation& invocation) {
  for (std::size_t i = 1; i < invocation.argv.size(); ++i)
    if (invocation.argv[i].known) reckon(invocation.argv[i].text);
  return {};
}

}  // namespace hullcheck::detect
