// Manifests that hold something else than an image (OCI image-spec 1.1, "artifacts"): our databases, attestations.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "acquire/source.hpp"
#include "util/result.hpp"

namespace hullcheck::acquire {

struct ArtifactPart {
  std::string media_type, artifact_type;
  std::string digest;  // as found; may be no digest at all
  std::uint64_t size = 0;
  std::map<std::string, std::string> annotations;
  std::string annotation(const std::string& name) const;  // "" where there is none
};

struct Artifact {
  std::string type;     // artifactType, or the media type of the config
  std::string subject;  // digest of the manifest that it is about; ""
  std::map<std::string, std::string> annotations;
  std::vector<ArtifactPart> layers;     // of a manifest
  std::vector<ArtifactPart> manifests;  // of an index
  std::string annotation(const std::string& name) const;
};

constexpr std::string_view k_artifact_manifest = "application/vnd.oci.image.manifest.v1+json";
// The config of an artifact that needs none.
constexpr std::string_view k_empty_config = "application/vnd.oci.empty.v1+json";
constexpr std::string_view k_empty_json = "{}";

// A manifest or an index; lists longer than those of images are errors. "manifest-malformed", "manifest-size-limit",
// "manifest-layers-limit", "image-count-limit".
Result<Artifact> parse_artifact(std::string_view json, const AcquireLimits& limits);

}  // namespace hullcheck::acquire
