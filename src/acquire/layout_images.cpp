// OCI image layout: oci-layout, index.json and blobs/ALGORITHM/HEX.
// Format: OCI image-spec "image-layout.md"; names are the annotations org.opencontainers.image.ref.name and
// containerd's io.containerd.image.name. Hostile: the index may repeat and nest itself (limits of image_builder),
// blobs may be missing or differ from their names (verified).
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "acquire/image_archive.hpp"
#include "util/digest.hpp"

namespace hullcheck::acquire {
namespace {

class LayoutStore final : public ContentStore {
 public:
  explicit LayoutStore(const Contents& contents) : m_contents(contents) {}

  Result<Document> manifest(const Descriptor& wanted, std::size_t limit) override {
    auto text = m_contents.text(blob_name_of_digest(wanted.digest), limit);
    if (!text) return named(std::move(text).error(), "manifest");
    return Document{std::move(*text), wanted.media_type, ""};
  }
  Result<std::string> config(const Descriptor& wanted, std::size_t limit) override {
    auto text = m_contents.text(blob_name_of_digest(wanted.digest), limit);
    if (!text) return named(std::move(text).error(), "config");
    return text;
  }
  Result<FoundLayer> layer(const Descriptor& wanted) override {
    return m_contents.layer(blob_name_of_digest(wanted.digest));
  }

 private:
  static Error named(Error error, std::string_view what) {
    if (error.code == ErrorCode::not_found) error.name = fmt::format("{}-missing", what);
    if (error.code == ErrorCode::limit) error.name = fmt::format("{}-size-limit", what);
    return error;
  }
  const Contents& m_contents;
};

std::string display_name(const Descriptor& entry) {
  return entry.image_name.empty() ? entry.ref_name : entry.image_name;
}

bool matches(const Descriptor& entry, const std::string& tag) {
  return (!entry.ref_name.empty() && names_image(entry.ref_name, tag)) ||
         (!entry.image_name.empty() && names_image(entry.image_name, tag));
}

// True if the entries are one image for several platforms rather than several images.
bool is_platform_set(const std::vector<Descriptor>& entries) {
  std::set<std::string> platforms;
  for (const auto& entry : entries)
    if (entry.platform.empty() || !platforms.insert(entry.platform.text()).second) return false;
  return entries.size() > 1;
}

Result<std::vector<Descriptor>> chosen_entries(const Manifest& index, const ArchiveRequest& request,
                                               const std::string& platform) {
  if (!request.digest.empty()) {
    for (const auto& entry : index.manifests)
      if (entry.digest == request.digest) return std::vector<Descriptor>{entry};
    Descriptor nested;  // a manifest further down may be asked for too
    nested.digest = request.digest;
    return std::vector<Descriptor>{nested};
  }
  std::map<std::string, std::vector<Descriptor>> groups;
  std::vector<std::string> order;
  std::string tags;
  for (const auto& entry : index.manifests) {
    if (entry.attestation) continue;
    const std::string name = display_name(entry);
    if (!request.tag.empty() && !matches(entry, request.tag)) {
      if (!name.empty() && tags.size() < 400) tags += (tags.empty() ? "" : ", ") + name;
      continue;
    }
    if (groups[name].empty()) order.push_back(name);
    groups[name].push_back(entry);
  }
  if (groups.empty())
    return make_error(ErrorCode::not_found, request.tag.empty() ? "index-empty" : "tag-not-found",
                      request.tag.empty() ? std::string("the layout names no image")
                                          : fmt::format("no image of the layout is called {}; there are: {}",
                                                        request.tag, tags.empty() ? "none with a name" : tags));
  std::vector<Descriptor> chosen;
  for (const auto& name : order) {
    auto& group = groups[name];
    if (is_platform_set(group)) group = TRY(select_platforms(group, platform));
    chosen.insert(chosen.end(), group.begin(), group.end());
  }
  return chosen;
}

}  // namespace

Result<std::vector<model::Image>> layout_images(const Contents& contents, const ArchiveRequest& request,
                                                AcquireContext& context, LayerSink& sink) {
  auto json = contents.text("index.json", context.limits.manifest_bytes);
  if (!json && json.error().code == ErrorCode::not_found)
    return make_error(ErrorCode::malformed, "layout-no-index", "this is no OCI layout: it has no index.json",
                      request.reference);
  if (!json) {
    if (json.error().code == ErrorCode::limit || json.error().code == ErrorCode::unsupported)
      json.error().name = "manifest-size-limit";
    return std::move(json).error().in(request.reference);
  }
  auto index = parse_manifest(*json, "", context.limits);
  if (!index) return std::move(index).error().in(request.reference);
  if (!index->is_index)
    return make_error(ErrorCode::malformed, "layout-no-index", "index.json is no index", request.reference);
  auto entries = chosen_entries(*index, request, context.options.platform);
  if (!entries) return std::move(entries).error().in(request.reference);

  std::vector<model::Gap> gaps;
  if (!contents.text("oci-layout", 4096))
    gaps.push_back(acquire_gap("layout-marker-missing", "oci-layout", "the layout lacks the file oci-layout",
                               model::GapEffect::note));
  std::vector<Root> roots;
  for (const auto& entry : *entries) {
    std::string reference = request.reference;
    const std::string name = display_name(entry);
    if (request.name_the_tag && !name.empty()) reference += " (" + name + ")";
    roots.push_back({entry, std::move(reference), gaps, false});
  }
  LayoutStore store(contents);
  auto images = build_images(store, std::move(roots), request.source, context, sink);
  if (!images) return std::move(images).error().in(request.reference);
  return images;
}

std::vector<LayoutConfig> layout_configs(const Contents& contents, const AcquireLimits& limits) {
  std::vector<LayoutConfig> configs;
  struct Next {
    std::string name;
    Platform platform;
    std::size_t depth;
  };
  std::vector<Next> pending{{"index.json", {}, 0}};
  std::size_t left = limits.images * 4;
  for (; !pending.empty() && left > 0; --left) {
    const Next next = std::move(pending.back());
    pending.pop_back();
    const auto text = contents.text(next.name, limits.manifest_bytes);
    if (!text) continue;
    const auto manifest = parse_manifest(*text, "", limits);
    if (!manifest) continue;
    if (!manifest->is_index && is_image_config_type(manifest->config.media_type))
      configs.push_back({manifest->config.digest, next.platform});
    for (const auto& entry : manifest->manifests)
      if (!entry.attestation && next.depth < limits.index_depth && pending.size() < left)
        pending.push_back({blob_name_of_digest(entry.digest), normalise(entry.platform), next.depth + 1});
  }
  return configs;
}

}  // namespace hullcheck::acquire
