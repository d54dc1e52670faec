// Both stores, one contract; below that what only a file can suffer.
#include "store/fact_store.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "util/sqlite.hpp"

namespace hullcheck::store {
namespace {

namespace fs = std::filesystem;

// Gone with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "hullcheck-store-XXXXXX").string();
    m_path = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name = "cache") const { return m_path + "/" + name; }

 private:
  std::string m_path;
};

Buffer bytes(std::size_t size, std::uint8_t value) { return Buffer(size, value); }

StoredLayer layer(std::uint8_t value, std::size_t size = 10) {
  StoredLayer stored;
  stored.parts["core"] = bytes(size, value);
  stored.parts["a"] = bytes(3, value);
  return stored;
}

struct Memory {
  std::unique_ptr<FactStore> open(std::uint64_t limit = k_default_limit) { return memory_store(limit); }
};

struct Sqlite {
  std::unique_ptr<FactStore> open(std::uint64_t limit = k_default_limit) {
    auto store = open_sqlite_store(folder.path(), limit);
    EXPECT_TRUE(store) << store.error().describe();
    return store ? std::move(*store) : nullptr;
  }
  Folder folder;
};

template <class Kind>
class FactStoreTest : public testing::Test {
 protected:
  Kind kind;
};
using Kinds = testing::Types<Memory, Sqlite>;
TYPED_TEST_SUITE(FactStoreTest, Kinds);

TYPED_TEST(FactStoreTest, KnowsNothingAtFirst) {
  const auto store = this->kind.open();
  EXPECT_FALSE(store->load("sha256:x"));
  EXPECT_FALSE(store->verified_blob(""));
  EXPECT_FALSE(store->guess("key"));
  EXPECT_EQ(store->usage()->layers, 0U);
  EXPECT_EQ(store->usage()->bytes, 0U);
}

TYPED_TEST(FactStoreTest, GivesBackWhatWasSaved) {
  const auto store = this->kind.open();
  StoredLayer saved = layer(1);
  saved.parts["empty"] = {};
  ASSERT_TRUE(store->save("sha256:x", saved));
  const auto loaded = store->load("sha256:x");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->parts, saved.parts);
  EXPECT_FALSE(store->load("sha256:y"));
  EXPECT_EQ(store->usage()->layers, 1U);
  EXPECT_EQ(store->usage()->bytes, 13U);
}

TYPED_TEST(FactStoreTest, SavingAgainReplacesAndKeepsOtherSections) {
  const auto store = this->kind.open();
  ASSERT_TRUE(store->save("sha256:x", layer(1)));
  StoredLayer more;
  more.parts["core"] = bytes(20, 2);
  more.parts["b"] = bytes(5, 2);
  ASSERT_TRUE(store->save("sha256:x", more));
  auto loaded = store->load("sha256:x");
  EXPECT_EQ(loaded->parts.at("core"), more.parts.at("core"));
  EXPECT_EQ(loaded->parts.at("a"), bytes(3, 1));
  EXPECT_EQ(loaded->parts.at("b"), bytes(5, 2));
  EXPECT_EQ(store->usage()->bytes, 28U);
  more.parts["b"] = bytes(1, 3);
  ASSERT_TRUE(store->save("sha256:x", more));
  EXPECT_EQ(store->load("sha256:x")->parts.at("b"), bytes(1, 3));
  EXPECT_EQ(store->usage()->bytes, 24U);
}

TYPED_TEST(FactStoreTest, RemembersBlobsAndGuesses) {
  const auto store = this->kind.open();
  for (const char* diff_id : {"sha256:one", "sha256:x"}) ASSERT_TRUE(store->save(diff_id, layer(1)));
  ASSERT_TRUE(store->remember_blob("sha256:blob", {"sha256:one", 7}));
  ASSERT_TRUE(store->remember_blob("sha256:blob", {"sha256:x", 7}));
  ASSERT_TRUE(store->remember_guess("head:12", "sha256:x"));
  EXPECT_EQ(store->verified_blob("sha256:blob"), (VerifiedBlob{"sha256:x", 7}));
  EXPECT_EQ(store->guess("head:12"), "sha256:x");
  EXPECT_FALSE(store->guess("sha256:blob")) << "not the same table";
  EXPECT_EQ(store->usage()->blobs, 1U);
}

