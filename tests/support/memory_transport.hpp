// Feeds without a network: documents by URL, or the error that asking for them gives.
#pragma once

#include <map>
#include <string>

#include "advisories/download.hpp"
#include "advisories/feed.hpp"

namespace hullcheck::test {

class MemoryTransport final : public advisories::Transport {
 public:
  void put(const std::string& url, std::string_view text) { m_documents[url] = Buffer(text.begin(), text.end()); }
  void put(const std::string& url, Buffer bytes) { m_documents[url] = std::move(bytes); }
  void fail(const std::string& url, Error error) { m_errors.insert_or_assign(url, std::move(error)); }
  // The next requests with this validator are answered "not modified".
  std::string validator;

  Result<advisories::FetchedDocument> fetch(const std::string& url, std::uint64_t limit, const std::string& given,
                                            advisories::Packing, util::Progress&, std::stop_token) override {
    if (const auto error = m_errors.find(url); error != m_errors.end()) return error->second;
    if (!given.empty() && given == validator)
      return make_error(ErrorCode::not_found, std::string(advisories::k_not_modified), "not modified");
    const auto document = m_documents.find(url);
    if (document == m_documents.end()) return make_error(ErrorCode::not_found, "not-mirrored", "not there");
    if (document->second.size() > limit) return make_error(ErrorCode::limit, "feed-size-limit", "too large");
    return advisories::FetchedDocument{document->second, validator};
  }

 private:
  std::map<std::string, Buffer> m_documents;
  std::map<std::string, Error> m_errors;
};

// One feed over one document.
class MemoryDownload final : public advisories::Download {
 public:
  explicit MemoryDownload(Bytes bytes) : m_bytes(bytes) {}
  Result<Buffer> get_all(const std::string&, std::uint64_t) override {
    return Buffer(m_bytes.begin(), m_bytes.end());
  }

 private:
  Bytes m_bytes;
};

// One feed over several documents.
class MemoryDocuments final : public advisories::Download {
 public:
  Result<Buffer> get_all(const std::string& url, std::uint64_t) override {
    asked.push_back(url);
    const auto found = documents.find(url);
    if (found == documents.end()) return make_error(ErrorCode::not_found, "not-mirrored", "not there", url);
    return found->second;
  }
  std::string remembered() const override { return cursor; }
  void remember(std::string word) override { cursor = std::move(word); }
  void put(const std::string& url, std::string_view text) { documents[url] = Buffer(text.begin(), text.end()); }

  std::map<std::string, Buffer> documents;
  std::vector<std::string> asked;
  std::string cursor;
};

// Keeps what a feed writes.
class CollectingWriter final : public advisories::AdvisoryWriter {
 public:
  void add(advisories::Advisory advisory) override { rows.push_back(std::move(advisory)); }
  void add_known_exploited(std::string cve, advisories::KnownExploited entry) override {
    exploited[std::move(cve)] = std::move(entry);
  }
  void note(std::string text) override { notes.push_back(std::move(text)); }
  void newest_record(std::string_view rfc3339) override { newest = std::max(newest, std::string(rfc3339)); }
  void bad_record(const Error& error) override { bad.push_back(error); }
  void keep_old_rows_except(std::set<std::string> ids) override { replaced = std::move(ids); }

  std::vector<advisories::Advisory> rows;
  std::map<std::string, advisories::KnownExploited> exploited;
  std::vector<std::string> notes;
  std::string newest;
  std::vector<Error> bad;
  std::optional<std::set<std::string>> replaced;
};

inline Result<void> run_feed(const char* id, const std::string& subject, Bytes document, CollectingWriter& writer) {
  MemoryDownload download(document);
  advisories::SourceRow row;
  row.name = id;
  row.feed = id;
  row.subject = subject;
  return advisories::FeedRegistry::find(id)->instance->update(row, download, writer);
}

}  // namespace hullcheck::test
