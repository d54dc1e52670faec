// What `docker save`, skopeo and podman write: a tar with either manifest.json (docker-archive) or index.json (OCI
// layout) or both. Shared by the sources archive, stdin, oci, docker and podman.
#pragma once

#include <string>
#include <vector>

#include "acquire/contents.hpp"
#include "acquire/source.hpp"
#include "formats/byte_stream.hpp"

namespace hullcheck::acquire {

struct ArchiveRequest {
  std::string reference;      // goes into model::Image, with the tag added where one was chosen
  std::string_view source;    // id
  std::string tag;            // "" takes every image
  std::string digest;         // of a manifest in the layout; "" for none
  bool layout_first = false;  // index.json counts, even beside a manifest.json
  std::string image_id;       // digest that the config must have; "" where nobody promised one
  bool name_the_tag = true;   // add the chosen tag to `reference`
  bool repeatable = false;    // the stream could be read a second time
};

// One pass over bytes that cannot be read again (plain, gzip or zstd): layers are fed as they come. A stream that
// breaks after the manifest was seen gives images with a gap; before that, an Error.
Result<std::vector<model::Image>> read_archive_stream(formats::ByteStream& raw, const ArchiveRequest& request,
                                                      AcquireContext& context, LayerSink& sink);
// A file: plain ones are indexed by their headers and layers are offered by position, compressed ones are streamed.
Result<std::vector<model::Image>> read_archive_file(const std::string& path, const ArchiveRequest& request,
                                                    AcquireContext& context, LayerSink& sink);

// The same for what has no size and no positions: standard input, a pipe, what a shell puts in place of <(…). Takes
// the descriptor. Waits for bytes as long as nobody stops the scan.
Result<std::vector<model::Image>> read_archive_pipe(int descriptor, const std::string& name,
                                                    const ArchiveRequest& request, AcquireContext& context,
                                                    LayerSink& sink);

// The images of manifest.json or index.json, whichever holds them.
Result<std::vector<model::Image>> archive_images(const Contents& contents, const ArchiveRequest& request,
                                                 AcquireContext& context, LayerSink& sink);
// The images of an OCI layout: index.json and what it leads to.
Result<std::vector<model::Image>> layout_images(const Contents& contents, const ArchiveRequest& request,
                                                AcquireContext& context, LayerSink& sink);
// Every config that the layout's index leads to, for comparison with manifest.json. Broken parts are left out.
struct LayoutConfig {
  std::string digest;
  Platform platform;
};
std::vector<LayoutConfig> layout_configs(const Contents& contents, const AcquireLimits& limits);

// True if `wanted` ("3.10", "alpine:3.10", "docker.io/library/alpine:3.10") means `name`.
bool names_image(std::string_view name, std::string_view wanted);

}  // namespace hullcheck::acquire
