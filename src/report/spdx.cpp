// SPDX 2.3 as JSON (ISO/IEC 5962 and its successor): the image, its distribution and its packages.
//
// Annotations carry what the format has no field for, one "key: value" each (sbom/vocabulary.hpp), so that
// `hullcheck sbom` gives the image's answer again. A licence that is no SPDX expression becomes a LicenseRef with the
// words that were found.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "report/report.hpp"
#include "report/sbom/parts.hpp"
#include "util/clock.hpp"
#include "util/digest.hpp"
#include "util/json_writer.hpp"
#include "util/version.hpp"

namespace hullcheck::report {
namespace {

using util::JsonWriter;

constexpr std::string_view k_nothing = "NOASSERTION";

// Identifiers that packages really use (SPDX licence list); another word is taken for a name of somebody's own.
constexpr std::array<std::string_view, 64> k_licenses{"0BSD",
                                                      "AFL-2.1",
                                                      "AGPL-3.0-only",
                                                      "AGPL-3.0-or-later",
                                                      "Apache-1.1",
                                                      "Apache-2.0",
                                                      "Artistic-1.0-Perl",
                                                      "Artistic-2.0",
                                                      "BSD-1-Clause",
                                                      "BSD-2-Clause",
                                                      "BSD-3-Clause",
                                                      "BSD-4-Clause",
                                                      "BSL-1.0",
                                                      "Beerware",
                                                      "BlueOak-1.0.0",
                                                      "CC-BY-3.0",
                                                      "CC-BY-4.0",
                                                      "CC-BY-SA-4.0",
                                                      "CC0-1.0",
                                                      "CDDL-1.0",
                                                      "CDDL-1.1",
                                                      "CPL-1.0",
                                                      "EPL-1.0",
                                                      "EPL-2.0",
                                                      "EUPL-1.2",
                                                      "FSFAP",
                                                      "FSFUL",
                                                      "FSFULLR",
                                                      "FTL",
                                                      "GFDL-1.3-or-later",
                                                      "GPL-1.0-or-later",
                                                      "GPL-2.0-only",
                                                      "GPL-2.0-or-later",
                                                      "GPL-3.0-only",
                                                      "GPL-3.0-or-later",
                                                      "HPND",
                                                      "ICU",
                                                      "IJG",
                                                      "ISC",
                                                      "LGPL-2.0-only",
                                                      "LGPL-2.0-or-later",
                                                      "LGPL-2.1-only",
                                                      "LGPL-2.1-or-later",
                                                      "LGPL-3.0-only",
                                                      "LGPL-3.0-or-later",
                                                      "MIT",
                                                      "MIT-0",
                                                      "MPL-1.1",
                                                      "MPL-2.0",
                                                      "NCSA",
                                                      "OFL-1.1",
                                                      "OpenSSL",
                                                      "PHP-3.01",
                                                      "PostgreSQL",
                                                      "PSF-2.0",
                                                      "Python-2.0",
                                                      "Ruby",
                                                      "SSPL-1.0",
                                                      "Unicode-DFS-2016",
                                                      "Unlicense",
                                                      "WTFPL",
                                                      "X11",
                                                      "ZPL-2.1",
                                                      "Zlib"};

using LicenseTexts = std::map<std::string, std::string>;  // LicenseRef-… → what was found

std::string license_of(const std::vector<std::string>& licenses, LicenseTexts& texts) {
  std::string out;
  for (const std::string& license : licenses) {
    std::string word = license;
    if (std::find(k_licenses.begin(), k_licenses.end(), license) == k_licenses.end()) {
      word = "LicenseRef-" + util::sha256_hex(as_bytes(license)).substr(0, 12);
      texts.emplace(word, license);
    }
    out += (out.empty() ? "" : " AND ") + word;
  }
  return out.empty() ? std::string(k_nothing) : out;
}

// Only dates of the image where the report has to be the same every time.
std::string created(const ReportInput& input, const ReportOptions& options) {
  const model::ScanResult* const first = input.results.empty() ? nullptr : &input.results.front();
  if (first != nullptr && !options.deterministic && !first->scanned_at.empty()) return first->scanned_at;
  const auto time = first == nullptr ? std::nullopt : util::parse_rfc3339(first->image.config.created);
  return util::rfc3339(time.value_or(std::chrono::sys_seconds{}));
}

class Writer {
 public:
  Writer(JsonWriter& json, std::string date) : m_json(json), m_date(std::move(date)) {}

  void image(const model::ScanResult& result, std::size_t index) {
    begin("SPDXRef-Image-" + std::to_string(index), image_name(result), result.image.manifest_digest);
    m_json.field("primaryPackagePurpose", "CONTAINER");
    external_reference(image_purl(result.image));
    end(sbom::image_properties(result));
  }

  void system(const model::ScanResult& result, std::size_t index) {
    const model::Distribution& distribution = result.distribution;
    begin("SPDXRef-OperatingSystem-" + std::to_string(index), distribution.id, distribution.version_id);
    m_json.field("primaryPackagePurpose", "OPERATING-SYSTEM");
    end(sbom::distribution_properties(distribution));
  }

