#include "acquire/image_builder.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "util/digest.hpp"

namespace hullcheck::acquire {
namespace {

using model::Gap;
using model::Image;

// A document still to be read.
struct Pending {
  Descriptor descriptor;
  std::string reference;
  std::vector<Gap> gaps;
  std::size_t depth = 0;
  bool every_platform = false;
  std::string index_digest;  // of the outermost index on the way here
  bool is_index = false;     // known once it was read
};

class Builder {
 public:
  Builder(ContentStore& store, std::string_view source, AcquireContext& context, LayerSink& sink)
      : m_store(store), m_source(source), m_context(context), m_sink(sink) {}

  Result<std::vector<Image>> build(std::vector<Root> roots) {
    for (auto root = roots.rbegin(); root != roots.rend(); ++root)
      m_pending.push_back({std::move(root->descriptor), std::move(root->reference), std::move(root->gaps), 0,
                           root->every_platform, "", false});
    bool any = false;
    std::optional<Error> first;
    // An index costs a document too; the factor lets a full index of nested ones through and stops a tree of them.
    const std::size_t documents = m_context.limits.images * 4;
    for (std::size_t count = 0; !m_pending.empty(); ++count) {
      if (m_context.stop.stop_requested())
        return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped");
      if (count == documents || m_images.size() >= m_context.limits.images)
        return make_error(ErrorCode::limit, "image-count-limit",
                          fmt::format("the index leads to more than {} images", m_context.limits.images));
      Pending next = std::move(m_pending.back());
      m_pending.pop_back();
      auto done = read(next);
      if (done) {
        any = any || *done;
        continue;
      }
      if (done.error().code == ErrorCode::cancelled) return std::move(done).error();
      if (!first) first = done.error();
      // Of several that nothing but their platform tells apart, those of another one are no loss.
      if (is_other_platform(done.error(), next)) continue;
      m_images.push_back(broken(next, done.error()));
    }
    if (!any && first) return std::move(*first);
    return std::move(m_images);
  }

 private:
  // An image of another platform than the one that was asked for, or an index below another one that has none of it.
  static bool is_other_platform(const Error& error, const Pending& pending) {
    return error.name == "platform-not-found" && (pending.depth > 0 || !pending.is_index);
  }

  // True for an image, false for an index whose entries are now pending.
  Result<bool> read(Pending& pending) {
    const auto& descriptor = pending.descriptor;
    if (!descriptor.digest.empty() && !util::is_digest(descriptor.digest))
      return make_error(ErrorCode::malformed, "digest-unsupported", "this is no sha256 or sha512 digest",
                        descriptor.digest.substr(0, 100));
    const std::size_t limit = m_context.limits.manifest_bytes;
    if (descriptor.size > limit)
      return make_error(ErrorCode::limit, "manifest-size-limit",
                        fmt::format("the manifest is said to have {} bytes, the limit is {}", descriptor.size, limit),
                        descriptor.digest);
    Document document = TRY(m_store.manifest(descriptor, limit));
    auto parsed = parse_manifest(document.bytes, document.content_type, m_context.limits);
    if (!parsed) return std::move(parsed).error().in(descriptor.digest);

    Image image;
    image.gaps = std::move(pending.gaps);
    image.manifest_digest = digest_like(descriptor.digest, document.bytes);
    check_digest(image, "manifest", descriptor.digest, image.manifest_digest);
    check_size(image, "manifest", descriptor, image.manifest_digest, document.bytes.size());
    if (descriptor.digest.empty() && !document.claimed_digest.empty())
      check_digest(image, "manifest", document.claimed_digest, digest_like(document.claimed_digest, document.bytes));
    if (parsed->is_index) {
      pending.is_index = true;
      pending.gaps = std::move(image.gaps);
      if (pending.index_digest.empty()) pending.index_digest = image.manifest_digest;
      TRY(expand(pending, *parsed));
      return false;
    }
    image.reference = pending.reference;
    image.source = m_source;
    image.index_digest = pending.index_digest;
    TRY(read_image(std::move(image), pending, *parsed));
    return true;
  }

