// docker-socket-volume: the image asks for the engine's socket. Who can talk to it owns the host.
#include <algorithm>
#include <array>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::array<std::string_view, 4> k_sockets{"docker.sock", "containerd.sock", "podman.sock", "crio.sock"};

class DockerSocketVolume final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    for (const std::string& volume : context.image.config().volumes) {
      const std::string path = layers::canonical_path(volume).path;
      if (std::find(k_sockets.begin(), k_sockets.end(), layers::base_name(path)) != k_sockets.end())
        out.push_back(found_in_config("Volumes", "VOLUME " + volume));
    }
  }
};

const util::Registered<DockerSocketVolume> registered{
    {.id = "docker-socket-volume",
     .version = 1,
     .summary = "Volume for the container engine's socket",
     .example = "VOLUME /var/run/docker.sock",
     .severity = model::Severity::high,
     .remediation = "Do not mount the socket; give the container a proxy that allows only what it needs",
     .reference = "CIS Docker 5.32"}};

}  // namespace
}  // namespace hullcheck::checks
