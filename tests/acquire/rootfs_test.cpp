#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "acquire/source.hpp"
#include "formats/tar.hpp"
#include "support/recording_sink.hpp"
#include "support/sample_image.hpp"

namespace hullcheck::acquire {
namespace {

using formats::TarType;

struct Found {
  formats::TarEntry entry;
  std::string content;
};

std::vector<std::string> order_of(const std::string& tar, std::map<std::string, Found>& found) {
  std::vector<std::string> order;
  const auto stream = formats::memory_stream(as_bytes(tar));
  formats::TarReader reader(*stream, {});
  while (true) {
    const auto entry = reader.next();
    EXPECT_TRUE(entry.ok());
    if (!entry || !*entry) return order;
    Found item{**entry, ""};
    order.push_back(item.entry.name);
    while (true) {
      const auto piece = reader.read();
      if (!piece || piece->empty()) break;
      item.content += as_text(*piece);
    }
    found[item.entry.name] = item;
  }
}

TEST(Rootfs, WalksInOrderAndKeepsLinks) {
  test::ScratchFolder folder;
  folder.write("etc/passwd", "root:x:0:0");
  const std::string big(1'000'000, 'b');
  folder.write("usr/bin/tool", big);
  folder.write(std::string(120, 'n') + "/x", "long name");
  folder.write("empty", "");
  std::filesystem::create_hard_link(folder.path() + "/usr/bin/tool", folder.path() + "/usr/bin/tool2");
  std::filesystem::create_symlink("/etc/shadow", folder.path() + "/out");
  std::filesystem::create_directory_symlink("/", folder.path() + "/root");
  ASSERT_EQ(::mkfifo((folder.path() + "/pipe").c_str(), 0600), 0);
  std::filesystem::permissions(folder.path() + "/usr/bin/tool", std::filesystem::perms(04755));

  AcquireContext context;
  test::RecordingSink sink;
  const auto images = acquire("rootfs:" + folder.path(), context, sink);
  ASSERT_TRUE(images.ok()) << images.error().describe();
  ASSERT_EQ(images->size(), 1U);
  const auto& image = images->front();
  EXPECT_EQ(image.source, "rootfs");
  ASSERT_EQ(image.gaps.size(), 1U);
  EXPECT_EQ(image.gaps[0].id, "config-missing");
  EXPECT_EQ(image.gaps[0].effect, model::GapEffect::note);
  ASSERT_EQ(sink.layers.size(), 1U);
  EXPECT_EQ(sink.layers[0].info.key, image.layers.at(0).key);

  std::map<std::string, Found> found;
  const auto order = order_of(sink.layers[0].bytes, found);
  const std::string long_name(120, 'n');
  EXPECT_EQ(order, (std::vector<std::string>{"empty", "etc/", "etc/passwd", long_name + "/", long_name + "/x", "out",
                                             "pipe", "root", "usr/", "usr/bin/", "usr/bin/tool", "usr/bin/tool2"}));
  EXPECT_EQ(found["etc/passwd"].content, "root:x:0:0");
  EXPECT_EQ(found["usr/bin/tool"].content, big);
  EXPECT_EQ(found["usr/bin/tool"].entry.mode, 04755U);
  EXPECT_EQ(found["usr/bin/tool2"].entry.type, TarType::hard_link);
  EXPECT_EQ(found["usr/bin/tool2"].entry.link, "usr/bin/tool");
  EXPECT_EQ(found["out"].entry.type, TarType::symlink);
  EXPECT_EQ(found["out"].entry.link, "/etc/shadow");
  EXPECT_EQ(found["root"].entry.type, TarType::symlink);
  EXPECT_EQ(found["pipe"].entry.type, TarType::fifo);

  test::RecordingSink again;
  ASSERT_TRUE(acquire("rootfs:" + folder.path(), context, again).ok());
  EXPECT_EQ(again.layers[0].bytes, sink.layers[0].bytes);
}

// A log of last logins took hours: it is hundreds of gigabytes of nothing.
TEST(Rootfs, HolesWereReadByteByByte) {
  test::ScratchFolder folder;
  const std::string path = folder.write("lastlog", "first");
  const std::string far = "far";
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::pwrite(file, far.data(), far.size(), 80 << 20), 3);
  ASSERT_EQ(::ftruncate(file, 100 << 20), 0);
  ::close(file);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  if (info.st_blocks > 100'000) GTEST_SKIP() << "this file system has no holes";
  for (const auto& [name, size] : {std::pair("huge", 200LL << 30), std::pair("nothing", 64LL << 20)}) {
    folder.write(name, "");
    std::filesystem::resize_file(folder.path() + "/" + name, static_cast<std::uintmax_t>(size));
  }
  folder.write("zebra", "last");

  AcquireContext context;
  test::RecordingSink sink;
  const auto images = acquire("rootfs:" + folder.path(), context, sink);
  ASSERT_TRUE(images.ok()) << images.error().describe();
  EXPECT_LT(sink.layers.at(0).bytes.size(), 1U << 20);
  std::map<std::string, Found> found;
  EXPECT_EQ(order_of(sink.layers[0].bytes, found), (std::vector<std::string>{"lastlog", "nothing", "zebra"}));
  EXPECT_EQ(found["lastlog"].content.size(), 100U << 20);
  EXPECT_EQ(found["lastlog"].content.substr(0, 6), std::string("first\0", 6));
  EXPECT_EQ(found["lastlog"].content.substr(80 << 20, 4), std::string("far\0", 4));
  EXPECT_EQ(found["nothing"].content.size(), 64U << 20);
  EXPECT_EQ(found["zebra"].content, "last");
  ASSERT_EQ(images->front().gaps.size(), 2U);
  EXPECT_EQ(images->front().gaps[1].id, "rootfs-sparse-limit");
  EXPECT_EQ(images->front().gaps[1].subject, "huge");
}

// With a time limit, hours of reading ended in an error and no answer.
TEST(Rootfs, StoppedHalfwayGivesWhatWasRead) {
  test::ScratchFolder folder;
  for (int i = 0; i < 100; ++i) folder.write("file" + std::to_string(i), "x");
  struct Stopping final : util::Progress {
    std::stop_source source;
    void stage(std::string_view) override {}
    void expect(std::uint64_t) override {}
    void advance(std::uint64_t) override { source.request_stop(); }
  } progress;
  AcquireContext context{{}, {}, progress.source.get_token(), progress};
  test::RecordingSink sink;
  const auto images = acquire("rootfs:" + folder.path(), context, sink);
  ASSERT_TRUE(images.ok()) << images.error().describe();
  EXPECT_EQ(images->front().layers.size(), 1U);
  EXPECT_EQ(sink.layers.at(0).error, "stopped");
}

TEST(Rootfs, UnreadableFilesAreGaps) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  test::ScratchFolder folder;
  const auto secret = folder.write("secret", "x");
  folder.write("open", "y");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  AcquireContext context;
  test::RecordingSink sink;
  const auto images = acquire("rootfs:" + folder.path(), context, sink);
  ASSERT_TRUE(images.ok());
  EXPECT_EQ(images->front().gaps.at(1).id, "rootfs-unreadable");
  EXPECT_EQ(images->front().gaps.at(1).subject, "secret");
}

TEST(Rootfs, DeepNestingIsAGap) {
  test::ScratchFolder folder;
  std::string path = folder.path();
  for (int i = 0; i < 250; ++i) path += "/d";
  std::filesystem::create_directories(path);
  AcquireContext context;
  test::RecordingSink sink;
  const auto images = acquire("rootfs:" + folder.path(), context, sink);
  ASSERT_TRUE(images.ok());
  EXPECT_EQ(images->front().gaps.at(1).id, "rootfs-depth-limit");
}

TEST(Rootfs, CanBeStopped) {
  AcquireContext context;
  std::stop_source stop;
  context.stop = stop.get_token();
  stop.request_stop();
  test::RecordingSink sink;
  EXPECT_EQ(acquire("rootfs:/", context, sink).error().name, "cancelled");
}

TEST(Rootfs, NoSuchFolder) {
  AcquireContext context;
  test::RecordingSink sink;
  EXPECT_EQ(acquire("rootfs:/no/such/folder", context, sink).error().name, "rootfs-open");
}

}  // namespace
}  // namespace hullcheck::acquire
