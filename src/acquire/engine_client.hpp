// The Docker Engine API, as Docker and Podman serve it: what an image is, and its export.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acquire/source.hpp"
#include "formats/byte_stream.hpp"
#include "util/http.hpp"

namespace hullcheck::acquire {

// Where an engine listens.
struct EngineAddress {
  std::string text;         // as given, for messages
  std::string url;          // "http://engine", "https://host:2376"
  std::string unix_socket;  // "" for TCP
  util::HttpTls tls;
};

// "unix:///run/docker.sock", "tcp://host:2375", "http://…", "https://…"; `tls` names the certificate files that make
// a tcp address an https one. Error "engine-address-invalid".
Result<EngineAddress> parse_engine_address(const std::string& text, const std::optional<util::HttpTls>& tls);

// From `option`, $DOCKER_HOST with $DOCKER_TLS_VERIFY and $DOCKER_CERT_PATH, $DOCKER_CONTEXT or the current context
// of config.json, or the usual socket.
Result<EngineAddress> docker_address(const AcquireOptions& options);
// The places where Podman may listen, most likely first.
std::vector<std::string> podman_addresses();

struct EngineInfo {
  std::string_view source;  // id
  std::string_view title;   // "Docker", "Podman"
};

// Inspects the image `name`, and reads its export unless the sink knows every layer. Errors: "engine-unreachable"
// (nothing listens), "engine-denied", "image-not-found", "engine-failed", and those of an archive.
Result<std::vector<model::Image>> read_from_engine(const EngineAddress& address, const EngineInfo& engine,
                                                   const std::string& name, AcquireContext& context, LayerSink& sink);

}  // namespace hullcheck::acquire
