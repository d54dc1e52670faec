#include "layers/file_pass.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace hullcheck::layers {
namespace {

constexpr std::size_t k_head = 4096;

using namespace std::string_view_literals;

constexpr std::array k_dpkg_marks{"var/lib/dpkg"sv, "etc/dpkg"sv, "etc/apt"sv, "etc/debian_version"sv,
                                  "usr/share/doc/base-files"sv};
constexpr std::array k_apk_marks{"etc/apk"sv, "lib/apk"sv, "usr/lib/apk"sv, "etc/alpine-release"sv};
constexpr std::array k_rpm_marks{"var/lib/rpm"sv, "usr/lib/sysimage/rpm"sv, "usr/lib/rpm"sv, "etc/yum.repos.d"sv,
                                 "etc/rpm"sv,     "etc/redhat-release"sv};

bool marked(std::string_view path, const auto& marks) {
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return path.starts_with(mark); });
}

// Debian's library folders are named after the machine: usr/lib/x86_64-linux-gnu.
bool multiarch(std::string_view path) {
  if (path.starts_with("usr/")) path.remove_prefix(4);
  return path.starts_with("lib/") && path.substr(4, 48).find("-linux-gnu") != std::string_view::npos;
}

// Whose digest by the package database's own algorithm is always taken: what the machine itself runs. MD5 costs more
// than everything else that is done with a byte but inflating it, so data has to give a reason first.
bool is_program(const Entry& entry) {
  return entry.executable() || entry.content == ContentKind::elf || entry.content == ContentKind::script;
}

}  // namespace

bool always_hashed(const Entry& entry) {
  switch (entry.content) {
    case ContentKind::elf:
    case ContentKind::pe:
    case ContentKind::macho:
    case ContentKind::script:
    case ContentKind::zip:
    case ContentKind::gzip:
    case ContentKind::zstd:
    case ContentKind::xz:
    case ContentKind::bzip2:
    case ContentKind::tar:
    case ContentKind::java_class:
    case ContentKind::wasm: return true;
    default: return entry.executable();
  }
}

Problem problems_cut() { return {k_none, "problems-limit", "there are more problems than are listed", {}}; }

void DigestChoice::see(std::string_view path) {
  m_dpkg = m_dpkg || marked(path, k_dpkg_marks) || multiarch(path);
  m_apk = m_apk || marked(path, k_apk_marks);
  m_rpm = m_rpm || marked(path, k_rpm_marks);
}

FilePass::FilePass(const AnalyseOptions& options, LayerFacts& facts)
    : m_options(options), m_facts(facts), m_md5_batch([&facts](std::uint64_t index, const util::Md5Digest& digest) {
        facts.digests[index].md5 = digest;
      }) {
  for (const Section& section : options.sections) {
    const auto [place, known] = open_section(section.id, section.fingerprint);
    m_sections.push_back({section.collector, place, !known});
  }
  if (options.scan != nullptr) {
    const auto [place, known] = open_section(std::string(k_content_section), options.scan->fingerprint());
    m_content_facts = place;
    if (!known) m_scan = options.scan->worker();
  }
}

// The section of the facts, and whether it was taken over from facts that are known.
std::pair<SectionFacts*, bool> FilePass::open_section(const std::string& id, std::string fingerprint) {
  SectionFacts& place = m_facts.sections[id];
  if (m_options.known != nullptr) {
    const auto known = m_options.known->sections.find(id);
    if (known != m_options.known->sections.end() && known->second.fingerprint == fingerprint) {
      place = known->second;
      return {&place, true};
    }
  }
  place.fingerprint = std::move(fingerprint);
  return {&place, false};
}

// Whether the first piece tells that this file will be hashed. Most do: then its digest is taken from the pieces
// while they still wait for the archive's own. The others are hashed from the window, when more is known about them.
bool FilePass::decide_early(Entry& entry) {
  if (m_piece.size() < std::min<std::uint64_t>(entry.size, k_head)) return false;
  entry.content = classify_content(as_text(m_piece.first(std::min(m_piece.size(), k_head))));
  return m_options.all_digests || always_hashed(entry);
}

void FilePass::hash_piece(Bytes piece) {
  if (m_by_piece) m_archive->hash_with(m_sha256_hasher, m_md5_by_piece ? &m_md5_hasher : nullptr, piece);
}

Result<bool> FilePass::fill(formats::TarReader& tar) {
  for (;;) {
    if (m_piece.empty()) {
      m_piece = TRY(tar.read());
      if (m_piece.empty()) return true;
    }
    const std::size_t room = k_window_size - m_filled;
    if (room == 0) return false;
    const std::size_t taken = std::min(room, m_piece.size());
    hash_piece(m_piece.first(taken));
    std::memcpy(m_window.data() + m_filled, m_piece.data(), taken);
    m_filled += taken;
    m_piece = m_piece.subspan(taken);
  }
}

