// manifest.json of `docker save`: [{"Config": NAME, "RepoTags": [...], "Layers": [NAME, …]}], names of members.
// Format: docker/docker-archive as `docker load` reads it; the older form without manifest.json is refused.
// Hostile: names may lead anywhere (they are only looked up), configs and layers may be missing, an index.json beside
// it may describe another image to another engine.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "acquire/image_archive.hpp"
#include "acquire/json.hpp"
#include "util/digest.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::string_view k_what = "manifest";

struct SavedImage {
  std::string config;
  std::vector<std::string> tags, layers;
};

Result<std::vector<std::string>> member_strings(JsonElement element, std::string_view name) {
  const auto found = member(element, name);
  if (!found) return std::vector<std::string>{};
  auto list = json_strings(*found);
  if (!list) return wrong_type(k_what, name);
  return std::move(*list);
}

Result<std::vector<SavedImage>> parse_saved(std::string_view json, const AcquireLimits& limits) {
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, limits.manifest_bytes));
  simdjson::dom::array array;
  if (root.get(array)) return wrong_type(k_what, "(the whole)");
  std::vector<SavedImage> images;
  for (const auto item : array) {
    if (images.size() == limits.images)
      return make_error(ErrorCode::limit, "image-count-limit",
                        fmt::format("the archive names more than {} images", limits.images));
    SavedImage image;
    image.config = TRY(member_string(item, "Config", k_what));
    image.tags = TRY(member_strings(item, "RepoTags"));
    image.layers = TRY(member_strings(item, "Layers"));
    if (!item.is_object() || (image.config.empty() && image.layers.empty())) return wrong_type(k_what, "entry");
    if (image.layers.size() > limits.layers)
      return make_error(ErrorCode::limit, "manifest-layers-limit",
                        fmt::format("an image of the archive has more than {} layers", limits.layers));
    images.push_back(std::move(image));
  }
  return images;
}

// Says what it seems to be instead: the files of a system are the likeliest slip.
Error no_manifest(const Contents& contents) {
  std::string message = "this is no image archive: it holds neither manifest.json nor index.json";
  for (const char* const name : {"etc/passwd", "etc/os-release", "usr/lib/os-release", "bin/busybox"})
    if (contents.layer(name)) {
      message +=
          "; it looks like the files of a system (`docker export` writes such): unpack it and scan rootfs:FOLDER";
      break;
    }
  return make_error(ErrorCode::malformed, "archive-no-manifest", std::move(message));
}

// The digest that the config's name promises: "HEX.json" or "blobs/sha256/HEX".
std::string promised_config(const std::string& name) {
  if (auto digest = digest_of_blob_name(name); !digest.empty()) return digest;
  if (!name.ends_with(".json")) return {};
  std::string digest = "sha256:" + name.substr(0, name.size() - 5);
  return util::is_digest(digest) ? digest : std::string();
}

Result<model::Image> read_saved(const SavedImage& saved, const std::string& tag, const Contents& contents,
                                const ArchiveRequest& request, const AcquireContext& context, LayerSink& sink) {
  model::Image image;
  image.source = request.source;
  image.reference = request.reference;
  if (request.name_the_tag && !tag.empty()) image.reference += " (" + tag + ")";
  const std::string config = clean_member_name(saved.config);
  set_config(image, contents.text(config, context.limits.manifest_bytes), promised_config(config));
  TRY(check_platform({image.config.os, image.config.architecture, image.config.variant}, context.options.platform));
  if (!image.config_json.empty() && !request.image_id.empty())
    check_digest(image, "image-id", request.image_id, image.config_digest);
  check_layer_count(image, saved.layers.size());
  for (std::size_t i = 0; i < saved.layers.size(); ++i) {
    const std::string name = clean_member_name(saved.layers[i]);
    model::LayerRef layer;
    layer.key = fmt::format("archive:{}", name.empty() ? saved.layers[i].substr(0, 300) : name);
    layer.blob_digest = digest_of_blob_name(name);
    layer.diff_id = promised_diff_id(image, i);
    add_layer(image, std::move(layer), contents.layer(name), sink);
  }
  return image;
}

