#include "advisories/csaf_feed.hpp"

#include <algorithm>
#include <set>

#include "formats/decompress.hpp"
#include "formats/tar.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_archive = 4ULL << 30, k_largest_unpacked = 200ULL << 30;
constexpr std::uint64_t k_largest_document = 256ULL << 20, k_largest_list = 256ULL << 20;
constexpr std::size_t k_most_changes = 3000;  // documents; of more, the archive is the shorter way

struct Change {
  std::string path, time;
};

bool is_path(std::string_view text) {
  if (text.empty() || text.size() > 200 || text.find("..") != std::string_view::npos || text.front() == '/')
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '/';
  });
}

// "2024/cve-2024-1.json" → "CVE-2024-1"
std::string flaw_of(std::string_view path) {
  std::string name(path.substr(path.rfind('/') + 1));
  name = name.substr(0, name.find(".json"));
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

std::vector<Change> changes_of(Bytes list) {
  std::vector<Change> changes;
  std::string_view text = as_text(list);
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    Change change;
    const auto comma = line.find(',');
    if (comma == std::string_view::npos) continue;
    const auto bare = [](std::string_view field) {
      const auto first = field.find_first_not_of("\" \r"), last = field.find_last_not_of("\" \r");
      return first == std::string_view::npos ? std::string() : std::string(field.substr(first, last - first + 1));
    };
    change.path = bare(line.substr(0, comma));
    change.time = bare(line.substr(comma + 1));
    if (is_path(change.path) && change.path.ends_with(".json") && change.time.size() >= 19) changes.push_back(change);
  }
  return changes;
}

class Update {
 public:
  Update(const CsafTree& tree, Download& download, AdvisoryWriter& writer)
      : m_tree(tree), m_download(download), m_writer(writer) {}

  Result<void> run() {
    const std::string since = m_download.remembered();
    const Buffer list = TRY(m_download.get_all(m_tree.base + "changes.csv", k_largest_list));
    const auto changes = changes_of(list);
    if (changes.empty()) return make_error(ErrorCode::malformed, "feed-malformed", "the list of changes is empty");
    m_newest = std::max_element(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
                 return a.time < b.time;
               })->time;
    for (const auto& change : changes)
      if (!since.empty() && change.time > since) m_changes.push_back(change);
    const bool whole = since.empty() || m_changes.size() > k_most_changes;
    TRY(whole ? read_archive() : read_changes());
    m_download.remember(m_newest);
    m_writer.newest_record(m_newest);
    return {};
  }

 private:
  Result<void> add(Bytes bytes, std::string_view path) {
    const json::Element document = TRY(m_parsed.parse(bytes, path));
    std::vector<std::string> ids;
    auto rows = TRY(read_csaf(document, m_tree.style, ids));
    for (auto& row : rows) m_writer.add(std::move(row));
    m_replaced.insert(ids.begin(), ids.end());
    return {};
  }

  Result<void> read_archive() {
    const std::string name = TRY(archive_address());
    const Buffer packed = TRY(m_download.get_packed(name, k_largest_archive));
    const auto bytes = formats::memory_stream(packed);
    formats::DecompressLimits limits;
    limits.output_bytes = k_largest_unpacked;
    const auto plain = TRY(formats::decompress(*bytes, limits));
    formats::TarReader tar(*plain, {});
    std::uint64_t documents = 0;
    Buffer content;
    for (;;) {
      const formats::TarEntry* const entry = TRY(tar.next());
      if (entry == nullptr) break;
      if (entry->type != formats::TarType::file || !entry->name.ends_with(".json") ||
          entry->size > k_largest_document)
        continue;
      const std::string path = entry->name;
      content.clear();
      for (Bytes piece = TRY(tar.read()); !piece.empty(); piece = TRY(tar.read()))
        content.insert(content.end(), piece.begin(), piece.end());
      if (auto added = add(content, path); added.ok())
        ++documents;
      else
        m_writer.bad_record(added.error());
    }
    if (documents == 0) return make_error(ErrorCode::malformed, "feed-malformed", "the archive has no documents");
    remember_day_of(name);
    return {};
  }

  Result<std::string> archive_address() {
    if (!m_tree.archive.empty()) return m_tree.archive;
    const Buffer bytes = TRY(m_download.get_part(m_tree.base + "archive_latest.txt", 4096));
    std::string name(as_text(bytes));
    while (!name.empty() && (name.back() == '\n' || name.back() == '\r' || name.back() == ' ')) name.pop_back();
    if (!is_path(name) || name.find('/') != std::string::npos)
      return make_error(ErrorCode::malformed, "feed-malformed", "archive_latest.txt names no archive");
    return m_tree.base + name;
  }

  // "csaf_vex_2026-11-20.tar.zst" holds what was published until that day. What changed since is for the next update:
  // remembering the day makes sure that it is asked for.
  void remember_day_of(const std::string& address) {
    const std::string name = address.substr(address.rfind('/') + 1);
    const auto at = name.find_first_of("0123456789");
    if (at != std::string::npos && name.size() >= at + 10 && name[at + 4] == '-')
      m_newest = name.substr(at, 10) + "T00:00:00";
    else
      m_newest = m_newest.substr(0, 10) + "T00:00:00";  // archives are made daily
  }

  Result<void> read_changes() {
    for (const auto& change : m_changes) {
      auto bytes = m_download.get_part(m_tree.base + change.path, k_largest_document);
      if (!bytes.ok() && bytes.error().code != ErrorCode::not_found) return std::move(bytes).error();
      // A document that is not there, or not to be read, leaves what is known of its flaw as it was.
      auto added = bytes.ok() ? add(*bytes, change.path) : Result<void>(std::move(bytes).error());
      if (!added.ok()) m_writer.bad_record(added.error());
    }
    if (m_tree.has_deletions) {
      // A mirror may have the documents and not this list.
      const auto list = m_download.get_part(m_tree.base + "deletions.csv", k_largest_list);
      if (!list.ok() && list.error().code != ErrorCode::not_found) return list.error();
      if (list.ok())
        for (const auto& change : changes_of(*list)) m_replaced.insert(flaw_of(change.path));
    }
    m_writer.keep_old_rows_except(std::move(m_replaced));
    return {};
  }

  const CsafTree& m_tree;
  Download& m_download;
  AdvisoryWriter& m_writer;
  json::Document m_parsed{"feed"};
  std::vector<Change> m_changes;
  std::set<std::string> m_replaced;
  std::string m_newest;
};

}  // namespace

Result<void> update_csaf_tree(const CsafTree& tree, Download& download, AdvisoryWriter& writer) {
  return Update(tree, download, writer).run();
}

}  // namespace hullcheck::advisories
