// Picks the source of a reference; a name without a scheme is tried at the engines of this machine and then, unless
// offline, at the registry.
#include <fmt/core.h>

#include <array>

#include "acquire/manifest.hpp"
#include "acquire/source.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::array<std::string_view, 3> k_turns = {"docker", "podman", "registry"};

bool may_go_on(const Error& error) { return error.code == ErrorCode::not_found || error.code == ErrorCode::network; }

Result<std::vector<model::Image>> read_one(std::string_view id, const Reference& reference, AcquireContext& context,
                                           LayerSink& sink) {
  const auto* source = SourceRegistry::find(id);
  if (!source)
    return make_error(ErrorCode::unsupported, "source-unknown", fmt::format("there is no source \"{}\"", id),
                      reference.text);
  return source->instance->read(reference, context, sink);
}

Result<std::vector<model::Image>> try_in_turn(const Reference& reference, AcquireContext& context, LayerSink& sink) {
  std::string said;
  bool denied = false;
  for (const auto id : k_turns) {
    if (id == "registry" && context.options.offline) {
      const auto name = parse_registry_name(reference.rest);
      said += fmt::format("\n  registry: {}", name ? "not asked, because of --offline" : name.error().message);
      continue;
    }
    auto images = read_one(id, reference, context, sink);
    if (images) return images;
    // The registry is the last to be asked, so whatever it says belongs in the list.
    if (!may_go_on(images.error()) && id != "registry") return images;
    if (images.error().code == ErrorCode::cancelled) return images;
    denied = denied || images.error().code == ErrorCode::denied;
    said += fmt::format("\n  {}: {}", id, images.error().describe());
  }
  std::string message = fmt::format("the image is not to be had anywhere:{}", said);
  if (!reference.hint.empty()) message += fmt::format("\n  ({})", reference.hint);
  message +=
      "\n  For an archive or a folder write ./PATH; to ask one place only write docker:, podman: or registry: before "
      "the name";
  return make_error(denied ? ErrorCode::denied : ErrorCode::not_found, "image-not-found", std::move(message),
                    reference.text);
}

// Only archives and layouts hold several images that a tag tells apart. Elsewhere an option that is passed over would
// mean another image than the one that was asked for.
Result<void> check_tag_option(const Reference& reference, const std::string& tag) {
  const auto& scheme = reference.scheme;
  if (tag.empty() || scheme == "archive" || scheme == "oci" || scheme == "stdin") return {};
  return make_error(ErrorCode::invalid_argument, "tag-not-applicable",
                    scheme == "rootfs" ? "--tag chooses among the images of an archive, and a folder holds one only"
                                       : "--tag chooses among the images of an archive; here the tag belongs to the "
                                         "name, as in NAME:" +
                                             tag,
                    reference.text);
}

}  // namespace

Result<std::vector<model::Image>> acquire(const std::string& text, AcquireContext& context, LayerSink& sink) {
  const Reference reference = TRY(parse_reference(text));
  TRY(check_tag_option(reference, context.options.tag));
  if (!context.options.platform.empty() && context.options.platform != "all")
    TRY(parse_platform(context.options.platform));
  if (reference.scheme.empty()) return try_in_turn(reference, context, sink);
  return read_one(reference.scheme, reference, context, sink);
}

}  // namespace hullcheck::acquire
