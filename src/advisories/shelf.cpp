#include "advisories/shelf.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "acquire/artifact.hpp"
#include "acquire/image_builder.hpp"
#include "advisories/replace.hpp"
#include "util/clock.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::string_view k_artifact_type = "application/vnd.hullcheck.advisories.v1";
constexpr std::string_view k_layer_type = "application/vnd.hullcheck.advisories.bundle.v1+zstd";
constexpr const char* k_note_created = "org.opencontainers.image.created";
constexpr const char* k_note_title = "org.opencontainers.image.title";
constexpr const char* k_note_digest = "dev.hullcheck.advisories.digest";
constexpr const char* k_note_records = "dev.hullcheck.advisories.records";
constexpr const char* k_note_slim = "dev.hullcheck.advisories.slim";
constexpr std::size_t k_manifest_bytes = 1 << 20;

std::string name_text(const acquire::RegistryName& name) {
  return fmt::format("{}/{}{}", name.host, name.repository, name.digest.empty() ? ":" + name.tag : "@" + name.digest);
}

// A folder of our own for what is about to be sent, removed with everything in it.
class TemporaryPlace {
 public:
  static Result<TemporaryPlace> make() {
    std::error_code failed;
    const auto base = std::filesystem::temp_directory_path(failed);
    if (failed) return make_error(ErrorCode::io, "folder-unwritable", failed.message(), "TMPDIR");
    std::string path = (base / "hullcheck-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr)
      return make_error(ErrorCode::io, "folder-unwritable", std::strerror(errno), base.string());
    return TemporaryPlace(std::move(path));
  }
  TemporaryPlace(TemporaryPlace&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
  TemporaryPlace& operator=(TemporaryPlace&&) = delete;
  ~TemporaryPlace() {
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
  }
  const std::string& path() const { return m_path; }

 private:
  explicit TemporaryPlace(std::string path) : m_path(std::move(path)) {}
  std::string m_path;
};

Result<std::string> digest_of_file(const std::string& path) {
  const auto stream = TRY(formats::file_stream(path));
  util::Hasher hasher(util::Hash::sha256);
  for (Bytes block = TRY(stream->next()); !block.empty(); block = TRY(stream->next())) hasher.update(block);
  return "sha256:" + hasher.finish_hex();
}

std::string manifest_json(const BundleInfo& info, const std::string& layer, Slim slim) {
  using Json = nlohmann::ordered_json;
  const auto descriptor = [](std::string_view type, const std::string& digest, std::uint64_t size) {
    return Json{{"mediaType", std::string(type)}, {"digest", digest}, {"size", size}};
  };
  Json root;
  root["schemaVersion"] = 2;
  root["mediaType"] = std::string(acquire::k_artifact_manifest);
  root["artifactType"] = std::string(k_artifact_type);
  root["config"] = descriptor(acquire::k_empty_config, util::sha256_digest(as_bytes(acquire::k_empty_json)),
                              acquire::k_empty_json.size());
  Json bundle = descriptor(k_layer_type, layer, info.bytes);
  bundle["annotations"] = {{k_note_title, "advisories.bundle"}};
  root["layers"] = Json::array({std::move(bundle)});
  root["annotations"] = {{k_note_created, info.built},
                         {k_note_digest, info.digest},
                         {k_note_records, std::to_string(info.records)},
                         {k_note_slim, slim == Slim::yes ? "true" : "false"}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace);
}

// Bytes of the layer on their way through: into a file that has no name, so that nothing of it ever stays.
class Download {
 public:
  static Result<Download> create(const std::string& database) {
    std::string path = database + ".pull-XXXXXX";
    const int fd = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0)
      return make_error(ErrorCode::io, "folder-unwritable",
                        fmt::format("nothing can be written beside the database: {}", std::strerror(errno)),
                        database);
    ::unlink(path.c_str());
    return Download(fd);
  }
  Download(Download&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  Download& operator=(Download&&) = delete;
  ~Download() {
    if (m_fd >= 0) ::close(m_fd);
  }

  Result<void> append(Bytes bytes, const std::string& database) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(m_fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0)
        return make_error(ErrorCode::io, "database-write",
                          fmt::format("the download cannot be kept: {}; free some space, the old database is as it "
                                      "was",
                                      std::strerror(errno)),
                          database);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }
  // From its start.
  Result<std::unique_ptr<formats::ByteStream>> open() const {
    const int copy = ::fcntl(m_fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0 || ::lseek(copy, 0, SEEK_SET) != 0)
      return make_error(ErrorCode::io, "file-unreadable", std::strerror(errno), "the download");
    return formats::descriptor_stream(copy, "the download");
  }

 private:
  explicit Download(int fd) : m_fd(fd) {}
  int m_fd;
};

// What a manifest of ours promises.
struct Promise {
  acquire::ArtifactPart layer;
  std::string digest, built;  // of the content
  std::string manifest_digest;
};

Result<Promise> promise_of(const acquire::Document& document, const acquire::RegistryName& name,
                           const acquire::AcquireLimits& limits) {
  const std::string place = name_text(name);
  Promise out;
  out.manifest_digest = util::sha256_digest(as_bytes(document.bytes));
  for (const std::string& wanted : {name.digest, document.claimed_digest}) {
    if (wanted.empty()) continue;
    if (const std::string found = acquire::digest_like(wanted, document.bytes); found != wanted)
      return make_error(
          ErrorCode::mismatch, "shelf-digest",
          fmt::format("the registry gives a manifest with the digest {} for {}", found, wanted.substr(0, 150)),
          place);
  }
  auto parsed = acquire::parse_artifact(document.bytes, limits);
  if (!parsed) return std::move(parsed).error().in(place);
  const auto& layers = parsed->layers;
  if (parsed->type != k_artifact_type || layers.size() != 1 || layers.front().media_type != k_layer_type)
    return make_error(ErrorCode::unsupported, "shelf-not-a-database",
                      fmt::format("this is no advisory database but \"{}\"; `hullcheck db push` puts one there",
                                  parsed->type.empty() ? "something without a type" : parsed->type.substr(0, 200)),
                      place);
  out.layer = layers.front();
  if (!out.layer.digest.starts_with("sha256:") || !util::is_digest(out.layer.digest))
    return make_error(ErrorCode::malformed, "shelf-digest", "the manifest names its layer by no sha256 digest",
                      place);
  if (out.layer.size == 0 || out.layer.size > k_largest_bundle)
    return make_error(ErrorCode::limit, "shelf-size-limit",
                      fmt::format("the database is said to have {} compressed, and may have 1 to {} bytes",
                                  util::human_size(out.layer.size), k_largest_bundle),
                      place);
  out.digest = parsed->annotation(k_note_digest);
  out.built = parsed->annotation(k_note_created);
  return out;
}

// True where the database that is there has this content and was updated when this one was.
bool is_present(const Promise& promise, const std::string& database) {
  if (promise.digest.empty() || promise.built.empty()) return false;
  const auto present = Database::open(database);
  return present.ok() && present->state().digest == promise.digest && present->state().built == promise.built;
}

// The manifest tells the time before anything is fetched; import_bundle() asks again, of the content itself.
Result<void> check_age(const Promise& promise, const std::string& database, const std::string& place) {
  const auto present = Database::open(database);
  if (!present.ok()) return {};
  const auto ours = util::parse_rfc3339(present->state().built), theirs = util::parse_rfc3339(promise.built);
  if (!ours || !theirs || *theirs >= *ours) return {};
  return make_error(
      ErrorCode::mismatch, "database-older",
      fmt::format("the database there was last updated at {} and the one that is here at {}, so that stays; to go "
                  "back all the same: --allow-older",
                  promise.built, present->state().built),
      place);
}

Result<void> fetch_layer(acquire::RegistryClient& client, const Promise& promise, const std::string& place,
                         const std::string& database, util::Progress& progress, Download& download) {
  progress.stage("fetching the database");
  progress.expect(promise.layer.size);
  const auto stream = TRY(client.blob(promise.layer.digest, promise.layer.size));
  util::Hasher hasher(util::Hash::sha256);
  std::uint64_t received = 0;
  for (Bytes block = TRY(stream->next()); !block.empty(); block = TRY(stream->next())) {
    received += block.size();
    progress.advance(block.size());
    hasher.update(block);
    TRY(download.append(block, database));
  }
  if (received != promise.layer.size)
    return make_error(
        ErrorCode::mismatch, "shelf-size",
        fmt::format("the registry gave {} of {} bytes of the database; try again", received, promise.layer.size),
        place);
  if (const std::string found = "sha256:" + hasher.finish_hex(); found != promise.layer.digest)
    return make_error(ErrorCode::mismatch, "shelf-digest",
                      fmt::format("what the registry gave has the digest {} and should have {}; push the database "
                                  "again",
                                  found, promise.layer.digest),
                      place);
  return {};
}

}  // namespace

