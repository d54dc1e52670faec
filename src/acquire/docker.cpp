// docker: an image of the Docker engine, over its socket or DOCKER_HOST.
#include "acquire/engine_client.hpp"

namespace hullcheck::acquire {
namespace {

class Docker final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                         LayerSink& sink) const override {
    const EngineAddress address = TRY(docker_address(context.options));
    return read_from_engine(address, {"docker", "Docker"}, reference.rest, context, sink);
  }
};

const util::Registered<Docker> registered{
    {.id = "docker", .version = 1, .summary = "An image of the Docker engine", .example = "docker:nginx:1.25"}};

}  // namespace
}  // namespace hullcheck::acquire
