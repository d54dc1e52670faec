// hullcheck completion bash|zsh|fish: a script for the shell, made from the commands and options themselves, so that
// it cannot fall behind them.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

struct Flag {
  std::string name;  // "--db", "-q"
  std::string summary;
  bool wants_value = false;
  std::vector<std::string> choices;  // of the value; empty: anything, mostly a file
};

struct Words {
  std::string path;  // " db update", "" for the program itself
  std::string summary;
  std::vector<std::string> next;  // subcommands
  std::vector<Flag> flags;
  std::vector<std::string> choices;  // of the argument
  bool takes_argument = false;
};

// What CLI::IsMember wrote into the name of the type: "TEXT:{json,terminal}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  std::vector<std::string> out;
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{'), close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return out;
  for (const std::string& word : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
    out.push_back(word);
  return out;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Words>& out) {
  Words words;
  words.path = path;
  words.summary = app.get_description();
  const std::vector<const CLI::App*> subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* const sub : subcommands) words.next.push_back(sub->get_name());
  for (const CLI::Option* const option : app.get_options()) {
    const Flag flag{"", option->get_description(), option->get_items_expected_max() > 0, choices_of(*option)};
    for (const std::string& name : option->get_lnames()) words.flags.emplace_back(flag).name = "--" + name;
    for (const std::string& name : option->get_snames()) words.flags.emplace_back(flag).name = "-" + name;
    if (!option->get_positional()) continue;
    words.takes_argument = true;
    words.choices.insert(words.choices.end(), flag.choices.begin(), flag.choices.end());
  }
  out.push_back(std::move(words));
  for (const CLI::App* const sub : subcommands) collect(*sub, path + " " + sub->get_name(), out);
}

const std::string& summary_of(const std::vector<Words>& all, const std::string& path) {
  for (const Words& words : all)
    if (words.path == path) return words.summary;
  return all.front().summary;
}

std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// One branch a command: what follows `path` and a word that goes one step down is `path` and that word.
void print_steps(const std::vector<Words>& all, const char* indent) {
  for (const Words& words : all)
    if (!words.path.empty()) fmt::print("{0}{1}) command={1} ;;\n", indent, single_quoted(words.path));
}

// Names of flags that want a value without choices, as one pattern; "" if there are none.
std::string pattern_of_free_values(const Words& words) {
  std::vector<std::string> patterns;
  for (const Flag& flag : words.flags)
    if (flag.wants_value && flag.choices.empty()) patterns.push_back(single_quoted(words.path + " " + flag.name));
  return util::join(patterns, "|");
}

// The cases of "COMMAND OPTION" for what stands behind an option: one of its words, or a file.
void print_values(const std::vector<Words>& all, std::string (*one_of)(const std::string& choices),
                  std::string_view a_file) {
  for (const Words& words : all) {
    for (const Flag& flag : words.flags)
      if (!flag.choices.empty())
        fmt::print("    {}) {} ;;\n", single_quoted(words.path + " " + flag.name),
                   one_of(util::join(flag.choices, " ")));
    if (const std::string free = pattern_of_free_values(words); !free.empty())
      fmt::print("    {}) {} ;;\n", free, a_file);
  }
}

void bash(const std::vector<Words>& all) {
  fmt::print(R"(# bash completion for hullcheck; source it, or put it into /etc/bash_completion.d
_hullcheck() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command= part= words= files=
  # --format=json comes in three words.
  [[ $word == = ]] && word=
  [[ $before == = ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}
  for part in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$command $part" in
)");
  print_steps(all, "      ");
  fmt::print("    esac\n  done\n  case \"$command $before\" in\n");
  print_values(
      all, [](const std::string& choices) { return "words=" + single_quoted(choices); }, "files=1");
  fmt::print("    *) case \"$command\" in\n");
  for (const Words& words : all) {
    std::vector<std::string> names = words.next;
    names.insert(names.end(), words.choices.begin(), words.choices.end());
    for (const Flag& flag : words.flags) names.push_back(flag.name);
    fmt::print("      {}) words={}{} ;;\n", single_quoted(words.path), single_quoted(util::join(names, " ")),
               words.takes_argument && words.choices.empty() ? " files=1" : "");
  }
  fmt::print(R"(    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ -z $files || $word == -* ]] || mapfile -t -O ${{#COMPREPLY[@]}} COMPREPLY < <(compgen -f -- "$word")
}}
complete -o filenames -F _hullcheck hullcheck
)");
}

