// Who we are to a registry: ~/.docker/config.json with its credential helpers, and the challenges of registries.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "acquire/source.hpp"
#include "util/http.hpp"
#include "util/result.hpp"

namespace hullcheck::acquire {

struct Credentials {
  std::string user, password;
  std::string identity_token;  // a refresh token in place of a password
  std::string registry_token;  // what a token server would give, made elsewhere
  bool empty() const { return user.empty() && password.empty() && identity_token.empty() && registry_token.empty(); }
};

// The credentials that the user stored for `host` ("docker.io", "localhost:5000"), from credHelpers, credsStore or
// auths of config.json in `folder` ("" = $DOCKER_CONFIG or ~/.docker). Empty ones where nothing is stored.
// Error "docker-config-malformed" or what a helper said ("credential-helper-failed").
Result<Credentials> stored_credentials(const std::string& folder, const std::string& host, std::stop_token stop);
std::string docker_config_folder(const std::string& option);

// One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1): scheme in lower case, parameters by lower-case name.
struct Challenge {
  std::string scheme;
  std::map<std::string, std::string> parameters;
};
std::vector<Challenge> parse_challenges(std::string_view header);

std::string basic_authorization(const Credentials& credentials);

// Asks the token server of a Bearer challenge, unless the user's configuration holds a token already. The answer is
// the whole value for Authorization. Credentials go to an https address only, or to any when `plain_http_is_fine`.
// Errors "registry-denied", "token-server-failed".
Result<std::string> fetch_token(const util::HttpClient& http, const Challenge& challenge, const std::string& scope,
                                const Credentials& credentials, const util::HttpTls& tls, bool plain_http_is_fine,
                                const AcquireContext& context);

}  // namespace hullcheck::acquire
