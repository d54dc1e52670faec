// Format: OCI image-spec 1.1, manifest and index. Hostile: all of it; text is kept as found and judged by whoever
// uses it, lists are counted before anything is kept, annotations that are no strings are left out.
#include "acquire/artifact.hpp"

#include <fmt/core.h>

#include "acquire/json.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::string_view k_what = "manifest";
constexpr std::size_t k_most_annotations = 200, k_longest_annotation = 16 * 1024;

std::map<std::string, std::string> annotations_of(JsonElement element) {
  std::map<std::string, std::string> out;
  const auto found = member(element, "annotations");
  JsonObject object;
  if (!found || found->get(object)) return out;
  for (const auto field : object) {
    const auto text = json_string(field.value);
    if (text && text->size() <= k_longest_annotation && out.size() < k_most_annotations)
      out.insert_or_assign(std::string(field.key), *text);
  }
  return out;
}

Result<std::vector<ArtifactPart>> parts_of(JsonElement root, const char* name, std::size_t limit,
                                           const char* limit_name) {
  std::vector<ArtifactPart> parts;
  const auto list = member(root, name);
  if (!list) return parts;
  simdjson::dom::array array;
  if (list->get(array)) return wrong_type(k_what, name);
  for (const auto item : array) {
    if (parts.size() == limit)
      return make_error(ErrorCode::limit, limit_name, fmt::format("the manifest has more than {} {}", limit, name));
    if (!item.is_object()) return wrong_type(k_what, "descriptor");
    ArtifactPart part;
    part.media_type = TRY(member_string(item, "mediaType", k_what));
    part.artifact_type = TRY(member_string(item, "artifactType", k_what));
    part.digest = TRY(member_string(item, "digest", k_what));
    part.size = TRY(member_number(item, "size", k_what));
    part.annotations = annotations_of(item);
    parts.push_back(std::move(part));
  }
  return parts;
}

std::string look(const std::map<std::string, std::string>& annotations, const std::string& name) {
  const auto found = annotations.find(name);
  return found == annotations.end() ? std::string() : found->second;
}

}  // namespace

std::string ArtifactPart::annotation(const std::string& name) const { return look(annotations, name); }
std::string Artifact::annotation(const std::string& name) const { return look(annotations, name); }

Result<Artifact> parse_artifact(std::string_view json, const AcquireLimits& limits) {
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, limits.manifest_bytes));
  if (!root.is_object()) return wrong_type(k_what, "(the whole)");
  Artifact out;
  out.type = TRY(member_string(root, "artifactType", k_what));
  if (const auto config = member(root, "config"); out.type.empty() && config)
    out.type = TRY(member_string(*config, "mediaType", k_what));
  if (const auto subject = member(root, "subject")) out.subject = TRY(member_string(*subject, "digest", k_what));
  out.annotations = annotations_of(root);
  out.layers = TRY(parts_of(root, "layers", limits.layers, "manifest-layers-limit"));
  out.manifests = TRY(parts_of(root, "manifests", limits.images, "image-count-limit"));
  return out;
}

}  // namespace hullcheck::acquire
