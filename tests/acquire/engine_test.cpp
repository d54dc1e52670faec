#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "acquire/engine_client.hpp"
#include "support/http_server.hpp"
#include "support/recording_sink.hpp"
#include "support/sample_image.hpp"
#include "util/digest.hpp"

namespace hullcheck::acquire {
namespace {

using test::HttpServer;
using test::RecordingSink;
using test::ServedAnswer;
using test::ServedRequest;
using Ids = std::vector<std::string>;

// What an engine serves of one image called "app:1".
struct FakeEngine {
  test::SampleImage image = test::sample_image();
  std::string id = image.config_digest();

  ServedAnswer operator()(const ServedRequest& request) const {
    std::string ids;
    for (const auto& layer : image.layers) ids += (ids.empty() ? "\"" : ",\"") + layer.diff_id() + "\"";
    if (request.path == "/images/app:1/json")
      return {
          .body = fmt::format(
              R"({{"Id":"{}","RepoTags":["app:1"],"Created":"2020-01-01T00:00:00Z","Architecture":"amd64","Os":"linux",
                      "Config":{{"Entrypoint":["/bin/one"],"Env":null}},"RootFS":{{"Type":"layers","Layers":[{}]}}}})",
              id, ids)};
    if (request.path == "/images/" + id + "/history")
      return {.body = R"([{"Created":1500000001,"CreatedBy":"/bin/sh -c #(nop)  CMD [\"sh\"]","Size":0},
                          {"Created":1500000000,"CreatedBy":"RUN true","Size":0},
                          {"Created":0,"CreatedBy":"/bin/sh -c #(nop) ADD file:x in / ","Size":1000}])"};
    if (request.path == "/images/" + id + "/get") return {.body = test::docker_archive(image, ""), .chunked = true};
    return {.status = 404, .body = R"({"message":"No such image"})"};
  }
};

class Engine : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST"})
      ::unsetenv(name);
    m_context.options.docker_config = m_folder.path();
    m_context.options.docker_host = "unix://" + m_socket;
  }
  Result<std::vector<model::Image>> read(const std::string& reference) {
    auto images = acquire(reference, m_context, m_sink);
    m_sink.read_offered();
    return images;
  }

  test::ScratchFolder m_folder;
  std::string m_socket = m_folder.path() + "/engine.sock";
  AcquireContext m_context;
  RecordingSink m_sink;
  FakeEngine m_engine;
};

TEST_F(Engine, ExportIsReadAsItArrives) {
  HttpServer server(m_engine, m_socket);
  const auto images = read("docker:app:1");
  ASSERT_TRUE(images.ok()) << images.error().describe();
  ASSERT_EQ(images->size(), 1U);
  const auto& image = images->front();
  EXPECT_TRUE(image.gaps.empty()) << image.gaps[0].reason;
  EXPECT_EQ(image.source, "docker");
  EXPECT_EQ(image.reference, "app:1");
  EXPECT_EQ(image.config_digest, m_engine.id);
  EXPECT_EQ(image.config_json, m_engine.image.config);
  ASSERT_EQ(image.layers.size(), 2U);
  for (const auto& layer : image.layers) EXPECT_EQ(m_sink.layer(layer.key)->diff_id, layer.diff_id);
}

TEST_F(Engine, NoExportWhenAllLayersAreKnown) {
  HttpServer server(m_engine, m_socket);
  for (const auto& layer : m_engine.image.layers) m_sink.known_diff_ids.insert(layer.diff_id());
  const auto images = read("docker:app:1");
  ASSERT_TRUE(images.ok()) << images.error().describe();
  const auto& image = images->front();
  EXPECT_EQ(server.count("GET", "/images/" + m_engine.id + "/get"), 0U);
  EXPECT_EQ(image.config_digest, m_engine.id);
  EXPECT_EQ(image.platform, "linux/amd64");
  EXPECT_EQ(image.config.entrypoint, Ids{"/bin/one"});
  ASSERT_EQ(image.config.history.size(), 3U);
  EXPECT_FALSE(image.config.history[0].empty_layer);
  EXPECT_EQ(image.config.history[1].created_by, "RUN true");
  EXPECT_EQ(image.config.history[1].created, "2017-07-14T02:40:00Z");
  EXPECT_FALSE(image.config.history[1].empty_layer);
  EXPECT_TRUE(image.config.history[2].empty_layer);
  ASSERT_EQ(image.layers.size(), 2U);
  EXPECT_EQ(image.layers[0].key, m_engine.image.layers[0].diff_id());

  // With the raw config at hand nothing needs to be put together.
  m_sink.configs[m_engine.id] = m_engine.image.config;
  const auto kept = read("docker:app:1");
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->front().config_json, m_engine.image.config);
  EXPECT_EQ(server.count("GET", "/images/" + m_engine.id + "/history"), 1U);
}

