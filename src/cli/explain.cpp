// hullcheck explain FINDING-ID: everything there is to say about one finding of a report.
//
// Reads a JSON report, by default the one that the last scan kept. Hostile: a report holds text of an image, and may
// come from anybody; sizes are bounded and everything is escaped before it reaches a terminal.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/scan_options.hpp"
#include "detect/catalogue.hpp"
#include "report/terminal/canvas.hpp"
#include "util/ascii.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t k_largest_report = 1ULL << 30;
constexpr std::size_t k_most_near = 8;
constexpr std::size_t k_label = 12;

struct Arguments {
  std::string id;
  std::string report;
  std::string cache_folder;
  std::string format = "terminal";
  std::string color = "auto";
};

struct Item {
  std::string_view kind;  // "threat", "vulnerability", …
  const Json* result = nullptr;
  const Json* finding = nullptr;
};

std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end()) return {};
  if (at->is_string()) return at->get<std::string>();
  return at->is_number() || at->is_boolean() ? at->dump() : std::string();
}

std::vector<std::string> texts_of(const Json& object, const char* key) {
  std::vector<std::string> out;
  if (const auto at = object.find(key); at != object.end() && at->is_array())
    for (const Json& item : *at)
      if (item.is_string()) out.push_back(item.get<std::string>());
  return out;
}

std::vector<Item> items_of(const Json& report) {
  static constexpr std::pair<const char*, std::string_view> k_lists[] = {{"threats", "threat"},
                                                                         {"secrets", "secret"},
                                                                         {"vulnerabilities", "vulnerability"},
                                                                         {"checks", "check"},
                                                                         {"warnings", "warning"}};
  std::vector<const Json*> results;
  if (const auto many = report.find("results"); many != report.end() && many->is_array())
    for (const Json& result : *many) results.push_back(&result);
  else
    results.push_back(&report);
  std::vector<Item> items;
  for (const Json* const result : results)
    for (const auto& [list, kind] : k_lists)
      if (const auto at = result->find(list); at != result->end() && at->is_array())
        for (const Json& finding : *at)
          if (finding.is_object()) items.push_back({kind, result, &finding});
  return items;
}

// With and without the letters that every id begins with.
bool begins(const Json& finding, const std::string& wanted) {
  const std::string id = util::lower(text_of(finding, "id"));
  return id.starts_with(wanted) || id.starts_with("hc-" + wanted);
}

// A rule or an advisory in place of an id.
bool is_about(const Json& finding, const std::string& wanted) {
  for (const char* const key : {"rule", "advisory", "package"})
    if (util::lower(text_of(finding, key)) == wanted) return true;
  const auto aliases = texts_of(finding, "aliases");
  return std::any_of(aliases.begin(), aliases.end(),
                     [&](const std::string& alias) { return util::lower(alias) == wanted; });
}

std::vector<Item> matching(const std::vector<Item>& items, const std::string& word) {
  const std::string wanted = util::lower(word);
  std::vector<Item> exact, prefix, about;
  for (const Item& item : items) {
    if (util::lower(text_of(*item.finding, "id")) == wanted) exact.push_back(item);
    if (begins(*item.finding, wanted)) prefix.push_back(item);
    if (is_about(*item.finding, wanted)) about.push_back(item);
  }
  // The same finding in several images of one report is one answer.
  if (!exact.empty()) return {exact.front()};
  return prefix.empty() ? about : prefix;
}

std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t kept = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = kept;
    }
  }
  return row.back();
}

std::string title_of(const Item& item) {
  const std::string title = text_of(*item.finding, "title");
  if (item.kind != "vulnerability") return title;
  return text_of(*item.finding, "advisory") + " in " + text_of(*item.finding, "package");
}

