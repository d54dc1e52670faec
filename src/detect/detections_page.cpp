// docs/detections.md. Everything in it comes from descriptors and tables, so that the page cannot say what the
// program does not do.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "detect/assess.hpp"
#include "detect/catalogue.hpp"
#include "model/severity.hpp"
#include "util/text.hpp"

namespace hullcheck::detect {
namespace {

struct Family {
  char letter;
  int rows;
  std::string_view name;
};
constexpr std::array<Family, 9> k_families{{{'M', 17, "Mining"},
                                            {'D', 13, "Code that is fetched or decoded"},
                                            {'B', 20, "Backdoors and remote control"},
                                            {'P', 9, "Persistence"},
                                            {'H', 10, "Host and cluster"},
                                            {'E', 15, "Programs and containers of code"},
                                            {'L', 9, "Language packages"},
                                            {'I', 8, "Image metadata"},
                                            {'R', 20, "Running hosts"}}};

constexpr std::string_view k_opening = R"(# Detections

What hullcheck looks for in the content of an image. This page is made by `hullcheck rules list --format markdown`; a test
compares it with the registered detectors. `hullcheck rules show ID` says more about one rule, `hullcheck explain` about
a finding.

A rule has a class: **A** is decisive, **B** strong (rare in benign images, but explainable), **C** supporting, **D**
context. What an observation comes to depends on the class and on whether it runs at start, lies on a search path, is merely
present, or was deleted in a later layer: one A, or two B of different families within reach, is *malicious*; one B, or
three C of different families with one at start, is *suspicious*; less is a warning. Evidence in a file that a package owns
with matching digest, or in documentation that nothing starts, weighs one class less.

## What starts

Followed from the image's configuration, with the chain shown in each finding:

- Entrypoint, Cmd and Healthcheck, with what their words name: scripts, programs on PATH, files of settings, and code in
  variables of the environment; from there through scripts, at most eight deep.
- Commands that a project keeps under names: `npm`, `yarn`, `pnpm`, `bun`, `deno` and `composer` with their scripts, `make`
  and `just` with their rules; and what programs read unasked from the folder they stand in (a Rakefile, gunicorn.conf.py).
- Modules and included files of programs in Python, JavaScript, PHP, Ruby, Perl and Lua. Those of libraries (node_modules,
  site-packages) are not followed: they are judged as present.
- What a daemon reads once it is started: crontabs, units of systemd, supervisord, s6 and runit (also in execline), OpenRC,
  inittab, at jobs, udev rules, profiles of login shells. A crontab that no package owns needs no daemon.
- What every program loads: ld.so.preload, LD_PRELOAD, BASH_ENV, NODE_OPTIONS and their like, `.pth` files of Python.

Task runners other than these, and build tools that run the project (Gradle, Maven), are not followed into their files.
)";

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string spaced(std::string_view ids) {
  std::string out;
  for (const char c : ids) out += c == ',' ? std::string(", ") : std::string(1, c);
  return out;
}

// Rule → ids of the detectors that report it.
std::map<std::string, std::vector<std::string>> reporters() {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& detector : DetectorRegistry::all())
    for (const RuleRow& row : detector.descriptor.rules) {
      auto& ids = out[std::string(row.id)];
      if (ids.empty() || ids.back() != detector.descriptor.id) ids.emplace_back(detector.descriptor.id);
    }
  return out;
}

bool is_catalogue_id(std::string_view id) {
  return id.size() == 3 && id[1] >= '0' && id[1] <= '9' && id[2] >= '0' && id[2] <= '9' &&
         !family_name(id[0]).empty();
}

void add_table(const std::vector<const RuleRow*>& rows,
               const std::map<std::string, std::vector<std::string>>& detectors, std::string& out) {
  out +=
      "\n| rule | finds | class | severity | confidence | technique | detectors |\n|---|---|---|---|---|---|---|\n";
  for (const RuleRow* row : rows)
    out += fmt::format("| `{}` | {} | {} | {} | {} % | {} | {} |\n", row->id, cell(row->title), to_string(row->cls),
                       model::to_string(row->severity), row->confidence,
                       row->technique.empty() ? "–" : spaced(row->technique),
                       util::join(detectors.at(std::string(row->id)), ", "));
}

}  // namespace

std::string_view family_name(char letter) {
  for (const Family& family : k_families)
    if (family.letter == letter) return family.name;
  return {};
}

std::vector<std::string> catalogue_ids() {
  std::vector<std::string> ids;
  for (const Family& family : k_families)
    for (int i = 1; i <= family.rows; ++i) ids.push_back(fmt::format("{}{:02}", family.letter, i));
  return ids;
}

std::string detections_page() {
  const std::vector<RuleRow> rules = all_rules();
  const auto detectors = reporters();
  std::string out(k_opening);
  for (const Family& family : k_families) {
    std::vector<const RuleRow*> rows;
    for (const RuleRow& row : rules)
      if (is_catalogue_id(row.id) && row.id[0] == family.letter) rows.push_back(&row);
    if (rows.empty()) continue;
    out += fmt::format("\n## {}\n", family.name);
    add_table(rows, detectors, out);
  }
  std::vector<const RuleRow*> rest;
  for (const RuleRow& row : rules)
    if (!is_catalogue_id(row.id)) rest.push_back(&row);
  if (!rest.empty()) {
    out += "\n## Outside the catalogue\n";
    add_table(rest, detectors, out);
  }
  out += "\n## Reported by other stages\n\n| rule | finds | by |\n|---|---|---|\n";
  for (const Elsewhere& row : reported_elsewhere())
    out += fmt::format("| `{}` | {} | {} |\n", row.id, cell(row.title), cell(row.stage));
  out += "\n## Not done\n\n| row | would find | why not |\n|---|---|---|\n";
  for (const Family& family : k_families)
    for (const NotDone& row : not_done())
      if (row.id[0] == family.letter)
        out += fmt::format("| `{}` | {} | {} |\n", row.id, cell(row.title), cell(row.reason));
  out += fmt::format("\nTechniques are those of {} ({}).\n", k_techniques_source, k_techniques_date);
  return out;
}

}  // namespace hullcheck::detect
