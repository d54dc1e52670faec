#include "scan/saved_facts.hpp"

#include <algorithm>

#include "util/codec.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"

namespace hullcheck::scan {
namespace {

using util::Decoder;
using util::Encoder;

constexpr std::string_view k_magic = "HCFACTS";
// 1 to 4 held the configuration's secrets, and not what was made of them; 5 to 8 had no digest at their end.
constexpr std::uint64_t k_version = 9;
// The same, and behind each image what it only sometimes has.
constexpr std::uint64_t k_with_rules = 1;  // what rules of the user's say
constexpr std::uint64_t k_with_index = 2;  // its index, and what the registry holds about it
constexpr std::size_t k_most_images = 10'000;
constexpr std::size_t k_digest_bytes = 32;

Error malformed() {
  return make_error(ErrorCode::malformed, "facts-malformed",
                    "this is not a file of saved facts; `hullcheck image IMAGE --save-facts FILE` writes one");
}

// SHA-256 of everything before it: most bytes of a layer's facts would pass for others, and change the verdict.
Buffer digest_of(Bytes content) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(content);
  return hasher.finish();
}

Result<Bytes> checked_content(Bytes file) {
  const std::size_t size = file.size() - std::min(file.size(), k_digest_bytes);
  const Bytes content = file.first(size), digest = file.subspan(size);
  if (const Buffer computed = digest_of(content);
      !std::equal(computed.begin(), computed.end(), digest.begin(), digest.end()))
    return make_error(ErrorCode::malformed, "facts-damaged",
                      "the file is not as --save-facts wrote it: bytes were changed or are missing; copy it again, "
                      "or scan the image again with --save-facts");
  return content;
}

void put_gap(Encoder& out, const model::Gap& gap) {
  out.string(gap.id);
  out.string(gap.stage);
  out.string(gap.subject);
  out.string(gap.reason);
  out.boolean(gap.effect == model::GapEffect::unknown);
}

model::Gap get_gap(Decoder& in) {
  model::Gap gap;
  gap.id = in.string();
  gap.stage = in.string();
  gap.subject = in.string();
  gap.reason = in.string();
  gap.effect = in.boolean() ? model::GapEffect::unknown : model::GapEffect::note;
  return gap;
}

void put_layer_ref(Encoder& out, const model::LayerRef& layer) {
  out.string(layer.key);
  out.string(layer.blob_digest);
  out.string(layer.diff_id);
  out.string(layer.media_type);
  out.u64(layer.size);
  out.boolean(layer.missing);
}

model::LayerRef get_layer_ref(Decoder& in) {
  model::LayerRef layer;
  layer.key = in.string();
  layer.blob_digest = in.string();
  layer.diff_id = in.string();
  layer.media_type = in.string();
  layer.size = in.u64();
  layer.missing = in.boolean();
  return layer;
}

void put_summary(Encoder& out, const model::LayerSummary& layer) {
  out.string(layer.diff_id);
  out.string(layer.blob_digest);
  out.string(layer.media_type);
  out.u64(layer.size);
  out.u64(layer.files);
  out.string(layer.created_by);
  out.boolean(layer.read);
}

model::LayerSummary get_summary(Decoder& in) {
  model::LayerSummary layer;
  layer.diff_id = in.string();
  layer.blob_digest = in.string();
  layer.media_type = in.string();
  layer.size = in.u64();
  layer.files = in.u64();
  layer.created_by = in.string();
  layer.read = in.boolean();
  return layer;
}

void put_strings(Encoder& out, const std::vector<std::string>& list) {
  out.u64(list.size());
  for (const std::string& text : list) out.string(text);
}

std::vector<std::string> get_strings(Decoder& in) {
  std::vector<std::string> list(in.count());
  for (std::string& text : list) text = in.string();
  return list;
}

// The parsed config, not its JSON: an engine that is asked instead of exported gives no JSON (see
// acquire/docker.cpp).
void put_config(Encoder& out, const model::ImageConfig& config) {
  out.boolean(config.present);
  for (const std::string* text : {&config.created, &config.architecture, &config.os, &config.variant, &config.user,
                                  &config.working_dir, &config.stop_signal})
    out.string(*text);
  for (const auto* list : {&config.entrypoint, &config.cmd, &config.shell, &config.env, &config.onbuild,
                           &config.healthcheck, &config.volumes, &config.exposed_ports, &config.diff_ids})
    put_strings(out, *list);
  out.u64(config.labels.size());
  for (const auto& [name, value] : config.labels) {
    out.string(name);
    out.string(value);
  }
  out.u64(config.history.size());
  for (const model::HistoryEntry& step : config.history) {
    out.string(step.created);
    out.string(step.created_by);
    out.string(step.comment);
    out.boolean(step.empty_layer);
  }
}

model::ImageConfig get_config(Decoder& in) {
  model::ImageConfig config;
  config.present = in.boolean();
  for (std::string* text : {&config.created, &config.architecture, &config.os, &config.variant, &config.user,
                            &config.working_dir, &config.stop_signal})
    *text = in.string();
  for (auto* list : {&config.entrypoint, &config.cmd, &config.shell, &config.env, &config.onbuild,
                     &config.healthcheck, &config.volumes, &config.exposed_ports, &config.diff_ids})
    *list = get_strings(in);
  const std::size_t labels = in.count(2);
  for (std::size_t i = 0; i < labels; ++i) {
    std::string name(in.string());
    config.labels.emplace(std::move(name), in.string());
  }
  config.history.resize(in.count(4));
  for (model::HistoryEntry& step : config.history) {
    step.created = in.string();
    step.created_by = in.string();
    step.comment = in.string();
    step.empty_layer = in.boolean();
  }
  return config;
}

void put_image(Encoder& out, const model::Image& image) {
  for (const std::string* text : {&image.reference, &image.source, &image.platform, &image.manifest_digest,
                                  &image.config_digest, &image.config_json})
    out.string(*text);
  put_config(out, image.config);
  out.u64(image.layers.size());
  for (const model::LayerRef& layer : image.layers) put_layer_ref(out, layer);
  out.u64(image.gaps.size());
  for (const model::Gap& gap : image.gaps) put_gap(out, gap);
}

model::Image get_image(Decoder& in) {
  model::Image image;
  for (std::string* text : {&image.reference, &image.source, &image.platform, &image.manifest_digest,
                            &image.config_digest, &image.config_json})
    *text = in.string();
  image.config = get_config(in);
  image.layers.resize(in.count(6));
  for (model::LayerRef& layer : image.layers) layer = get_layer_ref(in);
  image.gaps.resize(in.count(5));
  for (model::Gap& gap : image.gaps) gap = get_gap(in);
  return image;
}

void put_index(Encoder& out, const model::Image& image) {
  out.string(image.index_digest);
  out.boolean(image.statements_asked);
  out.u64(image.statements.size());
  for (const model::AttachedStatement& statement : image.statements) {
    out.string(statement.name);
    out.string(statement.text);
    out.boolean(statement.is_signed);
  }
}

void get_index(Decoder& in, model::Image& image) {
  image.index_digest = in.string();
  image.statements_asked = in.boolean();
  image.statements.resize(in.count(3));
  for (model::AttachedStatement& statement : image.statements) {
    statement.name = in.string();
    statement.text = in.string();
    statement.is_signed = in.boolean();
  }
}

bool has_index(const model::Image& image) {
  return !image.index_digest.empty() || image.statements_asked || !image.statements.empty();
}

// What of the two some image has.
std::uint64_t parts_of(const Collected& collected) {
  std::uint64_t parts = 0;
  for (const ImageFacts& image : collected.images)
    parts |= (image.user.present ? k_with_rules : 0) | (has_index(image.image) ? k_with_index : 0);
  return parts;
}

void put_layer_facts(Encoder& out, const layers::LayerFacts& facts) {
  out.bytes(layers::encode_core(facts));
  out.u64(facts.sections.size());
  for (const auto& [id, section] : facts.sections) {
    out.string(id);
    out.bytes(layers::encode_section(section));
  }
}

Result<std::shared_ptr<const layers::LayerFacts>> get_layer_facts(Decoder& in) {
  std::shared_ptr<layers::LayerFacts> facts = TRY(layers::decode_core(in.bytes()));
  const std::size_t sections = in.count(2);
  for (std::size_t i = 0; i < sections; ++i) {
    const std::string id(in.string());
    facts->sections[id] = TRY(layers::decode_section(in.bytes(), static_cast<std::uint32_t>(facts->entries.size())));
  }
  return std::shared_ptr<const layers::LayerFacts>(std::move(facts));
}

void put_facts(Encoder& out, const ImageFacts& facts, std::uint64_t parts) {
  out.string(facts.target);
  put_image(out, facts.image);
  detect::encode(facts.config, out);
  out.u64(facts.layers.size());
  for (std::size_t i = 0; i < facts.layers.size(); ++i) {
    put_summary(out, facts.layers[i]);
    out.boolean(facts.layer_facts[i] != nullptr);
    if (facts.layer_facts[i]) put_layer_facts(out, *facts.layer_facts[i]);
  }
  if ((parts & k_with_rules) != 0) detect::encode(facts.user, out);
  if ((parts & k_with_index) != 0) put_index(out, facts.image);
}

Result<ImageFacts> get_facts(Decoder& in, std::uint64_t parts) {
  ImageFacts facts;
  facts.target = in.string();
  facts.image = get_image(in);
  facts.config = detect::decode_config_facts(in);
  const std::size_t layers = in.count(8);
  for (std::size_t i = 0; i < layers; ++i) {
    facts.layers.push_back(get_summary(in));
    facts.layer_facts.push_back(in.boolean() ? TRY(get_layer_facts(in)) : nullptr);
  }
  if ((parts & k_with_rules) != 0) facts.user = detect::decode_user_facts(in);
  if ((parts & k_with_index) != 0) get_index(in, facts.image);
  // The overlay pairs the two lists.
  if (in.failed() || facts.image.layers.size() != facts.layers.size()) return malformed();
  return facts;
}

}  // namespace

