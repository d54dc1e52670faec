#include "util/url.hpp"

#include <memory>

#include "util/ascii.hpp"
#include "util/curl.hpp"

namespace hullcheck::util {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { loaded_curl().url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

Url parse_url(const std::string& text) {
  if (!curl()) return nullptr;
  Url url(loaded_curl().url());
  if (!url || loaded_curl().url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

std::string url_part(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (!url || loaded_curl().url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  loaded_curl().free(text);
  return copy;
}

}  // namespace

std::string url_scheme(const std::string& url) { return url_part(parse_url(url), CURLUPART_SCHEME); }
std::string url_host(const std::string& url) { return url_part(parse_url(url), CURLUPART_HOST); }

std::string url_origin(const std::string& text) {
  const Url url = parse_url(text);
  const std::string scheme = url_part(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return {};
  std::string host = url_part(url, CURLUPART_HOST);
  host = lower(host);
  if (host.empty()) return {};
  return scheme + "://" + host + ":" + url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

Result<std::string> resolve_url(const std::string& base, std::string_view location) {
  Url url = parse_url(base);
  const std::string target(location);
  if (!url || target.empty() || loaded_curl().url_set(url.get(), CURLUPART_URL, target.c_str(), 0) != CURLUE_OK)
    return make_error(ErrorCode::malformed, "redirect-refused", "the server redirects to nowhere",
                      url_for_message(base));
  return url_part(url, CURLUPART_URL);
}

std::string url_escape(std::string_view text, std::string_view keep) {
  static constexpr char k_digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || keep.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += k_digits[byte >> 4];
    out += k_digits[byte & 15];
  }
  return out;
}

std::string url_for_message(const std::string& text) {
  const Url url = parse_url(text);
  if (!url) return "(unreadable address)";
  for (const auto part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    loaded_curl().url_set(url.get(), part, nullptr, 0);
  return url_part(url, CURLUPART_URL);
}

bool is_loopback_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (lower(host) == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace hullcheck::util
