// The final files as one list: paths come back whole, whatever they share, and kinds are told apart.
#include "layers/final_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/layers.hpp"

namespace hullcheck::layers {
namespace {

using test::image_of;
using test::TarWriter;
using testing::ElementsAre;

std::vector<std::string> listed(const FinalList& list, FileKinds kinds) {
  std::vector<std::string> seen;
  list.each(kinds, [&](FileRef file, const std::string& path) {
    seen.push_back(std::to_string(file.layer) + ":" + std::to_string(file.entry) + " " + path);
  });
  return seen;
}

std::vector<std::string> of_kind(const ImageView& image, FileKinds kinds) {
  std::vector<std::string> seen;
  image.each_final(kinds, [&](FileRef, const std::string& path) { seen.push_back(path); });
  return seen;
}

TEST(FinalList, PathsBehindOnesThatAreLeftOut) {
  FinalList list;
  list.add({0, 4}, "a", k_folder);
  list.add({0, 3}, "a/longer/name", k_elf_content);
  list.add({1, 2}, "a/longer/names/x", k_symlink);
  list.add({1, 1}, "a/lo", k_elf_content | k_set_id_mode);
  list.add({2, 0}, "b", k_other_content);
  EXPECT_THAT(listed(list, k_every_kind),
              ElementsAre("0:4 a", "0:3 a/longer/name", "1:2 a/longer/names/x", "1:1 a/lo", "2:0 b"));
  EXPECT_THAT(listed(list, k_elf_content), ElementsAre("0:3 a/longer/name", "1:1 a/lo"));
  EXPECT_THAT(listed(list, k_set_id_mode | k_other_content), ElementsAre("1:1 a/lo", "2:0 b"));
  EXPECT_THAT(listed(list, k_zip_content), ElementsAre());
  EXPECT_THAT(listed(FinalList(), k_every_kind), ElementsAre());
}

TEST(FinalList, PathsGoOnFromBlockToBlock) {
  constexpr std::uint32_t k_files = 10'000;
  const auto name = [](std::uint32_t i) { return "folder/" + std::to_string(100'000 + i); };
  FinalList list;
  for (std::uint32_t i = 0; i < k_files; ++i) list.add({0, i}, name(i), i % 7 == 0 ? k_symlink : k_folder);
  std::uint32_t next = 0;
  list.each(k_every_kind, [&](FileRef file, const std::string& path) {
    EXPECT_EQ(file.entry, next);
    EXPECT_EQ(path, name(next++));
  });
  EXPECT_EQ(next, k_files);
  std::uint32_t links = 0;
  list.each(k_symlink, [&](FileRef file, const std::string& path) {
    EXPECT_EQ(path, name(file.entry));
    ++links;
  });
  EXPECT_EQ(links, (k_files + 6) / 7);
}

TEST(FinalList, KindsAreOfTheContent) {
  const std::string elf(
      "\x7f"
      "ELF\2\1\1",
      7);
  const auto image = image_of({TarWriter()
                                   .directory("d")
                                   .file("d/elf", elf)
                                   .file("d/script", "#!/bin/sh\n")
                                   .file("d/text", "x")
                                   .file("d/zip", std::string("PK\3\4", 4) + std::string(40, 'x'))
                                   .fifo("e")
                                   .finish(),
                               TarWriter()
                                   .hard_link("also", "d/elf")
                                   .file("d/script", "no more")
                                   .hard_link("lost", "nowhere")
                                   .symlink("link", "d/elf")
                                   .file("set", elf, {.mode = 04755})
                                   .file("set-group", "x", {.mode = 02644})
                                   .directory("sticky", {.mode = 02755})
                                   .finish()});
  EXPECT_THAT(of_kind(*image, k_elf_content), ElementsAre("also", "d/elf", "set"));
  EXPECT_THAT(of_kind(*image, k_script_content), ElementsAre()) << "a later layer has put something else there";
  EXPECT_THAT(of_kind(*image, k_zip_content), ElementsAre("d/zip"));
  EXPECT_THAT(of_kind(*image, k_other_content), ElementsAre("d/script", "d/text", "set-group"));
  EXPECT_THAT(of_kind(*image, k_set_id_mode), ElementsAre("set", "set-group"));
  EXPECT_THAT(of_kind(*image, k_symlink), ElementsAre("link"));
  EXPECT_THAT(of_kind(*image, k_folder), ElementsAre("d", "sticky"));
  EXPECT_THAT(of_kind(*image, k_other_entry), ElementsAre("e", "lost"));
}

// What the list and the tree say of an image is the same: names that sort around "/", folders that nobody listed,
// removals and links in the way.
TEST(FinalList, AgreesWithTheTree) {
  const auto image =
      image_of({TarWriter()
                    .file("a/b/c", "")
                    .file("a-b", "")
                    .file("a.b/c", "")
                    .file("a/\xc3\xa4", "")
                    .file("a/b/c-", "")
                    .symlink("l", "a/b")
                    .file("gone/x/y", "")
                    .finish(),
                TarWriter().file("l/new", "").whiteout("gone/x").file("a/b/c/now-a-folder", "").finish()});
  std::vector<std::string> paths;
  image->each_final([&](FileRef file, const std::string& path) {
    EXPECT_EQ(image->path(file), path);
    EXPECT_EQ(image->find(path), file);
    paths.push_back(path);
  });
  EXPECT_THAT(paths, ElementsAre("a/b/c/now-a-folder", "a/b/c-", "a/b/new", "a/\xc3\xa4", "a-b", "a.b/c", "l"));
}

}  // namespace
}  // namespace hullcheck::layers