TEST_F(Engine, OneUnknownLayerMeansAnExport) {
  HttpServer server(m_engine, m_socket);
  m_sink.known_diff_ids.insert(m_engine.image.layers[0].diff_id());
  ASSERT_TRUE(read("docker:app:1").ok());
  EXPECT_EQ(server.count("GET", "/images/" + m_engine.id + "/get"), 1U);
}

TEST_F(Engine, AnotherImageThanTheOneInspected) {
  m_engine.id = "sha256:" + std::string(64, 'c');
  HttpServer server(m_engine, m_socket);
  const auto images = read("docker:app:1");
  ASSERT_TRUE(images.ok());
  ASSERT_EQ(images->front().gaps.size(), 1U);
  EXPECT_EQ(images->front().gaps[0].id, "image-id-digest-mismatch");
}

TEST_F(Engine, BrokenExports) {
  HttpServer server(
      [this](const ServedRequest& request) {
        auto answer = m_engine(request);
        if (request.path.ends_with("/get")) answer.close_after = 3000;
        return answer;
      },
      m_socket);
  // The sample's first layer was read by then; what is missing is said.
  const auto images = read("docker:app:1");
  ASSERT_TRUE(images.ok()) << images.error().describe();
  ASSERT_EQ(images->size(), 1U);
  EXPECT_EQ(images->front().config.entrypoint, Ids{"/bin/one"});
  ASSERT_EQ(images->front().layers.size(), 2U);
  EXPECT_EQ(images->front().layers[0].diff_id, m_engine.image.layers[0].diff_id());
  ASSERT_EQ(images->front().gaps.size(), 1U);
  EXPECT_EQ(images->front().gaps[0].id, "network-broken");
  EXPECT_EQ(images->front().gaps[0].effect, model::GapEffect::unknown);
}

TEST_F(Engine, ExportsThatDripAreEnded) {
  m_context.options.network_timeout = std::chrono::seconds(1);
  HttpServer server(
      [this](const ServedRequest& request) {
        auto answer = m_engine(request);
        if (request.path.ends_with("/get")) answer.drip = std::chrono::milliseconds(10);
        return answer;
      },
      m_socket);
  const auto images = read("docker:app:1");
  ASSERT_FALSE(images.ok());
  EXPECT_EQ(images.error().name, "network-slow");
}

TEST_F(Engine, ExportsThatBreakBeforeTheFirstLayerAreAnError) {
  HttpServer server(
      [this](const ServedRequest& request) {
        auto answer = m_engine(request);
        if (request.path.ends_with("/get")) answer.close_after = 100;
        return answer;
      },
      m_socket);
  EXPECT_EQ(read("docker:app:1").error().name, "network-broken");
}

TEST_F(Engine, ImagesOfAnotherPlatformAreNotTaken) {
  HttpServer server(m_engine, m_socket);
  m_context.options.platform = "linux/arm64";
  const auto images = read("docker:app:1");
  ASSERT_FALSE(images.ok());
  EXPECT_EQ(images.error().name, "platform-not-found");
  EXPECT_EQ(server.count("GET", "/images/" + m_engine.id + "/get"), 0U);
  m_context.options.platform = "linux/amd64";
  EXPECT_TRUE(read("docker:app:1").ok());
}

// "engine" was looked up as a host.
TEST(EngineAddress, NoPathIsTheUsualSocket) {
  const auto address = parse_engine_address("unix://", std::nullopt);
  ASSERT_TRUE(address.ok()) << address.error().describe();
  EXPECT_EQ(address->unix_socket, "/var/run/docker.sock");
}

