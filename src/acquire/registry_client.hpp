// A registry that speaks the OCI distribution API, version 2: manifests and blobs of one repository.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "acquire/image_builder.hpp"
#include "acquire/registry_auth.hpp"
#include "acquire/source.hpp"
#include "util/http.hpp"

namespace hullcheck::acquire {

struct RetryPolicy {
  unsigned attempts = 4;   // of one request
  unsigned resumes = 16;   // of one blob, each with `attempts` of its own
  unsigned fruitless = 4;  // resumes in a row that bring no new byte: it always breaks there
  unsigned stalls = 1;     // repeats in a row after silence, each of which has cost the whole network timeout
  std::chrono::milliseconds base{400};  // doubled each time, with a random part
  std::chrono::milliseconds longest{8'000};
  std::chrono::milliseconds longest_wanted{60'000};  // of a server's Retry-After; who wants more is not asked again
};

enum class Access : std::uint8_t { pull, push };  // what a token is asked for

// Shared by the threads that read blobs; every method may be called from any of them. Copies what it needs of the
// context, as blobs are read after the source has returned.
class RegistryClient : public std::enable_shared_from_this<RegistryClient> {
 public:
  RegistryClient(RegistryName name, const AcquireContext& context, RetryPolicy retry = {},
                 Access access = Access::pull);

  // Finds out whether the registry is there and by which scheme. Errors: "registry-not-a-registry", network ones.
  Result<void> connect();
  // By tag or digest. Errors: "image-not-found", "registry-denied", "registry-not-a-registry", "manifest-size-limit",
  // "registry-rate-limited", "registry-failed".
  Result<Document> manifest(const std::string& tag_or_digest, std::size_t limit);
  Result<std::string> small_blob(const std::string& digest, std::size_t limit);
  // The index of what refers to a manifest (OCI 1.1), page by page; nothing where the registry does not know that
  // question. At most `pages`. Errors as of manifest().
  Result<std::vector<Document>> referrers(const std::string& digest, std::size_t limit, std::size_t pages);
  // A stream that goes on after a broken connection where it stopped. Errors of the stream beside those of HTTP:
  // "blob-missing", "blob-size-mismatch", "blob-resume-failed".
  Result<std::unique_ptr<formats::ByteStream>> blob(const std::string& digest, std::uint64_t size);

  // Uploads, in registry_push.cpp. A blob that is there already is not sent. Beside the errors above:
  // "registry-refused" with the registry's words, "file-unreadable".
  Result<void> push_file(const std::string& file, const std::string& digest);
  Result<void> push_bytes(const std::string& bytes, const std::string& digest);
  // "blob-digest-mismatch" when the registry says that it took something else.
  Result<void> push_manifest(const std::string& tag, const std::string& bytes, const std::string& media_type);

 private:
  friend class BlobStream;
  // One question. Only those to the registry itself get its authorization.
  struct Question {
    std::string method = "GET";
    std::string url;
    util::HttpHeaders headers;
    std::string body, upload_file;
    bool first = false;  // the one that finds out what is there
  };
  Result<std::unique_ptr<util::HttpResponse>> get(const std::string& path, util::HttpHeaders headers);
  Result<std::unique_ptr<util::HttpResponse>> ask(const Question& question);
  Result<std::unique_ptr<util::HttpResponse>> ask_once(const Question& question);
  std::string url_of(const std::string& path) const { return m_base + m_name.repository + "/" + path; }
  Result<void> push_blob(Question put, const std::string& digest);
  Result<Question> begin_upload(Question put, const std::string& digest);
  Error push_refused(util::HttpResponse& response, std::string_view what) const;
  Result<void> authorise(const util::HttpResponse& refusal, const std::string& used);
  Result<std::string> token(const Challenge& challenge, bool plain_http_is_fine);
  Result<std::string> body(util::HttpResponse& response, std::size_t limit, std::string_view what) const;
  Error refused(const util::HttpResponse& response, std::string_view what) const;
  Result<void> pause(unsigned attempt, std::string_view retry_after) const;
  util::HttpTls tls() const;

  const RegistryName m_name;
  AcquireContext m_context;
  const RetryPolicy m_retry;
  const Access m_access;
  util::HttpClient m_http;
  std::string m_base;          // set by connect(), before any other thread
  bool m_verify = true;        // likewise
  mutable std::mutex m_mutex;  // guards the two below
  std::string m_authorization;
  std::optional<Credentials> m_credentials;
};

}  // namespace hullcheck::acquire
