// Format: OCI distribution-spec 1.1, which is Docker's registry API version 2.
// Hostile: the registry and whoever it redirects to. Answers are limited, redirects counted, credentials stay with
// the host that asked for them, and a blob is only resumed where the answer proves that it goes on at the right byte.
#include "acquire/registry_client.hpp"
#include "util/url.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <random>

namespace hullcheck::acquire {
namespace {

constexpr unsigned k_redirects = 8;

bool is_transient(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}
bool is_transient(const Error& error) {
  return error.name == "network-broken" || error.name == "network-stalled" || error.name == "network-connect";
}

bool is_stall(const Error& error) { return error.name == "network-stalled"; }

bool is_html(std::string_view content_type) { return content_type.find("text/html") != std::string_view::npos; }

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::uint64_t seconds_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

// The first byte of "bytes FIRST-LAST/TOTAL".
std::optional<std::uint64_t> range_start(std::string_view content_range) {
  if (!content_range.starts_with("bytes ")) return std::nullopt;
  return number(content_range.substr(6));
}

// The target of `<…>; rel="next"`, "" where there is none.
std::string next_page(std::string_view link) {
  const auto open = link.find('<'), close = link.find('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  if (link.find("next", close) == std::string_view::npos) return {};
  return std::string(link.substr(open + 1, close - open - 1));
}

std::string api_host(const std::string& host) { return host == "docker.io" ? "registry-1.docker.io" : host; }

std::string host_only(const std::string& host) {
  return host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
}

}  // namespace

// Reads a blob and, when the connection breaks, asks for the rest.
class BlobStream final : public formats::ByteStream {
 public:
  BlobStream(std::shared_ptr<RegistryClient> client, std::string digest, std::uint64_t size)
      : m_client(std::move(client)), m_digest(std::move(digest)), m_size(size) {}

  Result<void> open() {
    util::HttpHeaders headers;
    if (m_received > 0) headers.push_back({"Range", fmt::format("bytes={}-", m_received)});
    m_response = TRY(m_client->get(fmt::format("blobs/{}", m_digest), std::move(headers)));
    m_skip = 0;
    const int status = m_response->status();
    if (status == 206 && m_received > 0) {
      if (range_start(m_response->header("Content-Range")) != m_received)
        return make_error(ErrorCode::malformed, "blob-resume-failed",
                          "the registry continues the blob at another byte than it was asked to", m_digest);
      return {};
    }
    if (status == 200) {
      m_skip = m_received;  // it knows no ranges: read the beginning again, for nothing
      return {};
    }
    if (status == 404)
      return make_error(ErrorCode::not_found, "blob-missing", "the registry does not have this layer", m_digest);
    return m_client->refused(*m_response, "blob " + m_digest);
  }

  Result<Bytes> next() override {
    if (m_error) return *m_error;
    auto bytes = read();
    if (!bytes) m_error = bytes.error();
    return bytes;
  }

 private:
  Result<Bytes> read() {
    while (!m_done) {
      auto bytes = m_response->next();
      if (!bytes) {
        const RetryPolicy& retry = m_client->m_retry;
        m_fruitless = m_received > m_received_before ? 0 : m_fruitless + 1;
        m_received_before = m_received;
        const unsigned fruitless =
            is_stall(bytes.error()) ? std::min(std::max(retry.stalls, 1U) - 1, retry.fruitless) : retry.fruitless;
        if (!is_transient(bytes.error()) || m_resumes == retry.resumes || m_fruitless > fruitless) return bytes;
        // All of it is here: the connection broke where it would have been closed.
        if (m_size > 0 && m_received == m_size) break;
        TRY(m_client->pause(std::min(m_fruitless, 4U), ""));
        ++m_resumes;
        TRY(open());
        continue;
      }
      if (bytes->empty()) break;
      if (m_skip > 0) {
        const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(m_skip, bytes->size()));
        m_skip -= skipped;
        bytes = bytes->subspan(skipped);
        if (bytes->empty()) continue;
      }
      m_received += bytes->size();
      if (m_size > 0 && m_received > m_size)
        return make_error(ErrorCode::mismatch, "blob-size-mismatch",
                          fmt::format("the blob is longer than the {} bytes that were promised", m_size), m_digest);
      return bytes;
    }
    m_done = true;
    return Bytes{};
  }