Result<acquire::RegistryName> parse_shelf(const std::string& text) {
  constexpr std::string_view k_scheme = "oci://";
  const auto bad = [&](const char* why) {
    return make_error(ErrorCode::invalid_argument, "reference-invalid",
                      fmt::format("{}; an example: oci://registry.example/team/advisories:latest", why), text);
  };
  if (!text.starts_with(k_scheme))
    return bad("a database in a registry is named oci://HOST/REPOSITORY[:TAG|@DIGEST]");
  const std::string rest = text.substr(k_scheme.size());
  const std::string host = rest.substr(0, rest.find('/'));
  if (host.size() == rest.size() || (host.find_first_of(".:") == std::string::npos && host != "localhost"))
    return bad("the registry has to be named");
  return acquire::parse_registry_name(rest);
}

Result<ShelfResult> push_database(const std::string& database, const acquire::RegistryName& name, Slim slim,
                                  const acquire::AcquireContext& context, const acquire::RetryPolicy& retry) {
  if (!name.digest.empty() || name.tag.empty())
    return make_error(ErrorCode::invalid_argument, "reference-invalid",
                      "a database is pushed to a tag; its digest is what comes of it", name_text(name));
  const auto client = std::make_shared<acquire::RegistryClient>(name, context, retry, acquire::Access::push);
  context.progress.stage("asking the registry");
  TRY(client->connect());
  const auto place = TRY(TemporaryPlace::make());
  const std::string file = place.path() + "/advisories.bundle";
  context.progress.stage("compressing");
  ShelfResult result;
  result.name = name_text(name);
  result.bundle = TRY(export_database(database, file, slim));
  result.layer_bytes = result.bundle.bytes;
  const std::string layer = TRY(digest_of_file(file));
  context.progress.stage("sending the database");
  TRY(client->push_file(file, layer));
  const std::string empty(acquire::k_empty_json);
  TRY(client->push_bytes(empty, util::sha256_digest(as_bytes(empty))));
  const std::string manifest = manifest_json(result.bundle, layer, slim);
  TRY(client->push_manifest(name.tag, manifest, std::string(acquire::k_artifact_manifest)));
  result.manifest_digest = util::sha256_digest(as_bytes(manifest));
  return result;
}

