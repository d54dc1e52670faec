#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "acquire/registry_client.hpp"
#include "support/http_server.hpp"
#include "support/recording_sink.hpp"
#include "support/sample_image.hpp"
#include "support/streams.hpp"

namespace hullcheck::acquire {
namespace {

using test::HttpServer;
using test::RecordingSink;
using test::SampleImage;
using test::ServedAnswer;
using test::ServedRequest;
using Ids = std::vector<std::string>;

const std::string k_manifest = "application/vnd.oci.image.manifest.v1+json";
const std::string k_index = "application/vnd.oci.image.index.v1+json";

Ids gap_ids(const model::Image& image) {
  Ids ids;
  for (const auto& gap : image.gaps) ids.push_back(gap.id);
  return ids;
}

RetryPolicy quick() {
  RetryPolicy policy;
  policy.base = policy.longest = std::chrono::milliseconds(2);
  return policy;
}

// A registry with one repository "app". Tests change its parts.
struct FakeRegistry {
  std::map<std::string, std::pair<std::string, std::string>> manifests;  // by tag or digest: type, bytes
  std::map<std::string, std::string> blobs;

  void add(const SampleImage& image, const std::string& tag = "") {
    manifests[image.manifest_digest()] = {k_manifest, image.manifest};
    if (!tag.empty()) manifests[tag] = {k_manifest, image.manifest};
    blobs[image.config_digest()] = image.config;
    for (const auto& layer : image.layers) blobs[layer.digest()] = layer.blob;
  }
  void add_index(const std::string& json, const std::string& tag) {
    manifests[tag] = manifests[test::sha256(json)] = {k_index, json};
  }

  ServedAnswer operator()(const ServedRequest& request) const {
    if (request.path == "/v2/") return {.body = "{}"};
    const auto slash = request.path.rfind('/');
    const std::string name = request.path.substr(slash + 1);
    if (request.path.starts_with("/v2/app/manifests/")) {
      const auto found = manifests.find(name);
      if (found == manifests.end()) return {.status = 404, .body = R"({"errors":[{"code":"MANIFEST_UNKNOWN"}]})"};
      return {.headers = {{"Content-Type", found->second.first},
                          {"Docker-Content-Digest", test::sha256(found->second.second)}},
              .body = found->second.second};
    }
    const auto found = blobs.find(name);
    if (!request.path.starts_with("/v2/app/blobs/") || found == blobs.end()) return {.status = 404};
    return {.body = found->second, .honour_range = true};
  }
};

struct Outcome {
  std::vector<model::Image> images;
  std::string error, message;
};

class Registry : public testing::Test {
 protected:
  void SetUp() override { m_context.options.docker_config = m_folder.path(); }

  Outcome read(const std::string& name) {
    auto images = acquire("registry:" + name, m_context, m_sink);
    if (!images) return {{}, images.error().name, images.error().describe()};
    m_sink.read_offered();
    return {std::move(*images), "", ""};
  }
  // Without the waits of the real policy.
  std::shared_ptr<RegistryClient> client(const HttpServer& server) {
    const auto name = parse_registry_name(server.host() + "/app:1");
    return std::make_shared<RegistryClient>(*name, m_context, quick());
  }
  std::string blob_error(const HttpServer& server, const std::string& digest, std::uint64_t size,
                         std::string* bytes) {
    const auto registry = client(server);
    if (auto done = registry->connect(); !done) return done.error().name;
    auto stream = registry->blob(digest, size);
    if (!stream) return stream.error().name;
    const auto drained = test::drain(**stream);
    if (bytes) *bytes = drained.bytes;
    return drained.error;
  }
  std::string manifest_error(const HttpServer& server) {
    const auto registry = client(server);
    if (auto done = registry->connect(); !done) return done.error().name;
    auto document = registry->manifest("1", 8u << 20);
    return document ? "" : document.error().name;
  }

