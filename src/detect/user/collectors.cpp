// What rules of the user's do while a layer streams by.
//
// Hostile: a file made to cost YARA time. The time limit per file ends it; such facts are no facts of the layer's
// bytes and are not kept.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/user/user_rules.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

using layers::ContentKind;
using layers::FileInfo;
using layers::FileView;

constexpr std::array<std::string_view, 27> k_code_suffixes = {
    ".sh",   ".bash", ".py",   ".pyc", ".pl",   ".pm",  ".rb",   ".php", ".phtml",
    ".phar", ".js",   ".mjs",  ".cjs", ".lua",  ".ps1", ".psm1", ".bat", ".cmd",
    ".vbs",  ".jsp",  ".jspx", ".asp", ".aspx", ".cgi", ".pth",  ".jar", ".war"};
constexpr std::array<std::string_view, 18> k_start_folders = {
    "etc/cron",           "etc/systemd/",    "usr/lib/systemd/",
    "lib/systemd/",       "etc/init.d/",     "etc/rc",
    "etc/profile",        "etc/ld.so",       "etc/sudoers",
    "etc/pam.d/",         "etc/udev/",       "etc/s6",
    "etc/supervisor",     "var/spool/cron/", "etc/apt/apt.conf",
    "etc/update-motd.d/", "etc/services.d",  "etc/xdg/autostart/"};
constexpr std::array<std::string_view, 4> k_temporary_folders = {"tmp/", "var/tmp/", "dev/", "run/"};

bool any_start(std::string_view path, const auto& list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view start) { return path.starts_with(start); });
}

// Below a folder that hides itself, or a hidden file.
bool is_hidden(std::string_view path) { return path.starts_with('.') || path.find("/.") != std::string_view::npos; }

Result<Buffer> limited(const FileInfo& file) {
  return make_error(ErrorCode::limit, "rules-file-limit",
                    fmt::format("the file of {} bytes is too large for the rules of --rules", file.size()));
}

class ContentCollector final : public layers::Collector {
 public:
  explicit ContentCollector(const UserRules& rules) : m_rules(rules) {}

  bool wants(const FileInfo& file) const override {
    if (file.size() == 0) return false;
    if (m_rules.depth() == Depth::everything) return true;
    // Rules of our own look into every small file, YARA (one rule costs more than all of those) at candidates.
    if (m_rules.content() != nullptr && file.size() <= layers::k_window_size) return true;
    return is_candidate(file) || (m_rules.content() != nullptr && m_rules.content()->names_path(file.path()));
  }
  bool needs_content(const FileInfo& file) const override { return file.size() <= UserRules::k_most_scanned_bytes; }
  bool notices(const FileInfo&) const override { return false; }
  bool wants_after_hits(const FileInfo&) const override { return m_rules.yara() != nullptr; }

  Result<Buffer> record(const FileView& file) const override {
    if (!needs_content(file)) return limited(file);
    EvidenceSink sink;
    if (m_rules.content() != nullptr) m_rules.content()->match(file, file.bytes, sink);
    const bool yara =
        m_rules.yara() != nullptr && (m_rules.depth() == Depth::everything || file.scan_found || is_candidate(file));
    if (yara) TRY(run_yara(file, sink));
    return finish(file, sink);
  }

 private:
  Result<void> run_yara(const FileView& file, EvidenceSink& sink) const {
    const formats::YaraFile names{std::string(file.name()), "/" + std::string(file.path())};
    const auto scan =
        TRY(m_rules.yara()->scan(file.bytes, names, std::chrono::seconds(UserRules::k_seconds_per_file)));
    for (const formats::YaraMatch& match : scan.matches) add(match, file, sink);
    if (!scan.complete) {
      Evidence limit;
      limit.rule = k_hit_limit_rule;
      limit.text = "the strings of a YARA rule";
      sink.add(std::move(limit));
    }
    return {};
  }