Result<ShelfResult> pull_database(const acquire::RegistryName& name, const std::string& database,
                                  const PullOptions& options, const acquire::AcquireContext& context,
                                  const acquire::RetryPolicy& retry) {
  ShelfResult result;
  result.name = name_text(name);
  context.progress.stage("asking the registry");
  const auto client = std::make_shared<acquire::RegistryClient>(name, context, retry);
  TRY(client->connect());
  auto document = client->manifest(name.digest.empty() ? name.tag : name.digest, k_manifest_bytes);
  if (!document && document.error().name == "image-not-found")
    return make_error(ErrorCode::not_found, "shelf-absent",
                      "the registry has no such database; to put one there: hullcheck db push", result.name);
  if (!document) return std::move(document).error();
  const Promise promise = TRY(promise_of(*document, name, context.limits));
  result.manifest_digest = promise.manifest_digest;
  result.layer_bytes = promise.layer.size;
  if (is_present(promise, database)) {
    result.unchanged = true;
    result.bundle.digest = promise.digest;
    result.bundle.built = promise.built;
    return result;
  }
  if (!options.allow_older) TRY(check_age(promise, database, result.name));
  TRY(util::make_folder(std::filesystem::absolute(database).parent_path()));
  Download download = TRY(Download::create(database));
  TRY(fetch_layer(*client, promise, result.name, database, context.progress, download));
  context.progress.stage("putting it in place");
  ImportOptions importing;
  importing.refuse_older = !options.allow_older;
  importing.refuse_difference = true;
  importing.expected_digest = promise.digest;
  importing.stop = context.stop;
  auto taken = import_bundle([&] { return download.open(); }, database, importing);
  if (!taken) return std::move(taken).error().in(result.name);
  result.bundle = std::move(*taken);
  return result;
}

}  // namespace hullcheck::advisories
