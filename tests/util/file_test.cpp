#include "util/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace hullcheck::util {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string name = (fs::temp_directory_path() / "hullcheck-file-XXXXXX").string();
    m_folder = ::mkdtemp(name.data());
  }
  ~FileTest() override { fs::remove_all(m_folder); }
  std::string at(const std::string& name) const { return m_folder + "/" + name; }

 private:
  std::string m_folder;
};

TEST_F(FileTest, WritesAndReads) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i);
  ASSERT_TRUE(write_file(at("x"), as_bytes(text)));
  EXPECT_EQ(as_text(*read_file(at("x"), text.size())), text);
  EXPECT_EQ(read_file(at("x"), text.size() - 1).error().name, "file-size-limit");
  EXPECT_EQ(fs::status(at("x")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(write_file(at("x"), {}, 0644));
  EXPECT_TRUE(read_file(at("x"), 0)->empty());
  EXPECT_EQ(static_cast<unsigned>(fs::status(at("x")).permissions()), 0644U);
}

TEST_F(FileTest, FailedWritesLeaveNothing) {
  fs::create_directory(at("folder"));
  fs::create_directory(at("folder/full"));
  EXPECT_EQ(write_file(at("folder"), as_bytes("x")).error().name, "file-unwritable");
  EXPECT_EQ(write_file(at("absent/x"), as_bytes("x")).error().name, "file-unwritable");
  EXPECT_EQ(std::distance(fs::directory_iterator(at("")), {}), 1) << "no file of its own stays behind";
}

// As root a rename over /dev/null or /dev/stdout takes the device from the whole machine.
TEST_F(FileTest, OutputGoesIntoWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = as_text(*read_file(at("pipe"), 100)); });
  EXPECT_TRUE(write_output_file(at("pipe"), as_bytes("report")));
  reader.join();
  EXPECT_EQ(got, "report");
  EXPECT_TRUE(fs::is_fifo(at("pipe")));
  EXPECT_TRUE(write_output_file("/dev/null", as_bytes("x")));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(write_output_file("/dev/full", as_bytes("x")).error().name, "file-unwritable");
  fs::create_directory(at("folder"));
  EXPECT_EQ(write_output_file(at("folder"), as_bytes("x")).error().name, "file-unwritable");
}

TEST_F(FileTest, OutputFollowsALink) {
  std::ofstream(at("real")) << "old";
  fs::create_symlink("real", at("link"));
  ASSERT_TRUE(write_output_file(at("link"), as_bytes("new"), 0644));
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(as_text(*read_file(at("real"), 100)), "new");
  ASSERT_TRUE(write_output_file(at("fresh"), as_bytes("x")));
  EXPECT_EQ(as_text(*read_file(at("fresh"), 100)), "x");
}

TEST_F(FileTest, OutputReplacedALinkToWhatIsNotThereYet) {
  fs::create_directory(at("folder"));
  fs::create_symlink("folder/later", at("one"));
  fs::create_symlink("one", at("two"));
  ASSERT_TRUE(write_output_file(at("two"), as_bytes("new"), 0644));
  EXPECT_TRUE(fs::is_symlink(at("two")) && fs::is_symlink(at("one")));
  EXPECT_EQ(as_text(*read_file(at("folder/later"), 100)), "new");
  EXPECT_EQ(static_cast<unsigned>(fs::status(at("folder/later")).permissions()), 0644U);
  fs::create_symlink("absent/later", at("nowhere"));
  fs::create_symlink("circle", at("circle"));
  for (const char* const link : {"nowhere", "circle"}) {
    EXPECT_EQ(write_output_file(at(link), as_bytes("x")).error().name, "file-unwritable");
    EXPECT_TRUE(fs::is_symlink(at(link)));
  }
}

TEST_F(FileTest, ErrorsHaveNames) {
  EXPECT_EQ(read_file(at("absent"), 10).error().name, "file-absent");
  EXPECT_EQ(read_file(at("absent"), 10).error().code, ErrorCode::not_found);
  ASSERT_TRUE(write_file(at("x"), {}));
  EXPECT_EQ(read_file(at("x/y"), 10).error().name, "file-absent");
  EXPECT_EQ(read_file(at(""), 10).error().name, "file-unreadable");
  EXPECT_EQ(read_file("/dev/zero", 1000).error().name, "file-size-limit");
}

TEST_F(FileTest, MakesFolders) {
  ASSERT_TRUE(make_folder(at("a/b/c")));
  EXPECT_EQ(fs::status(at("a/b/c")).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(at("a")).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(make_folder(at("a/b/c/"))) << "it is there already";
  EXPECT_TRUE(make_folder("/"));
  ASSERT_TRUE(write_file(at("file"), {}));
  EXPECT_EQ(make_folder(at("file/x")).error().name, "folder-unwritable");
  EXPECT_EQ(make_folder(at("file")).error().name, "folder-unwritable");
  EXPECT_FALSE(make_folder("/proc/nowhere/x"));
  EXPECT_FALSE(make_folder(""));
}

TEST_F(FileTest, MakingFoldersLeavesTheUmaskAlone) {
  const mode_t before = ::umask(022);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this, t] {
      for (int i = 0; i < 50; ++i) (void)make_folder(at(std::to_string(t) + "/" + std::to_string(i)));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(::umask(before), 022U);
}

TEST_F(FileTest, FoldersOfTheUser) {
  ::setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(cache_folder(), "/somewhere/hullcheck");
  ::setenv("XDG_CACHE_HOME", "relative is not allowed", 1);
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(cache_folder(), "/home/me/.cache/hullcheck");
  ::unsetenv("XDG_CACHE_HOME");
  ::unsetenv("XDG_DATA_HOME");
  EXPECT_EQ(data_folder(), "/home/me/.local/share/hullcheck");
}

}  // namespace
}  // namespace hullcheck::util
