// A feed over bytes, with a writer that checks each row: what is packed must unpack to the same.
#pragma once

#include "advisories/feed.hpp"
#include "advisories/row.hpp"

namespace hullcheck::fuzz {

class OneDocument final : public advisories::Download {
 public:
  explicit OneDocument(Bytes bytes) : m_bytes(bytes) {}
  Result<Buffer> get_all(const std::string&, std::uint64_t) override {
    return Buffer(m_bytes.begin(), m_bytes.end());
  }

 private:
  Bytes m_bytes;
};

class CheckingWriter final : public advisories::AdvisoryWriter {
 public:
  void add(advisories::Advisory advisory) override {
    if (advisory.ecosystem.empty() || advisory.package.size() > 4096) __builtin_trap();
    const Buffer record = advisories::encode_record(advisory);
    if (record.size() > advisories::k_largest_record) return;
    const auto back = advisories::decode_record(record);
    if (!back.ok() || advisories::encode_record(*back) != record) __builtin_trap();
  }
  void add_known_exploited(std::string, advisories::KnownExploited) override {}
  void note(std::string) override {}
  void newest_record(std::string_view) override {}
  void bad_record(const Error& error) override {
    if (error.name.empty()) __builtin_trap();
  }
};

inline Result<void> run_feed(std::string_view id, Bytes document) {
  OneDocument download(document);
  CheckingWriter writer;
  advisories::SourceRow row;
  row.name = id;
  row.subject = "Fuzz";
  return advisories::FeedRegistry::find(id)->instance->update(row, download, writer);
}

}  // namespace hullcheck::fuzz
