// Where the feed of one source puts its rows during an update.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "advisories/feed.hpp"
#include "advisories/record_sorter.hpp"

namespace hullcheck::advisories {

struct SourceHarvest {
  std::vector<std::unique_ptr<SortedRun>> runs;
  std::map<std::string, KnownExploited> kev;
  std::vector<std::string> notes;
  std::string newest;       // date
  std::uint64_t added = 0;  // rows
  std::uint64_t skipped = 0;
  std::string first_problem;
  // Set: the source's old rows stay, but for those of these ids.
  std::optional<std::set<std::string>> replaced;
};

// One thread. Limits: a record of more than k_largest_record bytes is skipped, a source of more than `most_records`
// fails ("feed-records-limit").
class SourceWriter final : public AdvisoryWriter {
 public:
  explicit SourceWriter(std::string folder, std::uint64_t most_records = 20'000'000);
  void add(Advisory advisory) override;
  void add_known_exploited(std::string cve, KnownExploited entry) override;
  void note(std::string text) override;
  void newest_record(std::string_view rfc3339) override;
  void bad_record(const Error& error) override;
  void keep_old_rows_except(std::set<std::string> ids) override;

  // The rows, or what went wrong while taking them (disk full, limit).
  Result<SourceHarvest> finish();

 private:
  RecordSorter m_sorter;
  std::uint64_t m_most_records;
  SourceHarvest m_harvest;
  Result<void> m_state;  // the first failure; later rows are dropped
};

}  // namespace hullcheck::advisories
