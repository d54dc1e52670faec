// From manifests to model::Image, the same for every carrier: registry, OCI layout, image archive.
#pragma once

#include <string>
#include <vector>

#include "acquire/manifest.hpp"
#include "acquire/source.hpp"
#include "model/image.hpp"

namespace hullcheck::acquire {

// A layer as a carrier holds it. `open` is empty when its bytes were fed to the sink already, under `key`.
struct FoundLayer {
  std::string key;
  std::uint64_t size = 0;
  OpenLayer open;
  // Its bytes come over the network: a layer that the sink knows is not fetched again. Local bytes are read and
  // verified every time, as reading them costs little.
  bool remote = false;
};

struct Document {
  std::string bytes;
  std::string content_type;    // "" where the carrier has no such notion
  std::string claimed_digest;  // of a registry's answer; "" where there is none
};

// Where one image's content-addressed parts lie. Methods are called on one thread; what they return is used on
// others.
class ContentStore {
 public:
  virtual ~ContentStore() = default;
  virtual Result<Document> manifest(const Descriptor& wanted, std::size_t limit) = 0;
  virtual Result<std::string> config(const Descriptor& wanted, std::size_t limit) = 0;
  virtual Result<FoundLayer> layer(const Descriptor& wanted) = 0;
};

struct Root {
  Descriptor descriptor;  // its digest may be "" (a tag): then nothing is promised
  std::string reference;  // for model::Image
  std::vector<model::Gap> gaps;
  bool every_platform = false;  // take all entries, as nothing chooses among them
};

// Follows indexes, picks platforms, reads configs and offers layers. An index entry that cannot be read becomes an
// image that holds only a gap; an Error comes back when not one manifest could be read.
Result<std::vector<model::Image>> build_images(ContentStore& store, std::vector<Root> roots, std::string_view source,
                                               AcquireContext& context, LayerSink& sink);

// The pieces, for carriers with other manifests.
model::Gap acquire_gap(std::string id, std::string subject, std::string reason,
                       model::GapEffect effect = model::GapEffect::unknown);
model::Gap gap_of(const Error& error, std::string subject);
// The digest of `bytes` by the algorithm that `like` names (SHA-256 when it names none).
std::string digest_like(std::string_view like, std::string_view bytes);
// Adds a gap that names both digests when they differ. `promised` may be "".
void check_digest(model::Image& image, std::string_view what, const std::string& promised, const std::string& found);
// Fills config, config_json, config_digest and platform; whatever is wrong becomes a gap.
void set_config(model::Image& image, Result<std::string> json, const std::string& promised_digest,
                model::GapEffect when_missing = model::GapEffect::unknown);
// The diff id that the config promises for layer `index`, "" where it promises none that could be true.
std::string promised_diff_id(const model::Image& image, std::size_t index);
// Gaps for a config that disagrees with the manifest about the layers.
void check_layer_count(model::Image& image, std::size_t layers);
// Appends the layer and offers it, or notes why it is missing.
void add_layer(model::Image& image, model::LayerRef layer, Result<FoundLayer> found, LayerSink& sink);

}  // namespace hullcheck::acquire