  Result<void> expand(const Pending& pending, const Manifest& index) {
    if (pending.depth + 1 > m_context.limits.index_depth)
      return make_error(ErrorCode::limit, "index-depth-limit",
                        fmt::format("indexes are nested more than {} deep", m_context.limits.index_depth));
    const std::string wanted = pending.every_platform ? "all" : m_context.options.platform;
    const auto chosen = TRY(select_platforms(index.manifests, wanted));
    if (chosen.empty()) return make_error(ErrorCode::not_found, "index-empty", "the index names no image");
    for (auto entry = chosen.rbegin(); entry != chosen.rend(); ++entry)
      m_pending.push_back(
          {*entry, pending.reference, pending.gaps, pending.depth + 1, false, pending.index_digest, false});
    return {};
  }

  Result<void> read_image(Image image, const Pending& pending, const Manifest& manifest) {
    if (!is_image_config_type(manifest.config.media_type))
      return make_error(
          ErrorCode::unsupported, "not-an-image",
          fmt::format("this holds \"{}\", which is no container image", manifest.config.media_type.substr(0, 200)));
    read_config(image, manifest.config);
    if (image.platform.empty()) image.platform = pending.descriptor.platform.text();
    // In an index the choice was made by what the index says.
    if (pending.depth == 0) TRY(check_platform(platform_of(image, pending), m_context.options.platform));
    check_layer_count(image, manifest.layers.size());
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) read_layer(image, manifest.layers[i], i);
    m_images.push_back(std::move(image));
    return {};
  }

  void read_config(Image& image, const Descriptor& config) {
    const std::size_t limit = m_context.limits.manifest_bytes;
    if (!util::is_digest(config.digest)) {
      set_config(image, make_error(ErrorCode::not_found, "config-missing", "the manifest names no config"), "");
    } else if (config.size > limit) {
      set_config(image,
                 make_error(ErrorCode::limit, "config-size-limit",
                            fmt::format("the config is said to have {} bytes, the limit is {}", config.size, limit)),
                 config.digest);
    } else {
      set_config(image, m_store.config(config, limit), config.digest);
      check_size(image, "config", config, image.config_digest, image.config_json.size());
    }
  }

  // Engines refuse content that is not as long as its descriptor says, though the digest be right. No size and a size
  // of 0 promise nothing, to them either; of other bytes than those promised the digest has said enough.
  static void check_size(Image& image, std::string_view what, const Descriptor& promised, const std::string& found,
                         std::size_t size) {
    if (promised.size == 0 || promised.size == size || promised.digest != found || size == 0) return;
    image.gaps.push_back(
        acquire_gap(fmt::format("{}-size-mismatch", what), fmt::format("{} {}", what, promised.digest),
                    fmt::format("the {} was promised with {} bytes and has {}", what, promised.size, size)));
  }

  static Platform platform_of(const Image& image, const Pending& pending) {
    const Platform said{image.config.os, image.config.architecture, image.config.variant};
    return said.empty() ? pending.descriptor.platform : said;
  }

  void read_layer(Image& image, const Descriptor& layer, std::size_t index) {
    model::LayerRef ref{layer.digest,     layer.digest, promised_diff_id(image, index),
                        layer.media_type, layer.size,   false};
    if (!util::is_digest(layer.digest)) {
      ref.key = fmt::format("layer[{}]", index);
      ref.blob_digest.clear();
      return add_layer(image, std::move(ref),
                       make_error(ErrorCode::malformed, "digest-unsupported",
                                  fmt::format("\"{}\" is no sha256 or sha512 digest", layer.digest.substr(0, 100))),
                       m_sink);
    }
    if (is_encrypted_layer(layer))
      return add_layer(image, std::move(ref),
                       make_error(ErrorCode::unsupported, "layer-encrypted", "the layer is encrypted"), m_sink);
    // A registry must not be asked for what it does not have; a layout may well hold the blob.
    auto found = m_store.layer(layer);
    if (!found && is_foreign_layer(layer))
      found = make_error(ErrorCode::unsupported, "layer-foreign",
                         "the layer lies outside the registry by design (a foreign layer), and is not fetched");
    add_layer(image, std::move(ref), std::move(found), m_sink);
  }

  Image broken(const Pending& pending, const Error& error) const {
    Image image;
    image.reference = pending.reference;
    image.source = m_source;
    image.platform = pending.descriptor.platform.text();
    image.manifest_digest = pending.descriptor.digest;
    image.gaps = pending.gaps;
    image.gaps.push_back(gap_of(error, "manifest " + pending.descriptor.digest));
    return image;
  }

