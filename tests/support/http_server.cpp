#include "support/http_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace hullcheck::test {
namespace {

constexpr int k_tick = 20;  // milliseconds between looks at the stop flag

bool send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

ServedRequest parse_head(const std::string& head) {
  ServedRequest request;
  std::size_t line_end = head.find("\r\n");
  const std::string first = head.substr(0, line_end);
  const auto space = first.find(' '), second = first.find(' ', space + 1);
  request.method = first.substr(0, space);
  request.path = first.substr(space + 1, second - space - 1);
  if (const auto mark = request.path.find('?'); mark != std::string::npos) {
    request.query = request.path.substr(mark + 1);
    request.path.resize(mark);
  }
  while (line_end != std::string::npos) {
    const std::size_t begin = line_end + 2;
    line_end = head.find("\r\n", begin);
    const std::string line = head.substr(begin, line_end == std::string::npos ? line_end : line_end - begin);
    const auto colon = line.find(": ");
    if (colon != std::string::npos) request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
  return request;
}

}  // namespace

HttpServer::HttpServer(Handler handler, const std::string& unix_socket) : m_handler(std::move(handler)) {
  if (unix_socket.empty()) {
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
    m_port = ntohs(address.sin_port);
  } else {
    m_listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, unix_socket.c_str(), sizeof address.sun_path - 1);
    ::unlink(unix_socket.c_str());
    ::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  ::listen(m_listener, 64);
  m_thread = std::thread([this] { listen(); });
}

HttpServer::~HttpServer() {
  m_stop = true;
  m_thread.join();
  for (auto& connection : m_connections) connection.join();
  ::close(m_listener);
}

std::vector<ServedRequest> HttpServer::requests() const {
  const std::lock_guard lock(m_mutex);
  return m_requests;
}

std::size_t HttpServer::count(const std::string& method, const std::string& path) const {
  const auto all = requests();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const auto& request) { return request.method == method && request.path == path; }));
}

void HttpServer::listen() {
  while (!m_stop) {
    pollfd wait{m_listener, POLLIN, 0};
    if (::poll(&wait, 1, k_tick) <= 0) continue;
    const int connection = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) m_connections.emplace_back([this, connection] { serve(connection); });
  }
}

void HttpServer::serve(int connection) {
  std::string pending;
  bool open = true;
  while (open && !m_stop) {
    const auto end = pending.find("\r\n\r\n");
    std::size_t wanted = std::string::npos;
    ServedRequest request;
    if (end != std::string::npos) {
      request = parse_head(pending.substr(0, end));
      const std::string length = request.header("content-length");
      wanted = end + 4 + (length.empty() ? 0 : std::stoul(length));
    }
    if (wanted <= pending.size()) {
      request.body = pending.substr(end + 4, wanted - end - 4);
      pending.erase(0, wanted);
      {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
      }
      open = answer(connection, request);
      continue;
    }
    // Not HTTP, such as the first bytes of a TLS handshake.
    if (!pending.empty() && (pending[0] < 'A' || pending[0] > 'Z')) break;
    pollfd wait{connection, POLLIN, 0};
    if (::poll(&wait, 1, k_tick) <= 0) continue;
    char block[16384];
    const ssize_t got = ::recv(connection, block, sizeof block, 0);
    if (got <= 0) break;
    pending.append(block, static_cast<std::size_t>(got));
  }
  ::close(connection);
}

bool HttpServer::drip(int connection, std::chrono::milliseconds wait, const std::string& drop) const {
  std::this_thread::sleep_for(wait);
  return !m_stop && send_all(connection, drop);
}

bool HttpServer::answer(int connection, const ServedRequest& request) {
  ServedAnswer answer = m_handler(request);
  if (answer.hang_up) return false;
  if (!answer.raw.empty()) {
    std::string_view rest = answer.raw;
    while (answer.drip.count() > 0 && !rest.empty()) {
      const std::size_t line = std::min(rest.find('\n'), rest.size() - 1) + 1;
      if (!drip(connection, answer.drip, std::string(rest.substr(0, line)))) return false;
      rest.remove_prefix(line);
    }
    send_all(connection, std::string(rest));
    return false;
  }
  const std::string range = request.header("range");
  if (answer.honour_range && range.starts_with("bytes=")) {
    const std::size_t first = std::stoul(range.substr(6));
    answer.status = 206;
    answer.headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                     std::to_string(answer.body.size() - 1) + "/" +
                                                     std::to_string(answer.body.size()));
    answer.body.erase(0, first);
  }
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Status\r\n";
  for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
  head += answer.chunked ? std::string("Transfer-Encoding: chunked")
                         : "Content-Length: " + std::to_string(answer.body.size());
  head += "\r\n\r\n";
  if (!send_all(connection, head) || request.method == "HEAD") return request.method == "HEAD";
  const std::size_t cut = std::min({answer.body.size(), answer.close_after, answer.stall_after});
  std::string body = answer.body.substr(0, cut);
  if (answer.chunked && !body.empty()) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", body.size());
    body = size + body + "\r\n";
  }
  if (answer.chunked && cut == answer.body.size()) body += "0\r\n\r\n";
  if (answer.drip.count() > 0) {
    for (std::size_t i = 0; i < body.size() && drip(connection, answer.drip, body.substr(i, 1)); ++i) continue;
    return false;
  }
  if (!send_all(connection, body)) return false;
  if (answer.stall_after != ServedAnswer::k_whole)
    while (!m_stop) std::this_thread::sleep_for(std::chrono::milliseconds(k_tick));
  return answer.close_after == ServedAnswer::k_whole && answer.stall_after == ServedAnswer::k_whole;
}

}  // namespace hullcheck::test