void FilePass::choose(const FileInfo& file, const DigestChoice& choice, bool whole) {
  m_wanted.clear();
  m_need_content = false;
  m_noticed = m_found = false;
  bool read_whole = false;  // by somebody, now or when a section that is taken over was made
  for (const OpenSection& section : m_sections) {
    if (!section.collector->wants(file)) continue;
    const bool notices = section.collector->notices(file);
    const bool content = section.collector->needs_content(file);
    m_noticed = m_noticed || notices;
    read_whole = read_whole || (content && notices);
    if (!section.make) continue;
    m_wanted.push_back(&section);
    m_need_content = m_need_content || content;
  }
  const bool noticed_and_large = !whole && read_whole;
  m_program = is_program(file.entry) || noticed_and_large;
  m_md5 = choice.md5();
  m_sha1 = choice.sha1();
  // A file that is whole in the window can still be hashed when evidence turns up; a larger one has gone by then, and
  // is hashed if somebody asked for it.
  m_hashing = m_options.all_digests || always_hashed(file.entry) || noticed_and_large;
  if (m_program && m_md5 && !m_md5_by_piece) begin_md5();
}

// finish() stores the digests of this file next, if the archive does not break before.
void FilePass::begin_md5() { m_md5_batch.begin(m_facts.digests.size()); }

void FilePass::hash(Bytes fresh) {
  if (!m_hashing) return;
  if (!m_by_piece) m_sha256_hasher.update(fresh);
  if (m_program) hash_as_packages_do(fresh);
}

void FilePass::hash_as_packages_do(Bytes fresh) {
  if (m_md5 && !m_md5_by_piece) m_md5_batch.append(fresh);
  if (m_sha1) m_sha1_hasher.update(fresh);
}

void FilePass::keep(Bytes fresh) {
  if (!m_need_content || m_spill_error) return;
  if (auto kept = m_spill.append(fresh); !kept) {
    m_spill.clear();
    spill_failed(std::move(kept).error());
  }
}

// Trouble of this machine at this time, not of the layer.
void FilePass::spill_failed(Error error) {
  m_spill_error = std::move(error);
  m_hit_shared_limit = true;
}

void FilePass::problem(SectionFacts& section, std::uint32_t index, const Error& error) {
  if (section.problems.size() > k_most_problems) return;
  if (section.problems.size() == k_most_problems)
    section.problems.push_back(problems_cut());
  else
    section.problems.push_back({index, error.name, error.message, std::string(m_entry->path)});
}

void FilePass::collect(const FileInfo& file, Bytes bytes, std::uint32_t index) {
  for (const OpenSection* const section : m_wanted) {
    const bool content = section->collector->needs_content(file);
    if (content && m_spill_error) {
      problem(*section->facts, index, *m_spill_error);
      continue;
    }
    auto record = section->collector->record(FileView{{file.entry, file.head}, content ? bytes : file.head, m_found});
    if (!record) {
      problem(*section->facts, index, record.error());
      // Another machine, or this one at another time, would have come to its end.
      m_hit_shared_limit = m_hit_shared_limit || record.error().code == ErrorCode::timeout;
    }
    if (record && !record->empty()) section->facts->records.push_back({index, std::move(*record)});
  }
}

bool FilePass::scan_found_something(std::uint32_t index) {
  if (m_scan) {
    Buffer record = m_scan->end();
    if (record.empty()) return false;
    m_content_facts->records.push_back({index, std::move(record)});
    return true;
  }
  if (m_content_facts == nullptr) return false;
  const std::vector<Record>& known = m_content_facts->records;
  while (m_next_known < known.size() && known[m_next_known].entry < index) ++m_next_known;
  return m_next_known < known.size() && known[m_next_known].entry == index;
}

void FilePass::want_after_hits(const FileInfo& file) {
  for (const OpenSection& section : m_sections) {
    if (!section.make || !section.collector->wants_after_hits(file)) continue;
    if (std::find(m_wanted.begin(), m_wanted.end(), &section) == m_wanted.end()) m_wanted.push_back(&section);
  }
}

