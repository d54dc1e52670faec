// CycloneDX 1.6 as JSON (ECMA-424): what is installed, and what is known to be wrong with it.
//
// The image is metadata.component; the distribution and the packages are components; vulnerabilities name the
// packages that they are in. Properties carry what `hullcheck sbom` needs to give the image's answer again, and what
// Trivy needs to see the same packages (sbom/vocabulary.hpp). Several images are components with components of their
// own.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/report.hpp"
#include "report/sbom/parts.hpp"
#include "util/clock.hpp"
#include "util/json_writer.hpp"
#include "util/version.hpp"

namespace hullcheck::report {
namespace {

using util::JsonWriter;

// The schema allows no longer one; the property has it whole.
std::string_view version_text(std::string_view version) { return version.substr(0, 1024); }

void write_if(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.field(name, text);
}

void write_properties(JsonWriter& json, const sbom::Properties& properties) {
  if (properties.empty()) return;
  json.key("properties");
  json.begin_array();
  for (const auto& [name, text] : properties) {
    json.begin_object();
    json.field("name", name);
    json.field("value", text);
    json.end_object();
  }
  json.end_array();
}

std::string image_reference(std::size_t index) { return "image-" + std::to_string(index); }
std::string system_reference(std::size_t index) { return "operating-system-" + std::to_string(index); }

void write_image(JsonWriter& json, const model::ScanResult& result, std::size_t index) {
  json.field("type", "container");
  json.field("bom-ref", image_reference(index));
  json.field("name", image_name(result));
  write_if(json, "version", version_text(result.image.manifest_digest));
  write_if(json, "purl", image_purl(result.image));
  write_properties(json, sbom::image_properties(result));
}

void write_system(JsonWriter& json, const model::ScanResult& result, std::size_t index) {
  const model::Distribution& distribution = result.distribution;
  if (distribution.id.empty()) return;
  json.begin_object();
  json.field("type", "operating-system");
  json.field("bom-ref", system_reference(index));
  json.field("name", distribution.id);
  write_if(json, "version", version_text(distribution.version_id));
  write_if(json, "description", distribution.pretty_name);
  write_properties(json, sbom::distribution_properties(distribution));
  json.end_object();
}

// Ecosystems whose names have a part of their own for who publishes.
std::pair<std::string, std::string> group_and_name(const model::Package& package) {
  const bool slash = package.type == "npm" || package.type == "composer" || package.type == "hex";
  const std::size_t at = package.type == "maven" ? package.name.rfind(':')
                         : slash                 ? package.name.find('/')
                                                 : std::string::npos;
  if (at == std::string::npos || at == 0) return {"", package.name};
  return {package.name.substr(0, at), package.name.substr(at + 1)};
}

void write_licenses(JsonWriter& json, const std::vector<std::string>& licenses) {
  if (licenses.empty()) return;
  json.key("licenses");
  json.begin_array();
  for (const std::string& license : licenses) {
    json.begin_object();
    json.key("license");
    json.begin_object();
    json.field("name", license);
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

void write_package(JsonWriter& json, const SbomEntry& entry) {
  const model::Package& package = *entry.package;
  json.begin_object();
  json.field("type", package.type == "generic" ? "application" : "library");
  json.field("bom-ref", entry.reference);
  if (!package.vendor.empty()) {
    json.key("supplier");
    json.begin_object();
    json.field("name", package.vendor);
    json.end_object();
  }
  const auto [group, name] = group_and_name(package);
  write_if(json, "group", group);
  json.field("name", name);
  write_if(json, "version", version_text(package.version));
  if (package.declared_only) json.field("scope", "optional");
  write_licenses(json, package.licenses);
  json.field("purl", entry.purl);
  if (!package.database_path.empty()) {
    json.key("evidence");
    json.begin_object();
    json.key("occurrences");
    json.begin_array();
    json.begin_object();
    json.field("location", "/" + model::place(package));
    json.end_object();
    json.end_array();
    json.end_object();
  }
  write_properties(json, entry.properties);
  json.end_object();
}

void write_components(JsonWriter& json, const model::ScanResult& result, const SbomParts& parts, std::size_t index) {
  json.key("components");
  json.begin_array();
  write_system(json, result, index);
  for (const SbomEntry& entry : parts.entries()) write_package(json, entry);
  json.end_array();
}

void write_dependency(JsonWriter& json, std::string_view reference, const std::vector<std::string>& on) {
  json.begin_object();
  json.field("ref", reference);
  json.strings("dependsOn", on);
  json.end_object();
}

void write_dependencies(JsonWriter& json, const ReportInput& input, const std::vector<SbomParts>& all, bool many) {
  json.key("dependencies");
  json.begin_array();
  std::vector<std::string> images;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<std::string> on;
    if (!input.results[i].distribution.id.empty()) on.push_back(system_reference(i));
    for (const SbomEntry& entry : all[i].entries()) on.push_back(entry.reference);
    write_dependency(json, image_reference(i), on);
    for (const std::string& reference : on) write_dependency(json, reference, {});
    images.push_back(image_reference(i));
  }
  if (many) write_dependency(json, "images", images);
  json.end_array();
}

std::string_view severity_word(model::Severity severity) {
  if (severity == model::Severity::unrated) return "unknown";
  return severity == model::Severity::negligible ? "info" : model::to_string(severity);
}

std::string_view cvss_method(std::string_view vector) {
  if (vector.substr(0, 9) == "CVSS:4.0/") return "CVSSv4";
  if (vector.substr(0, 9) == "CVSS:3.1/") return "CVSSv31";
  if (vector.substr(0, 9) == "CVSS:3.0/") return "CVSSv3";
  return vector.substr(0, 3) == "AV:" ? "CVSSv2" : "other";
}

void write_rating(JsonWriter& json, const model::Vulnerability& flaw) {
  json.key("ratings");
  json.begin_array();
  json.begin_object();
  if (!flaw.severity_source.empty()) {
    json.key("source");
    json.begin_object();
    json.field("name", flaw.severity_source);
    json.end_object();
  }
  if (flaw.cvss_score >= 0) json.field("score", flaw.cvss_score);
  json.field("severity", severity_word(flaw.severity));
  if (!flaw.cvss_vector.empty()) {
    json.field("method", cvss_method(flaw.cvss_vector));
    json.field("vector", flaw.cvss_vector);
  }
  json.end_object();
  json.end_array();
}

// The words of the format for what somebody has judged.
std::string_view analysis_word(model::VulnerabilityStatus status) {
  switch (status) {
    case model::VulnerabilityStatus::not_affected: return "not_affected";
    case model::VulnerabilityStatus::fixed: return "resolved";
    case model::VulnerabilityStatus::under_investigation: return "in_triage";
    case model::VulnerabilityStatus::disputed: return "false_positive";
    default: return "exploitable";
  }
}

struct Affected {
  std::string reference, version;
  auto operator<=>(const Affected&) const = default;
};

std::string date_time(const std::string& published) {
  const auto day = util::parse_date(published);
  return day ? util::rfc3339(std::chrono::sys_seconds(*day)) : std::string();
}

// One entry a flaw, with every package that it is in.
void write_vulnerability(JsonWriter& json, const std::vector<const model::Vulnerability*>& rows,
                         const std::set<Affected>& affected) {
  const model::Vulnerability& flaw = *rows.front();
  json.begin_object();
  json.field("id", flaw.advisory);
  if (!flaw.feed.empty()) {
    json.key("source");
    json.begin_object();
    json.field("name", flaw.feed);
    write_if(json, "url", flaw.link);
    json.end_object();
  }
  write_rating(json, flaw);
  write_if(json, "description", flaw.title);
  if (!flaw.fixed_version.empty())
    json.field("recommendation", fmt::format("Upgrade {} to {}", flaw.package, flaw.fixed_version));
  write_if(json, "published", date_time(flaw.published));
  json.key("analysis");
  json.begin_object();
  json.field("state", analysis_word(flaw.status));
  json.end_object();
  json.key("affects");
  json.begin_array();
  for (const Affected& item : affected) {
    json.begin_object();
    json.field("ref", item.reference);
    json.key("versions");
    json.begin_array();
    json.begin_object();
    json.field("version", version_text(item.version));
    json.field("status", "affected");
    json.end_object();
    json.end_array();
    json.end_object();
  }
  json.end_array();
  sbom::Properties properties;
  if (flaw.known_exploited)
    properties.emplace_back("hullcheck:vulnerability:knownExploitedSince",
                            flaw.known_exploited_since.empty() ? "unknown" : flaw.known_exploited_since);
  for (const std::string& alias : flaw.aliases) properties.emplace_back("hullcheck:vulnerability:alias", alias);
  write_properties(json, properties);
  json.end_object();
}

void write_vulnerabilities(JsonWriter& json, const ReportInput& input, const std::vector<SbomParts>& all) {
  std::map<std::string, std::pair<std::vector<const model::Vulnerability*>, std::set<Affected>>> flaws;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const model::Vulnerability& flaw : input.results[i].vulnerabilities) {
      auto& [rows, affected] = flaws[flaw.advisory];
      rows.push_back(&flaw);
      for (std::string& reference : all[i].affected(flaw))
        affected.insert({std::move(reference), flaw.package_version});
    }
  json.key("vulnerabilities");
  json.begin_array();
  for (const auto& [id, found] : flaws) write_vulnerability(json, found.first, found.second);
  json.end_array();
}

void write_metadata(JsonWriter& json, const ReportInput& input, const ReportOptions& options, bool many) {
  json.key("metadata");
  json.begin_object();
  if (!options.deterministic) write_if(json, "timestamp", input.results.front().scanned_at);
  json.key("tools");
  json.begin_object();
  json.key("components");
  json.begin_array();
  json.begin_object();
  json.field("type", "application");
  json.field("name", "hullcheck");
  json.field("version", util::k_version);
  json.end_object();
  json.end_array();
  json.end_object();
  json.key("component");
  json.begin_object();
  if (many) {
    json.field("type", "container");
    json.field("bom-ref", "images");
    json.field("name", input.target.empty() ? "images" : input.target);
  } else {
    write_image(json, input.results.front(), 0);
  }
  json.end_object();
  json.end_object();
}

class CycloneDx final : public Report {
 public:
  void write(const ReportInput& input, const ReportOptions& options, Output& out) const override {
    JsonWriter json([&](std::string_view text) { out.write(text); });
    const bool many = input.results.size() != 1;
    std::vector<SbomParts> all;
    for (std::size_t i = 0; i < input.results.size(); ++i)
      all.emplace_back(input.results[i], many ? std::to_string(i) + " " : "");
    json.begin_object();
    json.field("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    json.field("bomFormat", "CycloneDX");
    json.field("specVersion", "1.6");
    json.field("serialNumber", "urn:uuid:" + document_uuid(input, options));
    json.field("version", 1);
    if (!input.results.empty()) {
      write_metadata(json, input, options, many);
      if (many) {
        json.key("components");
        json.begin_array();
        for (std::size_t i = 0; i < all.size(); ++i) {
          json.begin_object();
          write_image(json, input.results[i], i);
          write_components(json, input.results[i], all[i], i);
          json.end_object();
        }
        json.end_array();
      } else {
        write_components(json, input.results.front(), all.front(), 0);
      }
      write_dependencies(json, input, all, many);
      write_vulnerabilities(json, input, all);
    }
    json.end_object();
    json.finish();
  }
};

const util::Registered<CycloneDx> registered{{.id = "cyclonedx",
                                              .version = 1,
                                              .summary = "Packages and their vulnerabilities as CycloneDX 1.6",
                                              .example = "hullcheck image --format cyclonedx nginx:1.27",
                                              .media_type = "application/vnd.cyclonedx+json"}};

}  // namespace
}  // namespace hullcheck::report
