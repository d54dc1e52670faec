// Format: Docker Engine API (inspect, history and export of images), which Podman serves as well. No version is put
// into the path, so an engine answers in its own.
//
// Two ways lead to the same image. If the sink knows all layers by the engine's list of diff ids, nothing is
// exported: the config is the one that the sink kept under the image id, or is put together from inspect and history.
// That one differs from the true config in `created` times of the history (whole seconds), in the layerless steps
// (told by their instruction) and in the raw JSON, which is not there. So that the two ways give the same digests, an
// image has those that the engine itself tells of it, whatever its export says of manifests and of packed layers.
// Hostile: an engine's answers are limited like a registry's.
#include "acquire/engine_client.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "acquire/image_archive.hpp"
#include "acquire/image_config.hpp"
#include "acquire/json.hpp"
#include "formats/http_stream.hpp"
#include "util/digest.hpp"
#include "util/url.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::string_view k_what = "engine-answer";
// The engine gathers the whole export on its disk before the first byte comes.
constexpr std::chrono::minutes k_export_patience{15};

struct Inspected {
  std::string id;  // "sha256:…"
  bool id_is_config = true;
  std::string manifest_digest, index_digest;  // "" where the engine does not say
  std::string tag;                            // the first of RepoTags
  model::ImageConfig config;
};

std::string with_algorithm(const std::string& id) { return id.size() == 64 ? "sha256:" + id : id; }

Result<Inspected> parse_inspect(std::string_view json, const AcquireLimits& limits) {
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, limits.manifest_bytes));
  Inspected out;
  out.id = with_algorithm(TRY(member_string(root, "Id", k_what)));
  if (!util::is_digest(out.id)) return wrong_type(k_what, "Id");
  // With containerd's image store the id names the manifest or the index, not the config.
  if (const auto target = member(root, "Descriptor")) {
    out.id_is_config = false;
    const std::string type = TRY(member_string(*target, "mediaType", k_what));
    (is_index_type(type) ? out.index_digest : out.manifest_digest) = out.id;
  }
  if (const auto tags = member(root, "RepoTags"))
    if (const auto list = json_strings(*tags); list && !list->empty()) out.tag = list->front();
  out.config.created = TRY(member_string(root, "Created", k_what));
  out.config.os = TRY(member_string(root, "Os", k_what));
  out.config.architecture = TRY(member_string(root, "Architecture", k_what));
  out.config.variant = TRY(member_string(root, "Variant", k_what));
  if (const auto config = member(root, "Config")) TRY(read_container_config(*config, out.config));
  if (const auto rootfs = member(root, "RootFS"))
    if (const auto layers = member(*rootfs, "Layers")) {
      auto list = json_strings(*layers);
      if (!list) return wrong_type(k_what, "RootFS.Layers");
      out.config.diff_ids = std::move(*list);
    }
  if (out.config.diff_ids.size() > limits.layers)
    return make_error(ErrorCode::limit, "manifest-layers-limit",
                      fmt::format("the image has more than {} layers", limits.layers));
  out.config.present = true;
  return out;
}

// Which manifest of an index it is whose config was inspected: the only one at hand for that platform, else "".
Result<std::string> parse_manifests(std::string_view json, const AcquireLimits& limits, const Platform& platform) {
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, limits.manifest_bytes));
  const auto list = member(root, "Manifests");
  simdjson::dom::array array;
  if (!list || list->get(array)) return std::string();
  std::vector<std::string> found;
  for (const auto item : array) {
    const auto available = member(item, "Available");
    const auto data = member(item, "ImageData");
    const auto named = data ? member(*data, "Platform") : std::nullopt;
    bool at_hand = false;
    if (!available || available->get(at_hand) || !at_hand || !named) continue;
    const Platform other{TRY(member_string(*named, "os", k_what)), TRY(member_string(*named, "architecture", k_what)),
                         TRY(member_string(*named, "variant", k_what))};
    if (TRY(member_string(item, "Kind", k_what)) == "image" && normalise(other).text() == normalise(platform).text())
      found.push_back(with_algorithm(TRY(member_string(item, "ID", k_what))));
  }
  return found.size() == 1 && util::is_digest(found[0]) ? found[0] : std::string();
}

