// The table of vulnerabilities: what decides first, no more rows than somebody reads, as wide as the terminal is.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "report/terminal/sections.hpp"
#include "util/text.hpp"

namespace hullcheck::report {
namespace {

using model::Severity;
using model::Vulnerability;
using model::VulnerabilityStatus;

constexpr std::size_t k_most_rows = 25;
constexpr std::size_t k_rows_at_least = 10;  // where nothing is severe
constexpr std::size_t k_narrow = 76;         // below, a row is a small block
constexpr std::size_t k_gap = 2;

// One flaw in one version of one source package: its binary packages share a row.
struct Row {
  const Vulnerability* flaw;
  std::vector<std::string_view> packages;
};

int decision_weight(const Vulnerability& flaw) {
  return flaw.decision == "stop" ? 2 : flaw.decision == "ignore" ? 0 : 1;
}

bool matters(const Vulnerability& flaw) {
  return flaw.decision == "stop" ||
         (flaw.decision != "ignore" && (flaw.known_exploited || flaw.severity >= Severity::high));
}

std::vector<Row> rows_of(const model::ScanResult& result) {
  using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
  std::map<Key, std::size_t> index;
  std::vector<Row> rows;
  for (const Vulnerability& flaw : result.vulnerabilities) {
    const Key key{flaw.advisory, flaw.source_name.empty() ? flaw.package : flaw.source_name, flaw.package_version,
                  flaw.decision};
    const auto [place, fresh] = index.emplace(key, rows.size());
    if (fresh) rows.push_back({&flaw, {}});
    auto& packages = rows[place->second].packages;
    if (std::find(packages.begin(), packages.end(), flaw.package) == packages.end()) packages.push_back(flaw.package);
  }
  const bool epss = std::any_of(result.exposures.begin(), result.exposures.end(),
                                [](const auto& entry) { return entry.second.epss >= 0; });
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    const auto weight = [&](const Vulnerability& f) {
      const auto exposure = result.exposures.find(f.id);
      const double risk = epss && exposure != result.exposures.end() ? exposure->second.risk : 0;
      return std::make_tuple(decision_weight(f), f.known_exploited, risk, f.severity, f.cvss_score,
                             !f.fixed_version.empty());
    };
    if (weight(*a.flaw) != weight(*b.flaw)) return weight(*a.flaw) > weight(*b.flaw);
    return std::tie(a.flaw->package, a.flaw->advisory) < std::tie(b.flaw->package, b.flaw->advisory);
  });
  return rows;
}

std::string fix_of(const Vulnerability& flaw) {
  if (!flaw.fixed_version.empty()) return safe(flaw.fixed_version);
  switch (flaw.status) {
    case VulnerabilityStatus::will_not_fix: return "will not fix";
    case VulnerabilityStatus::deferred: return "deferred";
    case VulnerabilityStatus::end_of_life: return "end of life";
    case VulnerabilityStatus::under_investigation: return "being looked at";
    case VulnerabilityStatus::unimportant: return "unimportant";
    case VulnerabilityStatus::disputed: return "disputed";
    case VulnerabilityStatus::not_affected: return "not affected";
    case VulnerabilityStatus::affected:
    case VulnerabilityStatus::fixed: return "none yet";
  }
  return "none yet";
}

std::string packages_of(const Row& row) {
  std::string text = safe(row.packages.front());
  if (row.packages.size() > 1) text += fmt::format(" +{}", row.packages.size() - 1);
  return text;
}

std::string layer_number(const model::ScanResult& result, const Vulnerability& flaw) {
  for (std::size_t i = 0; i < result.layers.size(); ++i)
    if (result.layers[i].diff_id == flaw.location.layer) return std::to_string(i + 1);
  return {};
}

struct Column {
  std::string_view title;
  std::size_t least;  // may be narrowed to this; 0: never narrowed
  std::vector<std::string> cells;
  std::size_t width = 0;
};

// Takes columns away from whichever flexible column is widest until the table fits.
void fit(std::vector<Column>& columns, std::size_t width) {
  std::size_t sum = 0;
  for (Column& column : columns) {
    column.width = util::display_width(column.title);
    for (const std::string& cell : column.cells) column.width = std::max(column.width, util::display_width(cell));
    sum += column.width + k_gap;
  }
  while (sum > width) {
    Column* widest = nullptr;
    for (Column& column : columns)
      if (column.least > 0 && column.width > column.least && (widest == nullptr || column.width > widest->width))
        widest = &column;
    if (widest == nullptr) return;
    --widest->width;
    --sum;
  }
}