  test::ScratchFolder m_folder;
  AcquireContext m_context;
  RecordingSink m_sink;
  SampleImage m_image = test::sample_image();
};

TEST_F(Registry, PlainHttpOnLoopback) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer server(registry);
  const auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  const auto& image = outcome.images[0];
  EXPECT_EQ(gap_ids(image), Ids{});
  EXPECT_EQ(image.source, "registry");
  EXPECT_EQ(image.reference, server.host() + "/app:1");
  EXPECT_EQ(image.manifest_digest, m_image.manifest_digest());
  EXPECT_EQ(image.config_json, m_image.config);
  ASSERT_EQ(image.layers.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(image.layers[i].key, m_image.layers[i].digest());
    EXPECT_EQ(m_sink.layer(image.layers[i].key)->digest, m_image.layers[i].digest());
  }
}

TEST_F(Registry, ByDigest) {
  FakeRegistry registry;
  registry.add(m_image);
  HttpServer server(registry);
  EXPECT_EQ(read(server.host() + "/app@" + m_image.manifest_digest()).images.size(), 1U);
  EXPECT_EQ(read(server.host() + "/app:none").error, "image-not-found");
  EXPECT_EQ(read(server.host() + "/other:1").error, "image-not-found");
}

TEST_F(Registry, IndexByPlatform) {
  const auto arm = test::sample_image("arm", "arm64");
  FakeRegistry registry;
  registry.add(m_image);
  registry.add(arm);
  registry.add_index(
      test::index_json(
          {test::descriptor_json(k_manifest, m_image.manifest, R"("platform":{"os":"linux","architecture":"amd64"})"),
           test::descriptor_json(k_manifest, arm.manifest, R"("platform":{"os":"linux","architecture":"arm64"})")}),
      "1");
  HttpServer server(registry);
  m_context.options.platform = "linux/arm64";
  auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(outcome.images[0].manifest_digest, arm.manifest_digest());
  m_context.options.platform = "all";
  EXPECT_EQ(read(server.host() + "/app:1").images.size(), 2U);
  m_context.options.platform = "linux/riscv64";
  outcome = read(server.host() + "/app:1");
  EXPECT_EQ(outcome.error, "platform-not-found");
  EXPECT_NE(outcome.message.find("linux/arm64"), std::string::npos);
}

TEST_F(Registry, WrongDigestsAreGapsThatNameBoth) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  registry.blobs[m_image.config_digest()] += " ";
  const std::string promised = "sha256:" + std::string(64, 'b');
  registry.manifests[promised] = registry.manifests["1"];
  HttpServer server(registry);
  const auto outcome = read(server.host() + "/app@" + promised);
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  ASSERT_EQ(gap_ids(outcome.images[0]), (Ids{"manifest-digest-mismatch", "config-digest-mismatch"}));
  EXPECT_NE(outcome.images[0].gaps[0].reason.find(promised), std::string::npos);
  EXPECT_NE(outcome.images[0].gaps[0].reason.find(m_image.manifest_digest()), std::string::npos);
}

TEST_F(Registry, ForeignLayersAreNotFetched) {
  auto foreign = test::plain_layer("f", "f");
  foreign.media_type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  m_image = test::image_of({foreign, test::plain_layer("x", "y")}, "m", "amd64");
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer server(registry);
  const auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(gap_ids(outcome.images[0]), Ids{"layer-foreign"});
  EXPECT_TRUE(outcome.images[0].layers[0].missing);
  EXPECT_EQ(server.count("GET", "/v2/app/blobs/" + foreign.digest()), 0U);
}

TEST_F(Registry, MissingConfigIsAGap) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  registry.blobs.erase(m_image.config_digest());
  HttpServer server(registry);
  const auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(gap_ids(outcome.images[0]), Ids{"config-missing"});
  EXPECT_EQ(outcome.images[0].layers.size(), 2U);
}

