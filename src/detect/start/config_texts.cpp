// The configuration of an image as named pieces of text, for detectors that read text.
//
// History: BuildKit writes "RUN /bin/sh -c CMD # buildkit", the classic builder "/bin/sh -c CMD" for a command and
// "/bin/sh -c #(nop) …" for everything else, both with "|N NAME=VALUE …" before the shell when build arguments are
// set.
#include <algorithm>
#include <charconv>

#include "detect/gather.hpp"
#include "detect/shell/script_facts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_history = 2000;
constexpr std::size_t k_most_text = std::size_t{4} << 20;

std::string joined(const std::vector<std::string>& lines, char separator) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text += separator;
    text += line;
  }
  return text;
}

std::string labels_text(const model::ImageConfig& config) {
  std::string text;
  for (const auto& [key, value] : config.labels) text += key + "=" + value + "\n";
  return text;
}

// "|2 A=1 B=2 /bin/sh -c CMD": the count says how many words follow. Values may hold blanks, so the shell is looked
// for.
std::string_view without_arguments(std::string_view text) {
  if (!text.starts_with('|')) return text;
  const std::size_t shell = text.find("/bin/");
  return shell == std::string_view::npos ? text : text.substr(shell);
}

// "A=1 B=2" of the above: values that were given to the build stay in the history.
std::string_view build_arguments(std::string_view created_by) {
  if (created_by.starts_with("RUN ")) created_by.remove_prefix(4);
  const std::string_view rest = without_arguments(created_by);
  if (rest.size() == created_by.size()) return {};
  const std::string_view arguments = created_by.substr(0, created_by.size() - rest.size());
  const std::size_t blank = arguments.find(' ');
  return blank == std::string_view::npos ? std::string_view() : arguments.substr(blank + 1);
}

std::string_view without_shell(std::string_view text) {
  if (!text.starts_with('/')) return text;
  const std::size_t option = text.find(" -c ");
  const std::size_t option_with_more = text.find("c ");
  if (option != std::string_view::npos && option < 40) return text.substr(option + 4);
  // "/bin/bash -o pipefail -c CMD", "/bin/sh -ec CMD"
  const std::size_t dash = text.find(" -");
  if (dash != std::string_view::npos && dash < 40 && option_with_more != std::string_view::npos &&
      option_with_more < 80)
    return text.substr(option_with_more + 2);
  return text;
}

std::string_view build_command(std::string_view created_by) {
  std::string_view text = created_by;
  if (text.starts_with("RUN ")) text.remove_prefix(4);
  text = without_shell(without_arguments(text));
  if (text.ends_with("# buildkit")) text.remove_suffix(10);
  return text;
}

}  // namespace

std::vector<ConfigText> config_texts(const model::ImageConfig& config) {
  std::vector<ConfigText> parts;
  const auto add = [&](std::string name, std::string text, Reach reach, bool build, std::vector<std::string> chain) {
    if (text.empty()) return;
    if (text.size() > k_most_text) text.resize(k_most_text);
    parts.push_back({std::move(name), std::move(text), reach, build, std::move(chain)});
  };
  add("config:Entrypoint", shell_line(config.entrypoint), Reach::start, false, {"Entrypoint"});
  add("config:Cmd", shell_line(config.cmd), Reach::start, false, {"Cmd"});
  add("config:Healthcheck", joined(config.healthcheck, ' '), Reach::start, false, {"Healthcheck"});
  add("config:Env", joined(config.env, '\n'), Reach::start, false, {"Env"});
  add("config:Labels", labels_text(config), Reach::present, false, {});
  for (std::size_t i = 0; i < config.onbuild.size() && i < k_most_history; ++i)
    add("config:OnBuild[" + std::to_string(i) + "]", std::string(build_command(config.onbuild[i])), Reach::present,
        true, {});
  for (std::size_t i = 0; i < config.history.size() && i < k_most_history; ++i)
    add("config:history[" + std::to_string(i) + "]", std::string(build_command(config.history[i].created_by)),
        Reach::present, true, {});
  for (std::size_t i = 0; i < config.history.size() && i < k_most_history; ++i)
    add("config:history[" + std::to_string(i) + "]", std::string(build_arguments(config.history[i].created_by)),
        Reach::present, true, {});
  return parts;
}

}  // namespace hullcheck::detect