  void add(const formats::YaraMatch& match, const FileView& file, EvidenceSink& sink) const {
    const RuleRow row = row_of(m_rules.yara_row(match.rule));
    if (match.strings.empty()) sink.add(evidence_of(row, "the rule's condition holds"));
    for (const formats::YaraString& string : match.strings) {
      Evidence evidence = evidence_of(row, fmt::format("{} at offset {}", string.identifier, string.offset));
      if (string.more > 0) evidence.text += fmt::format(" and {} more", string.more);
      evidence.offset = string.offset;
      const bool text = file.entry.content == ContentKind::text || file.entry.content == ContentKind::script;
      if (text && string.offset <= file.bytes.size())
        evidence.line = static_cast<std::uint32_t>(
            1 + std::count(file.bytes.begin(), file.bytes.begin() + static_cast<std::ptrdiff_t>(string.offset),
                           std::uint8_t{'\n'}));
      sink.add(std::move(evidence));
    }
  }

  // The digest goes with the evidence, since the file's own may not have been asked for.
  Result<Buffer> finish(const FileView& file, EvidenceSink& sink) const {
    std::vector<Evidence> evidence = sink.take();
    if (evidence.empty()) return Buffer{};
    const std::string digest = util::sha256_hex(file.bytes);
    for (Evidence& one : evidence)
      if (one.values.size() < EvidenceSink::k_most_values) one.values.emplace_back("sha256", digest);
    return encode_evidence(evidence);
  }

  const UserRules& m_rules;
};

// Digests that the facts do not hold: MD5 and SHA-1 of anything, SHA-256 of data whose size is listed.
class HashCollector final : public layers::Collector {
 public:
  explicit HashCollector(const UserRules& rules)
      : m_rules(rules),
        m_any_size(rules.hashes().any_size(util::Hash::md5) || rules.hashes().any_size(util::Hash::sha1)) {}

  bool wants(const FileInfo& file) const override {
    if (file.size() == 0) return false;
    if (m_rules.hashes().lists_size(file.size())) return true;
    return m_any_size && (m_rules.depth() == Depth::everything || is_candidate(file));
  }
  bool needs_content(const FileInfo& file) const override { return file.size() <= k_most_bytes; }
  bool notices(const FileInfo&) const override { return false; }

  Result<Buffer> record(const FileView& file) const override {
    if (!needs_content(file)) return limited(file);
    EvidenceSink sink;
    for (const util::Hash kind : {util::Hash::sha256, util::Hash::sha1, util::Hash::md5}) {
      if (!m_rules.hashes().has(kind)) continue;
      util::Hasher hasher(kind);
      hasher.update(file.bytes);
      const Buffer digest = hasher.finish();
      if (const auto listed = m_rules.hashes().find(kind, digest, file.size()))
        sink.add(listed_evidence(m_rules, kind, digest, *listed));
    }
    return sink.empty() ? Buffer{} : encode_evidence(sink.take());
  }

 private:
  static constexpr std::uint64_t k_most_bytes = 1ULL << 30;
  const UserRules& m_rules;
  bool m_any_size;
};

}  // namespace

bool is_candidate(const FileInfo& file) {
  switch (file.entry.content) {
    case ContentKind::elf:
    case ContentKind::pe:
    case ContentKind::macho:
    case ContentKind::script:
    case ContentKind::java_class:
    case ContentKind::wasm: return true;
    default: break;
  }
  if (file.entry.executable()) return true;
  const std::string_view name = file.name();
  if (std::any_of(k_code_suffixes.begin(), k_code_suffixes.end(),
                  [&](std::string_view suffix) { return name.ends_with(suffix); }))
    return true;
  if (as_text(file.head.first(std::min<std::size_t>(file.head.size(), 256))).find("<?php") != std::string_view::npos)
    return true;
  return any_start(file.path(), k_start_folders) || any_start(file.path(), k_temporary_folders) ||
         is_hidden(file.path());
}

Evidence listed_evidence(const UserRules& rules, util::Hash kind, Bytes digest, const HashLists::Listed& listed) {
  const std::string_view word = kind == util::Hash::md5 ? "MD5" : kind == util::Hash::sha1 ? "SHA-1" : "SHA-256";
  Evidence evidence =
      evidence_of(row_of(rules.hash_row(listed.list)),
                  fmt::format("{} {}{}{}", word, to_hex(digest), listed.name.empty() ? "" : ": ", listed.name));
  return evidence;
}

std::unique_ptr<layers::Collector> user_content_collector(const UserRules& rules) {
  return std::make_unique<ContentCollector>(rules);
}
std::unique_ptr<layers::Collector> user_hash_collector(const UserRules& rules) {
  return std::make_unique<HashCollector>(rules);
}

}  // namespace hullcheck::detect