TYPED_TEST(FactStoreTest, OldestGoFirstWhenItIsFull) {
  const auto store = this->kind.open(250);
  // Names in the opposite order of time.
  ASSERT_TRUE(store->save("sha256:c", layer(1, 97)));
  ASSERT_TRUE(store->remember_blob("sha256:blob", {"sha256:c", 7}));
  ASSERT_TRUE(store->remember_guess("guess", "sha256:c"));
  ASSERT_TRUE(store->save("sha256:b", layer(2, 97)));
  ASSERT_TRUE(store->save("sha256:a", layer(3, 97)));
  EXPECT_FALSE(store->load("sha256:c"));
  EXPECT_TRUE(store->load("sha256:b"));
  EXPECT_TRUE(store->load("sha256:a"));
  EXPECT_FALSE(store->verified_blob("sha256:blob")) << "a blob of a layer that is gone helps nobody";
  EXPECT_FALSE(store->guess("guess"));
  EXPECT_EQ(store->usage()->bytes, 200U);
}

TYPED_TEST(FactStoreTest, WhatIsTooLargeIsNotKept) {
  const auto store = this->kind.open(50);
  ASSERT_TRUE(store->save("sha256:a", layer(1, 1000)));
  EXPECT_FALSE(store->load("sha256:a"));
  EXPECT_EQ(store->usage()->bytes, 0U);
  ASSERT_TRUE(store->save("sha256:b", layer(1, 10)));
  EXPECT_TRUE(store->load("sha256:b"));
}

TYPED_TEST(FactStoreTest, WhatIsTooLargePushedAllTheOthersOut) {
  const auto store = this->kind.open(50);
  ASSERT_TRUE(store->save("sha256:b", layer(1, 10)));
  ASSERT_TRUE(store->save("sha256:grows", layer(1, 10)));
  ASSERT_TRUE(store->save("sha256:a", layer(1, 1000)));
  StoredLayer more;
  more.parts["b"] = bytes(45, 2);  // too large with what is there of it
  ASSERT_TRUE(store->save("sha256:grows", more));
  EXPECT_FALSE(store->load("sha256:grows"));
  EXPECT_TRUE(store->load("sha256:b"));
  EXPECT_EQ(store->usage()->bytes, 13U);
}

TYPED_TEST(FactStoreTest, BlobsOfLayersThatWereNotKeptPiledUp) {
  const auto store = this->kind.open(50);
  ASSERT_TRUE(store->save("sha256:a", layer(1, 1000)));
  ASSERT_TRUE(store->remember_blob("sha256:blob", {"sha256:a", 7}));
  ASSERT_TRUE(store->remember_guess("guess", "sha256:a"));
  EXPECT_FALSE(store->verified_blob("sha256:blob"));
  EXPECT_FALSE(store->guess("guess"));
  EXPECT_EQ(store->usage()->blobs, 0U);
}

TYPED_TEST(FactStoreTest, ClearForgetsAll) {
  const auto store = this->kind.open();
  ASSERT_TRUE(store->save("sha256:x", layer(1)));
  ASSERT_TRUE(store->remember_blob("b", {"sha256:x", 7}));
  ASSERT_TRUE(store->remember_guess("g", "sha256:x"));
  ASSERT_TRUE(store->clear());
  EXPECT_FALSE(store->load("sha256:x"));
  EXPECT_FALSE(store->verified_blob("b"));
  EXPECT_FALSE(store->guess("g"));
  EXPECT_EQ(store->usage()->bytes, 0U);
  ASSERT_TRUE(store->save("sha256:x", layer(1)));
  EXPECT_TRUE(store->load("sha256:x"));
}