  std::shared_ptr<RegistryClient> m_client;
  std::string m_digest;
  std::uint64_t m_size;  // promised; 0 where unknown
  std::uint64_t m_received = 0, m_skip = 0;
  unsigned m_resumes = 0, m_fruitless = 0;
  std::uint64_t m_received_before = 0;  // when the connection broke last
  bool m_done = false;
  std::unique_ptr<util::HttpResponse> m_response;
  std::optional<Error> m_error;
};

RegistryClient::RegistryClient(RegistryName name, const AcquireContext& context, RetryPolicy retry, Access access)
    : m_name(std::move(name)), m_context(context), m_retry(retry), m_access(access) {}

util::HttpTls RegistryClient::tls() const {
  util::HttpTls options;
  options.verify = m_verify;
  return options;
}

Result<void> RegistryClient::connect() {
  struct Try {
    const char* scheme;
    bool verify;
  };
  // A registry on this machine may speak plain HTTP, as with every engine.
  const bool lenient = m_context.options.insecure || util::is_loopback_host(host_only(m_name.host));
  std::vector<Try> tries{{"https", !m_context.options.insecure}};
  if (lenient) tries.push_back({"http", false});
  std::optional<Error> first;
  for (const auto& attempt : tries) {
    m_verify = attempt.verify;
    m_base = fmt::format("{}://{}/v2/", attempt.scheme, api_host(m_name.host));
    auto response = ask({.url = m_base, .headers = {}, .body = {}, .upload_file = {}, .first = true});
    if (!response) {
      const auto name = response.error().name;
      if (name == "tls-untrusted") response.error().message += "; if you trust this registry, use --insecure";
      // Where the answer to TLS was plain text, what went wrong in plain text is the trouble.
      const bool plain_text = first && first->message.find("wrong version number") != std::string::npos;
      const bool stopped = response.error().code == ErrorCode::cancelled;
      if (!first || plain_text || stopped || name == "network-stalled" || name == "network-slow")
        first = std::move(response).error();
      // What listens there but speaks no TLS may speak plain HTTP.
      if (name == "tls-failed" || name == "network-connect" || name == "network-broken" || name == "http-malformed")
        continue;
      return std::move(*first);
    }
    const int status = (*response)->status();
    const bool html = status == 200 && is_html((*response)->header("Content-Type"));
    if (html || (status >= 300 && status < 500 && status != 401 && status != 403 && status != 429))
      return make_error(
          ErrorCode::malformed, "registry-not-a-registry",
          fmt::format("what answers there is no image registry (status {}{})", status, html ? ", an HTML page" : ""),
          m_name.host);
    if (status == 429 || status >= 500) return refused(**response, "its first question");
    // Behind a redirect the challenge is another host's, which must get nothing.
    if (status == 401 && util::url_origin((*response)->url()) == util::url_origin(m_base))
      TRY(authorise(**response, ""));
    return {};
  }
  return std::move(*first);
}

Result<void> RegistryClient::authorise(const util::HttpResponse& refusal, const std::string& used) {
  const std::lock_guard lock(m_mutex);
  if (m_authorization != used) return {};  // another thread was quicker
  std::optional<Error> trouble;
  if (!m_credentials) {
    auto found = stored_credentials(m_context.options.docker_config, m_name.host, m_context.stop);
    if (!found) trouble = found.error();
    m_credentials = found ? std::move(*found) : Credentials{};
  }
  const bool plain = util::url_scheme(m_base) == "http";
  for (const auto& header : refusal.headers()) {
    if (util::find_header({header}, "WWW-Authenticate").empty()) continue;
    for (const auto& challenge : parse_challenges(header.value)) {
      if (challenge.scheme == "bearer") {
        auto token = this->token(challenge, plain || m_context.options.insecure);
        if (token) {
          m_authorization = std::move(*token);
          return {};
        }
        if (token.error().code == ErrorCode::cancelled) return std::move(token).error();
        // It may offer another way beside this one.
        if (!trouble) trouble = std::move(token).error();
      }
      if (challenge.scheme == "basic" && !m_credentials->user.empty()) {
        m_authorization = basic_authorization(*m_credentials);
        return {};
      }
    }
  }
  if (trouble) return std::move(*trouble);
  return make_error(ErrorCode::denied, "registry-denied",
                    fmt::format("the registry wants a login; run `docker login {}`", m_name.host), m_name.host);
}

// With m_mutex held: whoever else wants the registry now needs the same token.
Result<std::string> RegistryClient::token(const Challenge& challenge, bool plain_http_is_fine) {
  const std::string scope =
      fmt::format("repository:{}:{}", m_name.repository, m_access == Access::push ? "pull,push" : "pull");
  for (unsigned attempt = 1;; ++attempt) {
    auto token = fetch_token(m_http, challenge, scope, *m_credentials, tls(), plain_http_is_fine, m_context);
    if (token) return token;
    Error error = std::move(token).error();
    const bool busy = error.name == "token-server-failed" && error.code == ErrorCode::network;
    if (attempt >= m_retry.attempts || !(busy || is_transient(error))) {
      if (error.name == "registry-denied") error.message += fmt::format("; run `docker login {}`", m_name.host);
      return std::move(error).in(m_name.host);
    }
    TRY(pause(attempt, ""));
  }
}

Result<std::unique_ptr<util::HttpResponse>> RegistryClient::ask_once(const Question& question) {
  util::HttpRequest request;
  request.method = question.method;
  request.url = question.url;
  request.headers = question.headers;
  request.body = question.body;
  request.upload_file = question.upload_file;
  request.tls = tls();
  request.redirects = question.method == "GET" || question.method == "HEAD" ? k_redirects : 0;
  request.stall_timeout = request.slow_window = m_context.options.network_timeout;
  request.connect_timeout = std::min<std::chrono::milliseconds>(request.connect_timeout, request.stall_timeout);
  // An upload may be sent on to another place, which must get nothing.
  const bool ours = util::url_origin(question.url) == util::url_origin(m_base);
  if (ours) {
    const std::lock_guard lock(m_mutex);
    request.authorization = m_authorization;
  }
  const std::string used = request.authorization;
  auto response = TRY(m_http.open(request, m_context.stop));
  // The second refusal is final: the same credentials would only be refused again.
  if (question.first || !ours || response->status() != 401) return response;
  // Behind a redirect the challenge is another host's, which must get nothing.
  if (util::url_origin(response->url()) != util::url_origin(request.url)) return response;
  TRY(authorise(*response, used));
  {
    const std::lock_guard lock(m_mutex);
    request.authorization = m_authorization;
  }
  return m_http.open(std::move(request), m_context.stop);
}

Result<std::unique_ptr<util::HttpResponse>> RegistryClient::get(const std::string& path, util::HttpHeaders headers) {
  return ask({.url = url_of(path), .headers = std::move(headers), .body = {}, .upload_file = {}});
}

Result<std::unique_ptr<util::HttpResponse>> RegistryClient::ask(const Question& question) {
  unsigned stalls = 0;
  for (unsigned attempt = 1;; ++attempt) {
    auto response = ask_once(question);
    if (!response && is_stall(response.error())) ++stalls;
    // The first question decides the scheme; a break there mostly means the wrong one.
    const bool last = attempt >= m_retry.attempts || stalls > m_retry.stalls || (question.first && !response);
    if (!response) {
      if (last || !is_transient(response.error())) return response;
      TRY(pause(attempt, ""));
      continue;
    }
    if (last || !is_transient((*response)->status())) return response;
    const std::string_view retry_after = (*response)->header("Retry-After");
    // To come back sooner than it wants would only be refused again.
    if (number(retry_after).value_or(0) > seconds_of(m_retry.longest_wanted)) return response;
    TRY(pause(attempt, retry_after));
  }
}

Result<void> RegistryClient::pause(unsigned attempt, std::string_view retry_after) const {
  std::chrono::milliseconds wait = m_retry.base * (1LL << std::min(attempt, 16U)) / 2;
  wait = std::min(wait, m_retry.longest);
  // Half of it at random, so that many scans that failed together do not come back together.
  thread_local std::minstd_rand random{std::random_device{}()};
  wait = wait / 2 + std::chrono::milliseconds(std::uniform_int_distribution<long long>(0, wait.count() / 2)(random));
  // A date in place of seconds is rare enough to be left to the back-off.
  if (const auto seconds = number(retry_after)) {
    const std::chrono::milliseconds wanted(std::min<std::uint64_t>(*seconds, 3600) * 1000);
    wait = std::max(wait, std::min(m_retry.longest_wanted, wanted));
  }
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, m_context.stop, wait, [] { return false; });
  if (m_context.stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped");
  return {};
}

Error RegistryClient::refused(const util::HttpResponse& response, std::string_view what) const {
  const int status = response.status();
  const std::string subject = m_name.familiar();
  if (status == 401 || status == 403) {
    const std::lock_guard lock(m_mutex);
    const bool known = m_credentials && !m_credentials->empty();
    return make_error(
        ErrorCode::denied, "registry-denied",
        fmt::format("the registry refuses {}: there is no such image, or {} (`docker login {}`)", what,
                    known ? "the stored login is not accepted for it" : "a login is needed", m_name.host),
        subject);
  }
  if (status == 404)
    return make_error(ErrorCode::not_found, "image-not-found", fmt::format("the registry has no {}", what), subject);
  if (status == 429) {
    const auto wanted = number(response.header("Retry-After"));
    return make_error(ErrorCode::network, "registry-rate-limited",
                      fmt::format("the registry says that there were too many requests; wait{}, or log in",
                                  wanted.value_or(0) > 0 ? fmt::format(" {} s", *wanted) : ""),
                      subject);
  }
  if (is_html(response.header("Content-Type")) && status < 500)
    return make_error(ErrorCode::malformed, "registry-not-a-registry",
                      fmt::format("the answer is an HTML page (status {})", status), subject);
  return make_error(ErrorCode::network, "registry-failed", fmt::format("the registry answers {} to {}", status, what),
                    subject);
}

Result<std::string> RegistryClient::body(util::HttpResponse& response, std::size_t limit,
                                         std::string_view what) const {
  std::string text;
  while (true) {
    const Bytes bytes = TRY(response.next());
    if (bytes.empty()) return text;
    if (bytes.size() > limit - text.size())
      return make_error(ErrorCode::limit, fmt::format("{}-size-limit", what),
                        fmt::format("the {} is larger than {} bytes", what, limit), m_name.familiar());
    text.append(as_text(bytes));
  }
}

Result<Document> RegistryClient::manifest(const std::string& tag_or_digest, std::size_t limit) {
  for (unsigned attempt = 1, stalls = 0;; ++attempt) {
    auto response = TRY(get(fmt::format("manifests/{}", tag_or_digest), {{"Accept", std::string(k_manifest_types)}}));
    if (response->status() != 200) return refused(*response, fmt::format("manifest {}", tag_or_digest));
    auto text = body(*response, limit, "manifest");
    if (!text) {
      if (is_stall(text.error())) ++stalls;
      if (attempt >= m_retry.attempts || stalls > m_retry.stalls || !is_transient(text.error()))
        return std::move(text).error();
      TRY(pause(attempt, ""));
      continue;
    }
    const std::string_view type = response->header("Content-Type");
    if (is_html(type) || trim(*text).starts_with('<'))
      return make_error(ErrorCode::malformed, "registry-not-a-registry", "the answer is an HTML page and no manifest",
                        m_name.familiar());
    return Document{std::move(*text), std::string(type), std::string(response->header("Docker-Content-Digest"))};
  }
}

Result<std::vector<Document>> RegistryClient::referrers(const std::string& digest, std::size_t limit,
                                                        std::size_t pages) {
  std::vector<Document> out;
  Question question;
  question.url = url_of("referrers/" + digest);
  question.headers = {{"Accept", "application/vnd.oci.image.index.v1+json"}};
  while (out.size() < pages) {
    const auto response = TRY(ask(question));
    const int status = response->status();
    const std::string type(response->header("Content-Type"));
    // Older registries answer 404, and some answer with a page of their website.
    const bool unknown = status == 404 || status == 400 || status == 405 || status == 501;
    if (out.empty() && (unknown || (status == 200 && is_html(type)))) break;
    if (status != 200) return refused(*response, "list of referrers");
    out.push_back({TRY(body(*response, limit, "manifest")), type, ""});
    const std::string next = next_page(response->header("Link"));
    if (next.empty()) break;
    question.url = TRY(util::resolve_url(response->url(), next));
    if (util::url_origin(question.url) != util::url_origin(m_base)) break;
  }
  return out;
}

Result<std::string> RegistryClient::small_blob(const std::string& digest, std::size_t limit) {
  const auto stream = TRY(blob(digest, 0));
  std::string text;
  while (true) {
    const Bytes bytes = TRY(stream->next());
    if (bytes.empty()) return text;
    if (bytes.size() > limit - text.size())
      return make_error(ErrorCode::limit, "config-size-limit",
                        fmt::format("the config is larger than {} bytes", limit), digest);
    text.append(as_text(bytes));
  }
}

Result<std::unique_ptr<formats::ByteStream>> RegistryClient::blob(const std::string& digest, std::uint64_t size) {
  auto stream = std::make_unique<BlobStream>(shared_from_this(), digest, size);
  TRY(stream->open());
  return std::unique_ptr<formats::ByteStream>(std::move(stream));
}

}  // namespace hullcheck::acquire
