// Hostile: sections, keys and values are whatever somebody wrote; lines, values and their number are bounded, and
// what does not look like git's own syntax is passed over.
#include "detect/persistence/git_settings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "detect/words.hpp"
#include "layers/entry.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_commands = 256;
constexpr std::size_t k_longest_value = 8192;

// Last parts of keys whose value a shell runs, whatever stands before them.
constexpr std::array<std::string_view, 18> k_run = {
    "fsmonitor", "sshcommand", "editor", "pager", "askpass", "gitproxy",   "external",   "textconv", "clean",
    "smudge",    "process",    "driver", "cmd",   "program", "uploadpack", "difffilter", "command",  "receivepack"};

// A value with its quotes and escapes undone; a comment ends it.
std::string plain_value(std::string_view text) {
  std::string value;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size() && value.size() < k_longest_value; ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      value += next == 'n' ? '\n' : next == 't' ? '\t' : next;
    } else if (!quoted && (c == '#' || c == ';')) {
      break;
    } else {
      value += c;
    }
  }
  return std::string(util::trim(value));
}

// "[core]" gives "core", '[diff "x"]' too; "" for any other line.
std::string section_of(std::string_view line) {
  if (!line.starts_with('[')) return {};
  const std::size_t end = line.find_first_of(" \t\".]", 1);
  return end == std::string_view::npos ? std::string() : util::lower(line.substr(1, end - 1));
}

void add(std::vector<GitCommand>& out, const std::string& section, std::string_view name, std::string value,
         std::uint32_t line) {
  if (value.empty() || out.size() >= k_most_commands) return;
  const std::string key = util::lower(name);
  GitCommand found{section + "." + key, std::move(value), section == "core" && key == "hookspath", line};
  // An alias, and a helper for passwords, is a command of git's own without the mark.
  const bool marked = section == "alias" || (section == "credential" && key == "helper");
  if (marked && !found.command.starts_with('!')) return;
  if (marked) found.command.erase(0, 1);
  if (marked || found.folder || section == "pager" || is_one(std::string_view(key), k_run))
    out.push_back(std::move(found));
}

}  // namespace

bool is_git_settings(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  if (name == ".gitconfig" || path == "etc/gitconfig") return true;
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  return name == "config" && (folder.ends_with(".git") || folder == "git");
}

std::vector<GitCommand> commands_of_git(std::string_view text) {
  std::vector<GitCommand> out;
  std::string section, joined;
  std::uint32_t first = 0;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = util::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (joined.empty()) {
      first = number;
      if (std::string named = section_of(line); !named.empty()) {
        section = std::move(named);
        // A key may stand behind its section.
        line = util::trim(line.substr(std::min(line.find(']'), line.size() - 1) + 1));
      }
    }
    const bool goes_on = line.ends_with('\\') && !line.ends_with("\\\\") && joined.size() < k_longest_value;
    joined += goes_on ? line.substr(0, line.size() - 1) : line;
    if (goes_on) continue;
    const std::string whole = std::exchange(joined, {});
    const std::size_t equals = whole.find('=');
    if (equals == std::string::npos || section.empty()) continue;
    add(out, section, util::trim(std::string_view(whole).substr(0, equals)),
        plain_value(std::string_view(whole).substr(equals + 1)), first);
  }
  return out;
}

}  // namespace hullcheck::detect
