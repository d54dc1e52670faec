// Between rpmdb.cpp and the readers of the three kinds; nobody else includes this.
#pragma once

#include <string>
#include <unordered_set>

#include "formats/rpmdb.hpp"

namespace hullcheck::formats {

// Where a reader puts the records it finds. Counts them, knows their numbers, and says when it is enough.
class RpmdbRecords {
 public:
  RpmdbRecords(RpmdbReport& report, const RpmdbLimits& limits, const RpmRecordVisitor& visitor)
      : m_report(report), m_limits(limits), m_visitor(visitor) {}

  // False when the limit of records is reached: the reader stops.
  bool begin(std::uint64_t number);
  void take(std::uint64_t number, Bytes blob) { m_visitor(number, blob); }
  void problem(std::uint64_t number, ErrorCode code, std::string name, std::string message);
  void truncated(std::string message);  // noted once

  RpmdbReport& report() { return m_report; }
  const RpmdbLimits& limits() const { return m_limits; }

 private:
  RpmdbReport& m_report;
  const RpmdbLimits& m_limits;
  const RpmRecordVisitor& m_visitor;
  std::unordered_set<std::uint64_t> m_numbers;
};

bool is_ndb(Bytes file);
bool is_bdb(Bytes file);
Result<void> read_sqlite_rpmdb(Bytes file, RpmdbRecords& records);
Result<void> read_ndb_rpmdb(Bytes file, RpmdbRecords& records);
Result<void> read_bdb_rpmdb(Bytes file, RpmdbRecords& records);

}  // namespace hullcheck::formats
