// registry: an image straight from a registry, without any engine.
#include <fmt/core.h>

#include <map>

#include "acquire/registry_client.hpp"
#include "acquire/statements.hpp"

namespace hullcheck::acquire {
namespace {

class RegistryStore final : public ContentStore {
 public:
  RegistryStore(std::shared_ptr<RegistryClient> client, std::string tag, bool keep_indexes)
      : m_client(std::move(client)), m_tag(std::move(tag)), m_keep(keep_indexes) {}
  const std::map<std::string, std::string>& indexes() const { return m_indexes; }

  Result<Document> manifest(const Descriptor& wanted, std::size_t limit) override {
    auto document = m_client->manifest(wanted.digest.empty() ? m_tag : wanted.digest, limit);
    // An index may list attestations beside the images; there are few, and only those that were read are kept.
    if (document && m_keep && document->bytes.find("\"manifests\"") != std::string::npos)
      m_indexes[digest_like(wanted.digest, document->bytes)] = document->bytes;
    return document;
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
  bool m_keep;
  std::map<std::string, std::string> m_indexes;  // by digest
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
    RegistryStore store(client, name.tag, context.options.statements);
    Root root;
    // With a digest the tag is decoration, as for every engine.
    root.descriptor.digest = name.digest;
    root.reference = name.familiar();
    std::vector<Root> roots;
    roots.push_back(std::move(root));
    auto built = build_images(store, std::move(roots), "registry", context, sink);
    if (!built) {
      // What the registry's own answers say names the image already.
      const bool named = built.error().subject.starts_with(name.familiar());
      return named ? std::move(built).error() : std::move(built).error().in(name.familiar());
    }
    auto images = std::move(*built);
    if (context.options.statements) {
      context.progress.stage("looking for VEX statements");
      for (auto& image : images)
        if (!image.manifest_digest.empty()) find_statements(*client, store.indexes(), image, context);
    }
    return images;
  }
};

const util::Registered<Registry> registered{{.id = "registry",
                                             .version = 1,
                                             .summary = "A registry of the OCI distribution API",
                                             .example = "registry:registry.example/app:1.2"}};

}  // namespace
}  // namespace hullcheck::acquire
