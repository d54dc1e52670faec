// Marks files that are rules or signatures of security tools: they quote what they look for.
//
// A format is known by its suffix and by the lines that every rule of it has; how many there are is told along, since
// tools ship one file with hundreds of rules or hundreds of files with one. Word lists of ModSecurity's rule set have
// no form of their own and count only beside its rules.
// Hostile: anybody can write such a file round a payload. A mark by itself changes nothing: assess() sets evidence
// aside only for text that is not started, in a folder with at least twenty such rules, and says so.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{64} << 20;  // signature databases are large

constexpr std::array<RuleRow, 1> k_rows{{
    {k_corpus_rule, EvidenceClass::context, model::Severity::negligible, 90, "Collection of security rules", "",
     "Nothing to do where the image is meant to hold security tools."},
}};

// How a line that begins a rule is told.
enum class Line : std::uint8_t {
  begins,      // with `mark`, behind blanks
  contains,    // `mark`
  yara_rule,   // "rule NAME", perhaps private or global
  hash,        // digest:size:name
  fields,      // at least three fields with `mark` between, the first a name
  whole_file,  // the file is one rule
  none,        // the file is none by itself
};

struct Format {
  std::string_view name;
  std::string_view suffix;
  std::string_view in_head;  // of the first 4 KiB, "" for anything
  std::string_view needs;    // somewhere in the file
  Line line;
  std::string_view mark;
};
constexpr auto k_formats = std::to_array<Format>({
    {"YARA", ".yar", "", "condition:", Line::yara_rule, ""},
    {"YARA", ".yara", "", "condition:", Line::yara_rule, ""},
    {"Sigma", ".yml", "logsource:", "detection:", Line::begins, "detection:"},
    {"Sigma", ".yaml", "logsource:", "detection:", Line::begins, "detection:"},
    {"Falco", ".yaml", "", "condition:", Line::begins, "- rule:"},
    {"Falco", ".yml", "", "condition:", Line::begins, "- rule:"},
    // Lists and macros come first in its larger files.
    {"Falco", ".yaml", "- macro:", "condition:", Line::begins, "- rule:"},
    {"Falco", ".yaml", "- list:", "condition:", Line::begins, "- rule:"},
    {"Falco", ".yaml", "- required_engine_version:", "condition:", Line::begins, "- rule:"},
    {"capa", ".yml", "rule:", "features:", Line::whole_file, ""},
    {"nuclei", ".yaml", "info:", "matchers:", Line::whole_file, ""},
    {"Semgrep", ".yaml", "rules:", "message:", Line::begins, "- id:"},
    {"Semgrep", ".yml", "rules:", "message:", Line::begins, "- id:"},
    {"gitleaks", ".toml", "rules", "regex", Line::begins, "[[rules]]"},
    {"nmap script", ".nse", "", "action", Line::whole_file, ""},
    {"intrusion detection", ".rules", "", "sid:", Line::contains, "sid:"},
    {"ModSecurity", ".conf", "", "id:", Line::begins, "SecRule "},
    {"ModSecurity", ".data", "", "", Line::none, ""},
    {"ClamAV", ".ndb", "", "", Line::fields, ":"},
    {"ClamAV", ".ldb", "", "", Line::fields, ";"},
    {"ClamAV", ".hdb", "", "", Line::hash, ""},
    {"ClamAV", ".hsb", "", "", Line::hash, ""},
    {"ClamAV", ".mdb", "", "", Line::fields, ":"},
});

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool begins_yara_rule(std::string_view line) {
  for (const std::string_view word : {"private ", "global ", "private "})
    if (line.starts_with(word)) line.remove_prefix(word.size());
  return line.starts_with("rule ") && line.size() > 5 && is_word(line[5]);
}

bool is_hash_line(std::string_view line) {
  const std::size_t digits = line.find_first_not_of("0123456789abcdefABCDEF");
  return (digits == 32 || digits == 40 || digits == 64) && line[digits] == ':';
}

bool is_field_line(std::string_view line, char mark) {
  const std::size_t first = line.find(mark);
  if (first == 0 || first == std::string_view::npos || first > 200) return false;
  return line.find(mark, first + 1) != std::string_view::npos &&
         line.substr(0, first).find(' ') == std::string_view::npos;
}

bool begins_rule(const Format& format, std::string_view line) {
  const std::size_t blanks = line.find_first_not_of(" \t");
  if (blanks == std::string_view::npos || line[blanks] == '#') return false;
  line.remove_prefix(blanks);
  switch (format.line) {
    case Line::begins: return line.starts_with(format.mark);
    case Line::contains: return line.find(format.mark) != std::string_view::npos;
    case Line::yara_rule: return begins_yara_rule(line);
    case Line::hash: return is_hash_line(line);
    case Line::fields: return is_field_line(line, format.mark.front());
    case Line::whole_file:
    case Line::none: break;
  }
  return false;
}

// Signatures are all that such a file holds: lines of another kind make it none.
bool is_strict(const Format& format) { return format.line == Line::hash || format.line == Line::fields; }

std::size_t count_rules(const Format& format, std::string_view text) {
  if (format.line == Line::whole_file) return 1;
  if (format.line == Line::none) return 0;
  std::size_t rules = 0, others = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (begins_rule(format, line))
      ++rules;
    else if (!line.empty() && line.front() != '#')
      ++others;
  }
  return is_strict(format) && others > rules / 50 ? 0 : rules;
}

bool may_be(const Format& format, std::string_view name, const layers::FileInfo& file) {
  return name.ends_with(format.suffix) && as_text(file.head).find(format.in_head) != std::string_view::npos;
}

class SecurityCorpus final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.entry.content != layers::ContentKind::text || file.size() > k_most_bytes) return false;
    // Most YAML and configuration is none of this; rules show their form early.
    const std::string_view head = as_text(file.head);
    const std::string_view name = file.name();
    return std::any_of(k_formats.begin(), k_formats.end(), [&](const Format& format) {
      if (!may_be(format, name, file)) return false;
      return file.size() <= file.head.size()
                 ? head.find(format.needs) != std::string_view::npos
                 : format.line != Line::begins || !format.in_head.empty() ||
                       head.find(format.mark) != std::string_view::npos || format.mark == "SecRule ";
    });
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const std::string_view text = file.text(), name = file.name();
    for (const Format& format : k_formats) {
      if (!may_be(format, name, file) || text.find(format.needs) == std::string_view::npos) continue;
      const std::size_t rules = count_rules(format, text);
      if (rules == 0 && format.line != Line::none) continue;
      Evidence evidence = evidence_of(k_rows[0], std::string(format.name) + " rules");
      evidence.values.emplace_back(k_corpus_count, std::to_string(rules));
      out.add(std::move(evidence));
      return;
    }
  }
};

const util::Registered<SecurityCorpus> registered{{
    .id = "security-corpus",
    .version = 2,
    .summary = "files that are rules of security tools",
    .example = "a folder of YARA rules",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
