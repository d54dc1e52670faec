// What a shell script or command line does, found without running it: commands with resolved arguments, and flows
// from where code or text comes from to where it is used. The detectors of shell behaviour read nothing else.
//
// The evaluation follows variables, functions, pipes, redirections, here-documents, eval and -c texts, and decodes
// what is literally there. Conditions are not decided: every branch is walked once, a loop's body once (a for loop's
// for its first known values), a function at its calls (or once at the end when nobody calls it). Text that is only
// printed is never taken for code.
//
// Text that is not known before the script runs stands as a placeholder: ${NAME} for a variable, ${1} and ${@} for
// arguments, ${()} for the output of a command, ${(())} for arithmetic.
//
// Hostile: scripts are bounded in commands, steps, nested texts and bytes; what was not evaluated or not kept sets
// `truncated`. A single long text that is only cut for keeping ends in an ellipsis instead.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/shell.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {

// True for text without a placeholder.
bool is_resolved(std::string_view text);

struct ShellFd {
  int fd = 0;
  std::string op;      // "<" ">" ">>" "<>" "<&" ">&" "<<" "<<<"
  std::string target;  // path, descriptor number, or the (cut) text of a here-document
  bool operator==(const ShellFd&) const = default;
};

// A command, or the command inside a wrapper: `sudo sh -c x` gives three, the last from the text of -c.
struct ShellCommand {
  std::uint32_t line = 0;
  std::vector<std::string> argv;
  std::vector<std::string> assignments;  // "NAME=value"; alone or before a command
  std::vector<ShellFd> redirects;
  std::uint32_t pipeline = 0;  // equal numbers are one pipeline
  std::uint32_t position = 0;
  std::uint32_t depth = 0;  // texts within texts: 0 is the script itself
  std::string function;     // whose body it is in, or empty
  bool stdin_from_pipeline = false;
  bool background = false;
  bool condition = false;
  bool branch = false;  // may be skipped
  bool loop = false;
  bool unwrapped = false;  // came out of a wrapper such as sudo, timeout, xargs
  bool operator==(const ShellCommand&) const = default;
};

// Which fields a flow fills beside `line` and `depth`:
//   fetch_to_interpreter   urls (or host, port for a bare connection), tool, interpreter
//   fetch_to_file          urls, path, tool; detail "temp" or "hidden" for such a path, "tree" for a folder
//   fetch_to_file_run      urls, path, tool, interpreter, verified; detail: who loads it from where it lies
//   decode_to_interpreter  tool (the decoder), interpreter, text (decoded, when known)
//   reverse_shell          host, port, tool; detail "listen" when it waits for a connection, else "connect"
//   write_file             path, text (when known), tool, append
//   run_path               path; detail "program", "script", "source" or "arguments" (the container's own command
//   line)
enum class FlowKind : std::uint8_t {
  fetch_to_interpreter,
  fetch_to_file,
  fetch_to_file_run,
  decode_to_interpreter,
  reverse_shell,
  write_file,
  run_path,
};
inline constexpr std::size_t k_flow_kinds = 7;
std::string_view to_string(FlowKind kind);

struct ShellFlow {
  FlowKind kind = FlowKind::run_path;
  std::uint32_t line = 0;
  std::uint32_t depth = 0;
  std::vector<std::string> urls;
  std::string path;
  std::string host;
  std::string port;
  std::string tool;
  std::string interpreter;
  std::string text;
  std::string detail;
  bool verified = false;  // a checksum or signature check stands between
  bool append = false;
  bool operator==(const ShellFlow&) const = default;
};

// Code of another language that the script hands to its interpreter.
struct EmbeddedCode {
  std::uint32_t line = 0;
  std::string language;  // "python" "perl" "ruby" "node" "php" "lua" "awk"
  std::string code;
  bool operator==(const EmbeddedCode&) const = default;
};

struct FactProblem {
  std::uint32_t line = 0;
  std::string message;
  bool operator==(const FactProblem&) const = default;
};

// An address with a password in it, said before the password was blanked (secrets/blank.hpp).
struct ShellLogin {
  std::uint32_t line = 0;
  std::string text;  // the password masked, and the server
  bool weaker = false;
  bool operator==(const ShellLogin&) const = default;
};

struct ShellFacts {
  std::vector<ShellCommand> commands;
  std::vector<ShellFlow> flows;
  std::vector<EmbeddedCode> embedded;
  std::vector<FactProblem> problems;
  std::vector<ShellLogin> logins;  // of kept facts only: others have the addresses as they are
  bool truncated = false;
  bool operator==(const ShellFacts&) const = default;
};

struct ShellFactLimits {
  formats::ShellLimits syntax;
  std::size_t max_steps = 150'000;             // commands evaluated, repeated calls included
  std::size_t max_expanded_bytes = 32U << 20;  // text made by expansion, in all
  std::size_t max_value_bytes = 64U << 10;     // of one value while evaluating
  std::size_t max_depth = 100;                 // groups, calls and nested texts on top of each other
  std::size_t max_texts = 2'000;               // eval, -c, decoded texts
  std::size_t max_commands = 4'000;            // in the facts
  std::size_t max_flows = 400;                 // of each kind
  std::size_t max_embedded = 64;
  std::size_t max_string_bytes = 4U << 10;  // of one string in the facts
  std::size_t max_text_bytes = 16U << 10;   // of the text of a flow
  std::size_t max_embedded_bytes = 64U << 10;
  std::size_t max_total_bytes = 1U << 20;  // of all strings in the facts
};

// Pure functions, for any thread. A text beyond limits.syntax.max_bytes is cut and the facts are marked truncated.
ShellFacts facts_of_text(std::string_view text, const ShellFactLimits& limits = {});
// A program with its arguments, as in the exec form of a container's command: no shell is involved unless it names
// one.
ShellFacts facts_of_argv(std::span<const std::string> argv, const ShellFactLimits& limits = {});

// Canonical bytes: equal facts have equal encodings. Decoding treats them as hostile ("shell-facts-malformed").
Buffer encode_shell_facts(const ShellFacts& facts);
Result<ShellFacts> decode_shell_facts(Bytes bytes);

}  // namespace hullcheck::detect
