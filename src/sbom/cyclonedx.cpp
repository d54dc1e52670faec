// CycloneDX 1.2-1.7 as JSON (https://cyclonedx.org/docs/): metadata.component is the subject; components nest, and
// each has a type, a package URL, properties, and evidence of where it was found. Hostile: nesting is walked with a
// stack; a component of the wrong shape is an entry without name.
#include "sbom/readers.hpp"

namespace hullcheck::sbom {
ComponentKind cyclonedx_kind(std::string_view type) {
  static constexpr std::pair<std::string_view, ComponentKind> k_kinds[] = {
      {"operating-system", ComponentKind::operating_system},
      {"library", ComponentKind::package},
      {"application", ComponentKind::package},
      {"framework", ComponentKind::package},
      {"platform", ComponentKind::package},
      {"firmware", ComponentKind::package},
      {"device-driver", ComponentKind::package},
      {"container", ComponentKind::other},
  };
  for (const auto& [word, kind] : k_kinds)
    if (word == type) return kind;
  return ComponentKind::other;
}

Result<void> check_cyclonedx_version(std::string_view version, const Builder& builder) {
  static constexpr std::string_view k_versions[] = {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
  if (std::find(std::begin(k_versions), std::end(k_versions), version) != std::end(k_versions)) return {};
  return make_error(ErrorCode::unsupported, "sbom-version",
                    "CycloneDX " + builder.text(version) + " is not read; 1.2 to 1.7 are");
}

namespace {

Properties properties_of(json::Element object, const Builder& builder) {
  Properties out;
  json::each(object, "properties", [&](json::Element item) {
    if (const auto name = json::text(item, "name"); !name.empty() && out.size() < 1000)
      out.emplace_back(builder.text(name), builder.text(json::text(item, "value")));
  });
  return out;
}

void add_licenses(json::Element object, const Builder& builder, Component& out) {
  json::each(object, "licenses", [&](json::Element item) {
    std::string_view text = json::text(item, "expression");
    if (const auto license = json::member(item, "license"); license && text.empty()) {
      text = json::text(*license, "id");
      if (text.empty()) text = json::text(*license, "name");
    }
    if (!text.empty() && out.licenses.size() < 50) out.licenses.push_back(builder.text(text));
  });
}

Component component_of(json::Element object, const Builder& builder) {
  Component out;
  out.kind = cyclonedx_kind(json::text(object, "type"));
  out.version = builder.text(json::text(object, "version"));
  out.purl = json::text(object, "purl", 8192);
  out.name = builder.text(cyclonedx_name(json::text(object, "group"), json::text(object, "name"), out.purl));
  out.properties = properties_of(object, builder);
  // Trivy groups the packages of a lock file or a language under an application of that name.
  out.group = out.purl.empty() && !property(out.properties, std::string(k_trivy_prefix) + "Class").empty();
  if (const auto supplier = json::member(object, "supplier"))
    out.supplier = builder.text(json::text(*supplier, "name"));
  add_licenses(object, builder, out);
  if (const auto evidence = json::member(object, "evidence"))
    json::each(*evidence, "occurrences", [&](json::Element place) {
      if (out.path.empty()) out.path = builder.text(json::text(place, "location"));
    });
  return out;
}

// Tools are a list of names up to 1.4 and an object with components since 1.5.
std::string producer_of(json::Element metadata, const Builder& builder) {
  std::string out;
  const auto take = [&](json::Element tool) {
    if (out.empty() && !json::text(tool, "name").empty())
      out = builder.text(std::string(json::text(tool, "name")) + " " + std::string(json::text(tool, "version")));
  };
  json::each(metadata, "tools", take);
  if (const auto tools = json::member(metadata, "tools")) json::each(*tools, "components", take);
  return out;
}

}  // namespace

std::string cyclonedx_name(std::string_view group, std::string_view name, std::string_view purl) {
  if (group.empty()) return std::string(name);
  return std::string(group) + (purl.starts_with("pkg:maven/") ? ":" : "/") + std::string(name);
}

Result<void> read_cyclonedx(json::Element document, const Limits& limits, Builder& builder, Document& out) {
  const std::string_view version = json::text(document, "specVersion");
  TRY(check_cyclonedx_version(version, builder));
  out.format = "CycloneDX " + std::string(version);
  if (const auto metadata = json::member(document, "metadata")) {
    out.producer = producer_of(*metadata, builder);
    if (const auto subject = json::member(*metadata, "component")) {
      Component component = component_of(*subject, builder);
      component.kind = ComponentKind::subject;
      TRY(builder.add(std::move(component)));
    }
    builder.set_subject_properties(properties_of(*metadata, builder));
  }
  std::vector<json::Element> open;
  const auto push = [&](json::Element object) {
    std::vector<json::Element> items;
    json::each(object, "components", [&](json::Element item) { items.push_back(item); });
    open.insert(open.end(), items.rbegin(), items.rend());
    return open.size() <= limits.components;
  };
  bool within = push(document);
  while (within && !open.empty()) {
    const json::Element object = open.back();
    open.pop_back();
    Component component = component_of(object, builder);
    if (component.name.empty() && component.kind != ComponentKind::other)
      builder.add_problem("sbom-entry-malformed", "a component without a name");
    else
      TRY(builder.add(std::move(component)));
    within = push(object);
  }
  if (!within) return make_error(ErrorCode::limit, "sbom-component-limit", "it has too many components");
  return {};
}

}  // namespace hullcheck::sbom
