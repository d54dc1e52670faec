// SPDX 2.2 and 2.3, as JSON and as tags with values (https://spdx.github.io/spdx-spec/v2.3/). Packages have their
// package URL among the external references; the source package and the path stand in sentences of sourceInfo, the
// rest in annotations.
// Hostile: text between <text> and </text> may never end; then the rest of the document is that text.
#include <algorithm>

#include "sbom/readers.hpp"

#include "util/ascii.hpp"

namespace hullcheck::sbom {
namespace {

Result<std::string> version_of(std::string_view text) {
  if (text == "SPDX-2.2" || text == "SPDX-2.3") return "SPDX " + std::string(text.substr(5));
  return make_error(ErrorCode::unsupported, "sbom-version",
                    std::string(text.substr(0, 40)) + " is not read; SPDX-2.2 and SPDX-2.3 are");
}

std::string_view said(std::string_view text) {
  return text == "NOASSERTION" || text == "NONE" ? std::string_view() : text;
}

// "Organization: Debian Kernel Team (debian-kernel@lists.example.org)"
std::string_view name_of(std::string_view agent) {
  agent = said(agent);
  for (const std::string_view prefix : {"Organization: ", "Person: ", "Tool: "})
    if (agent.starts_with(prefix)) return agent.substr(prefix.size());
  return agent;
}

bool is_purl(std::string_view category_and_type) { return category_and_type.find("purl") != std::string_view::npos; }

Component package_of(json::Element object, const Builder& builder) {
  Component out;
  out.kind = spdx_kind(json::text(object, "primaryPackagePurpose"), json::text(object, "SPDXID"));
  out.name = builder.text(json::text(object, "name"));
  out.version = builder.text(json::text(object, "versionInfo"));
  out.supplier = builder.text(name_of(json::text(object, "supplier")));
  json::each(object, "externalRefs", [&](json::Element reference) {
    if (is_purl(json::text(reference, "referenceType")) && out.purl.empty())
      out.purl = json::text(reference, "referenceLocator", 8192);
  });
  if (const auto license = said(json::text(object, "licenseDeclared")); !license.empty())
    out.licenses.push_back(builder.text(license));
  apply_source_info(json::text(object, "sourceInfo"), builder, out);
  json::each(object, "annotations",
             [&](json::Element note) { apply_annotation(json::text(note, "comment"), builder, out); });
  json::each(object, "attributionTexts",
             [&](json::Element text) { apply_annotation(json::as_text(text), builder, out); });
  return out;
}

std::string producer_of(json::Element creation, const Builder& builder) {
  std::string out;
  json::each(creation, "creators", [&](json::Element creator) {
    if (const auto text = json::as_text(creator); text.starts_with("Tool: ") && out.empty())
      out = builder.text(name_of(text));
  });
  return out;
}

// What the document describes is its subject; that is said by relationships (or, in SPDX 2.2, by a list).
std::set<std::string, std::less<>> described_by(json::Element document) {
  std::set<std::string, std::less<>> out;
  for (std::string& id : json::strings(document, "documentDescribes")) out.insert(std::move(id));
  json::each(document, "relationships", [&](json::Element relation) {
    if (json::text(relation, "relationshipType") == "DESCRIBES" &&
        json::text(relation, "spdxElementId") == "SPDXRef-DOCUMENT")
      out.emplace(json::text(relation, "relatedSpdxElement"));
  });
  return out;
}

// An image has a package URL of its own; a subject that is a library is a package like any other.
bool is_subject(const Component& component) {
  return component.purl.empty() || component.purl.starts_with("pkg:oci/") ||
         component.purl.starts_with("pkg:docker/");
}

// One package of a tag-value document at a time.
class TagReader {
 public:
  TagReader(Builder& builder, Document& out) : m_builder(builder), m_out(out) {}

  Result<void> tag(std::string_view name, std::string_view value) {
    if (name == "SPDXVersion") {
      m_out.format = TRY(version_of(value)) + " tag-value";
    } else if (name == "DocumentName") {
      m_out.subject = m_builder.text(value);
    } else if (name == "Creator" && value.starts_with("Tool: ") && m_out.producer.empty()) {
      m_out.producer = m_builder.text(name_of(value));
    } else if (name == "PackageName") {
      TRY(flush());
      m_open = true;
      m_component.name = m_builder.text(value);
    } else if (name == "FileName" || name == "SnippetSPDXID" || name == "LicenseID") {
      TRY(flush());
    } else if (m_open) {
      of_package(name, value);
    }
    return {};
  }

  Result<void> flush() {
    if (m_open) {
      if (m_component.kind == ComponentKind::package) m_component.kind = spdx_kind(m_purpose, m_id);
      if (m_component.kind == ComponentKind::other && is_subject(m_component))
        m_component.kind = ComponentKind::subject;
      if (m_component.kind == ComponentKind::subject && !is_subject(m_component))
        m_component.kind = ComponentKind::package;
      TRY(m_builder.add(std::move(m_component)));
    }
    m_component = {};
    m_purpose.clear();
    m_id.clear();
    m_open = false;
    return {};
  }

