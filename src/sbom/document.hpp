// Bills of materials: what a file says is installed in an image, in one form whatever wrote it.
//
// Read: CycloneDX 1.2-1.7 (JSON), SPDX 2.2 and 2.3 (JSON, tag-value), syft-json, lists of package URLs; each also
// inside an in-toto statement or a DSSE envelope. What the dialects of Trivy, Syft and hullcheck itself put into
// properties, annotations and qualifiers is understood.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/package.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::sbom {

struct Limits {
  std::size_t bytes = 256U << 20;      // real ones of whole images with a file list have 100 MB
  std::size_t components = 1'000'000;  // of all kinds
  std::size_t largest_text = 4096;     // names, versions and properties are cut to it
};

struct Document {
  std::string format;    // "CycloneDX 1.6"
  std::string producer;  // "trivy 0.50.1"; "" where it does not say
  std::string subject;   // what it is about: an image's reference, a folder
  std::string manifest_digest, config_digest, platform;
  model::Distribution distribution;  // id "" where nothing says
  std::vector<std::string> layers;   // diff ids, as far as named; Package::layer is an index of it
  std::vector<model::Package> packages;
  std::vector<model::Package> declared;  // asked for by lock files
  std::vector<model::Package> overlaps;  // in files of a system's package, which counts for them
  std::vector<model::Gap> gaps;          // what its producer could not see, and what this reader did not understand
};

// Errors: "sbom-malformed", "sbom-nesting-limit", "sbom-size-limit", "sbom-component-limit", "sbom-unknown-format",
// "sbom-version" (a known form in a version that is not read).
Result<Document> read(Bytes bytes, const Limits& limits = {});

}  // namespace hullcheck::sbom
