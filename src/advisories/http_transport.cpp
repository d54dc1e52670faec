// Feeds over HTTP. Asks conditionally (If-None-Match, If-Modified-Since), goes on where a broken transfer stopped
// (Range with If-Range) and waits a little longer before each new attempt.
// Hostile: whoever answers. Sizes are limited while bytes arrive, a resumed part must say that it begins where the
// first one ended, and packed bodies are unpacked with the limits of formats/decompress.hpp.
#include <fmt/format.h>

#include <thread>

#include "advisories/download.hpp"
#include "advisories/feed.hpp"
#include "formats/byte_stream.hpp"
#include "formats/decompress.hpp"
#include "util/http.hpp"
#include "util/url.hpp"

namespace hullcheck::advisories {
namespace {

constexpr int k_attempts = 4;
constexpr std::chrono::milliseconds k_first_wait{500};
constexpr std::chrono::milliseconds k_stall{15'000};  // without one byte, in the middle of a document
constexpr unsigned k_redirects = 5;

// "ETAG\nLAST-MODIFIED", as one opaque word.
std::string validator_of(const util::HttpResponse& response) {
  const std::string_view tag = response.header("ETag"), modified = response.header("Last-Modified");
  if ((tag.empty() && modified.empty()) || tag.size() + modified.size() > 1024) return {};
  return fmt::format("{}\n{}", tag, modified);
}

std::pair<std::string, std::string> parts_of(const std::string& validator) {
  const auto line = validator.find('\n');
  if (line == std::string::npos) return {};
  return {validator.substr(0, line), validator.substr(line + 1)};
}

// Worth another attempt: the network's own trouble and a server that says so.
bool passes(const Error& error) { return error.code == ErrorCode::network || error.code == ErrorCode::timeout; }
bool passes(int status) { return status == 408 || status == 429 || status >= 500; }

class HttpTransport final : public Transport {
 public:
  explicit HttpTransport(std::string mirror) : m_mirror(std::move(mirror)) {
    while (!m_mirror.empty() && m_mirror.back() == '/') m_mirror.pop_back();
  }

  Result<FetchedDocument> fetch(const std::string& url, std::uint64_t limit, const std::string& validator,
                                Packing packing, util::Progress& progress, std::stop_token stop) override {
    if (m_mirror.empty()) return Fetch(*this, url, limit, validator, packing, progress, stop).run();
    const std::string base = m_mirror + "/" + TRY(mirror_path(url));
    for (const char* suffix : {"", ".gz"}) {
      auto document = Fetch(*this, base + suffix, limit, validator, packing, progress, stop).run();
      const bool absent = !document.ok() && document.error().code == ErrorCode::not_found;
      if (!absent || document.error().name == k_not_modified) return document;
    }
    return make_error(ErrorCode::not_found, "not-mirrored", "the mirror does not have it",
                      util::url_for_message(base));
  }

 private:
  // One document over as many attempts as it takes.
  class Fetch {
   public:
    Fetch(const HttpTransport& transport, const std::string& url, std::uint64_t limit, const std::string& validator,
          Packing packing, util::Progress& progress, std::stop_token stop)
        : m_transport(transport),
          m_url(url),
          m_limit(limit),
          m_old(validator),
          m_packing(packing),
          m_progress(progress),
          m_stop(std::move(stop)) {}

    Result<FetchedDocument> run() {
      auto wait = k_first_wait;
      for (int attempt = 1;; ++attempt) {
        auto done = once();
        if (done.ok()) break;
        if (attempt == k_attempts || !m_again) return named(std::move(done).error());
        for (auto left = wait; left.count() > 0 && !m_stop.stop_requested(); left -= std::chrono::milliseconds(50))
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
        wait *= 3;
      }
      return unpacked();
    }

   private:
    // What comes from below may name the document already.
    Error named(Error error) const {
      std::string url = util::url_for_message(m_url);
      return error.subject.starts_with(url) ? error : std::move(error).in(url);
    }

    Result<void> once() {
      m_again = false;
      util::HttpRequest request;
      request.url = m_url;
      request.redirects = k_redirects;
      request.first_byte_timeout = request.stall_timeout;
      request.stall_timeout = k_stall;  // the next attempt goes on where this one stopped
      const auto [old_tag, old_modified] = parts_of(m_old);
      if (m_body.empty()) {
        if (!old_tag.empty()) request.headers.push_back({"If-None-Match", old_tag});
        if (!old_modified.empty()) request.headers.push_back({"If-Modified-Since", old_modified});
      } else {
        const auto [tag, modified] = parts_of(m_new);
        request.headers.push_back({"Range", fmt::format("bytes={}-", m_body.size())});
        request.headers.push_back({"If-Range", tag.empty() ? modified : tag});
      }
      auto response = m_transport.m_client.open(std::move(request), m_stop);
      if (!response.ok()) return failed(std::move(response).error());
      TRY(check(**response));
      return take_body(**response);
    }

    Result<void> check(const util::HttpResponse& response) {
      const int status = response.status();
      if (status == 304)
        return make_error(ErrorCode::not_found, std::string(k_not_modified), "the document has not changed");
      if (status == 404 || status == 410)
        return make_error(ErrorCode::not_found, "feed-absent", fmt::format("the server answers {}", status));
      if (status == 416) m_body.clear();  // cannot go on: begin anew
      if (status == 206) return check_range(response);
      if (status != 200) {
        m_again = passes(status) || status == 416;
        return make_error(ErrorCode::network, "feed-http-status", fmt::format("the server answers {}", status));
      }
      m_body.clear();
      m_new = validator_of(response);
      return {};
    }

    Result<void> check_range(const util::HttpResponse& response) {
      const std::string expected = fmt::format("bytes {}-", m_body.size());
      if (!m_body.empty() && response.header("Content-Range").substr(0, expected.size()) == expected) return {};
      m_body.clear();
      m_again = true;
      return make_error(ErrorCode::network, "feed-http-range", "the server answers with another part than asked for");
    }

    Result<void> take_body(util::HttpResponse& response) {
      for (;;) {
        auto block = response.next();
        if (!block.ok()) {
          // Without a validator nobody can say whether the rest would be of the same document.
          if (m_new.empty()) m_body.clear();
          return failed(std::move(block).error());
        }
        if (block->empty()) return {};
        if (block->size() > m_limit - m_body.size())
          return make_error(ErrorCode::limit, "feed-size-limit", "the document is larger than any real one");
        m_body.insert(m_body.end(), block->begin(), block->end());
        m_progress.advance(block->size());
      }
    }

    Error failed(Error error) {
      m_again = passes(error) && !m_stop.stop_requested();
      return error;
    }

    Result<FetchedDocument> unpacked() {
      const Bytes body(m_body);
      const auto kind = formats::detect_compression(body.first(std::min<std::size_t>(body.size(), 6)));
      if (kind == formats::Compression::none || m_packing == Packing::keep)
        return FetchedDocument{std::move(m_body), m_new};
      const auto packed = formats::memory_stream(body);
      formats::DecompressLimits limits;
      limits.output_bytes = m_limit;
      const auto plain = TRY(formats::decompress(*packed, limits));
      Buffer bytes;
      for (;;) {
        const Bytes block = TRY(plain->next());
        if (block.empty()) return FetchedDocument{std::move(bytes), m_new};
        bytes.insert(bytes.end(), block.begin(), block.end());
      }
    }

    const HttpTransport& m_transport;
    const std::string& m_url;
    std::uint64_t m_limit;
    const std::string& m_old;
    Packing m_packing;
    util::Progress& m_progress;
    std::stop_token m_stop;
    Buffer m_body;
    std::string m_new;
    bool m_again = false;
  };

  util::HttpClient m_client;
  std::string m_mirror;
};

}  // namespace

std::unique_ptr<Transport> http_transport(std::string mirror) {
  return std::make_unique<HttpTransport>(std::move(mirror));
}

Result<std::unique_ptr<Transport>> make_transport(const std::string& mirror) {
  if (mirror.empty()) return http_transport();
  if (mirror.compare(0, 7, "http://") == 0 || mirror.compare(0, 8, "https://") == 0) return http_transport(mirror);
  return folder_transport(mirror);
}

}  // namespace hullcheck::advisories