  void package(const SbomEntry& entry, LicenseTexts& licenses) {
    const model::Package& package = *entry.package;
    begin("SPDXRef-Package-" + entry.reference, package.name, package.version);
    m_json.field("primaryPackagePurpose", package.type == "generic" ? "APPLICATION" : "LIBRARY");
    if (!package.vendor.empty()) m_json.field("supplier", "Organization: " + one_line(package.vendor));
    m_json.field("licenseConcluded", k_nothing);
    m_json.field("licenseDeclared", license_of(package.licenses, licenses));
    if (model::is_system_package(package) && !package.source_name.empty())
      m_json.field("sourceInfo", "built package from: " + package.source_name + " " + package.source_version);
    else if (!package.database_path.empty())
      m_json.field("sourceInfo", "package found in: " + model::place(package));
    external_reference(entry.purl);
    end(entry.properties);
  }

 private:
  void begin(std::string_view id, std::string_view name, std::string_view version) {
    m_json.begin_object();
    m_json.field("SPDXID", id);
    m_json.field("name", name);
    if (!version.empty()) m_json.field("versionInfo", version);
    m_json.field("downloadLocation", k_nothing);
    m_json.field("filesAnalyzed", false);
    m_json.field("copyrightText", k_nothing);
  }

  void external_reference(const std::string& purl) {
    if (purl.empty()) return;
    m_json.key("externalRefs");
    m_json.begin_array();
    m_json.begin_object();
    m_json.field("referenceCategory", "PACKAGE-MANAGER");
    m_json.field("referenceType", "purl");
    m_json.field("referenceLocator", purl);
    m_json.end_object();
    m_json.end_array();
  }

  void end(const sbom::Properties& properties) {
    if (!properties.empty()) {
      m_json.key("annotations");
      m_json.begin_array();
      for (const auto& [name, text] : properties) {
        m_json.begin_object();
        m_json.field("annotator", fmt::format("Tool: hullcheck-{}", util::k_version));
        m_json.field("annotationDate", m_date);
        m_json.field("annotationType", "OTHER");
        m_json.field("comment", name + ": " + text);
        m_json.end_object();
      }
      m_json.end_array();
    }
    m_json.end_object();
  }

  static std::string one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
  }

  JsonWriter& m_json;
  std::string m_date;
};

void write_relation(JsonWriter& json, std::string_view from, std::string_view kind, std::string_view to) {
  json.begin_object();
  json.field("spdxElementId", from);
  json.field("relationshipType", kind);
  json.field("relatedSpdxElement", to);
  json.end_object();
}

void write_relations(JsonWriter& json, const ReportInput& input, const std::vector<SbomParts>& all) {
  json.key("relationships");
  json.begin_array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string image = "SPDXRef-Image-" + std::to_string(i);
    const std::string system = "SPDXRef-OperatingSystem-" + std::to_string(i);
    const bool has_system = !input.results[i].distribution.id.empty();
    write_relation(json, "SPDXRef-DOCUMENT", "DESCRIBES", image);
    if (has_system) write_relation(json, image, "CONTAINS", system);
    for (const SbomEntry& entry : all[i].entries()) {
      const bool of_system = has_system && model::is_system_package(*entry.package);
      write_relation(json, of_system ? system : image, "CONTAINS", "SPDXRef-Package-" + entry.reference);
    }
  }
  json.end_array();
}

void write_licenses(JsonWriter& json, const LicenseTexts& licenses) {
  if (licenses.empty()) return;
  json.key("hasExtractedLicensingInfos");
  json.begin_array();
  for (const auto& [id, text] : licenses) {
    json.begin_object();
    json.field("licenseId", id);
    json.field("extractedText", text);
    json.field("name", text);
    json.end_object();
  }
  json.end_array();
}

class Spdx final : public Report {
 public:
  void write(const ReportInput& input, const ReportOptions& options, Output& out) const override {
    JsonWriter json([&](std::string_view text) { out.write(text); });
    const bool many = input.results.size() != 1;
    std::vector<SbomParts> all;
    for (std::size_t i = 0; i < input.results.size(); ++i)
      all.emplace_back(input.results[i], many ? std::to_string(i) + " " : "");
    const std::string date = created(input, options);
    const std::string name = many ? input.target : image_name(input.results.front());
    json.begin_object();
    json.field("spdxVersion", "SPDX-2.3");
    json.field("dataLicense", "CC0-1.0");
    json.field("SPDXID", "SPDXRef-DOCUMENT");
    json.field("name", name.empty() ? std::string("images") : name);
    json.field("documentNamespace", "urn:uuid:" + document_uuid(input, options));
    json.key("creationInfo");
    json.begin_object();
    json.field("created", date);
    json.strings("creators", {fmt::format("Tool: hullcheck-{}", util::k_version)});
    json.end_object();
    LicenseTexts licenses;
    Writer writer(json, date);
    json.key("packages");
    json.begin_array();
    for (std::size_t i = 0; i < all.size(); ++i) {
      writer.image(input.results[i], i);
      if (!input.results[i].distribution.id.empty()) writer.system(input.results[i], i);
      for (const SbomEntry& entry : all[i].entries()) writer.package(entry, licenses);
    }
    json.end_array();
    write_relations(json, input, all);
    write_licenses(json, licenses);
    json.end_object();
    json.finish();
  }
};

const util::Registered<Spdx> registered{{.id = "spdx",
                                         .version = 1,
                                         .summary = "Packages as SPDX 2.3",
                                         .example = "hullcheck image --format spdx nginx:1.27",
                                         .media_type = "application/spdx+json"}};

}  // namespace
}  // namespace hullcheck::report
