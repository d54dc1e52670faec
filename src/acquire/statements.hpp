// VEX statements that a registry holds about an image: by the referrers API of OCI 1.1, by its fallback tag
// (sha256-HEX), by cosign's tag (sha256-HEX.att), and by BuildKit's attestation manifests in the image's index.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "acquire/artifact.hpp"
#include "acquire/registry_client.hpp"
#include "model/image.hpp"

namespace hullcheck::acquire {

struct StatementLimits {
  std::size_t pages = 8;               // of one list of referrers
  std::size_t manifests = 100;         // that are looked into, of one image
  std::size_t documents = 200;         // layers that are read, of one image
  std::uint64_t bytes = 128ULL << 20;  // of all documents of one image
};

// Fills in `statements` of an image from this registry. `indexes` are those that were read on the way to it, by
// digest. Whatever goes wrong is a note among its gaps ("vex-registry-failed", "vex-unreadable",
// "vex-subject-mismatch", "vex-limit", "vex-digest-mismatch"): the image is judged without.
void find_statements(RegistryClient& client, const std::map<std::string, std::string>& indexes, model::Image& image,
                     const AcquireContext& context, const StatementLimits& limits = {});

}  // namespace hullcheck::acquire
