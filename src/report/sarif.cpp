// SARIF 2.1.0 (OASIS standard "Static Analysis Results Interchange Format"), in the shape that code scanning services
// take: one run an image, one rule a flaw or catalogue row, results with fingerprints that stay the same between
// scans.
//
// Such services refuse or cut files beyond their limits, so the least severe results are left out here, and the run's
// invocation says how many. Ignored findings are written as suppressed, with the policy's reason.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/report.hpp"
#include "report/sarif/rows.hpp"
#include "util/json_writer.hpp"
#include "util/text.hpp"
#include "util/version.hpp"

namespace hullcheck::report {
namespace {

using util::JsonWriter;

// What GitHub code scanning keeps of a file (its documentation, "SARIF support for code scanning").
constexpr std::size_t k_most_runs = 20;
constexpr std::size_t k_most_results = 5000;
constexpr std::size_t k_most_locations = 100;
constexpr std::size_t k_most_notifications = 200;

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  json.begin_object();
  json.field("text", text);
  json.end_object();
}

void write_rule(JsonWriter& json, const SarifRow& row) {
  json.begin_object();
  json.field("id", row.rule);
  json.field("name", row.rule_name);
  write_text(json, "shortDescription", row.title);
  write_text(json, "fullDescription", row.description);
  json.key("help");
  json.begin_object();
  json.field("text", row.help);
  json.field("markdown", row.help);
  json.end_object();
  if (!row.help_uri.empty()) json.field("helpUri", row.help_uri);
  json.key("defaultConfiguration");
  json.begin_object();
  json.field("level", row.level);
  json.end_object();
  json.key("properties");
  json.begin_object();
  if (!row.security_severity.empty()) json.field("security-severity", row.security_severity);
  json.field("precision", row.precision);
  json.strings("tags", row.tags);
  json.end_object();
  json.end_object();
}

void write_location(JsonWriter& json, const model::Location& location, const model::ScanResult& result) {
  json.begin_object();
  json.key("physicalLocation");
  json.begin_object();
  json.key("artifactLocation");
  json.begin_object();
  json.field("uri", location_uri(location.path));
  json.field("uriBaseId", "ROOTPATH");
  json.end_object();
  json.key("region");
  json.begin_object();
  json.field("startLine", std::max(location.line, 1U));
  json.end_object();
  json.end_object();
  json.key("logicalLocations");
  json.begin_array();
  json.begin_object();
  json.field("fullyQualifiedName",
             fmt::format("{}@{}:{}", result.image.reference, location.layer, model::place(location)));
  json.end_object();
  json.end_array();
  json.end_object();
}

void write_result(JsonWriter& json, const SarifRow& row, std::size_t rule_index, const model::ScanResult& result) {
  json.begin_object();
  json.field("ruleId", row.rule);
  json.field("ruleIndex", rule_index);
  json.field("level", row.level);
  write_text(json, "message", row.message);
  json.key("locations");
  json.begin_array();
  for (std::size_t i = 0; i < std::min(row.locations.size(), k_most_locations); ++i)
    write_location(json, row.locations[i], result);
  json.end_array();
  json.key("partialFingerprints");
  json.begin_object();
  json.field("hullcheckFinding/v1", row.id);
  // The only name that GitHub code scanning reads; it would hash source lines, which an image has none of.
  json.field("primaryLocationLineHash", row.id);
  json.end_object();
  if (row.decision == "ignore") {
    json.key("suppressions");
    json.begin_array();
    json.begin_object();
    json.field("kind", "external");
    json.field("justification", row.trigger + (row.reason.empty() ? "" : ": " + row.reason));
    json.end_object();
    json.end_array();
  }
  json.key("properties");
  json.begin_object();
  json.field("severity", row.severity);
  json.field_or_null("decision", row.decision);
  json.field_or_null("trigger", row.trigger);
  json.end_object();
  json.end_object();
}

void write_notification(JsonWriter& json, std::string_view id, std::string_view level, std::string_view text) {
  json.begin_object();
  json.key("descriptor");
  json.begin_object();
  json.field("id", id);
  json.end_object();
  json.field("level", level);
  write_text(json, "message", text);
  json.end_object();
}

// The gaps, and what was left out of this file.
void write_invocation(JsonWriter& json, const model::ScanResult& result, std::size_t left_out,
                      std::string_view runs_note) {
  json.key("invocations");
  json.begin_array();
  json.begin_object();
  json.field("executionSuccessful", true);
  json.key("toolExecutionNotifications");
  json.begin_array();
  if (left_out > 0)
    write_notification(json, "results-left-out", "warning",
                       fmt::format("The {} least severe results were left out; --format json has them all",
                                   util::human_count(left_out)));
  if (!runs_note.empty()) write_notification(json, "runs-left-out", "warning", runs_note);
  const auto& gaps = result.coverage.gaps;
  for (std::size_t i = 0; i < std::min(gaps.size(), k_most_notifications); ++i)
    write_notification(json, gaps[i].id, gaps[i].effect == model::GapEffect::unknown ? "warning" : "note",
                       gaps[i].subject.empty() ? gaps[i].reason : gaps[i].subject + ": " + gaps[i].reason);
  if (gaps.size() > k_most_notifications)
    write_notification(json, "gaps-left-out", "warning",
                       fmt::format("{} more gaps; --format json has them all", gaps.size() - k_most_notifications));
  json.end_array();
  json.end_object();
  json.end_array();
}

void write_properties(JsonWriter& json, const model::ScanResult& result) {
  json.key("properties");
  json.begin_object();
  json.field("verdict", model::to_string(result.verdict));
  std::vector<std::string> reasons;
  for (const model::Reason& reason : result.reasons) reasons.push_back(reason.text);
  json.strings("reasons", reasons);
  json.field_or_null("imageReference", result.image.reference);
  json.field_or_null("imageSource", result.image.source);
  json.field_or_null("platform", result.image.platform);
  json.field_or_null("manifestDigest", result.image.manifest_digest);
  json.field_or_null("configDigest", result.image.config_digest);
  json.end_object();
}

void write_run(JsonWriter& json, const model::ScanResult& result, std::string_view runs_note) {
  std::vector<SarifItem> items = sarif_items(result);
  const std::size_t left_out = items.size() - std::min(items.size(), k_most_results);
  items.resize(items.size() - left_out);
  // Rules in the order of their first, most severe result.
  std::map<std::string, std::size_t, std::less<>> rule_index;
  json.begin_object();
  json.key("tool");
  json.begin_object();
  json.key("driver");
  json.begin_object();
  json.field("name", "hullcheck");
  json.field("version", util::k_version);
  json.key("rules");
  json.begin_array();
  for (const SarifItem& item : items)
    if (const SarifRow row = sarif_row(item); rule_index.emplace(row.rule, rule_index.size()).second)
      write_rule(json, row);
  json.end_array();
  json.end_object();
  json.end_object();
  write_invocation(json, result, left_out, runs_note);
  json.key("automationDetails");
  json.begin_object();
  json.field("id", fmt::format("hullcheck/{}/{}", result.target, result.image.platform));
  json.end_object();
  json.key("originalUriBaseIds");
  json.begin_object();
  json.key("ROOTPATH");
  json.begin_object();
  json.field("uri", "file:///");
  json.end_object();
  json.end_object();
  json.field("columnKind", "utf16CodeUnits");
  json.key("results");
  json.begin_array();
  for (const SarifItem& item : items) {
    const SarifRow row = sarif_row(item);
    write_result(json, row, rule_index.find(row.rule)->second, result);
  }
  json.end_array();
  write_properties(json, result);
  json.end_object();
}

class Sarif final : public Report {
 public:
  void write(const ReportInput& input, const ReportOptions&, Output& out) const override {
    std::vector<const model::ScanResult*> results;
    for (const model::ScanResult& result : input.results) results.push_back(&result);
    std::string note;
    if (results.size() > k_most_runs) {
      std::stable_sort(results.begin(), results.end(),
                       [](const auto* a, const auto* b) { return a->verdict > b->verdict; });
      note = fmt::format("{} more images of {} were left out", results.size() - k_most_runs, input.target);
      results.resize(k_most_runs);
    }
    JsonWriter json([&](std::string_view text) { out.write(text); });
    json.begin_object();
    json.field("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.field("version", "2.1.0");
    json.key("runs");
    json.begin_array();
    for (const model::ScanResult* result : results) write_run(json, *result, note);
    json.end_array();
    json.end_object();
    json.finish();
  }
};

const util::Registered<Sarif> registered{{.id = "sarif",
                                          .version = 1,
                                          .summary = "SARIF 2.1.0, for code scanning services",
                                          .example = "hullcheck image --format sarif --output scan.sarif nginx:1.27",
                                          .media_type = "application/sarif+json"}};

}  // namespace
}  // namespace hullcheck::report
