// What reaches the places where a script runs code or commands, found without running it: decoded texts, input of a
// request, fetched code. For Python, JavaScript, PHP, Perl, Ruby, Lua, Java and ASP.NET.
//
// Expressions over what the script itself holds are worked out: joined, sliced, reversed, mapped and XORed texts, and
// the usual decoders, through variables, functions and loops of a known length. A decoded text that is run is
// followed like the script itself, with what the script has defined so far, round after round. Conditions are not
// decided: every branch is walked once.
//
// Hostile: steps, bytes, rounds, tokens and depth are bounded; what was not followed sets `truncated`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/scripts/script_tokens.hpp"
#include "detect/scripts/script_value.hpp"

namespace hullcheck::detect {

enum class SinkKind : std::uint8_t {
  code,     // in the script's own language
  command,  // for a shell, or a program with arguments
  load,     // a file whose content is run
  bytecode,
  write,  // a file is written: both its name and its content came from the value
};

struct ScriptSink {
  SinkKind kind = SinkKind::code;
  std::uint32_t line = 0;
  std::uint32_t round = 0;  // decoded texts around it; 0: the script itself
  std::string name;         // "eval", "os.system"
  ScriptMarks marks;
  bool whole = true;  // nothing that the script chose stands before what came from outside
  bool known = false;
  std::string text;  // when known, else how it begins; cut
};

struct DecodedText {
  SinkKind kind = SinkKind::code;
  std::uint32_t line = 0;
  std::string text;
};

struct ScriptCommand {
  std::uint32_t line = 0;
  std::string text;  // as a shell reads it
};

struct ScriptFlows {
  std::vector<ScriptSink> sinks;
  std::vector<DecodedText> decoded;     // texts that were decoded and run, innermost last
  std::vector<DecodedText> held;        // texts that were decoded or put together, and kept or handed on
  std::vector<ScriptCommand> commands;  // known in full
  std::uint32_t rounds = 0;             // of the deepest
  std::int64_t slept = 0;               // seconds, of the longest sleep
  bool truncated = false;
};

struct ScriptFlowLimits {
  std::size_t max_tokens = k_most_script_tokens;  // of one text
  std::size_t max_steps = 1'500'000;
  std::size_t max_bytes = 64U << 20;        // made by evaluation, in all
  std::size_t max_value_bytes = 16U << 20;  // of one value
  std::size_t max_rounds = 256;
  std::size_t max_depth = 200;
  std::size_t max_sinks = 64;
  std::size_t max_decoded_bytes = 16U << 20;  // kept in ScriptFlows::decoded
  std::size_t max_held = 32;
  std::size_t max_held_bytes = 4U << 20;
};

ScriptFlows follow_script(std::string_view code, ScriptLanguage language, bool page,
                          const ScriptFlowLimits& limits = {});
// The same with the tokens at hand, limits.max_tokens of them at most.
ScriptFlows follow_script(ScriptTokens tokens, const ScriptFlowLimits& limits = {});

}  // namespace hullcheck::detect
