// Which kind of rpm database it is, and its records as packages.
#include "formats/rpmdb.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_set>

#include "formats/rpmdb_records.hpp"
#include "formats/sqlite.hpp"

namespace hullcheck::formats {
namespace {

struct KindRow {
  bool (*recognises)(Bytes);
  Result<void> (*read)(Bytes, RpmdbRecords&);
};
constexpr std::array<KindRow, 3> k_kinds{{
    {is_sqlite, read_sqlite_rpmdb},
    {is_ndb, read_ndb_rpmdb},
    {is_bdb, read_bdb_rpmdb},
}};

auto order_key(const RpmPackage& package) {
  return std::tie(package.name, package.arch, package.version, package.release, package.epoch);
}

// Turns records into packages while what all of them may take together shrinks.
class PackageMaker {
 public:
  PackageMaker(const RpmdbLimits& limits, const RpmPackageVisitor& visitor)
      : m_limits(limits),
        m_left(limits.header),
        m_files(limits.max_files),
        m_bytes(limits.max_path_bytes),
        m_visitor(visitor) {}

  // The report is still being written by the reader, so problems wait here.
  void take(std::uint64_t number, Bytes blob) {
    m_left.max_files = std::min(m_limits.header.max_files, m_files);
    m_left.max_path_bytes = std::min(m_limits.header.max_path_bytes, m_bytes);
    auto package = parse(blob);
    if (!package) return m_problems.add(number, std::move(package).error(), m_limits);
    for (const Error& error : package->problems) m_problems.add(number, Error(error).in(package->name), m_limits);
    if (!first_of_its_kind(*package))
      return m_problems.add(number,
                            make_error(ErrorCode::malformed, "rpmdb-duplicate-package",
                                       "the package stands in the database twice", package->name),
                            m_limits);
    m_files -= package->files.size();
    for (const RpmFile& file : package->files) m_bytes -= file.path.size();
    m_visitor(std::move(package).value());
  }

  void finish(RpmdbReport& report) {
    for (RpmdbProblem& problem : m_problems.problems) report.add(problem.number, std::move(problem.error), m_limits);
    report.problems_left_out += m_problems.problems_left_out;
  }

 private:
  Result<RpmPackage> parse(Bytes blob) const {
    const RpmHeader header = TRY(parse_rpm_header(blob, m_left));
    return to_package(header, m_left);
  }

  bool first_of_its_kind(const RpmPackage& package) {
    std::string key = package.name;
    for (const std::string& part : {package.evr(), package.arch}) key.append(1, '\0').append(part);
    return m_seen.insert(std::move(key)).second;
  }

  const RpmdbLimits& m_limits;
  RpmHeaderLimits m_left;
  std::uint64_t m_files;
  std::uint64_t m_bytes;
  const RpmPackageVisitor& m_visitor;
  RpmdbReport m_problems;
  std::unordered_set<std::string> m_seen;
};

}  // namespace

std::string_view to_string(RpmdbKind kind) {
  static constexpr std::array<std::string_view, 4> k_names{"sqlite", "ndb", "bdb-hash", "bdb-btree"};
  return k_names[static_cast<std::size_t>(kind)];
}

void RpmdbReport::add(std::uint64_t number, Error error, const RpmdbLimits& limits) {
  if (problems.size() < limits.max_problems)
    problems.push_back({number, std::move(error)});
  else
    ++problems_left_out;
}

bool RpmdbRecords::begin(std::uint64_t number) {
  if (m_report.entries >= m_limits.max_entries) {
    problem(0, ErrorCode::limit, "rpmdb-entry-limit",
            fmt::format("the database has more than {} records", m_limits.max_entries));
    return false;
  }
  ++m_report.entries;
  // Read all the same: a number used twice must not be a way to hide a package.
  if (!m_numbers.insert(number).second)
    problem(number, ErrorCode::malformed, "rpmdb-duplicate-number", "two records have the same number");
  return true;
}

void RpmdbRecords::problem(std::uint64_t number, ErrorCode code, std::string name, std::string message) {
  m_report.add(number,
               make_error(code, std::move(name), std::move(message),
                          number == 0 ? std::string() : fmt::format("record {}", number)),
               m_limits);
}

void RpmdbRecords::truncated(std::string message) {
  if (std::exchange(m_report.truncated, true)) return;
  problem(0, ErrorCode::truncated, "rpmdb-truncated", std::move(message));
}

Result<RpmdbReport> visit_rpmdb(Bytes file, const RpmdbLimits& limits, const RpmRecordVisitor& visitor) {
  if (file.size() > limits.max_file_bytes)
    return make_error(ErrorCode::limit, "rpmdb-size-limit", fmt::format("the database has {} bytes", file.size()));
  for (const KindRow& kind : k_kinds) {
    if (!kind.recognises(file)) continue;
    RpmdbReport report;
    RpmdbRecords records(report, limits, visitor);
    if (auto read = kind.read(file, records); !read) return std::move(read).error();
    return report;
  }
  return make_error(ErrorCode::unsupported, "rpmdb-unknown", "the file is none of rpm's kinds of database");
}

Result<RpmdbReport> visit_rpm_packages(Bytes file, const RpmdbLimits& limits, const RpmPackageVisitor& visitor) {
  PackageMaker maker(limits, visitor);
  RpmdbReport report =
      TRY(visit_rpmdb(file, limits, [&](std::uint64_t number, Bytes blob) { maker.take(number, blob); }));
  maker.finish(report);
  return report;
}

Result<RpmdbRead> read_rpmdb(Bytes file, const RpmdbLimits& limits) {
  RpmdbRead out;
  out.report = TRY(visit_rpm_packages(file, limits, [&](RpmPackage package) {
    (package.is_public_key() ? out.public_keys : out.packages).push_back(std::move(package));
  }));
  const auto by_key = [](const RpmPackage& a, const RpmPackage& b) { return order_key(a) < order_key(b); };
  std::sort(out.packages.begin(), out.packages.end(), by_key);
  std::sort(out.public_keys.begin(), out.public_keys.end(), by_key);
  return out;
}

}  // namespace hullcheck::formats