// Instructions that change the config only. The engine's history does not say which steps made a layer.
bool is_config_step(std::string_view created_by) {
  constexpr std::string_view k_nop = "/bin/sh -c #(nop)";
  if (created_by.starts_with(k_nop)) created_by.remove_prefix(k_nop.size());
  while (created_by.starts_with(' ')) created_by.remove_prefix(1);
  constexpr std::array<std::string_view, 13> k_words = {"CMD",   "ENTRYPOINT", "ENV",        "LABEL",       "EXPOSE",
                                                        "USER",  "VOLUME",     "STOPSIGNAL", "HEALTHCHECK", "ONBUILD",
                                                        "SHELL", "ARG",        "MAINTAINER"};
  const auto word = created_by.substr(0, created_by.find(' '));
  return std::find(k_words.begin(), k_words.end(), word) != k_words.end();
}

std::string rfc3339(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Result<void> parse_history(std::string_view json, const AcquireLimits& limits, model::ImageConfig& config) {
  JsonDocument document;
  const JsonElement root = TRY(document.parse(json, k_what, limits.manifest_bytes));
  simdjson::dom::array array;
  if (root.get(array)) return wrong_type(k_what, "history");
  std::vector<std::uint64_t> sizes;
  for (const auto item : array) {
    model::HistoryEntry entry;
    entry.created = rfc3339(static_cast<std::int64_t>(TRY(member_number(item, "Created", k_what))));
    entry.created_by = TRY(member_string(item, "CreatedBy", k_what));
    entry.comment = TRY(member_string(item, "Comment", k_what));
    entry.empty_layer = is_config_step(entry.created_by);
    sizes.push_back(TRY(member_number(item, "Size", k_what)));
    config.history.push_back(std::move(entry));
  }
  const auto layers = [&] {
    return static_cast<std::size_t>(std::count_if(config.history.begin(), config.history.end(),
                                                  [](const auto& entry) { return !entry.empty_layer; }));
  };
  if (layers() != config.diff_ids.size())
    for (std::size_t i = 0; i < sizes.size(); ++i) config.history[i].empty_layer = sizes[i] == 0;
  std::reverse(config.history.begin(), config.history.end());  // the engine lists the newest first
  return {};
}

class Engine {
 public:
  Engine(const EngineAddress& address, const EngineInfo& info, AcquireContext& context)
      : m_address(address), m_info(info), m_context(context) {}

  Result<Inspected> inspect(const std::string& name) const {
    auto answer = TRY(fetch(fmt::format("/images/{}/json", util::url_escape(name, "/:@")), name));
    auto parsed = parse_inspect(answer.body, m_context.limits);
    if (!parsed) return std::move(parsed).error().in(m_info.title);
    // Engines that do not know the question give their first answer again.
    if (!parsed->index_digest.empty())
      if (const auto more = fetch(fmt::format("/images/{}/json?manifests=1", util::url_escape(name, "/:@")), name))
        parsed->manifest_digest =
            parse_manifests(more->body, m_context.limits,
                            {parsed->config.os, parsed->config.architecture, parsed->config.variant})
                .value_or("");
    return parsed;
  }

  Result<void> history(const std::string& id, model::ImageConfig& config) const {
    const auto answer = TRY(fetch(fmt::format("/images/{}/history", id), id));
    return parse_history(answer.body, m_context.limits, config);
  }

  Result<std::unique_ptr<formats::ByteStream>> open_export(const std::string& id) const {
    auto call = request(fmt::format("/images/{}/get", id));
    call.first_byte_timeout = std::max<std::chrono::milliseconds>(k_export_patience, call.stall_timeout);
    auto response = m_http.open(std::move(call), m_context.stop);
    if (!response) return unreachable(std::move(response).error());
    if ((*response)->status() != 200)
      return make_error(ErrorCode::io, "engine-failed",
                        fmt::format("{} answers {} to the export", m_info.title, (*response)->status()), id);
    return formats::http_stream(std::move(*response));
  }

 private:
  util::HttpRequest request(const std::string& path) const {
    util::HttpRequest out;
    out.url = m_address.url + path;
    out.unix_socket = m_address.unix_socket;
    out.tls = m_address.tls;
    out.stall_timeout = out.slow_window = m_context.options.network_timeout;
    return out;
  }

  Result<util::HttpAnswer> fetch(const std::string& path, const std::string& subject) const {
    auto answer = m_http.fetch(request(path), m_context.stop, m_context.limits.manifest_bytes);
    if (!answer) return unreachable(std::move(answer).error());
    if (answer->status == 200) return answer;
    if (answer->status == 404)
      return make_error(
          ErrorCode::not_found, "image-not-found",
          fmt::format("{} has no such image; pull it first, or name it as registry:… to scan what is published",
                      m_info.title),
          subject);
    // Go's servers say so in plain words when they expected TLS.
    if (answer->status == 400 && answer->body.find("HTTPS server") != std::string::npos)
      return make_error(ErrorCode::network, "engine-wants-tls",
                        fmt::format("{} wants TLS; set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of "
                                    "ca.pem, cert.pem and key.pem",
                                    m_info.title),
                        m_address.url);
    JsonDocument document;
    std::string said;
    if (const auto root = document.parse(answer->body, k_what, m_context.limits.manifest_bytes))
      if (const auto message = member(*root, "message")) said = json_string(*message).value_or("").substr(0, 300);
    return make_error(answer->status == 400 ? ErrorCode::not_found : ErrorCode::io, "engine-failed",
                      fmt::format("{} answers {}{}{}", m_info.title, answer->status, said.empty() ? "" : ": ", said),
                      subject);
  }

  // Words for a person in place of those of the transport. All of them let a name without a scheme go on.
  Error unreachable(Error error) const {
    if (error.name == "cancelled" || error.code == ErrorCode::limit) return error;
    if (error.name == "network-connect" && !m_address.unix_socket.empty()) {
      const bool denied = error.message == std::string(std::strerror(EACCES));
      return make_error(ErrorCode::network, denied ? "engine-denied" : "engine-unreachable",
                        denied ? fmt::format("no permission for the socket of {}; run as a member of its group, or "
                                             "pipe `docker save`",
                                             m_info.title)
                               : fmt::format("{} does not answer ({})", m_info.title, error.message),
                        m_address.unix_socket);
    }
    if (error.name == "network-stalled" || error.name == "network-slow") return error;
    if (const std::string_view advice = tls_advice(error); !advice.empty())
      return make_error(
          ErrorCode::network, "engine-tls-failed",
          fmt::format("{} and this side do not trust each other ({}); {}", m_info.title, error.message, advice),
          m_address.text);
    error.message = fmt::format("{} does not answer ({})", m_info.title, error.message);
    if (error.code == ErrorCode::network) error.name = "engine-unreachable";
    return error;
  }

  // Which of the files is missing or wrong; "" where TLS is not the trouble. An engine that wants a certificate says
  // so by an alert only.
  std::string_view tls_advice(const Error& error) const {
    if (!m_address.url.starts_with("https://")) return {};
    const bool refused = error.message.find("alert") != std::string::npos;
    if (refused || error.name == "tls-files")
      return m_address.tls.client_certificate.empty() || m_address.tls.client_key.empty()
                 ? "it wants a client certificate: put cert.pem and key.pem into the folder of DOCKER_CERT_PATH"
                 : "it does not take cert.pem and key.pem in the folder of DOCKER_CERT_PATH";
    if (error.name != "tls-untrusted") return {};
    return m_address.tls.ca_file.empty()
               ? "put the ca.pem that signed its certificate into the folder of DOCKER_CERT_PATH"
               : "ca.pem in the folder of DOCKER_CERT_PATH is not what signed its certificate, or that is for "
                 "another name";
  }

  const EngineAddress& m_address;
  const EngineInfo& m_info;
  AcquireContext& m_context;
  util::HttpClient m_http;
};

LayerInfo layer_of(const std::string& diff_id) { return {diff_id, "", diff_id, "", 0, true}; }

model::Image image_without_export(const Inspected& inspected, const EngineInfo& info, std::string reference) {
  model::Image image;
  image.reference = std::move(reference);
  image.source = info.source;
  image.config = inspected.config;
  image.platform = normalise({image.config.os, image.config.architecture, image.config.variant}).text();
  if (inspected.id_is_config) image.config_digest = inspected.id;
  image.manifest_digest = inspected.manifest_digest;
  image.index_digest = inspected.index_digest;
  for (const auto& diff_id : inspected.config.diff_ids) {
    model::LayerRef layer;
    layer.key = diff_id;
    layer.diff_id = diff_id;
    image.layers.push_back(std::move(layer));
  }
  return image;
}

// What the engine says of the image, with the config that an earlier scan kept or the history that the engine tells.
model::Image inspected_image(const Engine& engine, const Inspected& inspected, const EngineInfo& info,
                             const std::string& reference, LayerSink& sink) {
  model::Image image = image_without_export(inspected, info, reference);
  const std::string kept = inspected.id_is_config ? sink.known_config(inspected.id) : std::string();
  if (!kept.empty() && util::sha256_digest(as_bytes(kept)) == inspected.id)
    set_config(image, kept, inspected.id);
  else if (auto done = engine.history(inspected.id, image.config); !done)
    image.gaps.push_back(
        acquire_gap("history-missing", inspected.id, done.error().describe(), model::GapEffect::note));
  return image;
}

// An export gives its config, and of a packed layer the digest; the engine does not without one.
void name_as_inspected(model::Image& image, const Inspected& inspected) {
  if (!inspected.id_is_config) image.config_digest.clear();
  image.manifest_digest = inspected.manifest_digest;
  image.index_digest = inspected.index_digest;
}

// Passes everything on, and knows whether a layer came by.
class NotingSink final : public LayerSink {
 public:
  explicit NotingSink(LayerSink& inner) : m_inner(inner) {}
  bool known(const LayerInfo& info) override { return m_inner.known(info); }
  std::string known_config(const std::string& digest) override { return m_inner.known_config(digest); }
  void offer(LayerInfo info, OpenLayer open) override { m_inner.offer(std::move(info), std::move(open)); }
  Result<void> feed(LayerInfo info, formats::ByteStream& bytes) override {
    m_fed = true;
    info.trusted_diff_id = true;
    return m_inner.feed(std::move(info), bytes);
  }
  bool fed() const { return m_fed; }

 private:
  LayerSink& m_inner;
  bool m_fed = false;
};

}  // namespace