TYPED_TEST(FactStoreTest, ThreadsShareOne) {
  const auto store = this->kind.open();
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (std::uint8_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string id = "sha256:" + std::to_string(i);
        if (!store->save(id, layer(t, 500))) ++failed;
        const auto loaded = store->load(id);
        if (!loaded || loaded->parts.at("core").size() != 500) ++failed;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(store->usage()->layers, 20U);
}

TEST(SqliteStore, OutlivesTheProcess) {
  const Folder folder;
  ASSERT_TRUE((*open_sqlite_store(folder.path()))->save("sha256:x", layer(7)));
  EXPECT_EQ((*open_sqlite_store(folder.path()))->load("sha256:x")->parts, layer(7).parts);
  EXPECT_EQ(fs::status(folder.path()).permissions(), fs::perms::owner_all);
}

// Used within the same day, it went before what had only been saved after it.
TEST(SqliteStore, WhatWasUsedThatDayWentFirst) {
  const Folder folder;
  const auto open = [&] { return std::move(*open_sqlite_store(folder.path(), 350)); };
  ASSERT_TRUE(open()->save("sha256:used", layer(1, 97)));
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(open()->save("sha256:" + std::to_string(i), layer(1, 97)));
    EXPECT_TRUE(open()->load("sha256:used")) << i;
    EXPECT_TRUE(open()->load("sha256:used")) << i;
  }
  EXPECT_FALSE(open()->load("sha256:3"));
  EXPECT_TRUE(open()->load("sha256:4"));
  EXPECT_TRUE(open()->load("sha256:5"));
  EXPECT_EQ(open()->usage()->bytes, 300U);
}

// An image's layers are used together: looking at them again and again writes once.
TEST(SqliteStore, LookingAgainWritesNothing) {
  const Folder folder;
  const auto open = [&] { return std::move(*open_sqlite_store(folder.path())); };
  for (const char* diff_id : {"sha256:a", "sha256:b", "sha256:c"}) ASSERT_TRUE(open()->save(diff_id, layer(1)));
  const auto look = [&](const std::vector<std::string>& layers) {
    const auto store = open();
    for (const std::string& diff_id : layers) EXPECT_TRUE(store->load(diff_id));
  };
  for (const auto& order : {std::vector<std::string>{"sha256:a", "sha256:c"}, {"sha256:c", "sha256:b", "sha256:a"}}) {
    look(order);
    look(order);
    const auto before = fs::last_write_time(folder.path() + "/facts.db");
    look(order);
    EXPECT_EQ(fs::last_write_time(folder.path() + "/facts.db"), before);
  }
}

TEST(SqliteStore, TheFileStaysBelowItsLimit) {
  const Folder folder;
  constexpr std::uint64_t k_limit = 1 << 20;
  for (int i = 0; i < 40; ++i) {
    auto store = open_sqlite_store(folder.path(), k_limit);
    for (int j = 0; j < 3; ++j)
      ASSERT_TRUE((*store)->save("sha256:" + std::to_string(i * 3 + j), layer(1, 60'000 + 17'000 * (i % 5))));
    EXPECT_LE((*store)->usage()->bytes, k_limit);
    store->reset();
    // Pages and names beside the content.
    EXPECT_LT(fs::file_size(folder.path() + "/facts.db"), k_limit + k_limit / 8) << i;
  }
}

TEST(SqliteStore, TwoProcessesAtOnce) {
  const Folder folder;
  const auto work = [&](std::uint8_t who) {
    auto store = open_sqlite_store(folder.path());
    if (!store) return false;
    for (int i = 0; i < 25; ++i)
      if (!(*store)->save("sha256:" + std::to_string(who) + "-" + std::to_string(i), layer(who, 5000))) return false;
    return true;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work(1) ? 0 : 1);
  EXPECT_TRUE(work(2));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ((*open_sqlite_store(folder.path()))->usage()->layers, 50U);
}

