// For people. The first line is the answer, the first screen is enough to act on, the evidence stands below it.
//
// Every piece of text that an image, a registry or a feed could have chosen is escaped on its way to the terminal,
// and cut where it is longer than anybody reads. What was not assessed is never printed as a number.
#include <fmt/format.h>

#include <numeric>

#include "report/report.hpp"
#include "report/terminal/canvas.hpp"
#include "report/terminal/sections.hpp"
#include "util/text.hpp"

namespace hullcheck::report {
namespace {

void print_result(const model::ScanResult& result, Canvas& canvas) {
  print_verdict(result, canvas);
  print_reasons(result, canvas);
  if (canvas.options().quiet) return;
  print_found(result, canvas);
  print_coverage(result, canvas);
  print_next_steps(result, canvas);
  print_findings(result, canvas);
  print_vulnerabilities(result, canvas);
  print_suppressed(result, canvas);
  print_hygiene(result, canvas);
  print_footer(result, canvas);
}

// Which of several images are how.
void print_overview(const ReportInput& input, Canvas& canvas) {
  std::vector<std::string> parts;
  for (const model::Verdict verdict : {model::Verdict::unsafe, model::Verdict::unknown, model::Verdict::safe}) {
    const auto count = std::count_if(input.results.begin(), input.results.end(),
                                     [&](const model::ScanResult& result) { return result.verdict == verdict; });
    if (count > 0) parts.push_back(fmt::format("{} {}", count, model::to_string(verdict)));
  }
  std::string word(model::to_string(input.verdict));
  for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
  canvas.line(canvas.paint(tone_of(input.verdict), word) + "  " + canvas.paint(Tone::strong, safe(input.target)));
  canvas.item({"", 0, Tone::plain,
               parts.empty() ? "No image was found in it."
                             : util::plural(input.results.size(), "image") + ": " + util::join(parts, ", ") + ".",
               Tone::plain, word.size() + 2});
}

class Terminal final : public Report {
 public:
  void write(const ReportInput& input, const ReportOptions& options, Output& out) const override {
    Canvas canvas(options, out);
    const bool several = input.wrapped || input.results.size() != 1;
    if (several) print_overview(input, canvas);
    for (const model::ScanResult& result : input.results) {
      if (several) canvas.line();
      if (several && !options.quiet) canvas.line(canvas.paint(Tone::dim, std::string(canvas.width(), '-')));
      print_result(result, canvas);
    }
  }
};

const util::Registered<Terminal> registered{{.id = "terminal",
                                             .version = 1,
                                             .summary = "For people, as wide as the terminal",
                                             .example = "hullcheck image nginx:1.27",
                                             .media_type = "text/plain; charset=utf-8"}};

}  // namespace

void print_footer(const model::ScanResult& result, Canvas& canvas) {
  constexpr std::size_t k_label = 10;
  canvas.heading("Scan");
  const auto row = [&](std::string_view label, const std::string& text) {
    canvas.item({label, k_label, Tone::dim, text, Tone::dim});
  };
  const std::string& digest =
      result.image.manifest_digest.empty() ? result.image.config_digest : result.image.manifest_digest;
  // In one piece, so that it can be copied.
  if (!digest.empty())
    canvas.line("  " + canvas.paint(Tone::dim, util::pad_right("image", k_label + 2) + safe(digest)));
  const auto size = std::accumulate(result.layers.begin(), result.layers.end(), std::uint64_t{0},
                                    [](std::uint64_t sum, const auto& layer) { return sum + layer.size; });
  std::string contents = util::plural(result.layers.size(), "layer");
  if (size > 0) contents += ", " + util::human_size(size);
  const std::string no_packages = result.packages.empty() ? not_assessed(result, "packages") : "";
  contents +=
      no_packages.empty() ? ", " + util::plural(result.packages.size(), "package") : "; packages " + no_packages;
  row("contents", contents);
  const model::Distribution& distribution = result.distribution;
  std::string system =
      distribution.pretty_name.empty() ? distribution.id + " " + distribution.version_id : distribution.pretty_name;
  if (distribution.id.empty()) system = "unknown distribution";
  if (result.end_of_life && !result.end_of_life_date.empty())
    system += ", end of life since " + result.end_of_life_date;
  row("system", safe(system));
  if (!result.database.present) {
    row("advisories", "no database");
  } else {
    std::vector<std::string> sources;
    for (const model::SourceState& source : result.database.sources)
      if (source.needed && !source.checked.empty())
        sources.push_back(safe(source.name) + " of " + safe(source.checked.substr(0, 10)) +
                          (source.stale ? " (too old)" : ""));
    row("advisories", sources.empty() ? "built " + safe(result.database.built) : util::join(sources, ", "));
  }
  row("policy", safe(result.policy));
  if (!result.exception_files.empty()) row("ignores", safe(util::join_some(result.exception_files, 6)));
  if (!canvas.options().deterministic && !result.timings.empty()) {
    double sum = 0;
    for (const auto& [stage, milliseconds] : result.timings) sum += milliseconds;
    row("time", util::human_duration(sum));
  }
}

}  // namespace hullcheck::report
