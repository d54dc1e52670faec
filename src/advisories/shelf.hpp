// A registry as the shelf of a team's advisory database: the bundle of bundle.hpp as an OCI artifact.
//
//   manifest   artifactType application/vnd.hullcheck.advisories.v1, an empty config, one layer
//   layer      application/vnd.hullcheck.advisories.bundle.v1+zstd: the bundle
//   annotations  of the manifest: org.opencontainers.image.created (when the database was last updated),
//              dev.hullcheck.advisories.digest (of the content), .records, .slim
//
// Hostile: the registry. Nothing is believed: the manifest has the digest that was asked for, the layer that of the
// manifest, the content that of the bundle, and only then does it take the place of the database that is there.
#pragma once

#include <string>

#include "acquire/registry_client.hpp"
#include "advisories/bundle.hpp"

namespace hullcheck::advisories {

// "oci://HOST/REPOSITORY[:TAG|@DIGEST]"; without a tag "latest". The host has to be named. "reference-invalid".
Result<acquire::RegistryName> parse_shelf(const std::string& text);

struct ShelfResult {
  std::string name;             // HOST/REPOSITORY:TAG or @DIGEST
  std::string manifest_digest;  // "sha256:…"
  bool unchanged = false;       // pull: what is there is that already, and nothing was fetched
  std::uint64_t layer_bytes = 0;
  BundleInfo bundle;
};

// Errors: those of acquire::RegistryClient, of export_database() and of files.
Result<ShelfResult> push_database(const std::string& database, const acquire::RegistryName& name, Slim slim,
                                  const acquire::AcquireContext& context, const acquire::RetryPolicy& retry = {});

// Errors beside those of acquire::RegistryClient and import_bundle(): "shelf-absent" (no such name there),
// "shelf-not-a-database", "shelf-size-limit", "shelf-digest" (manifest or layer), "shelf-size". A bundle with another
// content than the manifest names is "bundle-digest".
struct PullOptions {
  bool allow_older = false;
};
Result<ShelfResult> pull_database(const acquire::RegistryName& name, const std::string& database,
                                  const PullOptions& options, const acquire::AcquireContext& context,
                                  const acquire::RetryPolicy& retry = {});

}  // namespace hullcheck::advisories
