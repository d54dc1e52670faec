// rpmdb.sqlite: the table Packages(hnum INTEGER PRIMARY KEY, blob BLOB) of an SQLite 3 database. See sqlite.cpp for
// the format and for what is hostile about it.
#include "formats/rpmdb_records.hpp"
#include "formats/sqlite.hpp"

namespace hullcheck::formats {
namespace {

class PackageRows final : public SqliteRows {
 public:
  explicit PackageRows(RpmdbRecords& records) : m_records(records) {}

  bool begin(std::uint64_t row) override { return m_records.begin(row); }
  void take(std::uint64_t row, Bytes record) override {
    const auto blob = read_sqlite_column(record, 1);
    if (blob && blob->is_blob())
      m_records.take(row, blob->data);
    else
      problem(row, ErrorCode::malformed, "sqlite-record", "the row holds no package");
  }
  void problem(std::uint64_t row, ErrorCode code, std::string name, std::string message) override {
    m_records.problem(row, code, std::move(name), std::move(message));
  }
  void truncated(std::string message) override { m_records.truncated(std::move(message)); }

 private:
  RpmdbRecords& m_records;
};

}  // namespace

Result<void> read_sqlite_rpmdb(Bytes file, RpmdbRecords& records) {
  records.report().kind = RpmdbKind::sqlite;
  records.report().write_ahead_log = has_write_ahead_log(file);
  PackageRows rows(records);
  return read_sqlite_table(file, "packages", {.max_record_bytes = records.limits().header.max_bytes}, rows);
}

}  // namespace hullcheck::formats
