#include "util/http.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "util/ascii.hpp"
#include "util/curl.hpp"
#include "util/url.hpp"

namespace hullcheck::util {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_window = 1024 * 1024;  // bytes of a body held before the transfer pauses
constexpr std::size_t k_idle_connections = 8;

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

struct Failure {
  CURLcode curl;
  ErrorCode code;
  const char* name;
};
constexpr std::array<Failure, 17> k_failures = {{
    {CURLE_URL_MALFORMAT, ErrorCode::invalid_argument, "url-invalid"},
    {CURLE_UNSUPPORTED_PROTOCOL, ErrorCode::invalid_argument, "url-invalid"},
    {CURLE_COULDNT_RESOLVE_HOST, ErrorCode::network, "network-host-unknown"},
    {CURLE_COULDNT_RESOLVE_PROXY, ErrorCode::network, "network-host-unknown"},
    {CURLE_COULDNT_CONNECT, ErrorCode::network, "network-connect"},
    {CURLE_OPERATION_TIMEDOUT, ErrorCode::network, "network-connect"},
    {CURLE_PEER_FAILED_VERIFICATION, ErrorCode::network, "tls-untrusted"},
    {CURLE_SSL_CACERT_BADFILE, ErrorCode::io, "tls-files"},
    {CURLE_SSL_CERTPROBLEM, ErrorCode::io, "tls-files"},
    {CURLE_SSL_CONNECT_ERROR, ErrorCode::network, "tls-failed"},
    {CURLE_PARTIAL_FILE, ErrorCode::network, "network-broken"},
    {CURLE_GOT_NOTHING, ErrorCode::network, "network-broken"},
    {CURLE_RECV_ERROR, ErrorCode::network, "network-broken"},
    {CURLE_SEND_ERROR, ErrorCode::network, "network-broken"},
    {CURLE_WEIRD_SERVER_REPLY, ErrorCode::malformed, "http-malformed"},
    {CURLE_BAD_CONTENT_ENCODING, ErrorCode::malformed, "http-malformed"},
    {CURLE_OUT_OF_MEMORY, ErrorCode::io, "out-of-memory"},
}};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error stopped() { return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped"); }

}  // namespace

// Multi handles own the connection caches, so an idle one is an idle connection.
struct HttpClient::Pool {
  std::mutex mutex;
  std::vector<CURLM*> idle;  // guarded by mutex

