#include "layers/file_crew.hpp"

#include <algorithm>
#include <iterator>

namespace hullcheck::layers {
namespace {

// Sorted by entry; what is of no entry says that the list was cut.
void merge_problems(std::vector<Problem>& list, std::vector<Problem> more) {
  if (more.empty()) return;
  std::move(more.begin(), more.end(), std::back_inserter(list));
  std::stable_sort(list.begin(), list.end(), [](const Problem& a, const Problem& b) { return a.entry < b.entry; });
  const auto cut = std::find_if(list.begin(), list.end(), [](const Problem& one) { return one.entry == k_none; });
  const std::optional<Problem> marker = cut == list.end() ? std::nullopt : std::optional(*cut);
  list.erase(cut, list.end());
  if (list.size() <= k_most_problems && !marker) return;
  list.resize(std::min(list.size(), k_most_problems));
  list.push_back(marker ? *marker : problems_cut());
}

}  // namespace

FileCrew::FileCrew(const AnalyseOptions& options, formats::AheadStream& ahead, LayerFacts& facts)
    : m_options(options), m_ahead(ahead), m_facts(facts) {}

FileCrew::~FileCrew() { m_ahead.finish_jobs(); }

bool FileCrew::wants(const Entry& entry) const {
  // A layer of which some facts are known hardly needs help, and its records are matched in one walk.
  if (entry.size == 0 || entry.size > k_window_size || m_options.known != nullptr) return false;
  if (m_batch && m_batch->bytes.size() < k_batch) return true;
  return m_ahead.takes_jobs();
}

Result<void> FileCrew::take(formats::TarReader& tar, Entry& entry, std::uint32_t index, const DigestChoice& choice) {
  if (m_batch && m_batch->bytes.size() >= k_batch) hand_over();
  if (!m_batch) m_batch = std::make_shared<Batch>();
  Buffer& bytes = m_batch->bytes;
  const std::size_t offset = bytes.size();
  for (;;) {
    auto piece = tar.read();
    if (!piece) {
      bytes.resize(offset);
      return std::move(piece).error();
    }
    if (piece->empty()) break;
    bytes.insert(bytes.end(), piece->begin(), piece->end());
  }
  const std::size_t size = bytes.size() - offset;
  bytes.resize(bytes.size() + k_window_padding);
  m_batch->files.push_back({&entry, index, offset, size, choice});
  m_given.push_back(index);
  if (bytes.size() >= k_batch) hand_over();
  return {};
}

// If the helper has left or has enough to do, the batch waits for the next time or for the end.
void FileCrew::hand_over() {
  if (m_ahead.offer([this, batch = m_batch] { look_at(*batch); })) m_batch.reset();
}

void FileCrew::look_at(const Batch& batch) {
  const std::lock_guard lock(m_mutex);
  if (!m_pass) m_pass = std::make_unique<FilePass>(m_options, m_found);
  for (const File& file : batch.files)
    m_pass->look_at(Bytes(batch.bytes).subspan(file.offset, file.size), *file.entry, file.index, file.choice);
}

void FileCrew::finish() {
  if (m_given.empty()) return;
  m_ahead.finish_jobs();
  if (m_batch) look_at(*m_batch);
  m_batch.reset();
  m_pass->flush();
  merge_sections();
  merge_digests();
}

void FileCrew::merge_sections() {
  const auto by_entry = [](const Record& a, const Record& b) { return a.entry < b.entry; };
  for (auto& [id, found] : m_found.sections) {
    SectionFacts& section = m_facts.sections[id];
    std::move(found.records.begin(), found.records.end(), std::back_inserter(section.records));
    std::sort(section.records.begin(), section.records.end(), by_entry);
    merge_problems(section.problems, std::move(found.problems));
  }
}

// Both have numbered their digests from nought.
void FileCrew::merge_digests() {
  std::vector<FileDigests> all;
  all.reserve(m_facts.digests.size() + m_found.digests.size());
  auto given = m_given.begin();
  for (std::uint32_t i = 0; i < m_facts.entries.size(); ++i) {
    const bool theirs = given != m_given.end() && *given == i;
    if (theirs) ++given;
    Entry& entry = m_facts.entries[i];
    if (entry.digests == k_none) continue;
    all.push_back((theirs ? m_found : m_facts).digests[entry.digests]);
    entry.digests = static_cast<std::uint32_t>(all.size() - 1);
  }
  m_facts.digests = std::move(all);
}

}  // namespace hullcheck::layers
