// podman: an image of Podman, over the socket of its Docker-compatible service.
#include "acquire/engine_client.hpp"

namespace hullcheck::acquire {
namespace {

class Podman final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                         LayerSink& sink) const override {
    Error first;
    for (const auto& place : podman_addresses()) {
      const EngineAddress address = TRY(parse_engine_address(place, std::nullopt));
      auto images = read_from_engine(address, {"podman", "Podman"}, reference.rest, context, sink);
      if (images || images.error().name != "engine-unreachable") return images;
      if (first.name.empty()) first = std::move(images).error();
    }
    return first;
  }
};

const util::Registered<Podman> registered{{.id = "podman",
                                           .version = 1,
                                           .summary = "An image of Podman, through its service socket",
                                           .example = "podman:localhost/app"}};

}  // namespace
}  // namespace hullcheck::acquire
