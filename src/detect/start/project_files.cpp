#include "detect/start/project_files.hpp"

#include <algorithm>
#include <string>

#include "formats/json.hpp"
#include "formats/makefile.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_scripts = 128;
constexpr std::size_t k_most_command_bytes = 8192;

// Where `"name"` stands behind `"group"`; a tree of JSON has no lines.
std::uint32_t line_of(std::string_view text, std::string_view group, std::string_view name) {
  const std::size_t start = text.find("\"" + std::string(group) + "\"");
  const std::size_t at = text.find("\"" + std::string(name) + "\"", start == std::string_view::npos ? 0 : start);
  if (at == std::string_view::npos) return 1;
  return 1 +
         static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// A command as text, or, as Composer and Deno have it, a list of them or an object with one.
std::string command_of(json::Element value) {
  if (value.is_string()) return std::string(json::as_text(value, k_most_command_bytes));
  if (value.is_object()) return std::string(json::text(value, "command", k_most_command_bytes));
  std::string all;
  simdjson::dom::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return all;
  for (const json::Element one : list) {
    const std::string_view text = json::as_text(one, k_most_command_bytes);
    if (all.size() + text.size() < k_most_command_bytes) all += std::string(text) + "\n";
  }
  return all;
}

}  // namespace

void read_project_scripts(std::string_view text, StartFile& out) {
  json::Document document;
  const auto root = document.parse(as_bytes(text), "project");
  if (!root.ok()) return;
  for (const std::string_view group : {"scripts", "tasks"}) {
    const auto scripts = json::member(*root, group);
    if (!scripts) continue;
    json::each_member(*scripts, [&](std::string_view name, json::Element value) {
      std::string command = command_of(value);
      if (command.empty() || name.size() > 64) return;
      if (out.commands.size() >= k_most_scripts) {
        out.truncated = true;
        return;
      }
      out.commands.push_back({line_of(text, group, name), std::move(command), std::string(name)});
    });
  }
  const std::string_view main = json::text(*root, "main", 256);
  if (!main.empty() && main.find('\'') == std::string_view::npos)
    out.commands.push_back(
        {line_of(text, "main", "main"), "node './" + std::string(main) + "'", std::string(k_main_script)});
}

void read_makefile(std::string_view text, StartFile& out) {
  const formats::Makefile made = formats::read_makefile(text);
  out.truncated |= made.truncated;
  if (!made.when_read.empty())
    out.commands.push_back({made.when_read_line, made.when_read, std::string(k_when_read)});
  for (const formats::MakeRule& rule : made.rules) {
    std::string needs;
    for (const std::string& need : rule.needs) needs += " " + need;
    for (const std::string& target : rule.targets) {
      if (out.commands.size() >= k_most_scripts) {
        out.truncated = true;
        return;
      }
      if (target.size() + needs.size() > 1024) continue;
      out.commands.push_back({rule.line, rule.recipe.empty() ? ":" : rule.recipe, target + needs});
    }
  }
}

}  // namespace hullcheck::detect