TEST_F(Registry, Offline) {
  m_context.options.offline = true;
  EXPECT_EQ(read("localhost:1/app").error, "offline");
}

TEST_F(Registry, NobodyListens) {
  std::string host;
  {
    HttpServer gone([](const ServedRequest&) { return ServedAnswer{}; }),
        other([](const ServedRequest&) { return ServedAnswer{}; });
    host = gone.host();
  }
  EXPECT_EQ(read(host + "/app:1").error, "network-connect");
}

TEST_F(Registry, HtmlIsNamed) {
  HttpServer everywhere([](const ServedRequest&) {
    return ServedAnswer{.headers = {{"Content-Type", "text/html"}}, .body = "<html>Welcome</html>"};
  });
  EXPECT_EQ(manifest_error(everywhere), "registry-not-a-registry");
  HttpServer later([](const ServedRequest& request) {
    if (request.path == "/v2/") return ServedAnswer{.body = "{}"};
    return ServedAnswer{.body = "\n<!DOCTYPE html>"};
  });
  EXPECT_EQ(manifest_error(later), "registry-not-a-registry");
  HttpServer nothing([](const ServedRequest&) { return ServedAnswer{.status = 404}; });
  EXPECT_EQ(manifest_error(nothing), "registry-not-a-registry");
}

TEST_F(Registry, RedirectsInACircle) {
  HttpServer server([](const ServedRequest& request) {
    if (request.path == "/v2/") return ServedAnswer{.body = "{}"};
    return ServedAnswer{.status = 307, .headers = {{"Location", request.path}}};
  });
  EXPECT_EQ(manifest_error(server), "redirect-limit");
}

