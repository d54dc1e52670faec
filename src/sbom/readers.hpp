// One function a format; read() chooses by what the document says of itself.
#pragma once

#include "formats/json.hpp"
#include "sbom/component.hpp"

namespace hullcheck::sbom {

Result<void> read_cyclonedx(json::Element document, const Limits& limits, Builder& builder, Document& out);
Result<void> read_cyclonedx_xml(Bytes bytes, const Limits& limits, Builder& builder, Document& out);
Result<void> read_spdx_json(json::Element document, Builder& builder, Document& out);
Result<void> read_spdx_tag_value(std::string_view text, Builder& builder, Document& out);
Result<void> read_syft(json::Element document, Builder& builder, Document& out);
Result<void> read_purl_list(std::string_view text, Builder& builder, Document& out);

// What SPDX says in sentences: a note on the source package, the path, "Key: value" in annotations.
void apply_source_info(std::string_view text, const Builder& builder, Component& component);
void apply_annotation(std::string_view text, const Builder& builder, Component& component);
ComponentKind spdx_kind(std::string_view purpose, std::string_view id);

// "library", "operating-system": the types of CycloneDX.
ComponentKind cyclonedx_kind(std::string_view type);
// "sbom-version" for one that is not read.
Result<void> check_cyclonedx_version(std::string_view version, const Builder& builder);
// Joins what CycloneDX splits: group and name, in the form of the package URL's type.
std::string cyclonedx_name(std::string_view group, std::string_view name, std::string_view purl);

}  // namespace hullcheck::sbom
