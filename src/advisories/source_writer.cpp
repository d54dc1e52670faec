#include "advisories/source_writer.hpp"

#include <algorithm>

#include "advisories/row.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_memory = 16 << 20;  // a thread
constexpr std::size_t k_most_notes = 10, k_longest_text = 300;
constexpr std::size_t k_most_known_exploited = 1'000'000;

// "2026-08-01…" of a plausible year: some feeds write the year 1 for "not known", and some typing errors are ahead of
// us.
bool plausible_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
    if (text[i] < '0' || text[i] > '9') return false;
  return text.substr(0, 4) >= "1990" && text.substr(0, 4) <= "2100";
}

}  // namespace

SourceWriter::SourceWriter(std::string folder, std::uint64_t most_records)
    : m_sorter(std::move(folder), k_memory), m_most_records(most_records) {}

void SourceWriter::add(Advisory advisory) {
  if (!m_state.ok()) return;
  const Buffer record = encode_record(advisory);
  if (record.size() > k_largest_record) {
    bad_record(make_error(ErrorCode::limit, "feed-record-limit", "a record is too large", advisory.id));
    return;
  }
  if (m_sorter.count() >= m_most_records) {
    m_state = make_error(ErrorCode::limit, "feed-records-limit", "the source has more records than any real one");
    return;
  }
  m_state = m_sorter.add(advisory.ecosystem, advisory.package, record);
}

void SourceWriter::add_known_exploited(std::string cve, KnownExploited entry) {
  if (m_harvest.kev.size() < k_most_known_exploited) m_harvest.kev.insert_or_assign(std::move(cve), std::move(entry));
}

void SourceWriter::note(std::string text) {
  if (m_harvest.notes.size() >= k_most_notes) return;
  if (std::find(m_harvest.notes.begin(), m_harvest.notes.end(), text) == m_harvest.notes.end())
    m_harvest.notes.push_back(std::move(text));
}

void SourceWriter::newest_record(std::string_view rfc3339) {
  if (plausible_date(rfc3339) && rfc3339.substr(0, 10) > m_harvest.newest) m_harvest.newest = rfc3339.substr(0, 10);
}

void SourceWriter::bad_record(const Error& error) {
  if (m_harvest.skipped++ == 0) m_harvest.first_problem = error.describe().substr(0, k_longest_text);
}

void SourceWriter::keep_old_rows_except(std::set<std::string> ids) { m_harvest.replaced = std::move(ids); }

Result<SourceHarvest> SourceWriter::finish() {
  TRY(std::move(m_state));
  m_harvest.added = m_sorter.count();
  m_harvest.runs = TRY(m_sorter.finish());
  return std::move(m_harvest);
}

}  // namespace hullcheck::advisories