// Once: asking again would take as long again.
TEST_F(Registry, DripsAreEnded) {
  m_context.options.network_timeout = std::chrono::seconds(1);
  HttpServer server([](const ServedRequest& asked) {
    if (asked.path == "/v2/") return ServedAnswer{.body = "{}"};
    return ServedAnswer{.body = std::string(10'000, ' '), .drip = std::chrono::milliseconds(10)};
  });
  EXPECT_EQ(manifest_error(server), "network-slow");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Registry, StallsAndEarlyEnds) {
  m_context.options.network_timeout = std::chrono::seconds(1);
  HttpServer stalls([](const ServedRequest&) { return ServedAnswer{.body = "abc", .stall_after = 1}; });
  // One attempt only, as each takes the whole time limit.
  util::HttpClient http;
  util::HttpRequest request;
  request.url = stalls.url();
  request.stall_timeout = std::chrono::milliseconds(200);
  EXPECT_EQ(http.fetch(request, {}, 1000).error().name, "network-stalled");
  HttpServer ends([](const ServedRequest& asked) {
    if (asked.path == "/v2/") return ServedAnswer{.body = "{}"};
    return ServedAnswer{.body = std::string(100, 'x'), .close_after = 10};
  });
  EXPECT_EQ(manifest_error(ends), "network-broken");
  EXPECT_EQ(ends.requests().size(), 1U + quick().attempts);
  HttpServer hangs_up([](const ServedRequest& asked) {
    return asked.path == "/v2/" ? ServedAnswer{.body = "{}"} : ServedAnswer{.hang_up = true};
  });
  EXPECT_EQ(manifest_error(hangs_up), "network-broken");
}

TEST_F(Registry, LargeManifestIsCutOff) {
  HttpServer server([](const ServedRequest& request) {
    if (request.path == "/v2/") return ServedAnswer{.body = "{}"};
    return ServedAnswer{.body = std::string(20u << 20, ' '), .chunked = true};
  });
  EXPECT_EQ(manifest_error(server), "manifest-size-limit");
}

TEST_F(Registry, BusyServersAreAskedAgain) {
  for (const int status : {429, 500, 503}) {
    FakeRegistry registry;
    registry.add(m_image, "1");
    std::atomic<int> refusals{2};
    HttpServer server([&](const ServedRequest& request) {
      if (request.path != "/v2/" && refusals-- > 0)
        return ServedAnswer{.status = status, .headers = {{"Retry-After", "0"}}};
      return registry(request);
    });
    EXPECT_EQ(manifest_error(server), "") << status;
  }
  HttpServer always([](const ServedRequest& request) {
    return request.path == "/v2/" ? ServedAnswer{.body = "{}"} : ServedAnswer{.status = 429};
  });
  EXPECT_EQ(manifest_error(always), "registry-rate-limited");
  EXPECT_EQ(always.count("GET", "/v2/app/manifests/1"), quick().attempts);
}

TEST_F(Registry, BrokenBlobsAreResumed) {
  std::string blob;
  for (int i = 0; i < 300'000; ++i) blob += static_cast<char>('a' + i % 23);
  const std::string digest = test::sha256(blob);
  for (const bool ranges : {true, false}) {
    std::atomic<int> breaks{3};
    HttpServer server([&](const ServedRequest& request) {
      if (request.path == "/v2/") return ServedAnswer{.body = "{}"};
      ServedAnswer answer{.body = blob, .honour_range = ranges};
      if (const int left = breaks--; left > 0)
        answer.close_after = ranges ? 70'000U : 70'000U * (4U - static_cast<unsigned>(left));
      return answer;
    });
    std::string bytes;
    EXPECT_EQ(blob_error(server, digest, blob.size(), &bytes), "") << ranges;
    EXPECT_EQ(test::sha256(bytes), digest) << ranges;
    EXPECT_EQ(server.count("GET", "/v2/app/blobs/" + digest), 4U);
    EXPECT_EQ(server.requests().back().header("range"), "bytes=210000-");
  }
}

TEST_F(Registry, ResumptionAtAWrongByteIsRefused) {
  const std::string blob(200'000, 'x');
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/v2/") return ServedAnswer{.body = "{}"};
    if (!request.header("range").empty())
      return ServedAnswer{
          .status = 206, .headers = {{"Content-Range", "bytes 5-199999/200000"}}, .body = blob.substr(5)};
    return ServedAnswer{.body = blob, .close_after = 100'000};
  });
  EXPECT_EQ(blob_error(server, test::sha256(blob), blob.size(), nullptr), "blob-resume-failed");
}

TEST_F(Registry, BlobsThatNeverEnd) {
  const std::string blob(200'000, 'x');
  HttpServer longer([&](const ServedRequest& request) {
    return request.path == "/v2/" ? ServedAnswer{.body = "{}"} : ServedAnswer{.body = blob};
  });
  EXPECT_EQ(blob_error(longer, test::sha256(blob), 1000, nullptr), "blob-size-mismatch");
  HttpServer breaks([&](const ServedRequest& request) {
    return request.path == "/v2/" ? ServedAnswer{.body = "{}"}
                                  : ServedAnswer{.body = blob, .honour_range = true, .close_after = 1};
  });
  EXPECT_EQ(blob_error(breaks, test::sha256(blob), blob.size(), nullptr), "network-broken");
}

std::string basic(const std::string& header) { return header.starts_with("Basic ") ? header.substr(6) : header; }

TEST_F(Registry, BearerTokens) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  std::string realm;
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/token") return ServedAnswer{.body = R"({"token":"secret-token"})"};
    if (request.header("authorization") != "Bearer secret-token")
      return ServedAnswer{
          .status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"the service\""}}};
    return registry(request);
  });
  realm = server.url() + "/token";
  const auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(server.count("GET", "/token"), 1U);
  for (const auto& request : server.requests())
    if (request.path == "/token") {
      EXPECT_EQ(request.query, "service=the%20service&scope=repository%3Aapp%3Apull");
      EXPECT_EQ(request.header("authorization"), "");
    }
}

