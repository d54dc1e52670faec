#include "layers/file_pass.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace hullcheck::layers {
namespace {

constexpr std::size_t k_head = 4096;

}  // namespace

Problem problems_cut() { return {k_none, "problems-limit", "there are more problems than are listed", {}}; }

FilePass::FilePass(const AnalyseOptions& options, LayerFacts& facts)
    : m_options(options), m_facts(facts), m_hasher(facts, options.all_digests) {
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

// Whether the first piece tells what the file is. Most do: then digests are taken from the pieces while these still
// wait for the archive's own.
bool FilePass::kind_known_early(Entry& entry) const {
  if (m_piece.size() < std::min<std::uint64_t>(entry.size, k_head)) return false;
  entry.content = classify_content(as_text(m_piece.first(std::min(m_piece.size(), k_head))));
  return true;
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
    m_hasher.piece(m_piece.first(taken));
    std::memcpy(m_window.data() + m_filled, m_piece.data(), taken);
    m_filled += taken;
    m_piece = m_piece.subspan(taken);
  }
}

void FilePass::choose(const FileInfo& file, bool whole) {
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
  // A file that is whole in the window can still be hashed when evidence turns up; a larger one has gone by then, and
  // is hashed if somebody asked for it.
  m_hasher.decide(file.entry, !whole && read_whole);
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
  if (m_noticed && in_window && whole.size() == file.entry.size) m_hasher.notice(whole);
  m_hasher.finish(*m_entry);
}

// What comes before the bytes: the first of them tell what the file is, and that tells who wants it.
void FilePass::open(Bytes first, bool whole) {
  // Kept apart from the window, which moves on in a large file.
  m_head.assign(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(std::min(first.size(), k_head)));
  m_entry->content = classify_content(as_text(m_head));
  choose(info(), whole);
  if (m_scan) m_scan->begin(info());
}

void FilePass::look_at(Bytes content, Entry& entry, std::uint32_t index, const DigestChoice& choice) {
  m_entry = &entry;
  m_offset = 0;
  m_spill_error.reset();
  m_hasher.begin(entry, choice, nullptr, false);
  look_at_all(content, index);
}

void FilePass::look_at_all(Bytes content, std::uint32_t index) {
  open(content, true);
  if (m_scan && !content.empty()) m_scan->window(content, 0, 0);
  m_hasher.window(content);
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
  m_filled = m_seen = 0;
  m_offset = 0;
  m_spill_error.reset();
  m_piece = TRY(tar.read());
  const bool kind_known = kind_known_early(entry);
  m_hasher.begin(entry, choice, &archive, kind_known);
  if (all_at_hand(tar)) {
    m_hasher.piece(m_piece);
    look_at_all(std::exchange(m_piece, {}), index);
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
  open(Bytes(m_window).first(m_filled), whole);
  if (!whole && m_need_content) m_spill.expect(entry.size);

  for (;;) {
    std::memset(m_window.data() + m_filled, 0, k_window_padding);
    const Bytes window(m_window.data(), m_filled);
    if (m_scan && !window.empty()) m_scan->window(window, m_offset, m_seen);
    const Bytes fresh = window.subspan(m_seen);
    m_hasher.window(fresh);
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
