// An image as its manifest and config describe it. Hostile text throughout.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/finding.hpp"

namespace hullcheck::model {

struct HistoryEntry {
  std::string created;
  std::string created_by;
  std::string comment;
  bool empty_layer = false;
};

// The parts of an OCI image config (and Docker's superset of it) that anything here looks at.
struct ImageConfig {
  bool present = false;  // false: the image came without one, or it could not be read
  std::string created, architecture, os, variant, user, working_dir, stop_signal;
  std::vector<std::string> entrypoint, cmd, shell, env, onbuild;
  std::vector<std::string>
      healthcheck;  // as in the config: {"CMD", …}, {"CMD-SHELL", "…"}, {"NONE"}; empty: none set
  std::vector<std::string> volumes, exposed_ports;  // sorted
  std::map<std::string, std::string> labels;
  std::vector<std::string> diff_ids;  // bottom layer first
  std::vector<HistoryEntry> history;
};

struct LayerRef {
  std::string key;          // names the layer's bytes within one scan; equal keys are equal bytes
  std::string blob_digest;  // as the manifest promises; "" where there is none (docker save)
  std::string diff_id;      // as the config promises; "" where there is none
  std::string media_type;
  std::uint64_t size = 0;  // of the blob, as promised; 0 where unknown
  bool missing = false;    // named by the manifest, not to be had; a gap says why
};

// A VEX document that the registry holds about an image. Nobody has verified who wrote it.
struct AttachedStatement {
  std::string name;        // "registry:sha256:0123456789ab", of the bytes that it came in
  std::string text;        // the document, JSON
  bool is_signed = false;  // it came with a signature, whatever that is worth
};

struct Image {
  std::string reference;  // what the user asked for, with what was chosen filled in (tag)
  std::string source;     // "docker", "podman", "registry", "archive", "oci", "rootfs", "stdin"
  std::string platform;   // "linux/amd64", "linux/arm64/v8"; "" where the image does not say
  std::string manifest_digest;
  std::string config_digest;
  std::string config_json;  // raw; parsed by parse_image_config()
  ImageConfig config;
  std::vector<LayerRef> layers;               // bottom first
  std::vector<Gap> gaps;                      // what acquiring could not do
  std::string index_digest;                   // of the index that it was chosen from; "" where there is none
  bool statements_asked = false;              // the registry was asked for statements
  std::vector<AttachedStatement> statements;  // by name
};

}  // namespace hullcheck::model