TEST_F(Registry, StoredPasswordsAndIdentityTokens) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  std::string realm;
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/token") {
      const bool good =
          basic(request.header("authorization")) == "dXNlcjpwYXNz" ||
          (request.method == "POST" && request.body.find("refresh_token=refresh%2Fme") != std::string::npos &&
           request.body.starts_with("grant_type=refresh_token&"));
      if (!good) return ServedAnswer{.status = 401};
      return ServedAnswer{.body = R"({"access_token":"t"})"};
    }
    if (request.header("authorization") != "Bearer t")
      return ServedAnswer{.status = 401, .headers = {{"www-authenticate", "bearer realm=\"" + realm + "\""}}};
    return registry(request);
  });
  realm = server.url() + "/token";
  EXPECT_EQ(read(server.host() + "/app:1").error, "registry-denied");
  m_folder.write("config.json",
                 fmt::format(R"({{"auths":{{"http://{}/v2/":{{"auth":"dXNlcjpwYXNz"}}}}}})", server.host()));
  EXPECT_EQ(read(server.host() + "/app:1").error, "");
  m_folder.write("config.json",
                 fmt::format(R"({{"auths":{{"{}":{{"identitytoken":"refresh/me"}}}}}})", server.host()));
  EXPECT_EQ(read(server.host() + "/app:1").error, "");
}

TEST_F(Registry, RegistryTokenOfTheConfigurationWasPassedOver) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  std::string realm;
  HttpServer server([&](const ServedRequest& request) {
    if (request.path.starts_with("/token")) return ServedAnswer{.status = 403, .body = "{}"};
    if (request.header("authorization") != "Bearer made.elsewhere")
      return ServedAnswer{.status = 401, .headers = {{"www-authenticate", "Bearer realm=\"" + realm + "\""}}};
    return registry(request);
  });
  realm = server.url() + "/token";
  const auto with = [&](const std::string& token) {
    m_folder.write("config.json",
                   fmt::format(R"({{"auths":{{"{}":{{"registrytoken":"{}"}}}}}})", server.host(), token));
    return read(server.host() + "/app:1").error;
  };
  EXPECT_EQ(with("made.elsewhere"), "");
  EXPECT_EQ(with("another"), "registry-denied");
  EXPECT_EQ(with("made.elsewhere\\r\\nX-More: 1"), "registry-denied");
}

TEST_F(Registry, BasicAndHelpers) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer server([&](const ServedRequest& request) {
    if (request.header("authorization") != "Basic dXNlcjpwYXNz")
      return ServedAnswer{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}};
    return registry(request);
  });
  const auto denied = read(server.host() + "/app:1");
  EXPECT_EQ(denied.error, "registry-denied");
  EXPECT_NE(denied.message.find("docker login"), std::string::npos);

  const std::string helper = m_folder.write(
      "bin/docker-credential-hullchecktest",
      "#!/bin/sh\nread server\n[ \"$1\" = get ] || exit 2\n"
      "echo \"{\\\"ServerURL\\\":\\\"$server\\\",\\\"Username\\\":\\\"user\\\",\\\"Secret\\\":\\\"pass\\\"}\"\n");
  std::filesystem::permissions(helper, std::filesystem::perms(0700));
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", (m_folder.path() + "/bin:" + path).c_str(), 1);
  for (const std::string& config : {fmt::format(R"({{"credHelpers":{{"{}":"hullchecktest"}}}})", server.host()),
                                    std::string(R"({"credsStore":"hullchecktest"})")}) {
    m_folder.write("config.json", config);
    EXPECT_EQ(read(server.host() + "/app:1").error, "") << config;
  }
  m_folder.write("config.json", R"({"credsStore":"../../bin/sh"})");
  EXPECT_EQ(read(server.host() + "/app:1").error, "credential-helper-failed");
  ::setenv("PATH", path.c_str(), 1);
}