  ContentStore& m_store;
  std::string_view m_source;
  AcquireContext& m_context;
  LayerSink& m_sink;
  std::vector<Pending> m_pending;  // a stack: the last one is read next
  std::vector<Image> m_images;
};

}  // namespace

Result<std::vector<Image>> build_images(ContentStore& store, std::vector<Root> roots, std::string_view source,
                                        AcquireContext& context, LayerSink& sink) {
  return Builder(store, source, context, sink).build(std::move(roots));
}

Gap acquire_gap(std::string id, std::string subject, std::string reason, model::GapEffect effect) {
  return {std::move(id), "acquire", std::move(subject), std::move(reason), effect};
}

Gap gap_of(const Error& error, std::string subject) {
  return acquire_gap(error.name, std::move(subject), error.describe());
}

std::string digest_like(std::string_view like, std::string_view bytes) {
  if (!like.starts_with("sha512:")) return util::sha256_digest(as_bytes(bytes));
  util::Hasher hasher(util::Hash::sha512);
  hasher.update(as_bytes(bytes));
  return "sha512:" + hasher.finish_hex();
}

void check_digest(Image& image, std::string_view what, const std::string& promised, const std::string& found) {
  if (promised.empty() || promised == found) return;
  image.gaps.push_back(acquire_gap(fmt::format("{}-digest-mismatch", what), fmt::format("{} {}", what, promised),
                                   fmt::format("the {} was promised as {} and is {}", what, promised, found)));
}

void set_config(Image& image, Result<std::string> json, const std::string& promised_digest,
                model::GapEffect when_missing) {
  const std::string subject = promised_digest.empty() ? "config" : "config " + promised_digest;
  if (!json) {
    const bool absent = json.error().code == ErrorCode::not_found;
    image.config_digest = promised_digest;
    image.gaps.push_back(acquire_gap(
        absent ? "config-missing" : json.error().name, subject,
        absent ? "the image has no config, so what it starts and as whom is not known" : json.error().describe(),
        when_missing));
    return;
  }
  image.config_json = std::move(*json);
  image.config_digest = digest_like(promised_digest, image.config_json);
  check_digest(image, "config", promised_digest, image.config_digest);
  auto parsed = parse_image_config(image.config_json);
  if (!parsed) {
    image.gaps.push_back(gap_of(parsed.error(), subject));
    return;
  }
  image.config = std::move(*parsed);
  image.platform = normalise({image.config.os, image.config.architecture, image.config.variant}).text();
  if (image.platform == "/") image.platform.clear();
}

std::string promised_diff_id(const Image& image, std::size_t index) {
  const auto& ids = image.config.diff_ids;
  return index < ids.size() && util::is_digest(ids[index]) ? ids[index] : std::string();
}

void check_layer_count(Image& image, std::size_t layers) {
  if (!image.config.present) return;
  const auto& ids = image.config.diff_ids;
  if (ids.size() != layers)
    image.gaps.push_back(
        acquire_gap("layer-count-mismatch", "config " + image.config_digest,
                    fmt::format("the manifest names {} layers, the config has diff ids for {}", layers, ids.size())));
  if (const auto bad = std::find_if_not(ids.begin(), ids.end(), [](const auto& id) { return util::is_digest(id); });
      bad != ids.end())
    image.gaps.push_back(acquire_gap("diff-id-invalid", "config " + image.config_digest,
                                     fmt::format("\"{}\" is no diff id", bad->substr(0, 100))));
}

void add_layer(Image& image, model::LayerRef layer, Result<FoundLayer> found, LayerSink& sink) {
  if (!found) {
    layer.missing = true;
    const bool absent = found.error().code == ErrorCode::not_found;
    image.gaps.push_back(
        acquire_gap(absent ? "layer-missing" : found.error().name, "layer " + layer.key,
                    absent ? "the layer is named by the manifest and is not there" : found.error().describe()));
  } else {
    layer.key = found->key;
    if (layer.size == 0) layer.size = found->size;
    LayerInfo info{layer.key, layer.blob_digest, layer.diff_id, layer.media_type, layer.size, false};
    if (found->open && !(found->remote && sink.known(info))) sink.offer(std::move(info), std::move(found->open));
  }
  image.layers.push_back(std::move(layer));
}

}  // namespace hullcheck::acquire