void FilePass::finish(const FileInfo& file, Bytes whole, std::uint32_t index) {
  const bool in_window = m_offset == 0;
  m_found = scan_found_something(index);
  m_noticed = m_noticed || m_found;
  if (m_found && in_window) want_after_hits(file);
  collect(file, whole, index);
  if (m_noticed && in_window && whole.size() == file.entry.size) {
    if (!m_hashing) m_sha256_hasher.update(whole);
    if (!m_program) {
      if (m_md5) begin_md5();
      hash_as_packages_do(whole);
    }
    m_hashing = m_program = true;
  }
  if (!m_hashing) return;
  FileDigests digests;
  digests.sha256 = m_sha256_hasher.finish();
  digests.has_md5 = m_program && m_md5;
  digests.has_sha1 = m_program && m_sha1;
  if (digests.has_sha1) {
    const Buffer sha1 = m_sha1_hasher.finish();
    std::copy_n(sha1.begin(), digests.sha1.size(), digests.sha1.begin());
  }
  if (m_md5_by_piece) digests.md5 = m_md5_hasher.finish();
  m_entry->digests = static_cast<std::uint32_t>(m_facts.digests.size());
  m_facts.digests.push_back(digests);
  if (digests.has_md5 && !m_md5_by_piece) m_md5_batch.end();
}

// What comes before the bytes: the first of them tell what the file is, and that tells who wants it.
void FilePass::open(Bytes first, const DigestChoice& choice, bool whole) {
  // Kept apart from the window, which moves on in a large file.
  m_head.assign(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(std::min(first.size(), k_head)));
  m_entry->content = classify_content(as_text(m_head));
  choose(info(), choice, whole);
  if (m_scan) m_scan->begin(info());
}

void FilePass::look_at(Bytes content, Entry& entry, std::uint32_t index, const DigestChoice& choice) {
  m_entry = &entry;
  m_offset = 0;
  m_spill_error.reset();
  m_by_piece = m_md5_by_piece = false;
  look_at_all(content, index, choice);
}

void FilePass::look_at_all(Bytes content, std::uint32_t index, const DigestChoice& choice) {
  open(content, choice, true);
  if (m_scan && !content.empty()) m_scan->window(content, 0, 0);
  hash(content);
  finish(info(), content, index);
}

// Whether the piece is the whole file and what follows it may stand for the padding of a window: then nothing has to
// be copied. The zeros that fill a member's last block mostly do.
bool FilePass::all_at_hand(const formats::TarReader& tar) const {
  if (m_piece.size() != m_entry->size || m_piece.size() > k_window_size || (m_entry->flags & k_sparse) != 0)
    return false;
  const Bytes behind = tar.behind();
  return behind.size() >= k_window_padding &&
         std::all_of(behind.begin(), behind.begin() + k_window_padding, [](std::uint8_t byte) { return byte == 0; });
}

Result<void> FilePass::read(formats::TarReader& tar, HashingStream& archive, Entry& entry, std::uint32_t index,
                            const DigestChoice& choice) {
  m_entry = &entry;
  m_archive = &archive;
  m_filled = m_seen = 0;
  m_offset = 0;
  m_spill_error.reset();
  m_piece = TRY(tar.read());
  m_by_piece = decide_early(entry);
  m_md5_by_piece = m_by_piece && is_program(entry) && choice.md5() && entry.size > util::Md5Batch::k_longest;
  if (all_at_hand(tar)) {
    hash_piece(m_piece);
    look_at_all(std::exchange(m_piece, {}), index, choice);
    return {};
  }
  m_window.resize(k_window_size + k_window_padding);
  auto filled = fill(tar);
  if (!filled) {
    entry.content = Entry{}.content;  // as if it had not been decided early: that depends on how the bytes come
    return std::move(filled).error();
  }
  bool ended = *filled;
  const bool whole = ended;
  open(Bytes(m_window).first(m_filled), choice, whole);
  if (!whole && m_need_content) m_spill.expect(entry.size);

  for (;;) {
    std::memset(m_window.data() + m_filled, 0, k_window_padding);
    const Bytes window(m_window.data(), m_filled);
    if (m_scan && !window.empty()) m_scan->window(window, m_offset, m_seen);
    const Bytes fresh = window.subspan(m_seen);
    hash(fresh);
    if (!whole) keep(fresh);
    if (ended) break;
    std::memmove(m_window.data(), m_window.data() + m_filled - k_window_overlap, k_window_overlap);
    m_offset += m_filled - k_window_overlap;
    m_filled = m_seen = k_window_overlap;
    TRY(archive.go_on());
    ended = TRY(fill(tar));
  }

  Bytes all(m_window.data(), m_filled);
  if (!whole) {
    all = {};
    if (m_need_content && !m_spill_error) {
      auto view = m_spill.view();
      if (view)
        all = *view;
      else
        spill_failed(std::move(view).error());
    }
  }
  finish(info(), all, index);
  m_spill.clear();
  return {};
}

}  // namespace hullcheck::layers
