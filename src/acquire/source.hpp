// Where an image comes from: one file per source (docker.cpp, registry.cpp, archive.cpp, oci.cpp, rootfs.cpp, …).
//
// A source reads manifests and configs itself and hands the layers' bytes to a LayerSink, which analyses them while
// they arrive. It never keeps a layer: not in memory, not on disk.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "acquire/reference.hpp"
#include "formats/byte_stream.hpp"
#include "model/image.hpp"
#include "util/progress.hpp"
#include "util/registry.hpp"
#include "util/result.hpp"

namespace hullcheck::acquire {

struct LayerInfo {
  std::string
      key;  // model::LayerRef::key: a digest where the source has one, else source-made ("archive:abc/layer.tar")
  std::string blob_digest;  // promised by the manifest, "" where there is none
  std::string diff_id;      // promised by the config where it is known already, else ""
  std::string media_type;
  std::uint64_t size = 0;  // promised size of the blob, 0 where unknown
  // Local engines are trusted to know their own diff ids (nothing is skipped on any other's word). Their layers are
  // told by these alone, since how an export packs them is not known without an export.
  bool trusted_diff_id = false;
  // Streams only: the whole source can be read a second time (a file can, standard input and an export cannot).
  bool repeatable = false;
};

// Opens the blob from its start. May be called on another thread, more than once, or never.
using OpenLayer = std::function<Result<std::unique_ptr<formats::ByteStream>>()>;

class LayerSink {
 public:
  virtual ~LayerSink() = default;
  // True if the facts of this layer are at hand without reading it (see `trusted_diff_id`, and the rule of
  // docs/architecture.md for blobs). A source that can avoid a download or an export asks before it starts.
  virtual bool known(const LayerInfo& info) = 0;
  // The raw config kept from an earlier scan under its digest, "" where there is none. With it an engine whose layers
  // are all known gives the same report as with its export; without it the config is put together from what the
  // engine says. The caller verifies the digest.
  virtual std::string known_config(const std::string& digest) {
    static_cast<void>(digest);
    return {};
  }
  // A layer that can be opened on its own: queued, read later on a worker thread. A key seen before is ignored.
  // The sink verifies blob digest, size and diff id.
  virtual void offer(LayerInfo info, OpenLayer open) = 0;
  // A layer that comes by in a stream and cannot be opened again. Reads `bytes` to the end on the calling thread
  // before returning (analysis goes on behind it). Errors of `bytes` come back; errors of the analysis become gaps.
  // `info.diff_id` is mostly not known yet: the config may come later in the stream. The diff id that the image
  // promises stands in its model::LayerRef of the same key and is to be compared after the source has returned.
  // An archive may hold layers that no image of it uses; their keys then never appear in an image.
  virtual Result<void> feed(LayerInfo info, formats::ByteStream& bytes) = 0;
};

struct AcquireOptions {
  std::string platform;                      // "" = the host's; "all" = each of an index
  std::string tag;                           // of an archive with several images; "" = all
  bool insecure = false;                     // plain HTTP, or certificates that do not verify
  bool statements = false;                   // of a registry: also what it holds about the image as VEX
  bool offline = false;                      // no source that needs a network beyond this machine
  std::string docker_config;                 // folder of config.json; "" = $DOCKER_CONFIG or ~/.docker
  std::string docker_host;                   // "" = $DOCKER_HOST or the usual socket
  std::chrono::seconds network_timeout{60};  // without any progress
};

struct AcquireLimits {
  std::size_t manifest_bytes = 8u << 20;  // manifest, index or config as JSON; "manifest-size-limit"
  std::size_t layers = 2'000;   // "manifest-layers-limit" (engines stop at 127, registries at a few hundred)
  std::size_t images = 500;     // of one index or archive; "image-count-limit"
  std::size_t index_depth = 4;  // nested indexes; "index-depth-limit"
  std::uint64_t archive_members = 100'000;  // members of one image archive; "archive-members-limit"
};

struct AcquireContext {
  AcquireOptions options;
  AcquireLimits limits;
  std::stop_token stop;
  util::Progress& progress = util::no_progress();
};

struct SourceDescriptor {
  std::string_view id;  // also the scheme of the reference grammar: "docker", "registry", …
  int version = 1;
  std::string_view summary;
  std::string_view example;  // "docker:nginx:1.25"
};

// Progress: a source counts the bytes of a stream that it reads itself (archives that are fed); the sink counts those
// of layers that it opens.
class Source {
 public:
  using Kind = Source;
  using Descriptor = SourceDescriptor;
  virtual ~Source() = default;

  // Reads the image or images behind `reference`. An Error means that no image could be had at all (exit 3); whatever
  // goes wrong once there is a manifest is a gap of that image. ErrorCode::not_found and network let the reference
  // without a scheme go on to the next source.
  virtual Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                                 LayerSink& sink) const = 0;
};

using SourceRegistry = util::Registry<Source>;

// Picks the source (for a reference without a scheme: docker, podman, registry in turn) and reads. An error lists
// what each source said.
Result<std::vector<model::Image>> acquire(const std::string& reference, AcquireContext& context, LayerSink& sink);

// "linux/amd64", normalised, of this machine.
std::string host_platform();

// The parts of a config JSON that we use. Unknown keys are ignored; wrong types are an error ("config-malformed").
Result<model::ImageConfig> parse_image_config(std::string_view json);

}  // namespace hullcheck::acquire
