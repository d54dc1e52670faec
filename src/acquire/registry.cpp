// registry: an image straight from a registry, without any engine.
#include <fmt/core.h>

#include "acquire/registry_client.hpp"

namespace hullcheck::acquire {
namespace {

class RegistryStore final : public ContentStore {
 public:
  RegistryStore(std::shared_ptr<RegistryClient> client, std::string tag)
      : m_client(std::move(client)), m_tag(std::move(tag)) {}

  Result<Document> manifest(const Descriptor& wanted, std::size_t limit) override {
    return m_client->manifest(wanted.digest.empty() ? m_tag : wanted.digest, limit);
  }
  Result<std::string> config(const Descriptor& wanted, std::size_t limit) override {
    return m_client->small_blob(wanted.digest, limit);
  }
  Result<FoundLayer> layer(const Descriptor& wanted) override {
    if (is_foreign_layer(wanted)) return make_error(ErrorCode::not_found, "layer-foreign", "a foreign layer");
    FoundLayer found{wanted.digest, wanted.size, {}, true};
    found.open = [client = m_client, digest = wanted.digest, size = wanted.size] {
      return client->blob(digest, size);
    };
    return found;
  }

 private:
  std::shared_ptr<RegistryClient> m_client;
  std::string m_tag;
};

class Registry final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                         LayerSink& sink) const override {
    const RegistryName name = TRY(parse_registry_name(reference.rest));
    if (context.options.offline)
      return make_error(ErrorCode::network, "offline", "a registry needs the network, and --offline forbids it",
                        name.familiar());
    context.progress.stage("asking the registry");
    const auto client = std::make_shared<RegistryClient>(name, context);
    TRY(client->connect());
    RegistryStore store(client, name.tag);
    Root root;
    // With a digest the tag is decoration, as for every engine.
    root.descriptor.digest = name.digest;
    root.reference = name.familiar();
    std::vector<Root> roots;
    roots.push_back(std::move(root));
    return build_images(store, std::move(roots), "registry", context, sink);
  }
};

const util::Registered<Registry> registered{{.id = "registry",
                                             .version = 1,
                                             .summary = "A registry of the OCI distribution API",
                                             .example = "registry:registry.example/app:1.2"}};

}  // namespace
}  // namespace hullcheck::acquire