 private:
  void of_package(std::string_view name, std::string_view value) {
    if (name == "SPDXID") m_id = m_builder.text(value);
    if (name == "PackageVersion") m_component.version = m_builder.text(value);
    if (name == "PackageSupplier") m_component.supplier = m_builder.text(name_of(value));
    if (name == "PrimaryPackagePurpose") m_purpose = m_builder.text(value);
    if (name == "PackageLicenseDeclared" && !said(value).empty())
      m_component.licenses.push_back(m_builder.text(value));
    if (name == "PackageSourceInfo") apply_source_info(value, m_builder, m_component);
    if (name == "AnnotationComment" || name == "PackageAttributionText")
      apply_annotation(value, m_builder, m_component);
    if (name != "ExternalRef" || !m_component.purl.empty()) return;
    const std::size_t type = value.find(' ');
    const std::size_t locator = type == std::string_view::npos ? type : value.find(' ', type + 1);
    if (locator != std::string_view::npos && is_purl(value.substr(type + 1, locator - type - 1)))
      m_component.purl = value.substr(locator + 1, 8192);
  }

  Builder& m_builder;
  Document& m_out;
  Component m_component;
  std::string m_purpose, m_id;
  bool m_open = false;
};

}  // namespace

ComponentKind spdx_kind(std::string_view purpose, std::string_view id) {
  if (purpose == "OPERATING-SYSTEM" || purpose == "OPERATING_SYSTEM" ||
      id.find("SPDXRef-OperatingSystem") != std::string_view::npos)
    return ComponentKind::operating_system;
  if (purpose == "CONTAINER" || id.find("SPDXRef-ContainerImage") != std::string_view::npos ||
      id.find("SPDXRef-DocumentRoot") != std::string_view::npos)
    return ComponentKind::subject;
  return purpose == "FILE" || purpose == "SOURCE" || purpose == "ARCHIVE" || purpose == "DEVICE"
             ? ComponentKind::other
             : ComponentKind::package;
}

// Trivy: "built package from: openssl 3.0.11-1", "package found in: app/a.jar"; Syft: "acquired package info from
// DPKG DB: /var/lib/dpkg/status".
void apply_source_info(std::string_view text, const Builder& builder, Component& component) {
  text = util::trim(text);
  static constexpr std::string_view k_built = "built package from: ", k_found = "package found in: ";
  if (text.starts_with(k_built)) {
    text.remove_prefix(k_built.size());
    const std::size_t space = text.find(' ');
    const std::string trivy(k_trivy_prefix);
    component.properties.emplace_back(trivy + "SrcName", builder.text(text.substr(0, space)));
    // Whole, epoch and release included.
    if (space != std::string_view::npos)
      component.properties.emplace_back(trivy + "SrcVersion", builder.text(text.substr(space + 1)));
  } else if (text.starts_with(k_found)) {
    component.path = builder.text(text.substr(k_found.size()));
  } else if (text.starts_with("acquired package info from")) {
    if (const std::size_t colon = text.find(": "); colon != std::string_view::npos)
      component.path = builder.text(text.substr(colon + 2, text.find(", ", colon) - colon - 2));
  }
}

void apply_annotation(std::string_view text, const Builder& builder, Component& component) {
  text = util::trim(text);
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos || component.properties.size() >= 1000) return;
  std::string key = builder.text(text.substr(0, colon));
  // Trivy writes its names bare.
  if (key.find(':') == std::string::npos) key = std::string(k_trivy_prefix) + key;
  // The sentence above has the source's whole version; its parts would say it again.
  const bool split = key.ends_with(":SrcVersion") || key.ends_with(":SrcRelease") || key.ends_with(":SrcEpoch");
  if (split && !property(component.properties, std::string(k_trivy_prefix) + "SrcVersion").empty()) return;
  component.properties.emplace_back(std::move(key), builder.text(text.substr(colon + 2)));
}

Result<void> read_spdx_json(json::Element document, Builder& builder, Document& out) {
  out.format = TRY(version_of(json::text(document, "spdxVersion")));
  if (const auto creation = json::member(document, "creationInfo")) out.producer = producer_of(*creation, builder);
  out.subject = builder.text(json::text(document, "name"));
  const auto described = described_by(document);
  Result<void> outcome;
  json::each(document, "packages", [&](json::Element object) {
    if (!outcome) return;
    Component component = package_of(object, builder);
    if (component.kind != ComponentKind::operating_system && described.contains(json::text(object, "SPDXID")))
      component.kind = ComponentKind::subject;
    if (component.kind == ComponentKind::subject && !is_subject(component)) component.kind = ComponentKind::package;
    if (component.name.empty())
      builder.add_problem("sbom-entry-malformed", "a package without a name");
    else
      outcome = builder.add(std::move(component));
  });
  return outcome;
}

Result<void> read_spdx_tag_value(std::string_view text, Builder& builder, Document& out) {
  TagReader reader(builder, out);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos) {
      text = rest;
      continue;
    }
    const std::string_view name = line.substr(0, colon);
    std::string_view value = util::trim(line.substr(colon + 1));
    if (value.starts_with("<text>")) {
      const std::string_view body = text.substr(static_cast<std::size_t>(value.data() - text.data()) + 6);
      const std::size_t close = body.find("</text>");
      value = util::trim(body.substr(0, close));
      rest = close == std::string_view::npos ? std::string_view() : body.substr(close + 7);
    }
    TRY(reader.tag(name, value));
    text = rest;
  }
  return reader.flush();
}

}  // namespace hullcheck::sbom