TEST(EngineAddress, PortsAndFormsOfTheDockerCli) {
  const auto url = [](const std::string& text, bool tls = false) {
    const auto address = parse_engine_address(text, tls ? std::optional(util::HttpTls{}) : std::nullopt);
    return address ? address->url : address.error().name;
  };
  EXPECT_EQ(url("tcp://192.0.2.1"), "http://192.0.2.1:2375");
  EXPECT_EQ(url("tcp://192.0.2.1", true), "https://192.0.2.1:2376");
  EXPECT_EQ(url("tcp://192.0.2.1:99/"), "http://192.0.2.1:99");
  EXPECT_EQ(url("tcp://[2001:db8::1]"), "http://[2001:db8::1]:2375");
  EXPECT_EQ(url("tcp://[2001:db8::1]:1"), "http://[2001:db8::1]:1");
  EXPECT_EQ(url("192.0.2.1:2375"), "http://192.0.2.1:2375");
  EXPECT_EQ(url("http://192.0.2.1"), "http://192.0.2.1");
  EXPECT_EQ(url("npipe:////./pipe/docker_engine"), "engine-address-invalid");
  EXPECT_EQ(url("tcp://"), "engine-address-invalid");
}

TEST_F(Engine, TcpAndPodman) {
  HttpServer server(m_engine);
  m_context.options.docker_host = "tcp://" + server.host();
  EXPECT_TRUE(read("docker:app:1").ok());
  m_context.options.offline = true;
  EXPECT_TRUE(read("docker:app:1").ok()) << "this machine is no network";
  m_context.options.docker_host = "tcp://192.0.2.1:2375";
  EXPECT_EQ(read("docker:app:1").error().name, "offline");
  m_context.options.docker_host = "ssh://somewhere";
  EXPECT_EQ(read("docker:app:1").error().name, "engine-address-invalid");
  HttpServer podman(m_engine, m_socket);
  ::setenv("CONTAINER_HOST", ("unix://" + m_socket).c_str(), 1);
  const auto images = read("podman:app:1");
  ASSERT_TRUE(images.ok()) << images.error().describe();
  EXPECT_EQ(images->front().source, "podman");
}

TEST_F(Engine, NamesWithoutASchemeGoOn) {
  ::setenv("CONTAINER_HOST", ("unix://" + m_folder.path() + "/podman.sock").c_str(), 1);
  m_context.options.offline = true;
  auto images = read("app:1");
  ASSERT_FALSE(images.ok());
  EXPECT_EQ(images.error().name, "image-not-found");
  for (const char* part : {"docker: ", "podman: ", "--offline"})
    EXPECT_NE(images.error().message.find(part), std::string::npos) << images.error().message;
  const auto no_name = read("app:");
  ASSERT_FALSE(no_name.ok());
  EXPECT_NE(no_name.error().message.find("is no tag"), std::string::npos)
      << "offline, it was only said to be nowhere";
  HttpServer docker([](const ServedRequest&) { return ServedAnswer{.status = 404, .body = "{}"}; }, m_socket);
  HttpServer podman(m_engine, m_folder.path() + "/podman.sock");
  images = read("app:1");
  ASSERT_TRUE(images.ok()) << images.error().describe();
  EXPECT_EQ(images->front().source, "podman");
}

TEST_F(Engine, Contexts) {
  HttpServer server(m_engine, m_socket);
  m_context.options.docker_host.clear();
  m_folder.write("config.json", R"({"currentContext":"remote"})");
  m_folder.write("contexts/meta/" + util::sha256_hex(as_bytes("remote")) + "/meta.json",
                 fmt::format(R"({{"Name":"remote","Endpoints":{{"docker":{{"Host":"unix://{}"}}}}}})", m_socket));
  EXPECT_TRUE(read("docker:app:1").ok());
  ::setenv("DOCKER_CONTEXT", "none", 1);
  EXPECT_EQ(read("docker:app:1").error().name, "engine-address-invalid");
  ::unsetenv("DOCKER_CONTEXT");
}

TEST(EngineAddress, TlsComesFromTheEnvironment) {
  test::ScratchFolder folder;
  folder.write("ca.pem", "");
  folder.write("cert.pem", "");
  folder.write("key.pem", "");
  ::setenv("DOCKER_HOST", "tcp://192.0.2.1:2376", 1);
  ::setenv("DOCKER_TLS_VERIFY", "1", 1);
  ::setenv("DOCKER_CERT_PATH", folder.path().c_str(), 1);
  const auto address = docker_address({});
  for (const char* name : {"DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"}) ::unsetenv(name);
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->url, "https://192.0.2.1:2376");
  EXPECT_TRUE(address->tls.verify);
  EXPECT_EQ(address->tls.client_key, folder.path() + "/key.pem");
}

}  // namespace
}  // namespace hullcheck::acquire
