// Every registered comparator against every table that bears its name. A new ordering needs no code here: a file
// cases/SCHEME.txt (how versions compare) and cases/SCHEME.valid (which strings are versions) are found by
// themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <random>

#include "versions/comparator.hpp"
#include "versions/conformance.hpp"

// Counts what compare() and valid() allocate, which must be nothing.
namespace {
std::atomic<std::size_t> allocations{0};
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace hullcheck::versions {
namespace {

namespace fs = std::filesystem;

const fs::path k_cases = fs::path(HULLCHECK_TEST_DATA) / "versions" / "cases";
const fs::path k_sources = fs::path(HULLCHECK_TEST_DATA) / ".." / "src" / "versions";

fs::path shared_folder() {
  const char* set = std::getenv("HULLCHECK_SHARED");
  return fs::path(set != nullptr ? set : HULLCHECK_SHARED) / "conformance" / "versions";
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream.good()) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> registered_ids() {
  std::vector<std::string> ids;
  for (const auto& extension : ComparatorRegistry::all()) ids.emplace_back(extension.descriptor.id);
  return ids;
}

std::vector<std::string> stems(const fs::path& folder, std::string_view extension) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == extension) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

void expect_no_misses(const std::string& scheme, const fs::path& file) {
  const auto table = read_file(file);
  const auto report = check_table(scheme, table);
  ASSERT_TRUE(report.ok()) << report.error().describe();
  EXPECT_GT(report->rows, 0u);
  for (const auto& miss : report->misses) ADD_FAILURE() << scheme << ": " << miss.describe();
}

class ComparatorTest : public testing::TestWithParam<std::string> {
 protected:
  const Comparator& comparator() const { return *ComparatorRegistry::find(GetParam())->instance; }
  const ComparatorDescriptor& descriptor() const { return ComparatorRegistry::find(GetParam())->descriptor; }

  // Every version of the checked-in table, cut, joined and altered: near neighbours are where an order goes wrong.
  std::vector<std::string> sample(std::size_t size) const {
    const auto table = read_file(k_cases / (GetParam() + ".txt"));
    const auto rows = parse_table(table);
    std::vector<std::string> seeds{"", "0", ".", "-", "~", "a", std::string("1\0", 2), "1.\xC3\xA9"};
    for (const auto& row : rows.value()) {
      seeds.emplace_back(row.left);
      seeds.emplace_back(row.right);
    }
    std::mt19937 random(20240229);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    constexpr std::string_view k_alphabet = "0019.-_+~^:!aArcpv #";
    std::vector<std::string> out = seeds;
    while (out.size() < size) {
      std::string text = seeds[below(seeds.size())];
      for (auto steps = 1 + below(3); steps > 0; --steps) {
        const auto at = below(text.size() + 1);
        if (below(3) == 0 && at < text.size())
          text.erase(at, 1);
        else
          text.insert(at, 1, k_alphabet[below(k_alphabet.size())]);
      }
      out.push_back(std::move(text));
    }
    return out;
  }
};

char relation(const Comparator& comparator, std::string_view a, std::string_view b) {
  return relation_of(comparator.compare(a, b));
}

char relation(std::string_view scheme, std::string_view a, std::string_view b) {
  return relation(*ComparatorRegistry::find(scheme)->instance, a, b);
}

TEST_P(ComparatorTest, OwnTable) { expect_no_misses(GetParam(), k_cases / (GetParam() + ".txt")); }

TEST_P(ComparatorTest, SharedTable) {
  const auto file = shared_folder() / (GetParam() + ".txt");
  if (!fs::exists(file)) GTEST_SKIP() << "shared conformance table " << GetParam() << ".txt is absent";
  expect_no_misses(GetParam(), file);
}

TEST_P(ComparatorTest, ExampleOfTheDescriptorHolds) {
  const auto report = check_table(GetParam(), descriptor().example);
  ASSERT_TRUE(report.ok()) << report.error().describe();
  EXPECT_EQ(report->rows, 1u);
  EXPECT_TRUE(report->misses.empty()) << descriptor().example;
}

TEST_P(ComparatorTest, KnowsWhatIsAVersion) {
  std::ifstream stream(k_cases / (GetParam() + ".valid"));
  ASSERT_TRUE(stream.good());
  EXPECT_FALSE(comparator().valid(""));
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.front() == '#') continue;
    ASSERT_TRUE(line.starts_with("+ ") || line.starts_with("- ")) << line;
    EXPECT_EQ(comparator().valid(line.substr(2)), line.front() == '+') << line;
  }
}

TEST_P(ComparatorTest, TheOtherWayRoundIsTheOpposite) {
  const auto versions = sample(400);
  for (const auto& a : versions) {
    ASSERT_EQ(relation(comparator(), a, a), '=') << a;
    for (const auto& b : versions)
      ASSERT_EQ(relation(comparator(), a, b), mirrored(relation(comparator(), b, a))) << a << " and " << b;
  }
}

// Sorted by insertion (which a circular order cannot break), each must be at most equal to every later one.
void expect_total(const Comparator& comparator, std::vector<std::string> versions) {
  std::vector<std::string> sorted;
  for (auto& version : versions) {
    auto place = sorted.end();
    while (place != sorted.begin() && comparator.compare(version, *(place - 1)) < 0) --place;
    sorted.insert(place, std::move(version));
  }
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    bool above = false;
    for (std::size_t j = i + 1; j < sorted.size(); ++j) {
      const char order = relation(comparator, sorted[i], sorted[j]);
      ASSERT_NE(order, '>') << sorted[i] << " and " << sorted[j];
      ASSERT_FALSE(above && order == '=') << sorted[i] << " equals " << sorted[j] << " but is below one before it";
      above = above || order == '<';
    }
  }
}