// An engine that prefers index.json must not get to see another image than we do.
void compare_with_layout(std::vector<model::Image>& images, const std::vector<SavedImage>& saved,
                         const Contents& contents, const AcquireLimits& limits) {
  const auto layout = layout_configs(contents, limits);
  if (layout.empty()) return;
  std::set<std::string> ours, theirs;
  for (const auto& entry : saved)
    if (auto text = contents.text(clean_member_name(entry.config), limits.manifest_bytes))
      ours.insert(util::sha256_digest(as_bytes(*text)));
  for (const auto& config : layout) theirs.insert(config.digest);
  for (auto& image : images) {
    std::string other;
    if (!image.config_digest.empty() && !theirs.contains(image.config_digest)) other = *theirs.begin();
    for (const auto& config : layout)
      if (!ours.contains(config.digest) && config.platform.text() == image.platform) other = config.digest;
    if (!other.empty())
      image.gaps.push_back(acquire_gap(
          "archive-manifests-differ", "index.json",
          fmt::format("manifest.json leads to config {} and index.json to {}, so engines differ in what they run",
                      image.config_digest, other)));
  }
}

}  // namespace

bool names_image(std::string_view name, std::string_view wanted) {
  if (name == wanted) return true;
  if (name.size() > wanted.size() && name.ends_with(wanted) && name[name.size() - wanted.size() - 1] == ':')
    return true;
  const auto a = parse_registry_name(name), b = parse_registry_name(wanted);
  return a && b && a->host == b->host && a->repository == b->repository && a->tag == b->tag && a->digest == b->digest;
}

Result<std::vector<model::Image>> archive_images(const Contents& contents, const ArchiveRequest& request,
                                                 AcquireContext& context, LayerSink& sink) {
  auto json = contents.text("manifest.json", context.limits.manifest_bytes);
  const bool layout = contents.text("index.json", context.limits.manifest_bytes).ok();
  if ((request.layout_first && layout) || (!json && layout)) return layout_images(contents, request, context, sink);
  if (!json && json.error().code == ErrorCode::not_found) return no_manifest(contents).in(request.reference);
  if (!json) {
    if (json.error().code == ErrorCode::limit || json.error().code == ErrorCode::unsupported)
      return make_error(ErrorCode::limit, "manifest-size-limit", json.error().message, request.reference);
    return std::move(json).error().in(request.reference);
  }
  // Passed over, a digest would vouch for whatever the archive holds.
  if (!request.digest.empty())
    return make_error(ErrorCode::not_found, "digest-not-found",
                      fmt::format("the archive is none of an OCI layout, so no image of it is known by a digest; "
                                  "leave @{} out to scan what it holds",
                                  request.digest),
                      request.reference);
  const auto saved = TRY(parse_saved(*json, context.limits));
  std::vector<model::Image> images;
  std::optional<Error> other_platform;
  std::string tags;
  for (const auto& entry : saved) {
    std::string chosen = entry.tags.empty() ? "" : entry.tags.front();
    if (!request.tag.empty()) {
      const auto found = std::find_if(entry.tags.begin(), entry.tags.end(),
                                      [&](const auto& tag) { return names_image(tag, request.tag); });
      if (found == entry.tags.end()) {
        for (const auto& tag : entry.tags)
          if (tags.size() < 400) tags += (tags.empty() ? "" : ", ") + tag;
        continue;
      }
      chosen = *found;
    }
    auto image = read_saved(entry, chosen, contents, request, context, sink);
    if (image)
      images.push_back(std::move(*image));
    else if (!other_platform)
      other_platform = std::move(image).error();
  }
  if (images.empty() && other_platform) return std::move(*other_platform).in(request.reference);
  if (images.empty())
    return make_error(ErrorCode::not_found, request.tag.empty() ? "archive-empty" : "tag-not-found",
                      request.tag.empty() ? std::string("the archive names no image")
                                          : fmt::format("no image of the archive is called {}; there are: {}",
                                                        request.tag, tags.empty() ? "none with a tag" : tags),
                      request.reference);
  if (layout) compare_with_layout(images, saved, contents, context.limits);
  return images;
}

}  // namespace hullcheck::acquire
