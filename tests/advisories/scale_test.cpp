// The sizes that a database of every public source has: two million records, and a day in which 500 of them change.
// An ordinary run takes a tenth; HULLCHECK_FULL=1 takes all, and holds time and memory to what is promised.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "advisories/bundle.hpp"
#include "advisories/update.hpp"
#include "support/memory_transport.hpp"
#include "support/temporary_folder.hpp"

namespace hullcheck::advisories {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_flaws_of_a_package = 20;
constexpr int k_sources = 20;

bool full() {
  const char* const word = std::getenv("HULLCHECK_FULL");
  return word != nullptr && std::string_view(word) == "1";
}
std::uint64_t size() { return full() ? 2'000'000 : 200'000; }

// Rows as real feeds have them: ids of flaws with an alias, one range, a vector, a title, in no order of packages.
// `subject` is the ecosystem; the number before the ":" of the URL is how many, the one behind it how many changed.
class Synthetic final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download&, AdvisoryWriter& writer) const override {
    const std::uint64_t count = std::stoull(source.url),
                        changed = std::stoull(source.url.substr(source.url.find(':') + 1));
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t n = (i * 7919) % count;
      Advisory row;
      row.id = fmt::format("CVE-{}-{}", 2005 + n % 20, 1000 + n * 31 % 60'000);
      row.aliases = {fmt::format("GHSA-{:04x}-{:04x}-{:04x}", n % 65521, n * 3 % 65521, n * 7 % 65521)};
      row.ecosystem = source.subject;
      row.package = fmt::format("package-{:06}", n / k_flaws_of_a_package);
      row.ranges.push_back({"", fmt::format("{}.{}.{}-{}", n % 9, n % 31, n % 7, n < changed ? 2 : 1), ""});
      row.severity = static_cast<model::Severity>(1 + n % 4);
      row.cvss_vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
      row.cvss_score = 7.5;
      row.title =
          fmt::format("A flaw of number {} lets somebody read what he should not", n * 2'654'435'761ULL % 1'000'003);
      row.published = "2024-05-01";
      writer.add(std::move(row));
    }
    writer.newest_record("2026-11-01");
    return {};
  }
};
const util::Registered<Synthetic> registered{
    {.id = "synthetic", .version = 1, .summary = "Rows for tests of size", .example = "100:0"}};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Of the processor: a machine that does other things as well must not fail this.
double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t largest_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

class Scale : public testing::Test {
 protected:
  std::string make(const std::string& name, std::uint64_t changed) {
    UpdateOptions options;
    options.database = m_folder.path(name);
    options.now = std::chrono::sys_days(std::chrono::year{2026} / 11 / 1);
    options.sources.clear();
    for (int i = 0; i < k_sources; ++i)
      options.sources.push_back({fmt::format("synthetic/{}", i), "synthetic",
                                 fmt::format("{}:{}", size() / k_sources, i == 0 ? changed : 0),
                                 fmt::format("Test:{}", i), "", 1});
    test::MemoryTransport transport;
    const auto report = update(options, transport, util::no_progress(), {});
    EXPECT_TRUE(report.ok()) << report.error().describe();
    EXPECT_EQ(report.ok() ? report->records : 0, size());
    return options.database;
  }
  // Makes the system forget the file's pages.
  static void make_cold(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    ::fsync(fd);
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    ::close(fd);
  }
  test::TemporaryFolder m_folder;
};

TEST_F(Scale, MillionsOfRecordsAreBuiltAndFoundQuickly) {
  const auto start = Clock::now();
  const double before = processor_seconds();
  const std::string path = make("db", 0);
  const double build = processor_seconds() - before, wall = seconds_since(start);
  const std::uint64_t memory = largest_memory();
  double from_disk = 1e9, first = 1e9;
  for (int round = 0; round < 5; ++round) {
    for (double* best : {&from_disk, &first}) {
      if (best == &from_disk) make_cold(path);
      const auto begin = Clock::now();
      const auto database = Database::open(path);
      ASSERT_TRUE(database.ok());
      std::size_t found = 0;
      const std::uint64_t packages = size() / k_sources / k_flaws_of_a_package;
      for (std::uint64_t i = 0; i < 500; ++i) {
        // An image has one distribution and some languages.
        const auto rows =
            database->look_up(fmt::format("Test:{}", i % 3), fmt::format("package-{:06}", i * 977 % packages));
        ASSERT_TRUE(rows.ok());
        found += rows->size();
      }
      EXPECT_EQ(found, 500 * k_flaws_of_a_package);
      *best = std::min(*best, seconds_since(begin) * 1000);
    }
  }
  const auto bytes = std::filesystem::file_size(path);
  std::printf(
      "%llu records: built in %.1f s (%.1f s of the processor) with %llu MB, %llu MB on disk; opened and 500 looked "
      "up in "
      "%.1f ms, from the disk itself in %.1f ms\n",
      static_cast<unsigned long long>(size()), wall, build, static_cast<unsigned long long>(memory / 1'000'000),
      static_cast<unsigned long long>(bytes / 1'000'000), first, from_disk);
  if (!full()) return;
  EXPECT_LT(build, 15);
  EXPECT_LT(memory, 500'000'000U);
  EXPECT_LT(first, 15);
}

TEST_F(Scale, ADayWithFiveHundredChangesIsSmall) {
  const std::string older = make("older", 0), newer = make("newer", 500), file = m_folder.path("delta");
  const auto start = Clock::now();
  const auto delta = export_difference(older, newer, file);
  ASSERT_TRUE(delta.ok()) << delta.error().describe();
  const double made = seconds_since(start);
  EXPECT_EQ(delta->records, 1000U) << "500 gone, 500 new";
  EXPECT_LT(delta->bytes, 1'000'000U);
  const auto taken = import_bundle(file, older);
  ASSERT_TRUE(taken.ok()) << taken.error().describe();
  EXPECT_EQ(taken->digest, Database::open(newer).value().state().digest);
  EXPECT_EQ(Database::open(older).value().state().digest, taken->digest);
  std::printf("%llu records: difference of 500 changed ones %llu bytes, made in %.1f s, taken in %.1f s\n",
              static_cast<unsigned long long>(size()), static_cast<unsigned long long>(delta->bytes), made,
              seconds_since(start) - made);
}

}  // namespace
}  // namespace hullcheck::advisories