TEST_P(ComparatorTest, OrderIsTransitive) {
  if (descriptor().total) expect_total(comparator(), sample(500));
}

TEST_P(ComparatorTest, LessIsTransitive) {
  if (GetParam() == "maven") return;  // see MavenHasThreeThatNoTotalOrderCanHave
  const auto versions = sample(150);
  for (const auto& a : versions)
    for (const auto& b : versions) {
      if (relation(comparator(), a, b) != '<') continue;
      for (const auto& c : versions) {
        if (relation(comparator(), b, c) != '<') continue;
        ASSERT_EQ(relation(comparator(), a, c), '<') << a << ", " << b << ", " << c;
      }
    }
}

TEST_P(ComparatorTest, LongDigitRunsAreNumbers) {
  const std::string big = "2.0." + std::string(100'000, '9');
  const std::string bigger = "2.0.1" + std::string(100'000, '0');
  EXPECT_EQ(relation(comparator(), big, bigger), '<');
  EXPECT_EQ(relation(comparator(), bigger, big), '>');
  EXPECT_EQ(relation(comparator(), big, big), '=');
}

// A quadratic comparator would need minutes here.
TEST_P(ComparatorTest, LongVersionsTakeLinearTime) {
  for (const std::string_view unit : {"0.", "0-", "-", ".", "a0", "_p", "-0a", "~", "+", "a.", "0-0.", "1!", ":"}) {
    std::string text = "1";
    while (text.size() < 300'000) text += unit;
    for (const auto* end : {"", "a", "1", ".1"})
      EXPECT_EQ(relation(comparator(), text + end, text + end), '=') << unit;
    (void)comparator().valid(text);
  }
}

TEST_P(ComparatorTest, AllocatesNothing) {
  const auto versions = sample(200);
  const auto before = allocations.load();
  std::size_t seen = 0;
  for (const auto& a : versions) {
    seen += comparator().valid(a) ? 1 : 0;
    for (const auto& b : versions) seen += comparator().compare(a, b) == 0 ? 1 : 0;
  }
  EXPECT_EQ(allocations.load(), before);
  EXPECT_GT(seen, 0u);
}

INSTANTIATE_TEST_SUITE_P(Scheme, ComparatorTest, testing::ValuesIn(registered_ids()),
                         [](const auto& scheme) { return scheme.param; });

TEST(Comparators, RegisteredIdsEqualTheFiles) {
  auto files = stems(k_sources, ".cpp");
  files.erase(std::remove(files.begin(), files.end(), "conformance"), files.end());
  EXPECT_EQ(registered_ids(), files);
}

TEST(Comparators, EachHasItsTables) {
  EXPECT_EQ(stems(k_cases, ".txt"), registered_ids());
  EXPECT_EQ(stems(k_cases, ".valid"), registered_ids());
}

TEST(Comparators, SharedTablesAllHaveAComparator) {
  if (!fs::exists(shared_folder())) GTEST_SKIP() << "shared conformance tables are absent";
  for (const auto& stem : stems(shared_folder(), ".txt")) EXPECT_NE(ComparatorRegistry::find(stem), nullptr) << stem;
}

TEST(Comparators, InvalidSortsFirstAndByBytes) {
  EXPECT_EQ(relation("semver", "zzz", "0.0.0-0"), '<');
  EXPECT_EQ(relation("semver", "yyy", "zzz"), '<');
  EXPECT_EQ(relation("semver", "y", "\xC3"), '<');
  EXPECT_EQ(relation("semver", "zzz", "zzz"), '=');
}

std::vector<std::string> random_versions(std::string_view alphabet, std::string_view ending) {
  std::mt19937 random(20240229);
  std::vector<std::string> versions;
  for (int i = 0; i < 600; ++i) {
    std::string version;
    for (auto length = 1 + random() % 6; length > 0; --length) version += alphabet[random() % alphabet.size()];
    version += ending;
    if (!ending.empty()) version += std::to_string(1 + random() % 3);
    versions.push_back(std::move(version));
  }
  return versions;
}

// vercmp(8) itself rules out a total order; kept here so that nobody takes `total = false` away by mistake.
TEST(Comparators, PacmanHasThreeThatNoTotalOrderCanHave) {
  EXPECT_EQ(relation("pacman", "1.0-1", "1.0"), '=');
  EXPECT_EQ(relation("pacman", "1.0", "1.0-2"), '=');
  EXPECT_EQ(relation("pacman", "1.0-1", "1.0-2"), '<');
  const auto& pacman = *ComparatorRegistry::find("pacman")->instance;
  expect_total(pacman, random_versions("0123.._ab", "-"));
  expect_total(pacman, random_versions("0123.._ab", ""));
}

// Published pairs with other numbers: 2.4.0.RC2 < 2.4.0, 1.0 < 1.0-1, 2.9.0-1 < 2.9.0.RC1.
TEST(Comparators, MavenHasThreeThatNoTotalOrderCanHave) {
  EXPECT_EQ(relation("maven", "1.0.rc1", "1.0"), '<');
  EXPECT_EQ(relation("maven", "1.0", "1.0-1"), '<');
  EXPECT_EQ(relation("maven", "1.0-1", "1.0.rc1"), '<');
  expect_total(*ComparatorRegistry::find("maven")->instance, random_versions("00123..-", ""));
}

TEST(Comparators, OnlyTheseTwoAreNotTotal) {
  for (const auto& extension : ComparatorRegistry::all())
    EXPECT_EQ(extension.descriptor.total, extension.descriptor.id != "pacman" && extension.descriptor.id != "maven");
}

}  // namespace
}  // namespace hullcheck::versions
