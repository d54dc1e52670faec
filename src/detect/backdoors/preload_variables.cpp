// Libraries that a variable puts into programs (B16): LD_PRELOAD, LD_AUDIT and LD_LIBRARY_PATH in the image's
// environment, in units, in /etc/environment and in scripts; folders added to the linker's own list.
//
// Images do this for allocators and test tools, so what the variable names decides: a packaged library as it was
// shipped says nothing. What a script sets becomes a hint first, since only the whole image says who owns what.
#include <algorithm>
#include <array>
#include <vector>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{256} << 10;
constexpr std::size_t k_most_lines = 5000;
constexpr std::size_t k_most_words = 32;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B16", EvidenceClass::supporting, model::Severity::medium, 60, "Library put into programs by a variable",
     "T1574.006", "Find out where the library comes from and why programs are to load it."},
}};

constexpr std::string_view k_variable = "preload-variable";
constexpr std::string_view k_value = "preload-value";

bool is_library_list(std::string_view name) { return name == "LD_PRELOAD" || name == "LD_AUDIT"; }
bool is_watched(std::string_view name) { return is_library_list(name) || name == "LD_LIBRARY_PATH"; }

std::vector<std::string_view> words_of(std::string_view value) {
  std::vector<std::string_view> words;
  while (!value.empty() && words.size() < k_most_words) {
    const std::size_t end = std::min(value.find_first_of(" :;,\t"), value.size());
    if (end > 0) words.push_back(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return words;
}

std::string_view unquoted(std::string_view text) {
  while (!text.empty() && std::string_view("\"' \t\r").find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  while (!text.empty() && std::string_view("\"' \t\r").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return text;
}

void hint(std::string_view name, std::string_view value, std::uint32_t line, EvidenceSink& out) {
  Evidence evidence;
  evidence.rule = k_hint_rule;
  evidence.text = std::string(name) + "=" + std::string(value.substr(0, 200));
  evidence.line = line;
  evidence.values = {{std::string(k_variable), std::string(name)}, {std::string(k_value), std::string(value)}};
  out.add(std::move(evidence));
}

void hint_assignment(std::string_view assignment, std::uint32_t line, EvidenceSink& out) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || !is_watched(assignment.substr(0, equals))) return;
  const std::string_view value = unquoted(assignment.substr(equals + 1));
  if (!value.empty()) hint(assignment.substr(0, equals), value, line, out);
}

bool is_linker_folder_list(std::string_view path) {
  return path.ends_with("etc/ld.so.conf") || layers::base_name(layers::parent_path(path)) == "ld.so.conf.d";
}

bool holds_assignments(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  if (path == "etc/environment" || layers::base_name(layers::parent_path(path)) == "environment.d") return true;
  const bool unit =
      name.ends_with(".service") || (name.ends_with(".conf") && path.find(".service.d/") != std::string_view::npos);
  return (unit && path.find("systemd/") != std::string_view::npos) || name.starts_with("supervisor") ||
         path.find("/supervisor/conf.d/") != std::string_view::npos;
}

struct Judged {
  std::string text;
  EvidenceClass cls = EvidenceClass::supporting;
};

class PreloadVariables final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes &&
           (is_linker_folder_list(file.path()) || holds_assignments(file.path()));
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const bool folders = is_linker_folder_list(file.path());
    std::string_view text = file.text();
    for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = unquoted(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty() || line.front() == '#' || line.front() == ';') continue;
      if (folders) {
        if (line.starts_with('/')) hint("ld.so.conf", line, number, out);
        continue;
      }
      read_assignments(line, number, out);
    }
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time) return;
    for (const ShellCommand& command : unit.facts.commands) {
      const std::uint32_t line = line_in_file(unit, command.line);
      for (const std::string& assignment : command.assignments) hint_assignment(assignment, line, out);
      for (std::size_t i = 1; i < command.argv.size() && i < k_most_words; ++i)
        hint_assignment(command.argv[i], line, out);
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const PlacedEvidence& placed : context.evidence) {
      if (placed.evidence.rule != k_hint_rule) continue;
      const std::string name = placed.evidence.value(k_variable);
      if (name.empty()) continue;
      PlacedEvidence found = placed;
      say(context, name, placed.evidence.value(k_value), placed.evidence.line, found, out);
    }
    for (const std::string& variable : context.image.config().env) {
      const std::size_t equals = variable.find('=');
      if (equals == std::string::npos || !is_watched(std::string_view(variable).substr(0, equals))) continue;
      PlacedEvidence found;
      found.path = "config:Env";
      found.visibility = model::Visibility::config;
      found.reach = Reach::start;
      found.chain = {"Env"};
      say(context, variable.substr(0, equals), variable.substr(equals + 1), 0, found, out);
    }
  }

 private:
  // "Environment=A=b LD_PRELOAD=/x", "environment = A=\"b\",LD_PRELOAD=\"/x\"", "LD_PRELOAD=/x"
  static void read_assignments(std::string_view line, std::uint32_t number, EvidenceSink& out) {
    for (const std::string_view name : {"LD_PRELOAD=", "LD_AUDIT=", "LD_LIBRARY_PATH="}) {
      const std::size_t at = line.find(name);
      if (at == std::string_view::npos) continue;
      if (at > 0 && std::string_view("= \t\"',").find(line[at - 1]) == std::string_view::npos) continue;
      std::string_view value = line.substr(at + name.size());
      if (value.starts_with('"') || value.starts_with('\'')) {
        const char quote = value.front();
        value.remove_prefix(1);
        value = value.substr(0, value.find(quote));
      } else {
        value = value.substr(0, value.find_first_of("\",'"));
        if (at > 0 && line[at - 1] != '"' && line[at - 1] != '\'') value = value.substr(0, value.find(' '));
      }
      if (!value.empty()) hint(name.substr(0, name.size() - 1), value, number, out);
    }
  }

  static void say(const ImageContext& context, const std::string& name, const std::string& value, std::uint32_t line,
                  const PlacedEvidence& place, ImageEvidence& out) {
    for (const std::string_view word : words_of(value)) {
      if (!is_resolved(word)) continue;
      const std::optional<Judged> judged = is_library_list(name) ? library(context, word) : folder(word);
      if (!judged) continue;
      PlacedEvidence found = place;
      found.evidence = with_class(evidence_of(k_rows[0], name + " names " + judged->text), judged->cls);
      found.evidence.line = line;
      out.add(std::move(found));
    }
  }

  static std::optional<Judged> library(const ImageContext& context, std::string_view word) {
    Judged judged{std::string(word), EvidenceClass::supporting};
    if (is_temporary(word) || (word.starts_with('/') && is_hidden(word))) {
      judged.text += ", a place that nobody looks at";
      judged.cls = EvidenceClass::strong;
      return judged;
    }
    if (word.find('/') == std::string_view::npos || word.find('$') != std::string_view::npos) return std::nullopt;
    const auto file = context.image.resolve(layers::canonical_path(word).path);
    if (!file) {
      judged.text += ", which is not in the image";
      return judged;
    }
    switch (context.ownership.integrity(*file)) {
      case inventory::Integrity::unowned: judged.text += ", which no package owns"; return judged;
      case inventory::Integrity::owned_mismatch:
        judged.text += ", which differs from what its package installed";
        judged.cls = EvidenceClass::strong;
        return judged;
      default: return std::nullopt;
    }
  }

  // Libraries are looked for there before the system's own.
  static std::optional<Judged> folder(std::string_view word) {
    const std::string path = std::string(word) + "/";
    if (word == ".") return Judged{"the folder where a program is started", EvidenceClass::supporting};
    if (!word.starts_with('/') || (!is_temporary(path) && !is_hidden(path))) return std::nullopt;
    return Judged{std::string(word) + ", a place that nobody looks at", EvidenceClass::supporting};
  }
};

const util::Registered<PreloadVariables> registered{{
    .id = "preload-variables",
    .version = 1,
    .summary = "libraries put into programs by variables and by the linker's list of folders",
    .example = "LD_PRELOAD names /usr/local/lib/libx.so, which no package owns",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