void print_table(const model::ScanResult& result, const std::vector<Row>& rows, Canvas& canvas) {
  std::vector<Column> columns{{"severity", 0, {}},   {"KEV", 0, {}},       {"id", 14, {}},  {"package", 12, {}},
                              {"installed", 10, {}}, {"fixed in", 10, {}}, {"layer", 0, {}}};
  bool any_exploited = false;
  for (const Row& row : rows) {
    const Vulnerability& flaw = *row.flaw;
    any_exploited = any_exploited || flaw.known_exploited;
    const std::string cells[] = {std::string(model::to_string(flaw.severity)),
                                 flaw.known_exploited ? "KEV" : "",
                                 safe(flaw.advisory),
                                 packages_of(row),
                                 safe(flaw.package_version),
                                 fix_of(flaw),
                                 layer_number(result, flaw)};
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].cells.push_back(cells[i]);
  }
  if (!any_exploited) columns.erase(columns.begin() + 1);
  if (result.layers.size() < 2) columns.pop_back();
  fit(columns, canvas.width() - 2);

  std::string head;
  for (const Column& column : columns) head += util::pad_right(column.title, column.width + k_gap);
  canvas.line("  " + canvas.paint(Tone::dim, head.substr(0, head.find_last_not_of(' ') + 1)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Vulnerability& flaw = *rows[i].flaw;
    std::string line = "  ";
    for (const Column& column : columns) {
      const std::string cell = util::truncate_middle(column.cells[i], column.width);
      const std::string space(column.width - util::display_width(cell) + k_gap, ' ');
      std::string painted = cell;
      if (column.title == "severity") painted = canvas.paint(tone_of(flaw.severity), cell);
      if (column.title == "KEV") painted = canvas.paint(Tone::alarm, cell);
      if (column.title == "id") painted = canvas.link(flaw.link, cell);
      if (column.title == "fixed in" && flaw.fixed_version.empty()) painted = canvas.paint(Tone::dim, cell);
      line += painted + space;
    }
    canvas.line(line);
  }
}

void print_blocks(const std::vector<Row>& rows, Canvas& canvas) {
  for (const Row& row : rows) {
    const Vulnerability& flaw = *row.flaw;
    std::string line =
        "  " + canvas.paint(tone_of(flaw.severity), util::pad_right(model::to_string(flaw.severity), 10)) + "  ";
    line += canvas.link(flaw.link, safe(flaw.advisory));
    if (flaw.known_exploited) line += "  " + canvas.paint(Tone::alarm, "KEV");
    canvas.line(line);
    canvas.item({"", 0, Tone::dim, packages_of(row) + " " + safe(flaw.package_version), Tone::plain, 4});
    canvas.item({"", 0, Tone::dim, flaw.fixed_version.empty() ? "fix: " + fix_of(flaw) : "fixed in " + fix_of(flaw),
                 Tone::dim, 4});
  }
}

}  // namespace

void print_vulnerabilities(const model::ScanResult& result, Canvas& canvas) {
  if (result.vulnerabilities.empty()) return;
  std::vector<Row> rows = rows_of(result);
  const std::size_t all = rows.size();
  const auto severe = static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return matters(*row.flaw); }));
  const std::size_t show = std::min({all, k_most_rows, std::max(severe, k_rows_at_least)});
  rows.resize(show);
  std::string rest = util::human_count(all);
  if (show < all) rest += fmt::format(", the {} that matter most", show);
  canvas.heading("Vulnerabilities", rest);
  if (canvas.width() < k_narrow)
    print_blocks(rows, canvas);
  else
    print_table(result, rows, canvas);
  if (show < all)
    canvas.item({"", 0, Tone::dim,
                 fmt::format("… and {} more (--format json for all)", util::human_count(all - show)), Tone::dim});
}

// What is not counted, and who says so: flaws that the policy ignores, and ones that records rule out.
void print_suppressed(const model::ScanResult& result, Canvas& canvas) {
  if (!canvas.options().show_suppressed) return;
  std::vector<const Vulnerability*> list;
  for (const Vulnerability& flaw : result.vulnerabilities)
    if (flaw.decision == "ignore") list.push_back(&flaw);
  for (const Vulnerability& flaw : result.suppressed) list.push_back(&flaw);
  canvas.heading("Suppressed", util::human_count(list.size()));
  for (const Vulnerability* flaw : list) {
    std::string why = flaw->reason.empty() ? std::string("ignored") : flaw->reason;
    if (!flaw->trigger.empty()) why += " (" + flaw->trigger + ")";
    canvas.item({"", 0, Tone::dim,
                 fmt::format("{} {} {}: {}", safe(flaw->advisory), safe(flaw->package), safe(flaw->package_version),
                             safe(why))});
  }
}

}  // namespace hullcheck::report
