// Sorts any number of records by key in bounded memory: runs are sorted where they are gathered, large ones go to
// unlinked temporary files, and one merge gives every record in order. Nothing is left on disk after a crash.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

// A record with its key; borrowed.
struct KeyedRecord {
  std::string_view ecosystem, package;
  Bytes record;
};

// Records in key order. One thread at a time.
class SortedRun {
 public:
  virtual ~SortedRun() = default;
  // False at the end. The record is valid until the next call.
  virtual Result<bool> next(KeyedRecord& out) = 0;
};

// Where a gathered record stands in its buffer: three parts one after the other, with their sizes.
struct GatheredRecord {
  std::size_t offset;
  std::uint32_t ecosystem, package, record;
};

// Gathers the records of one source. One thread at a time.
class RecordSorter {
 public:
  // `folder` holds the temporary files. At most about `memory` bytes are held.
  RecordSorter(std::string folder, std::size_t memory);
  ~RecordSorter();
  RecordSorter(RecordSorter&&) noexcept;

  Result<void> add(std::string_view ecosystem, std::string_view package, Bytes record);
  std::uint64_t count() const { return m_count; }
  // What was added, as one or several sorted runs; the sorter is empty after it. The runs own their bytes.
  Result<std::vector<std::unique_ptr<SortedRun>>> finish();

 private:
  void sort();
  Result<void> spill();

  std::string m_folder;
  std::size_t m_memory;
  Buffer m_bytes;
  std::vector<GatheredRecord> m_items;
  std::vector<std::unique_ptr<SortedRun>> m_runs;
  std::uint64_t m_count = 0;
};

// All runs as one, key after key; of equal keys the run with the smaller index first. `index` names the run.
Result<void> merge_runs(std::vector<std::unique_ptr<SortedRun>>& runs,
                        const std::function<Result<void>(std::size_t index, const KeyedRecord& record)>& visit);

}  // namespace hullcheck::advisories