Buffer encode_facts(const Collected& collected) {
  Encoder out;
  out.raw(as_bytes(k_magic));
  const std::uint64_t parts = parts_of(collected);
  out.u64(k_version + parts);
  out.string(collected.target);
  out.boolean(collected.many);
  out.u64(collected.images.size());
  for (const ImageFacts& image : collected.images) put_facts(out, image, parts);
  out.raw(digest_of(out.data()));
  return out.take();
}

Result<Collected> decode_facts(Bytes bytes) {
  Decoder head(bytes);
  const Bytes magic = head.raw(k_magic.size());
  if (head.failed() || as_text(magic) != k_magic) return malformed();
  const std::uint64_t version = head.u64();
  const std::uint64_t parts = version - k_version;
  if (!head.failed() && (version < k_version || parts > (k_with_rules | k_with_index)))
    return make_error(ErrorCode::unsupported, "facts-version",
                      "the facts were saved by another release of hullcheck; scan the image again with --save-facts");
  Decoder in(TRY(checked_content(bytes)));
  in.raw(k_magic.size());
  in.u64();
  Collected collected;
  collected.target = in.string();
  collected.many = in.boolean();
  const std::size_t images = in.count(16);
  if (images > k_most_images) return malformed();
  for (std::size_t i = 0; i < images; ++i) collected.images.push_back(TRY(get_facts(in, parts)));
  // Canonical: one value has one encoding.
  if (in.failed() || !in.at_end() || parts_of(collected) != parts) return malformed();
  return collected;
}

Result<void> save_facts(const Collected& collected, const std::string& path) {
  return util::write_output_file(path, encode_facts(collected));
}

Result<Collected> load_facts(const std::string& path) {
  const Buffer bytes = TRY(util::read_file(path, k_most_facts_bytes));
  auto collected = decode_facts(bytes);
  if (!collected) return std::move(collected).error().in(path);
  return collected;
}

}  // namespace hullcheck::scan
