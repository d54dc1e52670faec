// A small HTTP/1.1 server on loopback or on a Unix socket, for tests of what talks to registries, engines and feeds.
// It can misbehave in every way that a handler asks for.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hullcheck::test {

struct ServedRequest {
  std::string method, path, query, body;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct ServedAnswer {
  static constexpr std::size_t k_whole = static_cast<std::size_t>(-1);
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool chunked = false;               // no Content-Length
  bool honour_range = false;          // cut `body` as the request's Range says, with 206
  std::size_t close_after = k_whole;  // bytes of the body after which the connection is closed
  std::size_t stall_after = k_whole;  // bytes of the body after which nothing comes any more, until the server stops
  std::chrono::milliseconds drip{0};  // wait so long before each byte of the body, or each line of `raw`
  bool hang_up = false;               // close without an answer
  std::string raw = {};               // sent in place of everything
};

class HttpServer {
 public:
  using Handler = std::function<ServedAnswer(const ServedRequest&)>;
  explicit HttpServer(Handler handler, const std::string& unix_socket = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return m_port; }
  std::string host() const { return "127.0.0.1:" + std::to_string(m_port); }
  std::string url() const { return "http://" + host(); }
  std::vector<ServedRequest> requests() const;
  // How many requests had this method and path.
  std::size_t count(const std::string& method, const std::string& path) const;

 private:
  void listen();
  void serve(int connection);
  bool answer(int connection, const ServedRequest& request);
  bool drip(int connection, std::chrono::milliseconds wait, const std::string& drop) const;

  Handler m_handler;
  int m_listener = -1, m_port = 0;
  std::atomic<bool> m_stop{false};
  mutable std::mutex m_mutex;
  std::vector<ServedRequest> m_requests;
  std::vector<std::thread> m_connections;
  std::thread m_thread;
};

}  // namespace hullcheck::test
