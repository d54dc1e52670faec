// hullcheck completion bash|zsh|fish: a script for the shell, made from the commands and options themselves, so that
// it cannot fall behind them.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <set>

#include "cli/command.hpp"

namespace hullcheck::cli {
namespace {

struct Words {
  std::string path;  // "db update"
  std::string summary;
  std::vector<std::string> next;                             // subcommands
  std::vector<std::pair<std::string, std::string>> options;  // "--db" and what it is for
};

void collect(const CLI::App& app, const std::string& path, std::vector<Words>& out) {
  Words words;
  words.path = path;
  words.summary = app.get_description();
  for (const CLI::App* const sub : app.get_subcommands([](const CLI::App*) { return true; }))
    words.next.push_back(sub->get_name());
  for (const CLI::Option* const option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      words.options.emplace_back("--" + name, option->get_description());
    for (const std::string& name : option->get_snames())
      words.options.emplace_back("-" + name, option->get_description());
  }
  const std::size_t place = out.size();
  out.push_back(std::move(words));
  const std::vector<std::string> next = out[place].next;
  for (const std::string& name : next)
    collect(*app.get_subcommand(name), path.empty() ? name : path + " " + name, out);
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& name : words.next) text += name + " ";
  for (const auto& [name, summary] : words.options) text += name + " ";
  if (!text.empty()) text.pop_back();
  return text;
}

std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void bash(const std::vector<Words>& all) {
  std::puts("# bash completion for hullcheck; source it, or put it into /etc/bash_completion.d");
  std::puts("_hullcheck() {\n  local word=${COMP_WORDS[COMP_CWORD]} path= part words=");
  std::puts("  for part in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$path $part\" in");
  for (const Words& words : all)
    if (!words.path.empty())
      std::printf("      %s) path=%s ;;\n", single_quoted(" " + words.path).c_str(),
                  single_quoted(" " + words.path).c_str());
  std::puts("    esac\n  done\n  case \"$path\" in");
  for (const Words& words : all)
    std::printf("    %s) words=%s ;;\n", single_quoted(words.path.empty() ? "" : " " + words.path).c_str(),
                single_quoted(joined(words)).c_str());
  std::puts("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))");
  std::puts(
      "  [[ $word == -* ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n}\ncomplete -o filenames -F _hullcheck "
      "hullcheck");
}

void zsh(const std::vector<Words>& all) {
  std::puts("#compdef hullcheck\n# zsh completion for hullcheck; put it as _hullcheck into a folder of $fpath");
  std::puts("autoload -U +X bashcompinit && bashcompinit");
  bash(all);
}

void fish(const std::vector<Words>& all) {
  std::puts("# fish completion for hullcheck; put it into ~/.config/fish/completions/hullcheck.fish");
  std::map<std::string, std::string> summaries;
  for (const Words& words : all) summaries[words.path] = words.summary;
  for (const Words& words : all) {
    std::string condition = words.path.empty() ? "__fish_use_subcommand" : "";
    for (std::size_t start = 0; start < words.path.size();) {
      const std::size_t end = std::min(words.path.find(' ', start), words.path.size());
      condition += (condition.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
                   words.path.substr(start, end - start);
      start = end + 1;
    }
    for (const std::string& name : words.next)
      std::printf("complete -c hullcheck -n %s -a %s -d %s\n", single_quoted(condition).c_str(), name.c_str(),
                  single_quoted(summaries[words.path.empty() ? name : words.path + " " + name]).c_str());
    for (const auto& [name, summary] : words.options)
      std::printf("complete -c hullcheck -n %s %s %s -d %s\n", single_quoted(condition).c_str(),
                  name.starts_with("--") ? "-l" : "-s", name.substr(name.starts_with("--") ? 2 : 1).c_str(),
                  single_quoted(summary).c_str());
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
  hullcheck completion fish > ~/.config/fish/completions/hullcheck.fish)"}};

}  // namespace
}  // namespace hullcheck::cli
