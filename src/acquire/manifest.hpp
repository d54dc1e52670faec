// Manifests, indexes and platforms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acquire/source.hpp"
#include "util/result.hpp"

namespace hullcheck::acquire {

struct Platform {
  std::string os, architecture, variant;
  bool empty() const { return os.empty() && architecture.empty(); }
  std::string text() const;  // "linux/arm/v7"; "" when empty
};

// "OS/ARCH[/VARIANT]" or "ARCH", with the names of `uname` understood (x86_64, aarch64, armhf). Error
// "platform-invalid", for systems and architectures that do not exist too.
Result<Platform> parse_platform(std::string_view text);
// "platform-not-found" if an image that stands alone is not of the platform that was asked for ("" and "all" ask for
// none, and an image that does not say what it is for is taken).
Result<void> check_platform(const Platform& image, const std::string& wanted);
Platform normalise(Platform platform);
// How well an image for `offered` runs where `wanted` is asked for: 0 is exact, more is worse, nothing is not at all.
std::optional<unsigned> platform_distance(const Platform& wanted, const Platform& offered);

struct Descriptor {
  std::string media_type;
  std::string digest;      // as found; may be no digest at all
  std::uint64_t size = 0;  // 0 where unknown
  Platform platform;       // in an index
  bool has_urls = false;
  bool attestation = false;  // in an index: an entry about another image, not an image itself
  std::string ref_name;      // "org.opencontainers.image.ref.name"
  std::string image_name;    // "io.containerd.image.name"
};

struct Manifest {
  bool is_index = false;
  std::string media_type;
  Descriptor config;                  // of an image
  std::vector<Descriptor> layers;     // of an image, bottom first
  std::vector<Descriptor> manifests;  // of an index
};

// OCI image manifest and index, Docker schema 2 manifest and list. `content_type` is what the carrier called it, ""
// if it said nothing; a document that contradicts its own or its carrier's type is refused, as two readers could take
// it for two images. Errors: "manifest-malformed", "manifest-size-limit", "manifest-layers-limit",
// "image-count-limit", "manifest-schema-1", "manifest-ambiguous", "manifest-unknown".
Result<Manifest> parse_manifest(std::string_view json, std::string_view content_type, const AcquireLimits& limits);

// For the Accept header of a registry request.
extern const std::string_view k_manifest_types;

// Layers that are not in the registry by design, and encrypted ones.
bool is_foreign_layer(const Descriptor& layer);
bool is_encrypted_layer(const Descriptor& layer);
bool is_index_type(std::string_view media_type);

// False for charts, attestations, modules and other things that use a registry as a shelf.
bool is_image_config_type(std::string_view media_type);

// The entries of an index that `wanted` stands for: the best one per platform request, or all images ("all").
// Attestations are never among them. Error "platform-not-found" lists what there is.
Result<std::vector<Descriptor>> select_platforms(const std::vector<Descriptor>& entries, const std::string& wanted);

}  // namespace hullcheck::acquire
