#include "util/sqlite.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hullcheck::util {
namespace {

class Sqlite : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hullcheck-sqlite-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    m_folder = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(m_folder); }
  std::string path(const std::string& name) const { return (m_folder / name).string(); }

  std::filesystem::path m_folder;
};

Connection must_open(const std::string& path, OpenOptions options) {
  auto connection = Connection::open(path, options);
  EXPECT_TRUE(connection.ok()) << connection.error().describe();
  return std::move(connection).value();
}

TEST_F(Sqlite, ValuesComeBackAsTheyWere) {
  auto connection = must_open(path("a.sqlite"), {.mode = OpenMode::read_write});
  ASSERT_TRUE(connection.execute("CREATE TABLE t(name TEXT PRIMARY KEY, data BLOB, n INTEGER) WITHOUT ROWID").ok());
  auto insert = connection.prepare("INSERT INTO t VALUES(?,?,?)").value();
  const Buffer blob{0, 1, 255, 0};
  const std::string odd("a\0b", 3);
  ASSERT_TRUE(insert.bind(odd).bind(Bytes(blob)).bind(std::int64_t{-7}).run().ok());
  ASSERT_TRUE(insert.bind("").bind(Bytes{}).bind_null().run().ok());
  auto query = connection.prepare("SELECT name, data, n FROM t ORDER BY name").value();
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), "");
  EXPECT_TRUE(query.blob(1).empty());
  EXPECT_EQ(query.integer(2), 0);
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), odd);
  EXPECT_EQ(Buffer(query.blob(1).begin(), query.blob(1).end()), blob);
  EXPECT_EQ(query.integer(2), -7);
  EXPECT_FALSE(query.step().value());
}

TEST_F(Sqlite, FailedInsertNamesItselfAndTheStatementStaysUsable) {
  auto connection = must_open(path("a.sqlite"), {.mode = OpenMode::read_write});
  ASSERT_TRUE(connection.execute("CREATE TABLE t(name TEXT PRIMARY KEY)").ok());
  auto insert = connection.prepare("INSERT INTO t VALUES(?)").value();
  ASSERT_TRUE(insert.bind("x").run().ok());
  const auto again = insert.bind("x").run();
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().name, "database-error");
  EXPECT_TRUE(insert.bind("y").run().ok());
}

TEST_F(Sqlite, TransactionWithoutCommitLeavesNothing) {
  auto connection = must_open(path("a.sqlite"), {.mode = OpenMode::read_write});
  ASSERT_TRUE(connection.execute("CREATE TABLE t(n)").ok());
  {
    auto transaction = Transaction::begin(connection);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(connection.execute("INSERT INTO t VALUES(1)").ok());
  }
  EXPECT_EQ(connection.number("SELECT count(*) FROM t").value(), 0);
  {
    auto transaction = Transaction::begin(connection).value();
    ASSERT_TRUE(connection.execute("INSERT INTO t VALUES(1)").ok());
    ASSERT_TRUE(transaction.commit().ok());
  }
  EXPECT_EQ(connection.number("SELECT count(*) FROM t").value(), 1);
}

TEST_F(Sqlite, SecondWriterIsBusyByName) {
  auto first = must_open(path("a.sqlite"), {.mode = OpenMode::read_write});
  ASSERT_TRUE(first.execute("CREATE TABLE t(n)").ok());
  auto second = must_open(path("a.sqlite"), {.mode = OpenMode::read_write, .busy_milliseconds = 20});
  auto held = Transaction::begin(first);
  ASSERT_TRUE(held.ok());
  const auto refused = Transaction::begin(second);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().name, "database-busy");
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
}

TEST_F(Sqlite, AbsentAndForeignFilesAreToldApart) {
  const auto absent = Connection::open(path("none.sqlite"));
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().name, "database-absent");
  std::ofstream(path("text")) << std::string(8192, 'x');
  const auto connection = Connection::open(path("text"));
  const auto read = connection.ok() ? connection.value().number("SELECT count(*) FROM sqlite_schema")
                                    : Result<std::int64_t>(connection.error());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().name, "database-malformed");
}

TEST_F(Sqlite, PathsThatLookLikeUriPartsAreOrdinaryPaths) {
  for (const std::string name : {"a?mode=memory", "a#b", "a%41"}) {
    ASSERT_TRUE(must_open(path(name), {.mode = OpenMode::build}).execute("CREATE TABLE t(n)").ok());
    EXPECT_TRUE(std::filesystem::exists(path(name))) << name;
    EXPECT_EQ(must_open(path(name), {}).number("SELECT count(*) FROM t").value(), 0);
  }
}

// A journal beside a file that is being made would outlive a kill.
TEST_F(Sqlite, BuildingMakesNoSecondFile) {
  auto connection = must_open(path("a"), {.mode = OpenMode::build});
  ASSERT_TRUE(connection.execute("CREATE TABLE t(n); BEGIN; INSERT INTO t VALUES(1)").ok());
  for (const auto& entry : std::filesystem::directory_iterator(m_folder)) EXPECT_EQ(entry.path().filename(), "a");
  EXPECT_TRUE(connection.execute("COMMIT").ok());
}

TEST_F(Sqlite, ReadOnlyMeansReadOnly) {
  ASSERT_TRUE(must_open(path("a"), {.mode = OpenMode::build}).execute("CREATE TABLE t(n)").ok());
  EXPECT_FALSE(must_open(path("a"), {}).execute("INSERT INTO t VALUES(1)").ok());
}

}  // namespace
}  // namespace hullcheck::util
