// The one grammar for naming an image:
//
//   docker:NAME                 a name or id in the Docker engine          podman:NAME   the same in Podman
//   registry:[HOST[:PORT]/]NAME[:TAG][@DIGEST]
//   archive:FILE                what `docker save` writes, plain, gzip or zstd
//   oci:PATH[:TAG|@DIGEST]      an OCI layout, folder or tar file
//   rootfs:DIR                  an unpacked root file system
//   -                           `docker save` on standard input
//
// Without a scheme: what starts with "/", "./" or "../", or is an existing regular file of a known archive type, is a
// path (a folder needs "./" or a scheme); everything else is a name, tried at Docker, Podman and the registry in that
// order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::acquire {

struct Reference {
  std::string text;    // as typed
  std::string scheme;  // id of a source; "" for a name that is to be tried at several
  std::string rest;    // what follows the scheme
  std::string hint;    // what the user may have meant, for a message should the reference lead nowhere; mostly ""
};

// Names an image in a registry, normalised as the Docker engine does it ("nginx" is docker.io/library/nginx:latest).
struct RegistryName {
  std::string host;              // "docker.io", "localhost:5000"
  std::string repository;        // "library/nginx"
  std::string tag;               // "" if a digest is given without a tag
  std::string digest;            // "" unless given
  std::string familiar() const;  // as a person would write it: "nginx:latest"
};

// The path of `oci:PATH[:TAG|@DIGEST]` taken apart. A file or folder that exists under the whole text is taken so.
struct LayoutName {
  std::string path;
  std::string tag;     // "" unless given
  std::string digest;  // "" unless given
};

// Looks at the file system (only at `text` itself) to tell paths from names. Error "reference-invalid".
Result<Reference> parse_reference(const std::string& text);
LayoutName parse_layout_name(const std::string& text);
// True if the file opens like something that holds an image: tar, gzip, zstd (xz and bzip2 too, so that a message can
// name them).
bool is_archive_file(const std::string& path);
Result<RegistryName> parse_registry_name(std::string_view text);

}  // namespace hullcheck::acquire
