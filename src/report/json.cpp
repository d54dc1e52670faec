// The whole result as JSON, described by docs/report-schema.json. Grows by fields only; `schemaVersion` changes when
// a field changes its meaning. Text from the image comes as it is, with U+FFFD where it is no UTF-8.
#include "report/report.hpp"
#include "util/json_writer.hpp"
#include "util/version.hpp"

namespace hullcheck::report {
namespace {

using util::JsonWriter;

constexpr int k_schema_version = 1;

// A list of records, each written by `write`.
template <class Item, class Write>
void list(JsonWriter& json, std::string_view name, const std::vector<Item>& items, Write write) {
  json.key(name);
  json.begin_array();
  for (const Item& item : items) {
    json.begin_object();
    write(json, item);
    json.end_object();
  }
  json.end_array();
}

void write_header(JsonWriter& json, std::string_view target) {
  json.field("schemaVersion", k_schema_version);
  json.key("tool");
  json.begin_object();
  json.field("name", "hullcheck");
  json.field("version", util::k_version);
  json.end_object();
  json.field("target", target);
}

void write_layer(JsonWriter& json, const model::LayerSummary& layer) {
  json.field_or_null("diffId", layer.diff_id);
  json.field_or_null("digest", layer.blob_digest);
  json.field_or_null("mediaType", layer.media_type);
  json.field("size", layer.size);
  json.field("files", layer.files);
  json.field_or_null("createdBy", layer.created_by);
  json.field("read", layer.read);
}

void write_image(JsonWriter& json, const model::ScanResult& result) {
  const model::Image& image = result.image;
  json.key("image");
  json.begin_object();
  json.field_or_null("reference", image.reference);
  json.field_or_null("source", image.source);
  json.field_or_null("platform", image.platform);
  json.field_or_null("manifestDigest", image.manifest_digest);
  json.field_or_null("configDigest", image.config_digest);
  list(json, "layers", result.layers, write_layer);
  json.key("distribution");
  if (result.distribution.id.empty()) {
    json.null();
  } else {
    json.begin_object();
    json.field("id", result.distribution.id);
    json.field_or_null("versionId", result.distribution.version_id);
    json.field_or_null("codename", result.distribution.codename);
    json.field_or_null("prettyName", result.distribution.pretty_name);
    json.strings("contentSets", result.distribution.content_sets);
    json.strings("cpes", result.distribution.cpes);
    json.field("endOfLife", result.end_of_life);
    json.field_or_null("endOfLifeDate", result.end_of_life_date);
    json.end_object();
  }
  json.end_object();
}

void write_reason(JsonWriter& json, const model::Reason& reason) {
  json.field("verdict", model::to_string(reason.verdict));
  json.field("text", reason.text);
  json.field_or_null("reference", reason.reference);
}

void write_gap(JsonWriter& json, const model::Gap& gap) {
  json.field("id", gap.id);
  json.field("stage", gap.stage);
  json.field_or_null("subject", gap.subject);
  json.field("reason", gap.reason);
  json.field("effect", model::to_string(gap.effect));
}

void write_coverage(JsonWriter& json, const model::Coverage& coverage) {
  json.key("coverage");
  json.begin_object();
  json.field("complete", coverage.complete);
  list(json, "gaps", coverage.gaps, write_gap);
  json.key("stages");
  json.begin_object();
  for (const auto& [name, state] : coverage.stages) json.field(name, model::to_string(state));
  json.end_object();
  json.field("executableBytes", coverage.executable_bytes);
  json.field("attributedBytes", coverage.attributed_bytes);
  json.strings("unattributed", coverage.unattributed);
  list(json, "unattributedFiles", coverage.unattributed_files,
       [](JsonWriter& out, const model::UnattributedFile& file) {
         out.field("path", file.path);
         out.field("size", file.size);
         out.field_or_null("digest", file.digest);
         out.field_or_null("layer", file.layer);
       });
  json.field("unattributedCount", coverage.unattributed_count);
  json.field("unrated", coverage.unrated);
  json.end_object();
}

void write_package(JsonWriter& json, const model::Package& package, const model::ScanResult& result) {
  json.field("name", package.name);
  json.field("version", package.version);
  json.field("type", package.type);
  json.field_or_null("architecture", package.architecture);
  json.field("purl", model::purl(package, result.distribution));
  json.field_or_null("sourceName", package.source_name);
  json.field_or_null("sourceVersion", package.source_version);
  json.field("epoch", package.epoch);
  json.strings("licenses", package.licenses);
  json.field_or_null("vendor", package.vendor);
  json.field_or_null("modularity", package.modularity);
  const auto layer = [&](std::uint32_t index) {
    return index < result.layers.size() ? std::string_view(result.layers[index].diff_id) : std::string_view();
  };
  json.field_or_null("layer", layer(package.layer));
  json.field_or_null("firstLayer", layer(package.first_layer));
  json.field_or_null("databasePath", package.database_path);
  json.field_or_null("innerPath", package.inner_path);
  json.field("declaredOnly", package.declared_only);
  json.field_or_null("coveredBy", package.covered_by);
  json.field("filesCount", package.files.size());
}

void write_location(JsonWriter& json, const model::Location& location) {
  json.field("path", location.path);
  json.field_or_null("layer", location.layer);
  json.field("visibility", model::to_string(location.visibility));
  json.key("line");
  if (location.line == 0)
    json.null();
  else
    json.value(location.line);
}

void write_decision(JsonWriter& json, std::string_view decision, std::string_view trigger, std::string_view reason) {
  json.field_or_null("decision", decision);
  json.field_or_null("trigger", trigger);
  json.field_or_null("reason", reason);
}

// A number that nobody gave is -1 in the model and null here.
void number_or_null(JsonWriter& json, std::string_view name, double value) {
  json.key(name);
  if (value < 0)
    json.null();
  else
    json.value(value);
}

void write_exposure(JsonWriter& json, const model::Exposure& exposure) {
  number_or_null(json, "epss", exposure.epss);
  number_or_null(json, "epssPercentile", exposure.percentile);
  number_or_null(json, "risk", exposure.risk);
}

void write_vulnerability(JsonWriter& json, const model::Vulnerability& flaw) {
  json.field("id", flaw.id);
  json.field("advisory", flaw.advisory);
  json.strings("aliases", flaw.aliases);
  json.field("package", flaw.package);
  json.field("packageVersion", flaw.package_version);
  json.field_or_null("architecture", flaw.architecture);
  json.field_or_null("sourceName", flaw.source_name);
  json.field_or_null("purl", flaw.purl);
  json.field("severity", model::to_string(flaw.severity));
  json.field_or_null("severitySource", flaw.severity_source);
  json.key("cvss");
  if (flaw.cvss_score < 0 && flaw.cvss_vector.empty()) {
    json.null();
  } else {
    json.begin_object();
    json.key("score");
    if (flaw.cvss_score < 0)
      json.null();
    else
      json.value(flaw.cvss_score);
    json.field_or_null("vector", flaw.cvss_vector);
    json.end_object();
  }
  json.field_or_null("fixedVersion", flaw.fixed_version);
  json.field("status", model::to_string(flaw.status));
  json.field("knownExploited", flaw.known_exploited);
  json.field_or_null("knownExploitedSince", flaw.known_exploited_since);
  json.field_or_null("link", flaw.link);
  json.field_or_null("title", flaw.title);
  json.field_or_null("feed", flaw.feed);
  json.field_or_null("ecosystem", flaw.ecosystem);
  json.field_or_null("published", flaw.published);
  json.key("location");
  json.begin_object();
  write_location(json, flaw.location);
  json.end_object();
  write_decision(json, flaw.decision, flaw.trigger, flaw.reason);
}

void write_finding(JsonWriter& json, const model::Finding& finding) {
  json.field("id", finding.id);
  json.field("rule", finding.rule);
  json.field("title", finding.title);
  json.field("severity", model::to_string(finding.severity));
  json.field("confidence", finding.confidence);
  json.field("level", model::to_string(finding.level));
  json.field_or_null("technique", finding.technique);
  list(json, "locations", finding.locations, write_location);
  json.strings("evidence", finding.evidence);
  json.strings("chain", finding.chain);
  json.field_or_null("remediation", finding.remediation);
  json.field_or_null("benign", finding.benign);
  json.field_or_null("ruleSource", finding.rule_source);
  json.field_or_null("reference", finding.reference);
  write_decision(json, finding.decision, finding.trigger, finding.reason);
}

std::string_view word(model::FixStep::Where where) {
  switch (where) {
    case model::FixStep::Where::base_image: return "base-image";
    case model::FixStep::Where::package: return "package";
    case model::FixStep::Where::application: return "application";
  }
  return "package";
}

void write_fix_plan(JsonWriter& json, const model::FixPlan& plan) {
  json.key("fixPlan");
  json.begin_object();
  list(json, "steps", plan.steps, [](JsonWriter& out, const model::FixStep& step) {
    out.field("where", word(step.where));
    out.field_or_null("type", step.type);
    out.field("package", step.package);
    out.field("from", step.from);
    out.field("to", step.to);
    out.strings("installed", step.installed);
    out.field_or_null("path", step.path);
    out.field_or_null("layer", step.layer);
    out.strings("flaws", step.flaws);
  });
  json.strings("unfixed", plan.unfixed);
  json.field_or_null("dockerfilePatch", plan.dockerfile_patch);
  json.end_object();
}

void write_source(JsonWriter& json, const model::SourceState& source) {
  json.field("name", source.name);
  json.field_or_null("checked", source.checked);
  json.field_or_null("newestRecord", source.newest_record);
  json.field("records", source.records);
  json.field("needed", source.needed);
  json.field("stale", source.stale);
}

void write_database(JsonWriter& json, const model::DatabaseState& database) {
  json.key("database");
  if (!database.present) return json.null();
  json.begin_object();
  json.field_or_null("digest", database.digest);
  json.field_or_null("built", database.built);
  list(json, "sources", database.sources, write_source);
  json.end_object();
}

void write_result(JsonWriter& json, const model::ScanResult& result, const ReportOptions& options) {
  json.begin_object();
  write_header(json, result.target);
  write_image(json, result);
  json.field("verdict", model::to_string(result.verdict));
  list(json, "reasons", result.reasons, write_reason);
  write_coverage(json, result.coverage);
  const auto package = [&](JsonWriter& out, const model::Package& item) { write_package(out, item, result); };
  list(json, "packages", result.packages, package);
  list(json, "declaredPackages", result.declared_packages, package);
  list(json, "overlaps", result.overlaps, package);
  const auto flaw = [&](JsonWriter& out, const model::Vulnerability& item) {
    write_vulnerability(out, item);
    const auto exposure = result.exposures.find(item.id);
    write_exposure(out, exposure == result.exposures.end() ? model::Exposure{} : exposure->second);
  };
  list(json, "vulnerabilities", result.vulnerabilities, flaw);
  list(json, "suppressed", result.suppressed, flaw);
  list(json, "threats", result.threats, write_finding);
  list(json, "secrets", result.secrets, write_finding);
  list(json, "checks", result.checks, write_finding);
  list(json, "warnings", result.warnings, write_finding);
  json.strings("exceptionFiles", result.exception_files);
  write_fix_plan(json, result.fix_plan);
  write_database(json, result.database);
  json.key("timings");
  json.begin_array();
  if (!options.deterministic)
    for (const auto& [stage, milliseconds] : result.timings) {
      json.begin_object();
      json.field("stage", stage);
      json.field("milliseconds", milliseconds);
      json.end_object();
    }
  json.end_array();
  json.end_object();
}

class Json final : public Report {
 public:
  void write(const ReportInput& input, const ReportOptions& options, Output& out) const override {
    JsonWriter json([&](std::string_view text) { out.write(text); });
    if (!input.wrapped && input.results.size() == 1) {
      write_result(json, input.results.front(), options);
    } else {
      json.begin_object();
      write_header(json, input.target);
      json.field("verdict", model::to_string(input.verdict));
      json.key("results");
      json.begin_array();
      for (const model::ScanResult& result : input.results) write_result(json, result, options);
      json.end_array();
      json.end_object();
    }
    json.finish();
  }
};

const util::Registered<Json> registered{{.id = "json",
                                         .version = k_schema_version,
                                         .summary = "Everything, for programs (docs/report-schema.json)",
                                         .example = "hullcheck image --format json nginx:1.27",
                                         .media_type = "application/json"}};

}  // namespace
}  // namespace hullcheck::report
