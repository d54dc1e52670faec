// Image manifests and indexes of OCI (image-spec 1.1) and of Docker (distribution "manifest-v2-2").
// Hostile: all of it. Digests are kept as found and judged by whoever uses them; counts are limited before anything
// is kept; a document that could be read as two kinds is refused.
#include "acquire/manifest.hpp"

#include <fmt/core.h>

#include <array>

#include "acquire/json.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::string_view k_what = "manifest";

enum class Kind : std::uint8_t { unknown, image, index, schema_1 };

struct MediaType {
  std::string_view name;
  Kind kind;
};
constexpr std::array<MediaType, 6> k_types = {{
    {"application/vnd.oci.image.manifest.v1+json", Kind::image},
    {"application/vnd.oci.image.index.v1+json", Kind::index},
    {"application/vnd.docker.distribution.manifest.v2+json", Kind::image},
    {"application/vnd.docker.distribution.manifest.list.v2+json", Kind::index},
    {"application/vnd.docker.distribution.manifest.v1+json", Kind::schema_1},
    {"application/vnd.docker.distribution.manifest.v1+prettyjws", Kind::schema_1},
}};

Kind kind_of(std::string_view media_type) {
  media_type = media_type.substr(0, media_type.find(';'));
  while (media_type.ends_with(' ')) media_type.remove_suffix(1);
  for (const auto& type : k_types)
    if (type.name == media_type) return type.kind;
  return Kind::unknown;
}

Error schema_1() {
  return make_error(ErrorCode::unsupported, "manifest-schema-1",
                    "this is a Docker schema 1 manifest, a form without digests of its layers' contents that engines "
                    "no longer accept; push the image again with a current tool");
}

Result<Platform> read_platform(JsonElement element) {
  Platform platform;
  platform.os = TRY(member_string(element, "os", k_what));
  platform.architecture = TRY(member_string(element, "architecture", k_what));
  platform.variant = TRY(member_string(element, "variant", k_what));
  return platform;
}

Result<Descriptor> read_descriptor(JsonElement element) {
  if (!element.is_object()) return wrong_type(k_what, "descriptor");
  Descriptor out;
  out.media_type = TRY(member_string(element, "mediaType", k_what));
  out.digest = TRY(member_string(element, "digest", k_what));
  out.size = TRY(member_number(element, "size", k_what));
  if (out.digest.size() > 256) return wrong_type(k_what, "digest");
  if (const auto platform = member(element, "platform")) out.platform = TRY(read_platform(*platform));
  if (const auto urls = member(element, "urls")) {
    simdjson::dom::array array;
    out.has_urls = !urls->get(array) && array.size() > 0;
  }
  if (const auto notes = member(element, "annotations")) {
    out.ref_name = TRY(member_string(*notes, "org.opencontainers.image.ref.name", k_what));
    out.image_name = TRY(member_string(*notes, "io.containerd.image.name", k_what));
    const auto about = TRY(member_string(*notes, "vnd.docker.reference.type", k_what));
    out.attestation = about == "attestation-manifest";
  }
  if (out.platform.os == "unknown" && out.platform.architecture == "unknown") out.attestation = true;
  return out;
}

Result<std::vector<Descriptor>> read_list(JsonElement element, std::size_t limit, const char* limit_name,
                                          std::string_view things) {
  simdjson::dom::array array;
  if (element.get(array)) return wrong_type(k_what, things);
  std::vector<Descriptor> list;
  for (const auto item : array) {
    if (list.size() == limit)
      return make_error(ErrorCode::limit, limit_name,
                        fmt::format("the manifest names more than {} {}", limit, things));
    list.push_back(TRY(read_descriptor(item)));
  }
  return list;
}

// What the members say, whatever the media types claim.
Result<Kind> kind_of_members(JsonElement root) {
  const bool layers = member(root, "layers") || member(root, "config");
  const bool manifests = member(root, "manifests").has_value();
  if (member(root, "fsLayers") || member(root, "signatures")) return Kind::schema_1;
  if (layers && manifests)
    return make_error(ErrorCode::malformed, "manifest-ambiguous",
                      "the manifest is an image and an index at once, so two readers could see two images");
  if (layers) return Kind::image;
  return manifests ? Kind::index : Kind::unknown;
}

}  // namespace

const std::string_view k_manifest_types =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

bool is_foreign_layer(const Descriptor& layer) {
  return layer.has_urls || layer.media_type.find("foreign") != std::string::npos ||
         layer.media_type.find("nondistributable") != std::string::npos;
}

bool is_encrypted_layer(const Descriptor& layer) { return layer.media_type.ends_with("+encrypted"); }

bool is_index_type(std::string_view media_type) { return kind_of(media_type) == Kind::index; }

bool is_image_config_type(std::string_view media_type) {
  return media_type.empty() || media_type == "application/octet-stream" ||
         media_type == "application/vnd.oci.image.config.v1+json" ||
         media_type == "application/vnd.docker.container.image.v1+json" ||
         media_type == "application/vnd.docker.container.image.rootfs.diff+x-gtar";
}

Result<Manifest> parse_manifest(std::string_view json, std::string_view content_type, const AcquireLimits& limits) {
  if (kind_of(content_type) == Kind::schema_1) return schema_1();
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, limits.manifest_bytes));
  if (!root.is_object()) return wrong_type(k_what, "(the whole)");
  Manifest out;
  out.media_type = TRY(member_string(root, "mediaType", k_what));
  const std::uint64_t version = TRY(member_number(root, "schemaVersion", k_what));
  const Kind declared = kind_of(out.media_type), carried = kind_of(content_type);
  const Kind kind = TRY(kind_of_members(root));
  if (version == 1 || declared == Kind::schema_1 || kind == Kind::schema_1) return schema_1();
  if (kind == Kind::unknown)
    return make_error(ErrorCode::unsupported, "manifest-unknown",
                      fmt::format("this is neither an image manifest nor an index{}{}",
                                  out.media_type.empty() ? "" : "; it calls itself ", out.media_type.substr(0, 200)));
  for (const Kind said : {declared, carried})
    if (said != Kind::unknown && said != kind)
      return make_error(
          ErrorCode::malformed, "manifest-ambiguous",
          "the manifest is of another kind than its media type says, so two readers could see two images");
  if (out.media_type.empty()) out.media_type = std::string(content_type.substr(0, content_type.find(';')));
  out.is_index = kind == Kind::index;
  if (out.is_index) {
    out.manifests = TRY(read_list(*member(root, "manifests"), limits.images, "image-count-limit", "images"));
    return out;
  }
  if (const auto config = member(root, "config")) out.config = TRY(read_descriptor(*config));
  if (const auto layers = member(root, "layers"))
    out.layers = TRY(read_list(*layers, limits.layers, "manifest-layers-limit", "layers"));
  return out;
}

}  // namespace hullcheck::acquire