// The other side of a redirect, mostly a storage service, must see neither token nor password.
TEST_F(Registry, CredentialsStayWithTheirHost) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer storage([&](const ServedRequest& request) { return registry(request); });
  HttpServer server([&](const ServedRequest& request) {
    if (request.header("authorization") != "Basic dXNlcjpwYXNz")
      return ServedAnswer{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}};
    if (request.path.find("/blobs/") != std::string::npos)
      return ServedAnswer{.status = 307, .headers = {{"Location", storage.url() + request.path}}};
    return registry(request);
  });
  m_folder.write("config.json", fmt::format(R"({{"auths":{{"{}":{{"auth":"dXNlcjpwYXNz"}}}}}})", server.host()));
  const auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(gap_ids(outcome.images[0]), Ids{});
  ASSERT_EQ(storage.requests().size(), 3U);
  for (const auto& request : storage.requests()) EXPECT_EQ(request.header("authorization"), "");
  // A host that is redirected to and asks for a login gets none.
  HttpServer greedy([](const ServedRequest&) {
    return ServedAnswer{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}};
  });
  HttpServer sender([&](const ServedRequest& request) {
    if (request.path == "/v2/") return ServedAnswer{.body = "{}"};
    return ServedAnswer{.status = 302, .headers = {{"Location", greedy.url() + "/x"}}};
  });
  EXPECT_EQ(manifest_error(sender), "registry-denied");
  ASSERT_EQ(greedy.requests().size(), 1U);
  EXPECT_EQ(greedy.requests()[0].header("authorization"), "");
}

// A warm scan must not cost what a first one costs: the bytes of a layer that was verified once stay where they are.
TEST_F(Registry, KnownLayersAreNotFetchedAgain) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer server(registry);
  m_sink.known_blobs.insert(m_image.layers[0].digest());
  const auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(outcome.images[0].layers.size(), 2U);
  EXPECT_EQ(gap_ids(outcome.images[0]), Ids{});
  EXPECT_EQ(server.count("GET", "/v2/app/blobs/" + m_image.layers[0].digest()), 0U);
  EXPECT_EQ(server.count("GET", "/v2/app/blobs/" + m_image.layers[1].digest()), 1U);
}

// The first question may be redirected as well, and then the one who asks for a login is somebody else.
TEST_F(Registry, AChallengeBehindARedirectOfTheFirstQuestionGetsNoLogin) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  std::string greedy_url;
  HttpServer greedy([&](const ServedRequest& request) {
    if (request.path == "/token") return ServedAnswer{.body = R"({"token":"t"})"};
    return ServedAnswer{
        .status = 401,
        .headers = {{"WWW-Authenticate", "Bearer realm=\"" + greedy_url + "/token\", Basic realm=\"x\""}}};
  });
  greedy_url = greedy.url();
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/v2/") return ServedAnswer{.status = 302, .headers = {{"Location", greedy.url() + "/v2/"}}};
    return registry(request);
  });
  m_folder.write("config.json", fmt::format(R"({{"auths":{{"{}":{{"auth":"dXNlcjpwYXNz"}}}}}})", server.host()));
  EXPECT_EQ(read(server.host() + "/app:1").error, "");
  for (const auto& request : greedy.requests()) {
    EXPECT_EQ(request.header("authorization"), "") << request.path;
    EXPECT_NE(request.path, "/token");
  }
}

TEST_F(Registry, BusyTokenServersAreAskedAgain) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  std::string realm;
  std::atomic<int> left{2};
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/token")
      return left-- > 0 ? ServedAnswer{.status = 503} : ServedAnswer{.body = R"({"token":"t"})"};
    if (request.header("authorization") != "Bearer t")
      return ServedAnswer{.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\""}}};
    return registry(request);
  });
  realm = server.url() + "/token";
  EXPECT_EQ(manifest_error(server), "");
  EXPECT_EQ(server.count("GET", "/token"), 3U);
  for (const auto& request : server.requests()) EXPECT_EQ(request.query.find("service="), std::string::npos);
  left = 99;
  EXPECT_EQ(manifest_error(server), "token-server-failed");
}