Result<std::vector<model::Image>> read_from_engine(const EngineAddress& address, const EngineInfo& info,
                                                   const std::string& name, AcquireContext& context,
                                                   LayerSink& sink) {
  if (context.options.offline && address.unix_socket.empty() && !util::is_loopback_host(util::url_host(address.url)))
    return make_error(ErrorCode::network, "offline",
                      fmt::format("{} is on another machine, and --offline forbids the network", info.title),
                      address.text);
  context.progress.stage("asking the engine");
  const Engine engine(address, info, context);
  Inspected inspected = TRY(engine.inspect(name));
  if (auto fits = check_platform({inspected.config.os, inspected.config.architecture, inspected.config.variant},
                                 context.options.platform);
      !fits) {
    fits.error().message += fmt::format("; pull the other one first, or write registry:{}", name);
    return std::move(fits).error().in(fmt::format("{}, {}", info.title, name));
  }
  std::string reference = name;
  if (!inspected.tag.empty() && names_image(inspected.tag, name)) reference = inspected.tag;

  const auto& ids = inspected.config.diff_ids;
  const bool all_known = !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](const auto& id) {
    return util::is_digest(id) && sink.known(layer_of(id));
  });
  if (all_known) return std::vector<model::Image>{inspected_image(engine, inspected, info, reference, sink)};

  context.progress.stage("reading the export");
  const auto stream = TRY(engine.open_export(inspected.id));
  ArchiveRequest request;
  request.reference = reference;
  request.source = info.source;
  request.name_the_tag = false;
  if (inspected.id_is_config) request.image_id = inspected.id;
  NotingSink noting(sink);
  auto images = read_archive_stream(*stream, request, context, noting);
  if (images)
    for (model::Image& image : *images) name_as_inspected(image, inspected);
  if (images || !noting.fed()) return images;
  // An export names its image at its end. One that breaks off before is of the image that was inspected all the same,
  // and what was read of its layers counts.
  const Error& broken = images.error();
  const bool stopped = context.stop.stop_requested();
  model::Image image = stopped ? image_without_export(inspected, info, reference)
                               : inspected_image(engine, inspected, info, reference, sink);
  image.gaps.push_back(acquire_gap(stopped ? "stopped" : broken.name, "export of " + reference,
                                   fmt::format("the export of {} broke off: {}", info.title, broken.message)));
  return std::vector<model::Image>{std::move(image)};
}

}  // namespace hullcheck::acquire