// "name:summary" for _describe.
std::string described(const std::string& name, const std::string& summary) {
  std::string text;
  for (const char c : name) text += c == ':' ? std::string("\\:") : std::string(1, c);
  return single_quoted(text + ":" + summary);
}

void zsh(const std::vector<Words>& all) {
  fmt::print(R"(#compdef hullcheck
# zsh completion for hullcheck; put it as _hullcheck into a folder of $fpath, or source it after compinit
_hullcheck() {{
  local part before=${{words[CURRENT-1]}} command=
  local -a names flags
  if [[ $PREFIX == --*=* ]]; then
    before=${{PREFIX%%=*}}
    compset -P '*='
  fi
  for part in "${{(@)words[2,CURRENT-1]}}"; do
    case "$command $part" in
)");
  print_steps(all, "      ");
  fmt::print("    esac\n  done\n  case \"$command $before\" in\n");
  print_values(
      all, [](const std::string& choices) { return "compadd -- " + choices + "; return"; }, "_files; return");
  fmt::print("  esac\n  case \"$command\" in\n");
  for (const Words& words : all) {
    fmt::print("    {})\n", single_quoted(words.path));
    for (const std::string& name : words.next)
      fmt::print("      names+=({})\n", described(name, summary_of(all, words.path + " " + name)));
    for (const std::string& name : words.choices) fmt::print("      names+=({})\n", single_quoted(name));
    for (const Flag& flag : words.flags) fmt::print("      flags+=({})\n", described(flag.name, flag.summary));
    if (words.takes_argument && words.choices.empty()) fmt::print("      [[ $PREFIX == -* ]] || _files\n");
    fmt::print("      ;;\n");
  }
  fmt::print(R"(  esac
  (( $#names )) && _describe -t commands 'hullcheck command' names
  [[ $PREFIX != -* ]] || _describe -t options option flags
}}
# A file of $fpath becomes the function when it is first wanted; one that is sourced only has to be known.
if [[ $funcstack[1] == _hullcheck ]]; then _hullcheck "$@"; else compdef _hullcheck hullcheck; fi
)");
}

// True on the command line of this command and of none below it.
std::string fish_condition(const Words& words) {
  if (words.path.empty()) return "__fish_use_subcommand";
  std::vector<std::string> parts;
  for (const std::string& word : CLI::detail::split(words.path.substr(1), ' '))
    parts.push_back("__fish_seen_subcommand_from " + word);
  if (!words.next.empty()) parts.push_back("not __fish_seen_subcommand_from " + util::join(words.next, " "));
  return util::join(parts, "; and ");
}

void fish(const std::vector<Words>& all) {
  fmt::print("# fish completion for hullcheck; put it into ~/.config/fish/completions/hullcheck.fish\n");
  for (const Words& words : all) {
    const std::string start = "complete -c hullcheck -n " + single_quoted(fish_condition(words));
    if (!words.takes_argument || !words.choices.empty()) fmt::print("{} -f\n", start);
    for (const std::string& name : words.choices) fmt::print("{} -a {}\n", start, name);
    for (const std::string& name : words.next)
      fmt::print("{} -a {} -d {}\n", start, name, single_quoted(summary_of(all, words.path + " " + name)));
    for (const Flag& flag : words.flags) {
      const bool whole_word = flag.name.substr(0, 2) == "--";
      const std::string value = flag.choices.empty() ? (flag.wants_value ? " -r -F" : "")
                                                     : " -x -a " + single_quoted(util::join(flag.choices, " "));
      fmt::print("{} -{} {}{} -d {}\n", start, whole_word ? "l" : "s", flag.name.substr(whole_word ? 2 : 1), value,
                 single_quoted(flag.summary));
    }
  }
}

class CompletionCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto shell = std::make_shared<std::string>();
    app.add_option("shell", *shell, "Which shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    return [shell, &app] {
      const CLI::App* root = &app;
      while (root->get_parent() != nullptr) root = root->get_parent();
      std::vector<Words> all;
      collect(*root, "", all);
      *shell == "bash" ? bash(all) : *shell == "zsh" ? zsh(all) : fish(all);
      return k_done;
    };
  }
};

const util::Registered<CompletionCommand> registered{
    {.id = "completion",
     .summary = "Print a completion script for a shell",
     .example = R"(  hullcheck completion bash > /etc/bash_completion.d/hullcheck
  hullcheck completion zsh > /usr/local/share/zsh/site-functions/_hullcheck
  hullcheck completion fish > ~/.config/fish/completions/hullcheck.fish)"}};

}  // namespace
}  // namespace hullcheck::cli
