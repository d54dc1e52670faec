// Hostile: both the commands and the values are the image's. What is written down is bounded, and the evaluator that
// reads it has its own bounds.
#include "detect/image/filled_in.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string_view>

#include "detect/shell/script_facts.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_commands = 1000;
constexpr std::size_t k_most_text = std::size_t{256} << 10;

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

std::string placeholder(const std::string& name) { return "${" + name + "}"; }

bool holds(std::string_view word, const Variables& variables) {
  if (word.find("${") == std::string_view::npos) return false;
  return std::any_of(variables.begin(), variables.end(), [&](const auto& variable) {
    return word.find(placeholder(variable.first)) != std::string_view::npos;
  });
}

// In double quotes, where only placeholders of names mean something; others stand for what nobody knows.
std::string quoted(std::string_view word) {
  std::string text = "\"";
  for (std::size_t i = 0; i < word.size(); ++i) {
    const std::size_t close = word.substr(i).starts_with("${") ? word.find('}', i) : std::string_view::npos;
    if (close != std::string_view::npos) {
      const std::string_view name = word.substr(i + 2, close - i - 2);
      text += "${" + (is_name(name) ? std::string(name) : std::string("hullcheck_unknown")) + "}";
      i = close;
      continue;
    }
    if (std::string_view("\"\\$`").find(word[i]) != std::string_view::npos) text += '\\';
    text += word[i];
  }
  return text + "\"";
}

// Whether the word may become several: a command that is a variable was hardly in quotes.
bool is_split(const ShellCommand& command, std::size_t i) {
  static constexpr std::array<std::string_view, 5> k_before = {"exec", "nohup", "sudo", "command", "setsid"};
  const std::string_view word = command.argv[i];
  return (i == 0 || is_one(std::string_view(command.argv[i - 1]), k_before)) && word.starts_with("${") &&
         word.find('}') == word.size() - 1 && is_name(word.substr(2, word.size() - 3));
}

std::string redirect_text(const ShellFd& fd) {
  if (fd.op == "<<") return " <<<" + quoted(fd.target);
  const bool number = !fd.target.empty() && fd.target.find_first_not_of("0123456789-") == std::string::npos;
  const bool both = fd.op.starts_with('&') || (fd.op == ">&" && !number);
  return " " + (both || fd.fd < 0 ? std::string() : std::to_string(fd.fd)) + fd.op +
         (number ? fd.target : quoted(fd.target));
}

std::string command_text(const ShellCommand& command) {
  std::string text;
  for (std::size_t i = 0; i < command.argv.size(); ++i) {
    if (i > 0) text += ' ';
    text += is_split(command, i) ? command.argv[i] : quoted(command.argv[i]);
  }
  for (const ShellFd& fd : command.redirects) text += redirect_text(fd);
  return text;
}

// A script of the same commands, and for each of its lines the line that it is from.
struct Written {
  std::string text;
  std::vector<std::uint32_t> lines;
};

Written written(const ShellFacts& facts) {
  Written out;
  const ShellCommand* last = nullptr;
  std::size_t count = 0;
  for (const ShellCommand& command : facts.commands) {
    if (command.depth != 0 || command.unwrapped || command.argv.empty()) continue;
    if (++count > k_most_commands || out.text.size() > k_most_text) break;
    const bool goes_on =
        last != nullptr && last->pipeline == command.pipeline && last->position + 1 == command.position;
    if (last != nullptr) out.text += goes_on ? " | " : "\n";
    const std::string text = command_text(command);
    const auto newlines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    out.lines.insert(out.lines.end(), newlines + (goes_on ? 0 : 1), command.line);
    out.text += text;
    last = &command;
  }
  return out;
}

using Place = std::pair<FlowKind, std::uint32_t>;

bool is_told(FlowKind kind) { return kind != FlowKind::run_path && kind != FlowKind::write_file; }

// Flows of `text` with the values that it has not without them.
std::vector<ShellFlow> flows_of(const std::string& text, const Variables& variables) {
  std::string values;
  std::uint32_t before = 0;
  for (const auto& [name, value] : variables) {
    const std::string line = name + "=" + shell_line({value}) + "\n";
    before += static_cast<std::uint32_t>(std::count(line.begin(), line.end(), '\n'));
    values += line;
  }
  std::set<Place> known;
  for (const ShellFlow& flow : facts_of_text(text).flows) known.insert({flow.kind, flow.line});
  std::vector<ShellFlow> flows;
  for (ShellFlow& flow : facts_of_text(values + text).flows) {
    if (!is_told(flow.kind) || flow.line <= before) continue;
    flow.line -= before;
    if (!known.contains({flow.kind, flow.line})) flows.push_back(std::move(flow));
  }
  return flows;
}

}  // namespace

bool mentions(const ShellFacts& facts, const Variables& variables) {
  return std::any_of(facts.commands.begin(), facts.commands.end(), [&](const ShellCommand& command) {
    const auto in = [&](const std::string& word) { return holds(word, variables); };
    return std::any_of(command.argv.begin(), command.argv.end(), in) ||
           std::any_of(command.redirects.begin(), command.redirects.end(),
                       [&](const ShellFd& fd) { return in(fd.target); });
  });
}

std::vector<ShellFlow> flows_filled_in(const ShellFacts& facts, const Variables& variables) {
  const Written script = written(facts);
  std::vector<ShellFlow> flows = flows_of(script.text, variables);
  std::set<Place> known;
  for (const ShellFlow& flow : facts.flows) known.insert({flow.kind, flow.line});
  for (ShellFlow& flow : flows)
    if (flow.line >= 1 && flow.line <= script.lines.size()) flow.line = script.lines[flow.line - 1];
  std::erase_if(flows, [&](const ShellFlow& flow) { return known.contains({flow.kind, flow.line}); });
  return flows;
}

std::vector<ShellFlow> flows_filled_in(const std::string& text, const Variables& variables) {
  std::vector<ShellFlow> flows = flows_of(text, variables);
  for (ShellFlow& flow : flows) flow.line = 1;
  return flows;
}

}  // namespace hullcheck::detect
