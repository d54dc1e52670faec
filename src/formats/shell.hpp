// Shell scripts as a flat syntax tree: POSIX sh and the bash forms that occur in start-up scripts.
//
// Language: POSIX.1-2017 XCU chapter 2 "Shell Command Language"; the bash reference manual for $'..', <<<, <(..), |&,
// &>, [[ ]], (( )), arrays, select and coproc. Nothing is executed or expanded here: quotes are removed, expansions
// are kept as parts of a word, and nested code is parsed into groups of the same tree.
//
// Hostile: a script may nest without end, leave quotes and here-documents open, or bait a parser into reading the
// same bytes again and again. Nesting has a budget (beyond it an opening token is dropped and its content read as
// siblings), re-reading has a budget, each stored list has a limit. A syntax error costs at most the rest of its
// line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::formats {

struct ShellLimits {
  std::size_t max_bytes = std::size_t{4} << 20;  // a longer text is an error: the caller decides what to cut
  std::size_t max_nesting = 64;                  // groups, substitutions and expansions, all together
  std::size_t max_commands = 100'000;            // and as many groups
  std::size_t max_parts = 600'000;               // of words
  std::size_t max_problems = 32;                 // further ones are dropped
  std::size_t max_rereads = 8;                   // of a quote or brace that never closes
};

inline constexpr std::uint32_t k_no_index = 0xffffffff;

enum class PartKind : std::uint8_t {
  literal,      // text, quotes removed
  variable,     // $text, or ${…} when `index` names an expansion
  command,      // $(…) or `…`: `index` is a group
  process_in,   // <(…): `index` is a group
  process_out,  // >(…): `index` is a group
  arithmetic,   // $((…)): `index` is an expansion without a name, its argument is the text
};

struct ShellPart {
  PartKind kind = PartKind::literal;
  bool quoted = false;  // no splitting, no braces, no tilde, no pattern
  std::uint32_t index = k_no_index;
  std::string text;
};

struct ShellWord {
  std::vector<ShellPart> parts;
  // The text when the word is one unquoted literal, else nothing: what a keyword or a builtin's name looks like.
  std::string_view plain() const {
    const bool simple = parts.size() == 1 && parts[0].kind == PartKind::literal && !parts[0].quoted;
    return simple ? std::string_view(parts[0].text) : std::string_view{};
  }
};

// ${name op argument}. `op` is "" (plain), "length", "indirect", or as written: ":-" "#" "//" ":" …
struct ShellExpansion {
  std::string name;  // with a subscript as written: "a[0]", "a[@]"
  std::string op;
  ShellWord argument;
};

enum class RedirectOp : std::uint8_t {
  read,           // <
  write,          // > >|
  append,         // >>
  read_write,     // <>
  duplicate_in,   // <&
  duplicate_out,  // >&
  write_both,     // &>
  append_both,    // &>>
  here_document,  // << <<-   `index` is a here-document of the script, `target` its delimiter
  here_string,    // <<<
};

struct ShellRedirect {
  int fd = -1;  // the default of the operator is filled in; -1 for {name}> forms, see `fd_variable`
  RedirectOp op = RedirectOp::read;
  std::uint32_t line = 0;
  std::uint32_t index = k_no_index;
  ShellWord target;
  std::string fd_variable;
};

struct ShellAssignment {
  std::string name;  // with a subscript as written
  bool append = false;
  bool array = false;
  ShellWord value;
  std::vector<ShellWord> elements;
};

struct SimpleCommand {
  std::uint32_t line = 0;  // 1-based
  std::uint32_t group = 0;
  std::uint32_t pipeline = 0;
  std::uint32_t position = 0;           // in the pipeline
  std::uint32_t function = k_no_index;  // group of the innermost enclosing function body
  bool background = false;
  bool condition = false;  // in the condition of if, while or until
  bool branch = false;     // may be skipped: if, case, after && or ||
  bool loop = false;
  bool subshell = false;                     // ( … ), a substitution, or a stage of a pipeline of several
  std::vector<ShellAssignment> assignments;  // prefix ones, or the arguments of export, local, declare …
  std::vector<ShellWord> words;
  std::vector<ShellRedirect> redirects;
};

enum class GroupKind : std::uint8_t {
  script,
  brace,
  subshell,
  conditional,
  loop,
  for_loop,
  select_loop,
  case_of,
  function,
  substitution,
  process
};

// A run of pipelines with one standard input and output. Group 0 is the script.
struct ShellGroup {
  GroupKind kind = GroupKind::script;
  std::uint32_t line = 0;
  std::uint32_t parent = 0;
  std::string name;              // function, or the variable of for and select
  std::vector<ShellWord> words;  // the list of for and select, the subject of case
  std::vector<std::uint32_t> pipelines;
  std::vector<ShellRedirect> redirects;
};

struct ShellStage {
  bool is_group = false;
  std::uint32_t index = 0;  // of a group or of a simple command
};

enum class Connector : std::uint8_t { sequence, on_success, on_failure };

struct ShellPipeline {
  std::uint32_t group = 0;
  Connector connector = Connector::sequence;  // how it hangs on the one before
  bool background = false;
  bool condition = false;
  std::string coprocess;  // the variable with its descriptors, when it is one
  std::vector<ShellStage> stages;
};

struct ShellProblem {
  std::uint32_t line = 0;
  std::string message;
};

struct ShellScript {
  std::vector<ShellGroup> groups;
  std::vector<ShellPipeline> pipelines;
  std::vector<SimpleCommand> commands;  // in the order of their ends
  std::vector<ShellExpansion> expansions;
  std::vector<ShellWord> here_documents;
  std::vector<ShellProblem> problems;
  bool truncated = false;  // a limit ended the reading, or flattened what nests too deep
};

// Reads any text; only its size can be an error ("shell-size-limit"). What follows an unconditional `exit` of the
// main script is data and not read. NUL bytes are dropped as bash does. Time is linear in the size of the text.
Result<ShellScript> parse_shell(std::string_view text, const ShellLimits& limits = {});

}  // namespace hullcheck::formats
