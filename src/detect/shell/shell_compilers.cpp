// Compilers, and interpreters without a reader of their own: what they make of fetched code is fetched code. See
// shell_facts.hpp.
#include <algorithm>

#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

// Options whose value is the next word.
bool takes_value(std::string_view option) {
  static constexpr std::string_view k_options[] = {"-I",       "-L",      "-D",           "-l",       "-include",
                                                   "-isystem", "-target", "--target",     "-T",       "-e",
                                                   "-m",       "-C",      "--crate-type", "--edition"};
  return std::find(std::begin(k_options), std::end(k_options), option) != std::end(k_options);
}

bool is_compiled(const Value& value) {
  return value.origin && (value.origin->fetched || value.origin->decoded || value.origin->connection);
}

// Its words are of another language: only where it came from goes on.
Value foreign(Value code) {
  code.text.clear();
  code.known = false;
  return code;
}

}  // namespace

Value ShellEvaluator::run_compiler(Invocation& invocation) {
  std::string out;
  std::string first;
  bool object = false;
  bool runs = false;
  Value code = Value::unknown();
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (word == "-o" || word == "-x") {
      if (word == "-o") out = invocation.arg(i + 1);
      ++i;
    } else if (word == "-" || word == "/dev/stdin") {
      if (invocation.io.input) merge_origin(code, *invocation.io.input);
    } else if (word.size() > 1 && word[0] == '-') {
      if (word.starts_with("-o")) out = word.substr(2);
      object = object || word == "-c";
      runs = runs || word == "-run";
      if (takes_value(word)) ++i;
    } else {
      if (first.empty()) first = word.substr(word.rfind('/') + 1);
      merge_origin(code, read_file(invocation.argv[i]));
    }
  }
  if (!is_compiled(code)) return Value::unknown();
  if (runs) {
    Value output = Value::unknown();
    consume_code(foreign(code), invocation.name(), invocation.io, invocation.line, false, &output);
    return output;
  }
  const std::string base = first.substr(0, first.rfind('.'));
  if (out.empty()) out = object ? base + ".o" : invocation.name() == "rustc" && !base.empty() ? base : "a.out";
  write_file({out, true, nullptr}, foreign(code), false, invocation.name(), invocation.line);
  return Value::unknown();
}

// julia, octave, groovy …: they run the file that is named, or what comes in.
Value ShellEvaluator::run_reader(Invocation& invocation) {
  for (const Value& word : invocation.argv)
    if (word.text == "-e" || word.text == "-E" || word.text == "--eval" || word.text == "-c") return Value::unknown();
  const bool file = std::any_of(invocation.argv.begin() + 1, invocation.argv.end(), [](const Value& word) {
    return !word.text.empty() && word.text[0] != '-' && word.text != "run" && word.text != "/dev/stdin";
  });
  if (file) return run_loader(invocation);
  Value output = Value::unknown();
  if (invocation.io.input && is_compiled(*invocation.io.input))
    consume_code(foreign(*invocation.io.input), invocation.name(), invocation.io, invocation.line, false, &output);
  return output;
}

}  // namespace hullcheck::detect