  ~Pool() {
    for (CURLM* multi : idle) loaded_curl().multi_cleanup(multi);
  }
  CURLM* take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CURLM* multi = idle.back();
        idle.pop_back();
        return multi;
      }
    }
    return loaded_curl().multi_init();
  }
  void give(CURLM* multi) {
    const std::lock_guard lock(mutex);
    if (idle.size() < k_idle_connections)
      idle.push_back(multi);
    else
      loaded_curl().multi_cleanup(multi);
  }
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct HttpResponse::State {
  std::shared_ptr<HttpClient::Pool> pool;
  HttpRequest request;
  std::stop_token stop;
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* list = nullptr;
  std::array<char, CURL_ERROR_SIZE> message{};
  std::unique_ptr<std::FILE, CloseFile> upload;

  int status = 0;
  HttpHeaders headers;
  std::size_t header_bytes = 0;
  bool head_complete = false, headers_too_large = false;
  Buffer incoming, current;
  std::uint64_t received = 0;  // counts anything, to see a stall
  // Of the body, to see one that drips: how long was waited for it, and what had been received before that.
  Clock::duration waited{};
  std::uint64_t received_before = 0;
  std::optional<Clock::time_point> head_begun;
  bool paused = false, done = false;
  std::optional<Error> error;

  ~State() {
    if (easy) {
      loaded_curl().multi_remove_handle(multi, easy);
      loaded_curl().easy_cleanup(easy);
    }
    if (list) loaded_curl().slist_free_all(list);
    if (multi) pool->give(multi);
  }

  static std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* self) {
    return static_cast<State*>(self)->take_header({bytes, size}) ? size : 0;
  }
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    if (!state.incoming.empty() && state.incoming.size() + size > k_window) {
      state.paused = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    state.received += size;
    state.incoming.insert(state.incoming.end(), bytes, bytes + size);
    return size;
  }

  static std::size_t on_upload(char* out, std::size_t, std::size_t size, void* self) {
    auto& state = *static_cast<State*>(self);
    const std::size_t got = std::fread(out, 1, size, state.upload.get());
    state.received += got;  // what is sent is no stall either
    return std::ferror(state.upload.get()) != 0 ? CURL_READFUNC_ABORT : got;
  }

  static int on_seek(void* self, curl_off_t offset, int origin) {
    const bool good = ::fseeko(static_cast<State*>(self)->upload.get(), offset, origin) == 0;
    return good ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  }

  bool take_header(std::string_view line) {
    received += line.size();
    header_bytes += line.size();
    if (header_bytes > request.header_bytes) {
      headers_too_large = true;
      return false;
    }
    if (head_complete) return true;  // trailers
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {
      headers.clear();
      long code = 0;
      loaded_curl().easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
      status = static_cast<int>(code);
    } else if (line.empty()) {
      head_complete = status >= 200;
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      auto value = line.substr(colon + 1);
      while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
      while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
      headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
    }
    return true;
  }

  template <class T>
  void set(CURLoption option, T value) {
    loaded_curl().easy_setopt(easy, option, value);
  }

  Result<void> start() {
    multi = pool->take();
    easy = loaded_curl().easy_init();
    if (!multi || !easy) return make_error(ErrorCode::io, "out-of-memory", "there is no memory for a connection");
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_BUFFERSIZE, 256L * 1024);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    set(CURLOPT_ERRORBUFFER, message.data());
    set(CURLOPT_HEADERFUNCTION, &State::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &State::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_USERAGENT, "hullcheck");
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, request.tls.verify ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, request.tls.verify ? 2L : 0L);
    if (!request.tls.ca_file.empty()) set(CURLOPT_CAINFO, request.tls.ca_file.c_str());
    if (!request.tls.client_certificate.empty()) set(CURLOPT_SSLCERT, request.tls.client_certificate.c_str());
    if (!request.tls.client_key.empty()) set(CURLOPT_SSLKEY, request.tls.client_key.c_str());
    if (!request.unix_socket.empty()) set(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    if (!request.unix_socket.empty() || is_loopback_host(url_host(request.url))) set(CURLOPT_PROXY, "");
    if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    if (!request.upload_file.empty()) TRY(send_file());
    if ((request.method == "POST" || request.method == "PUT") && request.upload_file.empty()) {
      set(CURLOPT_POST, 1L);
      if (request.method == "PUT") set(CURLOPT_CUSTOMREQUEST, "PUT");
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.c_str());
    }
    for (const auto& header : request.headers) TRY(add_header(header.name, header.value));
    if (!request.authorization.empty()) TRY(add_header("Authorization", request.authorization));
    list = loaded_curl().slist_append(list, "Expect:");
    set(CURLOPT_HTTPHEADER, list);
    loaded_curl().multi_add_handle(multi, easy);
    return pump(true);
  }

  Result<void> send_file() {
    upload.reset(std::fopen(request.upload_file.c_str(), "rb"));
    struct stat file {};
    if (!upload || ::fstat(::fileno(upload.get()), &file) != 0)
      return make_error(ErrorCode::io, "file-unreadable", std::strerror(errno), request.upload_file);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(file.st_size));
    set(CURLOPT_READFUNCTION, &State::on_upload);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &State::on_seek);  // a reused connection may turn out to be closed
    set(CURLOPT_SEEKDATA, this);
    return {};
  }

  Result<void> add_header(const std::string& name, const std::string& value) {
    // A line break here would let a hostile value write headers of its own.
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return make_error(ErrorCode::invalid_argument, "http-header-invalid", "a header value holds a line break",
                        name);
    list = loaded_curl().slist_append(list, (name + ": " + value).c_str());
    return {};
  }

  // Runs the transfer until there is something to give.
  Result<void> pump(bool until_head) {
    auto patience = request.stall_timeout;
    if (until_head && request.first_byte_timeout.count() > 0) patience = request.first_byte_timeout;
    const std::stop_callback wake(stop, [this] { loaded_curl().multi_wakeup(multi); });
    const auto begun = Clock::now();
    auto last_change = begun;
    std::uint64_t seen = received;
    while (!done && (until_head ? !head_complete : incoming.empty())) {
      if (stop.stop_requested()) return fail(stopped());
      int running = 0;
      loaded_curl().multi_perform(multi, &running);
      collect();
      if (done || (until_head ? head_complete : !incoming.empty())) break;
      const auto now = Clock::now();
      if (received != seen) {
        seen = received;
        last_change = now;
        if (header_bytes > 0 && !head_begun) head_begun = now;
        if (until_head && head_begun && now - *head_begun > request.slow_window) return fail(slow(header_bytes));
      }
      const auto left = patience - std::chrono::duration_cast<std::chrono::milliseconds>(now - last_change);
      if (left.count() <= 0)
        return fail(make_error(ErrorCode::timeout, "network-stalled",
                               fmt::format("no byte came for {} seconds", patience.count() / 1000),
                               url_for_message(request.url)));
      loaded_curl().multi_poll(multi, nullptr, 0, static_cast<int>(std::min<std::int64_t>(left.count(), 1000)),
                               nullptr);
    }
    if (until_head && done && error && !head_complete) return *error;
    return until_head || done ? Result<void>() : judge_rate(Clock::now() - begun);
  }

  // When bytes have come for which was waited: nothing at all is a stall.
  Result<void> judge_rate(Clock::duration wait) {
    waited += wait;
    if (waited < request.slow_window) return {};
    const std::uint64_t bytes = received - received_before;
    const std::chrono::duration<double> seconds = waited;
    if (static_cast<double>(bytes) < seconds.count() * static_cast<double>(request.least_rate))
      return fail(slow(bytes));
    waited = {};
    received_before = received;
    return {};
  }

  Error slow(std::uint64_t bytes) const {
    return make_error(ErrorCode::timeout, "network-slow",
                      fmt::format("only {} bytes came in {} seconds", bytes, request.slow_window.count() / 1000),
                      url_for_message(request.url));
  }

  void collect() {
    int left = 0;
    while (const CURLMsg* news = loaded_curl().multi_info_read(multi, &left)) {
      if (news->msg != CURLMSG_DONE || news->easy_handle != easy) continue;
      done = true;
      if (news->data.result != CURLE_OK) error = failure(news->data.result);
    }
  }

  Result<void> fail(Error what) {
    done = true;
    error = what;
    return what;
  }

  Error failure(CURLcode code) const {
    const std::string where =
        request.unix_socket.empty() ? url_for_message(request.url) : "unix socket " + request.unix_socket;
    // The library has a limit of its own for one line, and calls what is longer a lack of memory.
    if (headers_too_large || (code == CURLE_OUT_OF_MEMORY && !head_complete))
      return make_error(ErrorCode::limit, "http-header-limit",
                        fmt::format("the headers of the answer exceed {} bytes", request.header_bytes), where);
    long system = 0;
    loaded_curl().easy_getinfo(easy, CURLINFO_OS_ERRNO, &system);
    std::string text = message[0] ? message.data() : loaded_curl().easy_strerror(code);
    if (code == CURLE_COULDNT_CONNECT && system != 0) text = std::strerror(static_cast<int>(system));
    for (const auto& row : k_failures)
      if (row.curl == code) return make_error(row.code, row.name, std::move(text), where);
    return make_error(ErrorCode::network, "network-failed", std::move(text), where);
  }
};

