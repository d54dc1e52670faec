// The overlay. Each test is a small image; layers are archives, bottom first.
#include "layers/image_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "support/layers.hpp"

namespace hullcheck::layers {
namespace {

using model::Visibility;
using test::analyse;
using test::image_of;
using test::TarWriter;
using testing::ElementsAre;

// "path@layer" of every final entry.
std::vector<std::string> tree(const ImageView& image) {
  std::vector<std::string> list;
  image.each_final(
      [&](FileRef file, const std::string& path) { list.push_back(path + "@" + std::to_string(file.layer)); });
  return list;
}

std::string at(const ImageView& image, std::string_view path) {
  const auto file = image.resolve(path);
  return file ? std::to_string(file->layer) + ":" + std::string(image.entry(*file).path) : "nothing";
}

// The entry of a layer with this path, final or not.
FileRef entry_of(const ImageView& image, std::uint32_t layer, std::string_view path) {
  const auto& entries = image.layer(layer)->entries;
  for (std::uint32_t i = 0; i < entries.size(); ++i)
    if (entries[i].path == path && entries[i].type != EntryType::whiteout) return {layer, i};
  ADD_FAILURE() << "no " << path;
  return {};
}

TEST(ImageView, LaterLayersReplaceAndAdd) {
  const auto image = image_of({TarWriter().directory("etc").file("etc/a", "1").file("etc/b", "1").finish(),
                               TarWriter().directory("etc").file("etc/b", "2").file("etc/c", "2").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("etc@1", "etc/a@0", "etc/b@1", "etc/c@1"));
  const FileRef old = entry_of(*image, 0, "etc/b");
  EXPECT_EQ(image->visibility(old), Visibility::overwritten);
  EXPECT_EQ(image->hidden_by(old), 1U);
  EXPECT_EQ(image->path(old), "etc/b");
  EXPECT_EQ(image->visibility(*image->find("etc/b")), Visibility::final);
  EXPECT_EQ(image->hidden_by(*image->find("etc/b")), k_none);
}

TEST(ImageView, WhiteoutsDeleteFilesAndFolders) {
  const auto image = image_of({TarWriter().file("a", "").file("d/x", "").file("d/sub/y", "").finish(),
                               TarWriter().whiteout("a").whiteout("d").whiteout("never/was").finish()});
  EXPECT_THAT(tree(*image), ElementsAre());
  for (const char* const path : {"a", "d/x", "d/sub/y"}) {
    EXPECT_EQ(image->visibility(entry_of(*image, 0, path)), Visibility::deleted) << path;
    EXPECT_EQ(image->hidden_by(entry_of(*image, 0, path)), 1U);
    EXPECT_FALSE(image->find(path));
  }
}

TEST(ImageView, RemovalsActOnLowerLayersWhereverTheyStand) {
  const std::string lower = TarWriter().file("d/old", "").file("f", "lower").finish();
  const std::string first = TarWriter().opaque("d").whiteout("f").file("d/new", "").file("f", "upper").finish();
  const std::string last = TarWriter().file("d/new", "").file("f", "upper").opaque("d").whiteout("f").finish();
  for (const std::string& upper : {first, last}) {
    const auto image = image_of({lower, upper});
    EXPECT_THAT(tree(*image), ElementsAre("d/new@1", "f@1"));
    EXPECT_EQ(image->visibility(entry_of(*image, 0, "d/old")), Visibility::deleted);
  }
}

TEST(ImageView, OpaqueKeepsTheFolderItself) {
  const auto image =
      image_of({TarWriter().directory("d").file("d/x", "").finish(), TarWriter().opaque("d").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("d@0"));
  const auto root = image_of({TarWriter().file("a", "").finish(), TarWriter().opaque("").file("b", "").finish()});
  EXPECT_THAT(tree(*root), ElementsAre("b@1"));
}

TEST(ImageView, FileOverFolderTakesTheSubtreeAway) {
  const auto image = image_of({TarWriter().file("d/x/y", "").finish(), TarWriter().file("d", "now a file").finish(),
                               TarWriter().file("other", "").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("d@1", "other@2"));
  EXPECT_EQ(image->visibility(entry_of(*image, 0, "d/x/y")), Visibility::deleted);
}

TEST(ImageView, FolderOverFile) {
  const auto image =
      image_of({TarWriter().file("d", "").finish(), TarWriter().directory("d").file("d/x", "").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("d@1", "d/x@1"));
  const auto implied = image_of({TarWriter().file("d", "").finish(), TarWriter().file("d/x", "").finish()});
  EXPECT_THAT(tree(*implied), ElementsAre("d/x@1"));
  EXPECT_EQ(implied->visibility(entry_of(*implied, 0, "d")), Visibility::overwritten);
}

TEST(ImageView, DeletedThenAddedAgain) {
  const std::string add = TarWriter().directory("d").file("d/x", "").file("d/y", "").finish();
  const auto image = image_of({add, TarWriter().whiteout("d").finish(), TarWriter().file("d/y", "again").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("d/y@2"));
  EXPECT_FALSE(image->find("d/x"));
  EXPECT_EQ(image->children("d").size(), 1U);
}

TEST(ImageView, LaterMemberOfTheSameLayerWins) {
  const auto image = image_of({TarWriter().file("a", "first").file("b", "").file("a", "second").finish()});
  EXPECT_EQ(image->find("a")->entry, 2U);
  EXPECT_EQ(image->visibility({0, 0}), Visibility::overwritten);
  EXPECT_THAT(tree(*image), ElementsAre("a@0", "b@0"));
}

TEST(ImageView, OnlyTheLastRootEntryIsFinal) {
  const auto image = image_of({TarWriter().directory("./").finish(), TarWriter().directory("./").finish()});
  EXPECT_EQ(image->visibility({0, 0}), Visibility::overwritten);
  EXPECT_EQ(image->visibility({1, 0}), Visibility::final);
}

// Debian's merged /usr: the base layer has lib -> usr/lib, and an upper layer was packed with the old paths.
TEST(ImageView, ParentThatIsALinkIsFollowed) {
  const auto image =
      image_of({TarWriter().directory("usr/lib").symlink("lib", "usr/lib").file("usr/lib/a", "").finish(),
                TarWriter().file("lib/x", "").file("lib/a", "new").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("lib@0", "usr/lib@0", "usr/lib/a@1", "usr/lib/x@1"));
  EXPECT_EQ(image->path(entry_of(*image, 1, "lib/x")), "usr/lib/x");
  EXPECT_EQ(image->path(entry_of(*image, 0, "usr/lib/a")), "usr/lib/a");
  EXPECT_EQ(image->visibility(entry_of(*image, 0, "usr/lib/a")), Visibility::overwritten);
  const auto removed = image_of(
      {TarWriter().symlink("lib", "usr/lib").file("usr/lib/a", "").finish(), TarWriter().whiteout("lib/a").finish()});
  EXPECT_FALSE(removed->find("usr/lib/a"));
}

TEST(ImageView, FolderInPlaceOfALinkDoesNotReachThroughIt) {
  const std::string lower = TarWriter().symlink("lib", "usr/lib").file("usr/lib/a", "").finish();
  for (const std::string& upper :
       {TarWriter().directory("lib").opaque("lib").file("lib/x", "").finish(),
        TarWriter().opaque("lib").file("lib/x", "").directory("lib").file("lib/x", "").finish()}) {
    const auto image = image_of({lower, upper});
    EXPECT_TRUE(image->find("usr/lib/a")) << "an opaque marker of the new folder hides nothing of the old target";
  }
  const auto whiteout = image_of({lower, TarWriter().directory("lib").whiteout("lib/a").finish()});
  EXPECT_TRUE(whiteout->find("usr/lib/a"));
  EXPECT_THAT(tree(*whiteout), ElementsAre("lib@1", "usr/lib/a@0"));
  const auto opaque = image_of({lower, TarWriter().opaque("lib").finish()});
  EXPECT_FALSE(opaque->find("usr/lib/a")) << "where the link stays it is followed";
}

TEST(ImageView, LinkOverFolderAndBack) {
  const auto image = image_of(
      {TarWriter().file("a/x", "").file("b/y", "").finish(), TarWriter().symlink("a", "b").file("a/z", "").finish()});
  EXPECT_THAT(tree(*image), ElementsAre("a@1", "b/y@0", "b/z@1"));
  EXPECT_EQ(image->visibility(entry_of(*image, 0, "a/x")), Visibility::deleted);
}

// The same layer changes what its own parents resolve to, while one parent path is used again and again.
TEST(ImageView, ParentsAreLookedUpAnewWhenLinksChange) {
  const auto image = image_of({TarWriter()
                                   .file("t1/k", "")
                                   .file("t2/k", "")
                                   .symlink("l", "t1")
                                   .file("l/a", "")
                                   .symlink("l", "t2")
                                   .file("l/b", "")
                                   .finish()});
  EXPECT_TRUE(image->find("t1/a"));
  EXPECT_TRUE(image->find("t2/b"));
  const auto self =
      image_of({TarWriter().symlink("l", ".").file("l/a", "").file("l/l", "a file now").file("l/b", "").finish()});
  EXPECT_TRUE(self->find("a"));
  EXPECT_TRUE(self->find("l/b")) << "l is a folder in the end";
  EXPECT_FALSE(self->find("b"));
}

TEST(ImageView, LinksAreResolvedInsideTheImage) {
  const auto image = image_of({TarWriter()
                                   .file("etc/target", "")
                                   .symlink("abs", "/etc/target")
                                   .symlink("etc/rel", "target")
                                   .symlink("etc/up", "../../../../etc/target")
                                   .symlink("chain", "etc/rel")
                                   .symlink("dir", "etc")
                                   .symlink("slash", "etc/")
                                   .symlink("dots", "./etc/./../etc//target")
                                   .finish()});
  for (const char* const path : {"abs", "etc/rel", "etc/up", "chain", "dir/target", "dir/up", "slash/rel", "dots",
                                 "../etc/target", "/etc/target", "dir/../etc/target"})
    EXPECT_EQ(at(*image, path), "0:etc/target") << path;
  EXPECT_EQ(image->find("abs")->entry, entry_of(*image, 0, "abs").entry) << "find follows no last link";
  EXPECT_EQ(image->real_path("dir/up"), "etc/target");
  EXPECT_EQ(image->real_path("dir/not/there"), std::nullopt);
  EXPECT_EQ(image->real_path("dir/absent"), "etc/absent");
}

TEST(ImageView, CyclesDanglingAndEmptyLinksResolveToNothing) {
  const auto image = image_of({TarWriter()
                                   .symlink("a", "b")
                                   .symlink("b", "a")
                                   .symlink("self", "self")
                                   .symlink("grow", "grow/grow")
                                   .symlink("dangling", "nowhere/at/all")
                                   .symlink("empty", "")
                                   .symlink("to-missing", "x/y")
                                   .file("f", "")
                                   .finish()});
  for (const char* const path :
       {"a", "b", "self", "self/x", "grow", "dangling", "empty", "empty/f", "to-missing", "f/x"})
    EXPECT_EQ(at(*image, path), "nothing") << path;
  EXPECT_TRUE(image->find("a"));
  EXPECT_EQ(image->real_path("a"), std::nullopt);
  EXPECT_EQ(image->real_path("dangling"), std::nullopt);
}

TEST(ImageView, LinkOfManyLinksIsGivenUp) {
  TarWriter tar;
  for (int i = 0; i < 300; ++i) tar.symlink("l" + std::to_string(i), "l" + std::to_string(i + 1));
  const auto image = image_of({tar.file("l300", "").finish()});
  EXPECT_EQ(at(*image, "l100"), "0:l300");
  EXPECT_EQ(at(*image, "l0"), "nothing");
}

// Each link names two more that are as bad: without a budget the walk takes longer than anyone lives.
TEST(ImageView, LinksThatMultiplyAreCheap) {
  TarWriter tar;
  for (int i = 0; i < 100; ++i) {
    const std::string next = "l" + std::to_string(i + 1);
    tar.symlink("l" + std::to_string(i), next + "/../" + next);
  }
  std::string slashes(4000, '/');
  for (int i = 0; i < 200; ++i)
    tar.symlink("s" + std::to_string(i), "./" + slashes + "s" + std::to_string(i + 1) + slashes);
  const auto image = image_of({tar.directory("l100").finish()});
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(at(*image, "l0/x"), "nothing");
    EXPECT_EQ(at(*image, "s0"), "nothing");
  }
}

TEST(ImageView, HardLinksAcrossLayersKeepTheirContent) {
  const auto image =
      image_of({TarWriter().file("target", "bytes", {.mode = 0755}).finish(),
                TarWriter().hard_link("link", "target").finish(), TarWriter().file("target", "other").finish()});
  const FileRef old = entry_of(*image, 0, "target");
  EXPECT_EQ(image->content_of(*image->find("link")), old);
  EXPECT_EQ(*image->resolve("link"), old);
  EXPECT_EQ(image->visibility(old), Visibility::final) << "its bytes are there under another name";
  EXPECT_EQ(image->path(old), "link");
  EXPECT_EQ(image->hidden_by(old), 2U);
  EXPECT_EQ(image->digests(*image->find("link")), &image->layer(0)->digests[0]);
}

TEST(ImageView, HardLinkOfAHardLinkAndOfNothing) {
  const auto image = image_of({TarWriter().file("a", "x").hard_link("b", "a").finish(),
                               TarWriter().hard_link("c", "b").hard_link("lost", "gone").finish(),
                               TarWriter().whiteout("a").whiteout("b").finish()});
  EXPECT_EQ(*image->resolve("c"), (FileRef{0, 0}));
  EXPECT_EQ(image->visibility({0, 0}), Visibility::final);
  EXPECT_EQ(image->visibility({0, 1}), Visibility::deleted);
  EXPECT_EQ(image->content_of(*image->find("lost")), *image->find("lost"));
  EXPECT_EQ(image->digests(*image->find("lost")), nullptr);
}

// Engines unpack in the order of the archive: the link is made, then its target goes.
TEST(ImageView, HardLinkToWhatItsOwnLayerRemovesLostItsContent) {
  const std::string below = TarWriter().file("d/a", "x").finish();
  for (const std::string& above : {TarWriter().hard_link("b", "d/a").whiteout("d/a").finish(),
                                   TarWriter().hard_link("b", "d/a").opaque("d").finish(),
                                   TarWriter().hard_link("b", "d/a").whiteout("d").file("d/a", "y").finish()}) {
    const auto image = image_of({below, above});
    EXPECT_EQ(at(*image, "b"), "0:d/a");
    EXPECT_EQ(image->visibility({0, 0}), Visibility::final);
  }
}

TEST(ImageView, HardLinkToASymlinkIsOne) {
  const auto image = image_of({TarWriter().file("f", "x").symlink("s", "f").hard_link("h", "s").finish()});
  EXPECT_EQ(at(*image, "h"), "0:f");
}

TEST(ImageView, RecordsKnowTheirVisibility) {
  test::TestCollector collector;
  AnalyseOptions options;
  options.sections.push_back({"test", "1", &collector});
  const auto image = image_of({TarWriter().file("kept", "A").file("gone", "B").file("changed", "C").finish(),
                               TarWriter().hard_link("alias", "changed").finish(), "",
                               TarWriter().whiteout("gone").file("changed", "D").symlink("link", "kept").finish()},
                              options);
  std::vector<std::string> seen;
  for (const RecordRef& record : image->records("test"))
    seen.push_back(std::string(as_text(record.data)) + " " + std::string(to_string(record.visibility)));
  EXPECT_THAT(seen, ElementsAre("A final", "B deleted", "C final", "D final"));
  EXPECT_EQ(as_text(image->record_at("test", "link")->data), "A");
  EXPECT_EQ(as_text(image->record_at("test", "alias")->data), "C");
  EXPECT_EQ(as_text(image->record_at("test", "changed")->data), "D");
  EXPECT_FALSE(image->record_at("test", "gone"));
  EXPECT_FALSE(image->record_at("other", "kept"));
  EXPECT_EQ(image->layer(2), nullptr);
  EXPECT_EQ(image->layer_count(), 4U);
}

TEST(ImageView, ChildrenAreSortedAndFollowLinks) {
  const auto image = image_of({TarWriter().file("d/b", "").file("d/c/x", "").symlink("l", "d").finish(),
                               TarWriter().file("d/a", "").directory("d/e").finish()});
  std::vector<std::string> names;
  for (const FileRef file : image->children("l")) names.push_back(image->path(file));
  EXPECT_THAT(names, ElementsAre("d/a", "d/b", "d/e")) << "an implied folder has no entry";
  EXPECT_TRUE(image->children("nowhere").empty());
  EXPECT_TRUE(image->children("d/b").empty());
}

TEST(ImageView, LayerIdFallsBackToWhatWasPromised) {
  model::Image promised;
  promised.layers.resize(2);
  promised.layers[0].diff_id = "sha256:promised";
  promised.layers[1].key = "key";
  const ImageView image(promised, {nullptr, nullptr});
  EXPECT_EQ(image.layer_id(0), "sha256:promised");
  EXPECT_EQ(image.layer_id(1), "key");
  EXPECT_EQ(image.layer_id(2), "");
}

TEST(ImageView, TwoThousandLayers) {
  std::vector<std::string> archives;
  for (int i = 0; i < 2000; ++i)
    archives.push_back(TarWriter().file("d/" + std::to_string(i % 7), "").opaque("d").finish());
  const auto image = image_of(archives);
  EXPECT_THAT(tree(*image), ElementsAre("d/" + std::to_string(1999 % 7) + "@1999"));
}

// Removing what is removed already must not walk over the dead again in each layer.
TEST(ImageView, RepeatedRemovalsAreCheap) {
  TarWriter big;
  for (int i = 0; i < 50'000; ++i) big.file("d/" + std::to_string(i), "");
  std::vector<std::string> archives{big.finish()};
  for (int i = 0; i < 2000; ++i) archives.push_back(TarWriter().opaque("d").opaque("d").file("d/one", "").finish());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(tree(*image_of(archives)).size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ImageView, DeepPathsNeedNoStack) {
  std::string path = "a", link;
  for (int i = 1; i < 5000; ++i) path += "/a";
  const auto image = image_of({TarWriter().file(path, "deep").finish(), TarWriter().whiteout("b").finish()});
  EXPECT_TRUE(image->find(path));
  std::vector<std::string> found = tree(*image);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], path + "@0");
  EXPECT_TRUE(tree(*image_of({TarWriter().file(path, "deep").finish(), TarWriter().whiteout("a").finish()})).empty());
}

}  // namespace
}  // namespace hullcheck::layers