TEST_F(Registry, ABrokenChallengeLeavesTheOthers) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer server([&](const ServedRequest& request) {
    if (request.header("authorization") != "Basic dXNlcjpwYXNz")
      return ServedAnswer{.status = 401,
                          .headers = {{"WWW-Authenticate", "Bearer service=\"no realm\", Basic realm=\"x\""}}};
    return registry(request);
  });
  const auto without = read(server.host() + "/app:1");
  EXPECT_EQ(without.error, "token-server-failed");
  EXPECT_NE(without.message.find(server.host()), std::string::npos) << without.message;
  // The marker of a credential store beside the entry of an older Docker.
  m_folder.write(
      "config.json",
      fmt::format(R"({{"auths":{{"{0}":{{}},"https://{0}/v1/":{{"auth":"dXNlcjpwYXNz"}}}}}})", server.host()));
  EXPECT_EQ(read(server.host() + "/app:1").error, "");
}

TEST_F(Registry, ATokenThatIsNoneNeverBecomesAHeader) {
  std::string realm;
  HttpServer server([&](const ServedRequest& request) {
    if (request.path == "/token") return ServedAnswer{.body = R"({"token":"a\r\nX-Evil: 1"})"};
    return ServedAnswer{.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\""}}};
  });
  realm = server.url() + "/token";
  EXPECT_EQ(read(server.host() + "/app:1").error, "token-server-failed");
}

TEST_F(Registry, AHelperThatFailsIsQuotedAndNamed) {
  HttpServer server([&](const ServedRequest&) {
    return ServedAnswer{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}};
  });
  const std::string helper = m_folder.write("bin/docker-credential-hullchecklocked",
                                            "#!/bin/sh\necho the keyring is locked\necho more\nexit 1\n");
  std::filesystem::permissions(helper, std::filesystem::perms(0700));
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", (m_folder.path() + "/bin:" + path).c_str(), 1);
  m_folder.write("config.json", R"({"credsStore":"hullchecklocked"})");
  const auto outcome = read(server.host() + "/app:1");
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(outcome.error, "credential-helper-failed");
  EXPECT_NE(outcome.message.find("the keyring is locked"), std::string::npos) << outcome.message;
  EXPECT_EQ(outcome.message.find("more"), std::string::npos) << outcome.message;
  EXPECT_NE(outcome.message.find("/config.json"), std::string::npos) << outcome.message;
}

TEST_F(Registry, ALoneImageOfAnotherPlatformIsAnError) {
  FakeRegistry registry;
  registry.add(m_image, "1");
  HttpServer server(registry);
  m_context.options.platform = "linux/arm64";
  const auto outcome = read(server.host() + "/app:1");
  EXPECT_EQ(outcome.error, "platform-not-found");
  EXPECT_NE(outcome.message.find("linux/amd64"), std::string::npos) << outcome.message;
  m_context.options.platform = "amd64";
  EXPECT_EQ(read(server.host() + "/app:1").error, "");
}

// A script that checks many images must see which one it was.
TEST_F(Registry, ErrorsOfTheManifestNameTheImage) {
  FakeRegistry registry;
  registry.add_index(R"({"schemaVersion":2,"manifests":[]})", "empty");
  registry.manifests["old"] = {"application/vnd.docker.distribution.manifest.v1+prettyjws", R"({"schemaVersion":1})"};
  registry.add(m_image, "1");
  HttpServer server(registry);
  for (const std::string tag : {"empty", "old"}) {
    const std::string name = server.host() + "/app:" + tag;
    EXPECT_TRUE(read(name).message.starts_with(name + ": ")) << read(name).message;
  }
  m_context.options.platform = "linux/arm64";
  const std::string name = server.host() + "/app:1";
  EXPECT_TRUE(read(name).message.starts_with(name + ": ")) << read(name).message;
  // Once is enough.
  const std::string missing = read(server.host() + "/app:none").message;
  EXPECT_EQ(missing.find(server.host()), missing.rfind(server.host())) << missing;
}