HttpResponse::HttpResponse(std::unique_ptr<State> state) : m_state(std::move(state)) {}
HttpResponse::~HttpResponse() = default;
int HttpResponse::status() const { return m_state->status; }
const HttpHeaders& HttpResponse::headers() const { return m_state->headers; }
const std::string& HttpResponse::url() const { return m_state->request.url; }

Result<Bytes> HttpResponse::next() {
  State& state = *m_state;
  state.current.clear();
  if (state.incoming.empty() && state.paused) {
    state.paused = false;
    loaded_curl().easy_pause(state.easy, CURLPAUSE_CONT);
  }
  if (state.incoming.empty() && !state.done) {
    if (auto pumped = state.pump(false); !pumped) return std::move(pumped).error();
  }
  state.current.swap(state.incoming);
  if (state.current.empty() && state.error) return *state.error;
  return Bytes(state.current);
}

HttpClient::HttpClient() : m_pool(std::make_shared<Pool>()) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpResponse>> HttpClient::open(HttpRequest request, std::stop_token stop) const {
  TRY(curl());
  for (unsigned hop = 0;; ++hop) {
    if (url_origin(request.url).empty())
      return make_error(ErrorCode::invalid_argument, "url-invalid", "this is no http address",
                        url_for_message(request.url));
    auto state = std::make_unique<HttpResponse::State>();
    state->pool = m_pool;
    state->request = request;
    state->stop = stop;
    TRY(state->start());
    std::unique_ptr<HttpResponse> response(new HttpResponse(std::move(state)));
    if (request.redirects == 0 || !is_redirect(response->status())) return response;

    if (hop >= request.redirects)
      return make_error(ErrorCode::network, "redirect-limit",
                        fmt::format("the server redirects more than {} times", request.redirects),
                        url_for_message(request.url));
    const std::string target = TRY(resolve_url(request.url, response->header("Location")));
    if (url_origin(target).empty() || request.method == "POST" || request.method == "PUT")
      return make_error(ErrorCode::network, "redirect-refused", "the server redirects to what is no web address",
                        url_for_message(request.url));
    if (url_scheme(request.url) == "https" && url_scheme(target) == "http" && request.tls.verify)
      return make_error(ErrorCode::network, "redirect-refused", "the server redirects from https to plain http",
                        url_for_message(request.url));
    if (url_origin(target) != url_origin(request.url)) {
      request.authorization.clear();
      request.tls.client_certificate.clear();
      request.tls.client_key.clear();
      std::erase_if(request.headers, [](const HttpHeader& header) {
        return same_text(header.name, "Authorization") || same_text(header.name, "Cookie") ||
               same_text(header.name, "X-Registry-Auth");
      });
    }
    request.url = target;
  }
}

Result<HttpAnswer> HttpClient::fetch(HttpRequest request, std::stop_token stop, std::size_t max_bytes) const {
  const auto response = TRY(open(std::move(request), stop));
  HttpAnswer answer{response->status(), response->headers(), response->url(), {}};
  while (true) {
    const Bytes bytes = TRY(response->next());
    if (bytes.empty()) return answer;
    if (bytes.size() > max_bytes - answer.body.size())
      return make_error(ErrorCode::limit, "http-size-limit",
                        fmt::format("the answer is larger than {} bytes", max_bytes), url_for_message(answer.url));
    answer.body.append(as_text(bytes));
  }
}

std::string_view find_header(const HttpHeaders& headers, std::string_view name) {
  for (const auto& header : headers)
    if (same_text(header.name, name)) return header.value;
  return {};
}

}  // namespace hullcheck::util
