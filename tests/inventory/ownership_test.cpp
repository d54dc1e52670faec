// Whose file is it, and is it what was shipped? The digests below are of the one letter that the files hold.
#include <gtest/gtest.h>

#include "inventory/ownership.hpp"
#include "support/layers.hpp"

namespace hullcheck::inventory {
namespace {

using test::TarWriter;

constexpr const char* k_md5_of_x = "9dd4e461268c8034f5c8564e155c67a6";

struct Scene {
  std::unique_ptr<layers::ImageView> image;
  Inventory inventory;
  std::unique_ptr<Ownership> ownership;

  Scene(const std::vector<std::string>& archives, std::vector<model::OwnedFile> files, std::string type = "deb")
      : image(test::image_of(archives)) {
    model::Package package;
    package.type = std::move(type);
    package.name = "tool";
    package.files = std::move(files);
    inventory.packages.push_back(std::move(package));
    ownership = std::make_unique<Ownership>(*image, inventory);
  }
  Integrity at(std::string_view path) const { return ownership->integrity(*image->find(path)); }
};

model::OwnedFile owned(std::string path, std::string digest = k_md5_of_x, bool config = false) {
  const auto algorithm = digest.empty() ? model::DigestAlgorithm::none : model::DigestAlgorithm::md5;
  return {std::move(path), algorithm, std::move(digest), 0, config};
}

const test::TarAttributes k_program{.mode = 0755};

TEST(Ownership, ComparesWhatIsThereWithWhatWasShipped) {
  const Scene scene({TarWriter()
                         .file("bin/same", "x", k_program)
                         .file("bin/other", "y", k_program)
                         .file("etc/conf", "y", k_program)
                         .file("bin/nobody", "x", k_program)
                         .file("bin/listed", "x", k_program)
                         .file("share/data", "y")
                         .finish()},
                    {owned("bin/same"), owned("bin/other"), owned("etc/conf", k_md5_of_x, true),
                     owned("bin/listed", ""), owned("share/data")});
  EXPECT_EQ(scene.at("bin/same"), Integrity::owned_match);
  EXPECT_EQ(scene.at("bin/other"), Integrity::owned_mismatch);
  EXPECT_EQ(scene.at("etc/conf"), Integrity::owned_config);
  EXPECT_EQ(scene.at("bin/nobody"), Integrity::unowned);
  EXPECT_EQ(scene.at("bin/listed"), Integrity::owned_unverified);
  EXPECT_EQ(scene.at("share/data"), Integrity::owned_unverified) << "no digest was taken of it";
  EXPECT_EQ(scene.ownership->owner(*scene.image->find("bin/same"))->name, "tool");
  EXPECT_EQ(scene.ownership->owner(*scene.image->find("bin/nobody")), nullptr);
}

TEST(Ownership, PathsMeetAfterLinksOfTheirFolders) {
  const Scene merged({TarWriter().symlink("bin", "usr/bin").file("usr/bin/ls", "x", k_program).finish()},
                     {owned("bin/ls")});
  EXPECT_EQ(merged.at("usr/bin/ls"), Integrity::owned_match);
  const Scene later(
      {TarWriter().symlink("lib", "usr/lib").finish(), TarWriter().file("lib/y", "x", k_program).finish()},
      {owned("usr/lib/y")});
  EXPECT_EQ(later.at("lib/y"), Integrity::owned_match);
}

TEST(Ownership, OtherNamesOfAFileAreJudgedByThemselves) {
  const Scene scene({TarWriter()
                         .file("bin/tool", "x", k_program)
                         .hard_link("opt/copy", "bin/tool")
                         .symlink("bin/link", "../opt/copy")
                         .file("opt/tool", "x", k_program)
                         .finish()},
                    {owned("bin/tool"), owned("bin/link")});
  EXPECT_EQ(scene.at("bin/tool"), Integrity::owned_match);
  EXPECT_EQ(scene.at("opt/copy"), Integrity::unowned);
  EXPECT_NE(scene.ownership->owner(*scene.image->find("bin/link")), nullptr);
  EXPECT_EQ(scene.at("opt/tool"), Integrity::unowned) << "the name alone is not the path";
}

// Its own name is gone, another that a package owns is left.
TEST(Ownership, ContentWhoseNameIsGoneHasTheOwnerOfTheNameThatIsLeft) {
  const Scene scene({TarWriter().file("first", "x", k_program).finish(),
                     TarWriter().hard_link("bin/tool", "first").finish(), TarWriter().whiteout("first").finish()},
                    {owned("bin/tool")});
  EXPECT_EQ(scene.ownership->integrity({0, 0}), Integrity::owned_match);
}

TEST(Ownership, NobodyOwnsAnythingWithoutPackages) {
  const Scene scene({TarWriter().file("bin/tool", "x", k_program).finish()}, {});
  EXPECT_EQ(scene.at("bin/tool"), Integrity::unowned);
  EXPECT_EQ(scene.ownership->owner(*scene.image->find("bin/tool")), nullptr);
}

TEST(Ownership, FilesThatAreGoneStillHaveAnOwner) {
  const Scene scene(
      {TarWriter().symlink("bin", "usr/bin").finish(), TarWriter().file("bin/ls", "y", k_program).finish(),
       TarWriter().whiteout("usr/bin/ls").finish()},
      {owned("usr/bin/ls")});
  EXPECT_EQ(scene.ownership->integrity({1, 0}), Integrity::owned_mismatch);
}

TEST(Ownership, ALayerDressedAsAnotherSystemsIsNotTrusted) {
  const Scene scene({TarWriter().file("etc/apk/world", "").file("bin/ls", "trojan", k_program).finish()},
                    {owned("bin/ls")});
  EXPECT_EQ(scene.at("bin/ls"), Integrity::unowned) << "its MD5 was not taken, so nothing says that it is Debian's";
  const Scene rpm({TarWriter().file("var/lib/rpm/Packages", "").file("bin/ls", "x", k_program).finish()},
                  {owned("bin/ls")}, "rpm");
  EXPECT_EQ(rpm.at("bin/ls"), Integrity::owned_unverified) << "MD5 is rare there and never taken";
}

TEST(Ownership, TheClaimWithADigestSaysMore) {
  for (const bool first : {true, false}) {
    std::vector<model::OwnedFile> files{owned("bin/ls", first ? k_md5_of_x : ""),
                                        owned("bin/ls", first ? "" : k_md5_of_x)};
    const Scene scene({TarWriter().file("bin/ls", "x", k_program).finish()}, std::move(files));
    EXPECT_EQ(scene.at("bin/ls"), Integrity::owned_match);
  }
}

}  // namespace
}  // namespace hullcheck::inventory