TEST(SqliteStore, FileThatIsNoDatabaseIsReplaced) {
  const Folder folder;
  fs::create_directories(folder.path());
  std::ofstream(folder.path() + "/facts.db") << std::string(10'000, 'x');
  auto store = open_sqlite_store(folder.path());
  ASSERT_TRUE(store) << store.error().describe();
  EXPECT_TRUE((*store)->save("sha256:x", layer(1)));
  EXPECT_TRUE((*store)->load("sha256:x"));
}

// Whoever may write into the folder could lay facts there, and an image would be judged by them.
TEST(SqliteStore, FilesOfOthersWereBelieved) {
  const Folder folder;
  ASSERT_TRUE((*open_sqlite_store(folder.path()))->save("sha256:x", layer(7)));
  const std::string file = folder.path() + "/facts.db";
  fs::rename(file, folder.path("elsewhere"));
  fs::create_symlink(folder.path("elsewhere"), file);
  EXPECT_EQ(open_sqlite_store(folder.path()).error().name, "cache-not-private");
  fs::remove(file);
  fs::rename(folder.path("elsewhere"), file);
  EXPECT_TRUE(open_sqlite_store(folder.path()));
  if (::geteuid() != 0) return;  // only root can give files away
  ASSERT_EQ(::chown(file.c_str(), 12345, 12345), 0);
  EXPECT_EQ(open_sqlite_store(folder.path()).error().name, "cache-not-private");
}

TEST(SqliteStore, DamageInsideIsMetAndReplaced) {
  const Folder folder;
  {
    auto store = open_sqlite_store(folder.path());
    for (int i = 0; i < 50; ++i) ASSERT_TRUE((*store)->save("sha256:" + std::to_string(i), layer(1, 20'000)));
  }
  const std::string file = folder.path() + "/facts.db";
  const auto size = fs::file_size(file);
  {
    // All but the first page, which alone is read when it is opened.
    std::fstream damage(file, std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(4096);
    const std::string noise(static_cast<std::size_t>(size) - 4096, '\x5a');
    damage.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  auto store = open_sqlite_store(folder.path());
  ASSERT_TRUE(store) << store.error().describe();
  for (int i = 0; i < 50; ++i) EXPECT_FALSE((*store)->load("sha256:" + std::to_string(i)));
  ASSERT_TRUE((*store)->save("sha256:new", layer(2)));
  EXPECT_TRUE((*store)->load("sha256:new"));
  store = open_sqlite_store(folder.path());
  EXPECT_TRUE((*store)->load("sha256:new"));
}

// Facts hold what an image holds, and a folder given by --cache-dir may be open to others.
TEST(SqliteStore, NobodyElseReadsTheFile) {
  const Folder folder;
  fs::create_directories(folder.path());
  const std::string file = folder.path() + "/facts.db";
  const auto mode = [&](const std::string& path) { return static_cast<unsigned>(fs::status(path).permissions()); };
  {
    auto store = open_sqlite_store(folder.path());
    ASSERT_TRUE((*store)->save("sha256:x", layer(1)));
    EXPECT_EQ(mode(file), 0600U);
    EXPECT_EQ(mode(file + "-wal"), 0600U);
  }
  fs::permissions(file, fs::perms(0644));  // as an older release left it
  auto store = open_sqlite_store(folder.path());
  EXPECT_EQ(mode(file), 0600U);
  EXPECT_TRUE((*store)->load("sha256:x"));
}

TEST(SqliteStore, OtherSchemasAreEmptied) {
  const Folder folder;
  fs::create_directories(folder.path());
  {
    util::OpenOptions options;
    options.mode = util::OpenMode::read_write;
    auto connection = util::Connection::open(folder.path() + "/facts.db", options);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(
        connection->execute("CREATE TABLE layer(diff_id TEXT, something_else TEXT);"
                            "INSERT INTO layer VALUES('sha256:x', 'y'); PRAGMA user_version = 999"));
  }
  auto store = open_sqlite_store(folder.path());
  ASSERT_TRUE(store) << store.error().describe();
  EXPECT_FALSE((*store)->load("sha256:x"));
  EXPECT_TRUE((*store)->save("sha256:x", layer(1)));
}

TEST(SqliteStore, PlacesThatCannotBeWrittenAreErrors) {
  const Folder folder;
  std::ofstream(folder.path("file")) << "x";
  EXPECT_EQ(open_sqlite_store(folder.path("file/below")).error().name, "folder-unwritable");
  EXPECT_FALSE(open_sqlite_store("/proc/nowhere"));
}

TEST(SqliteStore, FolderInPlaceOfTheFileIsAnError) {
  const Folder folder;
  fs::create_directories(folder.path() + "/facts.db/x");
  EXPECT_FALSE(open_sqlite_store(folder.path()));
}

}  // namespace
}  // namespace hullcheck::store
