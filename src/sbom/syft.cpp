// syft-json: the own format of Syft (its schema/json). `artifacts` are packages with their database's fields under
// `metadata`, `distro` is os-release, `source` the image with its layers.
// Hostile: names of fields have changed over the years; a field of another type is as good as absent.
#include "sbom/readers.hpp"

namespace hullcheck::sbom {
namespace {

void add_metadata(json::Element object, const Builder& builder, Component& out) {
  const auto metadata = json::member(object, "metadata");
  if (!metadata) return;
  for (const std::string_view name : {"source", "sourceVersion", "originPackage", "modularityLabel"})
    if (const auto text = json::text(*metadata, name); !text.empty())
      out.properties.emplace_back("syft:metadata:" + std::string(name), builder.text(text));
  for (const std::string_view name : {"maintainer", "vendor"})
    if (out.supplier.empty()) out.supplier = builder.text(json::text(*metadata, name));
}

// Strings in old versions, objects with `value` in newer ones.
void add_licenses(json::Element object, const Builder& builder, Component& out) {
  json::each(object, "licenses", [&](json::Element item) {
    std::string_view text = json::as_text(item);
    if (text.empty()) text = json::text(item, "value");
    if (!text.empty() && out.licenses.size() < 50) out.licenses.push_back(builder.text(text));
  });
}

Component component_of(json::Element object, const Builder& builder) {
  Component out;
  out.name = builder.text(json::text(object, "name"));
  out.version = builder.text(json::text(object, "version"));
  out.purl = json::text(object, "purl", 8192);
  out.properties.emplace_back("syft:package:type", builder.text(json::text(object, "type")));
  json::each(object, "locations", [&](json::Element place) {
    if (!out.path.empty()) return;
    out.path = builder.text(json::text(place, "path"));
    out.layer = builder.text(json::text(place, "layerID"));
  });
  add_licenses(object, builder, out);
  add_metadata(object, builder, out);
  return out;
}

void read_source(json::Element document, const Builder& builder, Document& out) {
  const auto source = json::member(document, "source");
  if (!source) return;
  out.subject = builder.text(json::text(*source, "name"));
  auto image = json::member(*source, "metadata");
  if (!image) image = json::member(*source, "target");
  if (!image) return;
  if (const auto name = json::text(*image, "userInput"); !name.empty()) out.subject = builder.text(name);
  out.manifest_digest = builder.text(json::text(*image, "manifestDigest"));
  out.config_digest = builder.text(json::text(*image, "imageID"));
  json::each(*image, "layers",
             [&](json::Element layer) { layer_index(builder.text(json::text(layer, "digest")), out.layers); });
}

void read_distribution(json::Element document, const Builder& builder, Document& out) {
  auto distro = json::member(document, "distro");
  if (!distro) return;
  const auto first = [&](std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
      if (const auto text = json::text(*distro, name); !text.empty()) return builder.text(text);
    return std::string();
  };
  out.distribution.id = first({"id", "name"});
  out.distribution.version_id = first({"versionID", "version"});
  out.distribution.codename = first({"versionCodename"});
  out.distribution.pretty_name = first({"prettyName"});
}

}  // namespace

Result<void> read_syft(json::Element document, Builder& builder, Document& out) {
  out.format = "syft-json";
  if (const auto schema = json::member(document, "schema"))
    out.format += " " + builder.text(json::text(*schema, "version"));
  if (const auto tool = json::member(document, "descriptor"))
    out.producer = builder.text(json::text(*tool, "name")) + " " + builder.text(json::text(*tool, "version"));
  read_source(document, builder, out);
  read_distribution(document, builder, out);
  Result<void> outcome;
  json::each(document, "artifacts", [&](json::Element object) {
    if (!outcome) return;
    Component component = component_of(object, builder);
    if (component.name.empty())
      builder.add_problem("sbom-entry-malformed", "an artifact without a name");
    else
      outcome = builder.add(std::move(component));
  });
  return outcome;
}

}  // namespace hullcheck::sbom
