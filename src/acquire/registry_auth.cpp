// Format: the Docker CLI's config.json and the protocol of its credential helpers; distribution's token
// authentication
// ("auth/token" and "auth/oauth") and RFC 9110 challenges. Hostile: the challenge and the token server's answer.
#include "acquire/registry_auth.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "acquire/json.hpp"
#include "util/ascii.hpp"
#include "util/base64.hpp"
#include "util/process.hpp"
#include "util/url.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_config_bytes = 4u << 20;
constexpr std::size_t k_token_bytes = 1u << 20;
constexpr std::string_view k_hub_key = "https://index.docker.io/v1/";

// Keys of config.json are hosts, or addresses of the time when they were.
std::string host_of_key(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  return std::string(key.substr(0, key.find('/')));
}

std::string key_of_host(const std::string& host) { return host == "docker.io" ? std::string(k_hub_key) : host; }

bool same_host(std::string_view key, const std::string& host) {
  const std::string found = host_of_key(key);
  return found == host || (host == "docker.io" && (found == "index.docker.io" || found == "registry-1.docker.io"));
}

Credentials credentials_of(JsonElement entry) {
  Credentials out;
  const auto text = [&](std::string_view name) {
    const auto found = member(entry, name);
    return found ? json_string(*found).value_or("") : std::string();
  };
  out.user = text("username");
  out.password = text("password");
  out.identity_token = text("identitytoken");
  out.registry_token = text("registrytoken");
  if (const auto bytes = util::decode_base64(text("auth"), k_config_bytes); bytes && !bytes->empty()) {
    const std::string packed(as_text(*bytes));
    const auto colon = packed.find(':');
    out.user = packed.substr(0, colon);
    out.password = colon == std::string::npos ? "" : packed.substr(colon + 1);
    while (!out.password.empty() && out.password.back() == '\0') out.password.pop_back();
  }
  return out;
}

// A helper that fails says why on its standard output. An answer that is JSON may hold a secret and is not repeated.
std::string said(std::string_view output) {
  const auto line = output.substr(0, std::min(output.find('\n'), std::size_t{200}));
  return line.empty() || line.find('{') != std::string_view::npos ? std::string() : fmt::format(": {}", line);
}

Result<Credentials> ask_helper(const std::string& helper, const std::string& host, std::stop_token stop) {
  const bool good = !helper.empty() && helper.size() < 100 && std::all_of(helper.begin(), helper.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
  const std::string program = "docker-credential-" + helper;
  if (!good)
    return make_error(ErrorCode::invalid_argument, "credential-helper-failed",
                      "this is no name of a credential helper", helper.substr(0, 100));
  util::ProcessRequest request;
  request.command = {program, "get"};
  request.input = key_of_host(host) + "\n";
  auto ran = util::run_process(request, std::move(stop));
  if (!ran) return make_error(ran.error().code, "credential-helper-failed", ran.error().message, program);
  if (ran->exit_code != 0) {
    if (ran->output.find("credentials not found") != std::string::npos) return Credentials{};
    return make_error(ErrorCode::denied, "credential-helper-failed",
                      fmt::format("the credential helper ended with code {}{}", ran->exit_code, said(ran->output)),
                      program);
  }
  JsonDocument document;
  const auto root = document.parse(ran->output, "credential-helper", k_token_bytes);
  if (!root)
    return make_error(ErrorCode::malformed, "credential-helper-failed", "the credential helper gave no JSON",
                      program);
  Credentials out;
  out.user = TRY(member_string(*root, "Username", "credential-helper"));
  out.password = TRY(member_string(*root, "Secret", "credential-helper"));
  return out;
}

// The helper in charge of `host`, "" if there is none.
std::string helper_for(JsonElement root, const std::string& host) {
  if (const auto helpers = member(root, "credHelpers")) {
    JsonObject object;
    if (!helpers->get(object))
      for (const auto field : object)
        if (same_host(field.key, host)) return json_string(field.value).value_or("");
  }
  const auto store = member(root, "credsStore");
  return store ? json_string(*store).value_or("") : std::string();
}

Error denied(std::string message, const std::string& subject) {
  return make_error(ErrorCode::denied, "registry-denied", std::move(message), subject);
}

// A token goes into a header as it is.
bool fits_a_header(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view text) : m_text(text) {}

  std::vector<Challenge> read() {
    std::vector<Challenge> out;
    while (skip_separators(), !m_text.empty()) {
      const std::string word = token();
      if (word.empty()) break;
      skip_spaces();
      if (m_text.starts_with('=') && !out.empty()) {
        m_text.remove_prefix(1);
        out.back().parameters[util::lower(word)] = value();
      } else {
        out.push_back({util::lower(word), {}});
      }
    }
    return out;
  }

 private:
  void skip_spaces() {
    while (m_text.starts_with(' ') || m_text.starts_with('\t')) m_text.remove_prefix(1);
  }
  void skip_separators() {
    while (m_text.starts_with(' ') || m_text.starts_with('\t') || m_text.starts_with(',')) m_text.remove_prefix(1);
  }
  std::string token() {
    const auto end = std::min(m_text.find_first_of(" \t,=\""), m_text.size());
    std::string word(m_text.substr(0, end));
    m_text.remove_prefix(end);
    return word;
  }
  std::string value() {
    skip_spaces();
    if (!m_text.starts_with('"')) return token();
    std::string out;
    std::size_t i = 1;
    for (; i < m_text.size() && m_text[i] != '"'; ++i) {
      if (m_text[i] == '\\' && i + 1 < m_text.size()) ++i;
      out += m_text[i];
    }
    m_text.remove_prefix(std::min(i + 1, m_text.size()));
    return out;
  }

  std::string_view m_text;
};

}  // namespace

