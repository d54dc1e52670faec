// An HTTP/1.1 client: libcurl, wrapped once. The body is pulled block by block by whoever reads it, so a slow reader
// slows the sender and nothing is held beyond a window.
//
// Hostile: the other side. Headers are limited, redirects are counted and followed only to http and https, never from
// https down to http, and credentials are not sent on to another scheme, host or port. A side that stops
// sending, or sends byte by byte, is dropped. Proxies come from the environment (HTTPS_PROXY and so on; never for
// this machine itself). Nothing here logs; messages name an address without user, password and query.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::util {

struct HttpHeader {
  std::string name, value;
};
using HttpHeaders = std::vector<HttpHeader>;
// The first value under that name in any case; "" if there is none.
std::string_view find_header(const HttpHeaders& headers, std::string_view name);

struct HttpTls {
  bool verify = true;
  std::string ca_file;             // "" = the system's
  std::string client_certificate;  // PEM files; "" = none
  std::string client_key;
};

struct HttpRequest {
  std::string method = "GET";  // GET, HEAD, POST or PUT
  std::string url;
  HttpHeaders headers{};
  std::string authorization{};  // value of that header; kept apart from the others because it must not travel on
  std::string body{};           // of a POST or PUT
  std::string upload_file{};    // of a PUT, in place of `body`: this file, read while it is sent
  std::string unix_socket{};    // path; the host of `url` is then only a name
  HttpTls tls{};
  unsigned redirects = 0;  // how many to follow; 0 hands a redirect back as the answer
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds stall_timeout{60'000};  // without one byte
  std::chrono::milliseconds first_byte_timeout{0};  // until the answer starts; 0 = stall_timeout
  // A body for which was waited so long, all waits together, and that came more slowly: "network-slow". So is a head
  // that takes so long from its first line to its last.
  std::chrono::milliseconds slow_window{60'000};
  std::uint64_t least_rate = 1000;        // bytes a second
  std::size_t header_bytes = 256 * 1024;  // "http-header-limit"
};

// Errors of every call, by name: "url-invalid", "network-host-unknown", "network-connect", "tls-untrusted",
// "tls-failed", "network-stalled", "network-slow", "network-broken" (cut off in the middle), "http-malformed",
// "http-header-limit", "redirect-limit", "redirect-refused", "network-failed", "cancelled".

// One answer, with its body still to be read. One thread at a time. Destroying it ends the transfer.
class HttpResponse {
 public:
  ~HttpResponse();
  HttpResponse(const HttpResponse&) = delete;
  HttpResponse& operator=(const HttpResponse&) = delete;

  int status() const;
  const HttpHeaders& headers() const;
  std::string_view header(std::string_view name) const { return find_header(headers(), name); }
  const std::string& url() const;  // after redirects
  // The next block of the body, empty at its end; valid until the next call. An error stays.
  Result<Bytes> next();

 private:
  friend class HttpClient;
  struct State;
  explicit HttpResponse(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

struct HttpAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string url;
  std::string body;
  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

// Keeps connections for reuse. Any thread; responses may outlive the client.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  // Returns when the head of the answer is there; any status is a success here.
  Result<std::unique_ptr<HttpResponse>> open(HttpRequest request, std::stop_token stop) const;
  // The whole answer; error "http-size-limit" when the body exceeds `max_bytes`.
  Result<HttpAnswer> fetch(HttpRequest request, std::stop_token stop, std::size_t max_bytes) const;

 private:
  struct Pool;
  friend class HttpResponse;
  std::shared_ptr<Pool> m_pool;
};

}  // namespace hullcheck::util