void list_items(const std::vector<Item>& items) {
  for (std::size_t i = 0; i < std::min(items.size(), k_most_near); ++i) {
    std::string place;
    if (const auto at = items[i].finding->find("locations");
        at != items[i].finding->end() && at->is_array() && !at->empty() && at->front().is_object())
      place = text_of(at->front(), "path");
    std::fprintf(stderr, "  %s  %s: %s%s%s\n",
                 util::escape_for_terminal(text_of(*items[i].finding, "id").substr(0, 40)).c_str(),
                 std::string(items[i].kind).c_str(),
                 util::escape_for_terminal(title_of(items[i]).substr(0, 120)).c_str(), place.empty() ? "" : " at ",
                 util::escape_for_terminal(place.substr(0, 120)).c_str());
  }
  if (items.size() > k_most_near) std::fprintf(stderr, "  … and %zu more\n", items.size() - k_most_near);
}

int not_found(const std::vector<Item>& items, const std::string& word) {
  fail("no finding of the report is called '" + word.substr(0, 100) + "'");
  if (items.empty()) {
    std::fputs("  the report has no findings\n", stderr);
    return k_negative;
  }
  std::vector<std::pair<std::size_t, std::size_t>> order;
  const std::string wanted = util::lower(word).substr(0, 100);
  for (std::size_t i = 0; i < items.size(); ++i)
    order.emplace_back(distance(util::lower(text_of(*items[i].finding, "id")).substr(0, 100), wanted), i);
  std::sort(order.begin(), order.end());
  std::vector<Item> near;
  for (std::size_t i = 0; i < std::min(order.size(), k_most_near); ++i) near.push_back(items[order[i].second]);
  std::fputs("  near it are:\n", stderr);
  list_items(near);
  return k_negative;
}

