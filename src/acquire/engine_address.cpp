// Where an engine listens: DOCKER_HOST and its companions, contexts of the Docker CLI, Podman's sockets.
// Format: the Docker CLI's documentation of environment variables and "docker context" (meta.json below
// contexts/meta/SHA256-OF-NAME).
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "acquire/engine_client.hpp"
#include "acquire/json.hpp"
#include "acquire/registry_auth.hpp"
#include "util/digest.hpp"
#include "util/url.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_settings_bytes = 1u << 20;
constexpr const char* k_docker_socket = "unix:///var/run/docker.sock";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

util::HttpTls tls_files(const std::string& folder, bool verify) {
  util::HttpTls tls;
  tls.verify = verify;
  if (exists(folder + "/ca.pem")) tls.ca_file = folder + "/ca.pem";
  if (exists(folder + "/cert.pem")) tls.client_certificate = folder + "/cert.pem";
  if (exists(folder + "/key.pem")) tls.client_key = folder + "/key.pem";
  return tls;
}

std::string read_settings(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> block{};
  while (file && text.size() <= k_settings_bytes) {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::string current_context(const std::string& folder) {
  if (auto name = environment("DOCKER_CONTEXT"); !name.empty()) return name;
  JsonDocument document;
  const auto root = document.parse(read_settings(folder + "/config.json"), "docker-config", k_settings_bytes);
  if (!root) return {};
  const auto name = member(*root, "currentContext");
  return name ? json_string(*name).value_or("") : std::string();
}

Result<EngineAddress> context_address(const std::string& folder, const std::string& name) {
  const std::string id = util::sha256_hex(as_bytes(name));
  JsonDocument document;
  const auto root = document.parse(read_settings(fmt::format("{}/contexts/meta/{}/meta.json", folder, id)),
                                   "docker-context", k_settings_bytes);
  const auto endpoints = root ? member(*root, "Endpoints") : std::nullopt;
  const auto docker = endpoints ? member(*endpoints, "docker") : std::nullopt;
  const auto host = docker ? member(*docker, "Host") : std::nullopt;
  if (!host)
    return make_error(ErrorCode::network, "engine-address-invalid", "the Docker context of this name cannot be read",
                      name);
  bool skip_verify = false;
  if (const auto skip = member(*docker, "SkipTLSVerify"))
    if (skip->get(skip_verify)) skip_verify = false;
  const std::string files = fmt::format("{}/contexts/tls/{}/docker", folder, id);
  std::optional<util::HttpTls> tls;
  if (exists(files)) tls = tls_files(files, !skip_verify);
  return parse_engine_address(json_string(*host).value_or(""), tls);
}

// The ports that engines have by convention, where the address names none; not those of the web.
std::string with_port(std::string address, const char* port) {
  const auto end = std::min(address.find('/'), address.size());
  const auto bracket = address.find(']');
  const auto colon = address.find(':', bracket < end ? bracket : 0);
  if (end > 0 && colon >= end) address.insert(end, std::string(":") + port);
  return address;
}

}  // namespace

Result<EngineAddress> parse_engine_address(const std::string& text, const std::optional<util::HttpTls>& tls) {
  EngineAddress address;
  address.text = text;
  if (tls) address.tls = *tls;
  if (text.starts_with("unix://") || text.starts_with('/')) {
    address.unix_socket = text.starts_with('/') ? text : text.substr(7);
    // Without a path it is the usual place, as for the Docker CLI.
    if (address.unix_socket.empty()) address.unix_socket = std::string(k_docker_socket).substr(7);
    address.url = "http://engine";
    return address;
  }
  // A bare HOST:PORT is what the Docker CLI takes for tcp.
  const bool bare = text.find("://") == std::string::npos;
  if (text.starts_with("tcp://") || bare)
    address.url = (tls ? "https://" : "http://") + with_port(bare ? text : text.substr(6), tls ? "2376" : "2375");
  else if (text.starts_with("http://") || text.starts_with("https://"))
    address.url = text;
  else if (text.starts_with("ssh://"))
    return make_error(ErrorCode::network, "engine-address-invalid",
                      "engines behind ssh are not reached directly; forward the socket with "
                      "`ssh -L /tmp/docker.sock:/var/run/docker.sock HOST` and name it in DOCKER_HOST",
                      text);
  while (address.url.ends_with('/')) address.url.pop_back();
  if (util::url_origin(address.url).empty())
    return make_error(ErrorCode::network, "engine-address-invalid",
                      "this is no address of an engine (unix:// or tcp://)", text);
  return address;
}

Result<EngineAddress> docker_address(const AcquireOptions& options) {
  const std::string folder = docker_config_folder(options.docker_config);
  const std::string host = options.docker_host.empty() ? environment("DOCKER_HOST") : options.docker_host;
  if (!host.empty()) {
    std::optional<util::HttpTls> tls;
    std::string files = environment("DOCKER_CERT_PATH");
    const bool verify = !environment("DOCKER_TLS_VERIFY").empty();
    if (verify || !environment("DOCKER_TLS").empty()) tls = tls_files(files.empty() ? folder : files, verify);
    return parse_engine_address(host, tls);
  }
  const std::string name = current_context(folder);
  if (!name.empty() && name != "default") return context_address(folder, name);
  return parse_engine_address(k_docker_socket, std::nullopt);
}

std::vector<std::string> podman_addresses() {
  std::vector<std::string> list;
  if (const auto host = environment("CONTAINER_HOST"); !host.empty()) return {host};
  if (const auto folder = environment("XDG_RUNTIME_DIR"); !folder.empty())
    list.push_back("unix://" + folder + "/podman/podman.sock");
  else
    list.push_back(fmt::format("unix:///run/user/{}/podman/podman.sock", ::getuid()));
  list.push_back("unix:///run/podman/podman.sock");
  return list;
}

}  // namespace hullcheck::acquire
