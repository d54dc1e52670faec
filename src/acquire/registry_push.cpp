// Uploads of the OCI distribution API 1.1: a blob in one piece (POST, then PUT to where the registry says), a
// manifest by its tag. A blob whose upload breaks is begun anew: what half of it became is the registry's business.
// Hostile: the registry. Where it sends an upload to gets no credentials unless it is the registry itself.
#include <fmt/core.h>

#include "acquire/json.hpp"
#include "acquire/registry_client.hpp"
#include "util/digest.hpp"
#include "util/url.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_error_bytes = 64 * 1024, k_longest_words = 300;

// The first message of a registry's error document, "" where there is none.
std::string words_of(std::string_view body) {
  JsonDocument document;
  const auto root = document.parse(body, "registry-error", k_error_bytes);
  if (!root) return {};
  simdjson::dom::array errors;
  const auto list = member(*root, "errors");
  if (!list || list->get(errors)) return {};
  for (const auto item : errors) {
    const auto code = member(item, "code"), message = member(item, "message");
    std::string text = code ? json_string(*code).value_or("") : "";
    if (message) text += (text.empty() ? "" : ": ") + json_string(*message).value_or("");
    if (!text.empty()) return text.substr(0, k_longest_words);
  }
  return {};
}

}  // namespace

Error RegistryClient::push_refused(util::HttpResponse& response, std::string_view what) const {
  const int status = response.status();
  if (status == 401 || status == 403)
    return make_error(ErrorCode::denied, "registry-denied",
                      fmt::format("the registry does not let us write there; a login that may push is needed "
                                  "(`docker login {}`)",
                                  m_name.host),
                      m_name.familiar());
  if (status == 404 || status == 429 || status >= 500) return refused(response, what);
  std::string words;
  if (const auto text = body(response, k_error_bytes, "answer")) words = words_of(*text);
  return make_error(ErrorCode::network, "registry-refused",
                    fmt::format("the registry answers {} to {}{}", status, what, words.empty() ? "" : ": " + words),
                    m_name.familiar());
}

Result<RegistryClient::Question> RegistryClient::begin_upload(Question put, const std::string& digest) {
  Question post;
  post.method = "POST";
  post.url = url_of("blobs/uploads/");
  const auto response = TRY(ask(post));
  if (response->status() != 202) return push_refused(*response, "the start of an upload");
  put.url = TRY(util::resolve_url(response->url(), response->header("Location")));
  if (util::url_origin(put.url).empty() ||
      (util::url_scheme(m_base) == "https" && util::url_scheme(put.url) == "http" && m_verify))
    return make_error(ErrorCode::network, "redirect-refused", "the registry sends the upload to no secure address",
                      util::url_for_message(put.url));
  put.url += (put.url.find('?') == std::string::npos ? "?" : "&") + ("digest=" + util::url_escape(digest));
  return put;
}

Result<void> RegistryClient::push_blob(Question put, const std::string& digest) {
  Question head;
  head.method = "HEAD";
  head.url = url_of("blobs/" + digest);
  const auto there = TRY(ask(head));
  if (there->status() == 200) return {};
  put.method = "PUT";
  put.headers = {{"Content-Type", "application/octet-stream"}};
  for (unsigned attempt = 1;; ++attempt) {
    const Question question = TRY(begin_upload(put, digest));
    auto response = ask_once(question);
    if (response && (*response)->status() == 201) return {};
    const bool transient = response ? (*response)->status() >= 500 || (*response)->status() == 429
                                    : response.error().code == ErrorCode::network;
    if (!transient || attempt >= m_retry.attempts) {
      if (!response) return std::move(response).error().in(m_name.familiar());
      return push_refused(**response, "blob " + digest);
    }
    TRY(pause(attempt, response ? (*response)->header("Retry-After") : std::string_view()));
  }
}

Result<void> RegistryClient::push_file(const std::string& file, const std::string& digest) {
  Question put;
  put.upload_file = file;
  return push_blob(std::move(put), digest);
}

Result<void> RegistryClient::push_bytes(const std::string& bytes, const std::string& digest) {
  Question put;
  put.body = bytes;
  return push_blob(std::move(put), digest);
}

Result<void> RegistryClient::push_manifest(const std::string& tag, const std::string& bytes,
                                           const std::string& media_type) {
  Question put;
  put.method = "PUT";
  put.url = url_of("manifests/" + tag);
  put.headers = {{"Content-Type", media_type}};
  put.body = bytes;
  const auto response = TRY(ask(put));
  if (response->status() != 201) return push_refused(*response, "manifest " + tag);
  const std::string_view said = response->header("Docker-Content-Digest");
  const std::string ours = util::sha256_digest(as_bytes(bytes));
  if (!said.empty() && said != ours)
    return make_error(ErrorCode::mismatch, "blob-digest-mismatch",
                      fmt::format("the registry took the manifest {} for {}", ours, said.substr(0, 100)),
                      m_name.familiar());
  return {};
}

}  // namespace hullcheck::acquire