std::string docker_config_folder(const std::string& option) {
  if (!option.empty()) return option;
  if (const char* folder = std::getenv("DOCKER_CONFIG"); folder && *folder) return folder;
  if (const char* home = std::getenv("HOME"); home && *home) return std::string(home) + "/.docker";
  return {};
}

Result<Credentials> stored_credentials(const std::string& folder, const std::string& host, std::stop_token stop) {
  const std::string path = docker_config_folder(folder) + "/config.json";
  std::ifstream file(path, std::ios::binary);
  if (!file) return Credentials{};
  std::string text(std::istreambuf_iterator<char>(file), {});
  JsonDocument document;
  auto root = document.parse(text, "docker-config", k_config_bytes);
  if (!root) return std::move(root).error().in(path);
  if (const std::string helper = helper_for(*root, host); !helper.empty()) {
    auto found = ask_helper(helper, host, std::move(stop));
    if (!found) {
      if (found.error().code != ErrorCode::cancelled)
        found.error().message += fmt::format("; {} names this helper", path);
      return std::move(found).error();
    }
    // This name marks a secret that is a refresh token.
    if (found->user == "<token>") *found = Credentials{"", "", found->password, ""};
    if (!found->empty()) return found;
  }
  const auto auths = member(*root, "auths");
  JsonObject object;
  if (!auths || auths->get(object)) return Credentials{};
  // An entry without a value only marks that a helper keeps it; another spelling of the host may have one.
  for (const auto field : object)
    if (same_host(field.key, host))
      if (Credentials found = credentials_of(field.value); !found.empty()) return found;
  return Credentials{};
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  return ChallengeReader(header.substr(0, 16 * 1024)).read();
}

std::string basic_authorization(const Credentials& credentials) {
  return "Basic " + util::encode_base64(as_bytes(credentials.user + ":" + credentials.password));
}

Result<std::string> fetch_token(const util::HttpClient& http, const Challenge& challenge, const std::string& scope,
                                const Credentials& credentials, const util::HttpTls& tls, bool plain_http_is_fine,
                                const AcquireContext& context) {
  if (!credentials.registry_token.empty() && fits_a_header(credentials.registry_token))
    return "Bearer " + credentials.registry_token;
  const auto parameter = [&](const char* name) {
    const auto found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? std::string() : found->second;
  };
  const std::string realm = parameter("realm"), service = parameter("service");
  const std::string origin = util::url_origin(realm);
  if (origin.empty())
    return make_error(
        ErrorCode::malformed, "token-server-failed",
        fmt::format("the registry wants a token from \"{}\", which is no web address", realm.substr(0, 200)));
  if (!credentials.empty() && util::url_scheme(realm) != "https" && !plain_http_is_fine)
    return denied("the registry wants the password sent over plain http, which --insecure would allow", origin);

  util::HttpRequest request;
  request.tls = tls;
  request.stall_timeout = request.slow_window = context.options.network_timeout;
  const std::string query = (service.empty() ? "" : fmt::format("service={}&", util::url_escape(service))) +
                            fmt::format("scope={}", util::url_escape(scope));
  if (!credentials.identity_token.empty()) {
    request.method = "POST";
    request.url = realm;
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = fmt::format("grant_type=refresh_token&client_id=hullcheck&{}&refresh_token={}", query,
                               util::url_escape(credentials.identity_token));
  } else {
    request.url = realm + (realm.find('?') == std::string::npos ? "?" : "&") + query;
    request.redirects = 3;
    if (!credentials.empty()) request.authorization = basic_authorization(credentials);
  }
  const auto answer = TRY(http.fetch(std::move(request), context.stop, k_token_bytes));
  if (answer.status == 401 || answer.status == 403 || answer.status == 400)
    return denied(
        credentials.empty() ? "the registry wants a login" : "the registry does not accept the stored login", origin);
  if (answer.status != 200)
    return make_error(answer.status == 429 || answer.status >= 500 ? ErrorCode::network : ErrorCode::malformed,
                      "token-server-failed", fmt::format("the token server answered {}", answer.status), origin);
  JsonDocument document;
  auto root = document.parse(answer.body, "token", k_token_bytes);
  if (!root) return make_error(ErrorCode::malformed, "token-server-failed", "the token server gave no JSON", origin);
  std::string token = TRY(member_string(*root, "token", "token"));
  if (token.empty()) token = TRY(member_string(*root, "access_token", "token"));
  if (token.empty())
    return make_error(ErrorCode::malformed, "token-server-failed", "the token server gave no token", origin);
  if (!fits_a_header(token))
    return make_error(ErrorCode::malformed, "token-server-failed",
                      "the token server gave a token with characters that no token has", origin);
  return "Bearer " + token;
}

}  // namespace hullcheck::acquire