std::vector<std::string> technique_ids(const Json& finding) {
  std::vector<std::string> ids;
  std::string_view rest;
  const std::string all = text_of(finding, "technique");
  for (rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (end > 0) ids.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return ids;
}

std::string benign_of(const Item& item) {
  const std::string text = text_of(*item.finding, "benign");
  if (!text.empty()) return text;
  if (item.kind == "vulnerability")
    return "The version of the installed package was compared with the advisory of its distribution or ecosystem, "
           "which "
           "counts backported fixes; whether the flawed code is ever called was not examined.";
  if (!text_of(*item.finding, "ruleSource").empty())
    return "The rule is yours and says nothing about harmless readings; a hit means what its author meant.";
  return std::string(detect::benign_reading(text_of(*item.finding, "rule")));
}

std::string remedy_of(const Item& item) {
  const Json& finding = *item.finding;
  if (item.kind != "vulnerability") return text_of(finding, "remediation");
  const std::string fixed = text_of(finding, "fixedVersion");
  if (!fixed.empty()) return "Upgrade " + text_of(finding, "package") + " to " + fixed + " or later, and rebuild.";
  return "There is no fix yet: remove the package if nothing needs it, or accept the flaw in a policy file with a "
         "reason and a day on which to look again.";
}

void print_json(const Item& item) {
  Json out;
  out["schemaVersion"] = 1;
  out["target"] = item.result->value("target", Json());
  out["verdict"] = item.result->value("verdict", Json());
  out["kind"] = std::string(item.kind);
  out["finding"] = *item.finding;
  out["techniques"] = Json::array();
  for (const std::string& id : technique_ids(*item.finding)) {
    const detect::Technique* known = detect::find_technique(id);
    out["techniques"].push_back({{"id", id},
                                 {"name", known != nullptr ? Json(std::string(known->name)) : Json()},
                                 {"tactics", known != nullptr ? Json(std::string(known->tactics)) : Json()}});
  }
  out["techniqueSource"] = fmt::format("{} ({})", detect::k_techniques_source, detect::k_techniques_date);
  const std::string benign = benign_of(item), remedy = remedy_of(item);
  out["benign"] = benign.empty() ? Json() : Json(benign);
  out["remediation"] = remedy.empty() ? Json() : Json(remedy);
  std::puts(out.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

class Page {
 public:
  explicit Page(report::Canvas& canvas) : m_canvas(canvas) {}
  void item(std::string_view label, const std::string& text, report::Tone tone = report::Tone::plain) {
    if (!text.empty()) m_canvas.item({label, k_label, report::Tone::dim, text, tone});
  }
  void list(std::string_view label, const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) item(i == 0 ? label : "", report::safe(texts[i]));
  }

 private:
  report::Canvas& m_canvas;
};

// "layer 2 of 5", or the digest of a layer that the report does not list.
std::string layer_of(const Json& result, const std::string& diff_id) {
  const auto image = result.find("image");
  if (image != result.end() && image->is_object())
    if (const auto layers = image->find("layers"); layers != image->end() && layers->is_array())
      for (std::size_t i = 0; i < layers->size(); ++i)
        if ((*layers)[i].is_object() && text_of((*layers)[i], "diffId") == diff_id)
          return fmt::format("layer {} of {}", i + 1, layers->size());
  return "layer " + diff_id;
}

std::string place_of(const Json& result, const Json& location) {
  std::string text = text_of(location, "path");
  if (!text.starts_with("config:") && !text.starts_with('/')) text = "/" + text;
  if (const std::string line = text_of(location, "line"); !line.empty()) text += ":" + line;
  const std::string visibility = text_of(location, "visibility"), layer = text_of(location, "layer");
  if (!visibility.empty() && visibility != "final" && visibility != "config") text += " (" + visibility + ")";
  return layer.empty() ? text : text + ", " + layer_of(result, layer);
}

void print_places(const Json& result, const Json& finding, Page& page) {
  std::vector<std::string> places;
  if (const auto at = finding.find("locations"); at != finding.end() && at->is_array())
    for (const Json& location : *at)
      if (location.is_object()) places.push_back(place_of(result, location));
  if (const auto at = finding.find("location"); at != finding.end() && at->is_object())
    places.push_back(place_of(result, *at));
  if (places.size() > 16) places.resize(16);
  page.list("where", places);
}

void print_flaw(const Json& flaw, Page& page) {
  page.item("package", report::safe(text_of(flaw, "package") + " " + text_of(flaw, "packageVersion")));
  page.item("flaw", report::safe(text_of(flaw, "title")));
  page.list("also called", texts_of(flaw, "aliases"));
  page.item("status", report::safe(text_of(flaw, "status") + (text_of(flaw, "feed").empty() ? "" : ", says ") +
                                   text_of(flaw, "feed")));
  if (text_of(flaw, "knownExploited") == "true")
    page.item("exploited", "known to be exploited since " + report::safe(text_of(flaw, "knownExploitedSince")),
              report::Tone::alarm);
  page.item("read more", report::safe(text_of(flaw, "link")));
}

void print_techniques(const Json& finding, Page& page) {
  std::vector<std::string> lines;
  for (const std::string& id : technique_ids(finding)) {
    const detect::Technique* known = detect::find_technique(id);
    lines.push_back(known == nullptr ? id : fmt::format("{} {} ({})", id, known->name, known->tactics));
  }
  page.list("technique", lines);
}

void print_page(const Item& item, report::Canvas& canvas) {
  const Json& finding = *item.finding;
  Page page(canvas);
  canvas.line(canvas.paint(report::Tone::strong, report::safe(title_of(item))));
  page.item("finding", report::safe(text_of(finding, "id") + ", " + std::string(item.kind)));
  page.item("image", report::safe(text_of(*item.result, "target")));
  std::string weight = "severity " + text_of(finding, "severity");
  if (!text_of(finding, "confidence").empty()) weight += ", confidence " + text_of(finding, "confidence") + " %";
  if (const std::string level = text_of(finding, "level"); !level.empty() && level != "none")
    weight = level + ", " + weight;
  page.item("weight", report::safe(weight));
  std::string rule = text_of(finding, "rule");
  if (const std::string source = text_of(finding, "ruleSource"); !source.empty()) rule += " of " + source;
  page.item("rule", report::safe(rule));
  print_places(*item.result, finding, page);
  std::vector<std::string> chain = texts_of(finding, "chain");
  for (std::string& step : chain) step = report::safe(step);
  page.item("how it runs", util::join(chain, " → "));
  page.list("evidence", texts_of(finding, "evidence"));
  if (item.kind == "vulnerability") print_flaw(finding, page);
  print_techniques(finding, page);
  page.item("benign?", report::safe(benign_of(item)));
  page.item("what to do", report::safe(remedy_of(item)));
  page.item("read more", report::safe(text_of(finding, "reference")));
  std::string decision = text_of(finding, "decision");
  if (!decision.empty()) decision += " by " + text_of(finding, "trigger");
  if (const std::string reason = text_of(finding, "reason"); !reason.empty()) decision += ": " + reason;
  page.item("policy", report::safe(decision));
}

Result<Json> read_report(const Arguments& arguments) {
  const std::string folder = arguments.cache_folder.empty() ? util::cache_folder() : arguments.cache_folder;
  const std::string path = arguments.report.empty() ? last_report_path(folder) : arguments.report;
  auto bytes = path.empty() ? Result<Buffer>(make_error(ErrorCode::not_found, "file-absent", "no such file"))
                            : util::read_file(path, k_largest_report);
  if (!bytes && bytes.error().code == ErrorCode::not_found && arguments.report.empty())
    return make_error(ErrorCode::not_found, "report-absent",
                      "there is no report yet; `hullcheck image IMAGE` makes one (not with --no-cache), or name one "
                      "with --report: `hullcheck image IMAGE --format json --output report.json`");
  if (!bytes) return std::move(bytes).error();
  Json report = Json::parse(as_text(*bytes), nullptr, false);
  if (!report.is_object() || !report.contains("schemaVersion"))
    return make_error(ErrorCode::malformed, "report-malformed",
                      "this is no JSON report; `hullcheck image IMAGE --format json --output FILE` makes one", path);
  return report;
}

Result<int> explain(const Arguments& arguments) {
  const Json report = TRY(read_report(arguments));
  const std::vector<Item> items = items_of(report);
  const std::vector<Item> found = matching(items, arguments.id);
  if (found.empty()) return not_found(items, arguments.id);
  if (found.size() > 1) {
    fail("'" + arguments.id.substr(0, 100) + "' stands for several findings", "one of them, please:");
    list_items(found);
    return k_negative;
  }
  if (arguments.format == "json") {
    print_json(found.front());
    return k_done;
  }
  report::ReportOptions options;
  options.width = terminal_width(STDOUT_FILENO);
  options.ascii = !takes_utf8(STDOUT_FILENO);
  options.color = want_color(arguments.color == "always"  ? When::always
                             : arguments.color == "never" ? When::never
                                                          : When::automatic);
  const auto output = standard_output();
  report::Canvas canvas(options, *output);
  print_page(found.front(), canvas);
  TRY(output->finish());
  return k_done;
}

class ExplainCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    app.add_option("finding", arguments->id,
                   "Id of a finding or its beginning; also a rule, an advisory or a package")
        ->required();
    app.add_option("--report", arguments->report, "JSON report (default: that of the last scan)")->type_name("FILE");
    app.add_option("--cache-dir", arguments->cache_folder, "Where the last scan kept its report")->type_name("DIR");
    app.add_option("--format", arguments->format, "How to print it")
        ->check(CLI::IsMember({"terminal", "json"}))
        ->capture_default_str();
    app.add_option("--color", arguments->color, "Colour on a terminal")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    return [arguments] { return finish(explain(*arguments)); };
  }
};

const util::Registered<ExplainCommand> registered{{.id = "explain",
                                                   .summary = "Say everything about one finding of a report",
                                                   .example = R"(  hullcheck explain HC-1f3a
  hullcheck explain CVE-2026-1234 --report app.json
  hullcheck explain HC-1f3a --format json)"}};

}  // namespace
}  // namespace hullcheck::cli