// Three minutes of silence ended in a refusal that was certain from the first answer on.
TEST_F(Registry, WhoWantsALongPauseIsNotAskedAgain) {
  HttpServer server([](const ServedRequest& request) {
    return request.path == "/v2/" ? ServedAnswer{.body = "{}"}
                                  : ServedAnswer{.status = 429, .headers = {{"Retry-After", "86400"}}};
  });
  const auto outcome = read(server.host() + "/app:1");
  EXPECT_EQ(outcome.error, "registry-rate-limited");
  EXPECT_NE(outcome.message.find("86400 s"), std::string::npos) << outcome.message;
  EXPECT_EQ(server.count("GET", "/v2/app/manifests/1"), 1U);
}

// Each repeat costs the whole network timeout.
TEST_F(Registry, StallsAreRepeatedOnce) {
  m_context.options.network_timeout = std::chrono::seconds(1);
  HttpServer server([](const ServedRequest& request) {
    return request.path == "/v2/" ? ServedAnswer{.body = "{}"}
                                  : ServedAnswer{.body = std::string(100, 'x'), .stall_after = 10};
  });
  EXPECT_EQ(manifest_error(server), "network-stalled");
  EXPECT_EQ(server.count("GET", "/v2/app/manifests/1"), 2U);
  std::string bytes;
  EXPECT_EQ(blob_error(server, "sha256:" + std::string(64, 'a'), 100, &bytes), "network-stalled");
  EXPECT_EQ(bytes, std::string(10, 'x'));
  EXPECT_EQ(server.count("GET", "/v2/app/blobs/sha256:" + std::string(64, 'a')), 2U);
}

// Nested indexes that do not say what they are for: the one that has the platform counts.
TEST_F(Registry, NestedIndexesOfOtherPlatformsAreNoLoss) {
  FakeRegistry registry;
  const auto arm = test::sample_image("two", "arm64");
  registry.add(m_image);
  registry.add(arm);
  const auto index_of = [](const SampleImage& image, const std::string& architecture) {
    return test::index_json({test::descriptor_json(
        k_manifest, image.manifest, R"("platform":{"os":"linux","architecture":")" + architecture + "\"}")});
  };
  const std::string first = index_of(m_image, "amd64"), second = index_of(arm, "arm64");
  registry.add_index(first, "first");
  registry.add_index(second, "second");
  registry.add_index(
      test::index_json({test::descriptor_json(k_index, first), test::descriptor_json(k_index, second)}), "1");
  HttpServer server(registry);
  m_context.options.platform = "linux/arm64";
  auto outcome = read(server.host() + "/app:1");
  ASSERT_EQ(outcome.images.size(), 1U) << outcome.message;
  EXPECT_EQ(outcome.images[0].manifest_digest, arm.manifest_digest());
  EXPECT_EQ(gap_ids(outcome.images[0]), Ids{});
  m_context.options.platform = "linux/s390x";
  EXPECT_EQ(read(server.host() + "/app:1").error, "platform-not-found");
}

TEST(Challenges, AreTakenApart) {
  const auto list =
      parse_challenges(R"(Bearer realm="https://a/t?x=1,2",service="s \"q\"",scope=plain, Basic realm="b")");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].scheme, "bearer");
  EXPECT_EQ(list[0].parameters.at("realm"), "https://a/t?x=1,2");
  EXPECT_EQ(list[0].parameters.at("service"), "s \"q\"");
  EXPECT_EQ(list[0].parameters.at("scope"), "plain");
  EXPECT_EQ(list[1].scheme, "basic");
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_EQ(parse_challenges("=,\"").size(), 0U);
}

}  // namespace
}  // namespace hullcheck::acquire
