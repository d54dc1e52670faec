#include "formats/rpm_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/rpm_header_writer.hpp"

namespace hullcheck::formats {
namespace {

using tests::RpmHeaderWriter;
using Tag = RpmTag;
using ::testing::ElementsAre;

RpmHeaderWriter minimal(std::string_view name = "bash") {
  return RpmHeaderWriter().text(Tag::name, name).text(Tag::version, "5.1").text(Tag::release, "2");
}

// The name of the error, or "" when there is a package.
std::string outcome(const Buffer& blob, const RpmHeaderLimits& limits = {}) {
  const auto header = parse_rpm_header(blob, limits);
  if (!header) return header.error().name;
  const auto package = to_package(*header, limits);
  return package ? "" : package.error().name;
}

RpmPackage package_of(const Buffer& blob, const RpmHeaderLimits& limits = {}) {
  const auto header = parse_rpm_header(blob, limits);
  EXPECT_TRUE(header) << header.error().describe();
  if (!header) return {};
  auto package = to_package(*header, limits);
  EXPECT_TRUE(package) << package.error().describe();
  return package ? std::move(package).value() : RpmPackage{};
}

std::vector<std::string> problem_names(const RpmPackage& package) {
  std::vector<std::string> names;
  for (const Error& error : package.problems) names.push_back(error.name);
  return names;
}

TEST(RpmHeader, EveryFieldOfAPackage) {
  RpmHeaderWriter writer = minimal();
  writer.numbers32(Tag::epoch, {2}).text(Tag::arch, "aarch64").text(Tag::source_rpm, "bash-5.1-2.src.rpm");
  writer.text(Tag::vendor, "Vendor").text(Tag::packager, "Packager <p@example.org>").text(Tag::licence, "GPLv3+");
  writer.text(Tag::modularity_label, "ruby:3.1:1:a").text(Tag::dist_tag, "cm2");
  writer.translated(Tag::summary, {"The shell", "Die Shell"}).bytes(Tag::signature_rsa, as_bytes("signature"));
  writer.end_region().numbers32(Tag::install_time, {1'700'000'000});
  const RpmPackage package = package_of(writer.blob());
  EXPECT_EQ(package.name, "bash");
  EXPECT_EQ(package.evr(), "2:5.1-2");
  EXPECT_EQ(package.arch, "aarch64");
  EXPECT_EQ(package.source_rpm, "bash-5.1-2.src.rpm");
  EXPECT_EQ(package.vendor, "Vendor");
  EXPECT_EQ(package.packager, "Packager <p@example.org>");
  EXPECT_EQ(package.licence, "GPLv3+");
  EXPECT_EQ(package.modularity_label, "ruby:3.1:1:a");
  EXPECT_EQ(package.dist_tag, "cm2");
  EXPECT_EQ(package.summary, "The shell");
  EXPECT_EQ(package.install_time, 1'700'000'000U);
  EXPECT_TRUE(package.has_signature);
  EXPECT_TRUE(package.files.empty());
  EXPECT_TRUE(package.problems.empty());
}

TEST(RpmHeader, NoEpochIsNotEpochZero) {
  EXPECT_EQ(package_of(minimal().blob()).epoch, std::nullopt);
  EXPECT_EQ(package_of(minimal().numbers32(Tag::epoch, {0}).blob()).epoch, 0U);
  EXPECT_EQ(package_of(minimal().blob()).evr(), "5.1-2");
  EXPECT_FALSE(package_of(minimal().blob()).has_signature);
}

TEST(RpmHeader, FileListIsJoined) {
  RpmHeaderWriter writer = minimal();
  writer.texts(Tag::base_names, {"bash", "bashrc", "old.log"}).texts(Tag::dir_names, {"/etc/", "/usr/bin/"});
  writer.numbers32(Tag::dir_indexes, {1, 0, 0}).numbers16(Tag::file_modes, {0100755, 0100644, 0100600});
  writer.texts(Tag::file_digests, {std::string(64, 'A'), std::string(64, 'b'), ""});
  writer.numbers32(Tag::file_flags, {0, RpmFile::k_config, RpmFile::k_ghost});
  writer.numbers32(Tag::file_sizes, {1000, 20, 0}).numbers32(Tag::file_digest_algorithm, {8});
  writer.texts(Tag::file_users, {"root", "root", "log"}).texts(Tag::file_groups, {"root", "wheel", "log"});
  const RpmPackage package = package_of(writer.blob());
  ASSERT_EQ(package.files.size(), 3U);
  EXPECT_EQ(package.digest_algorithm, RpmDigest::sha256);
  EXPECT_EQ(package.files[0].path, "/usr/bin/bash");
  EXPECT_EQ(package.files[0].mode, 0100755);
  EXPECT_EQ(package.files[0].digest, std::string(64, 'a'));
  EXPECT_EQ(package.files[0].size, 1000U);
  EXPECT_EQ(package.files[1].path, "/etc/bashrc");
  EXPECT_EQ(package.files[1].flags, RpmFile::k_config);
  EXPECT_EQ(package.files[1].group, "wheel");
  EXPECT_EQ(package.files[2].flags, RpmFile::k_ghost);
  EXPECT_EQ(package.files[2].user, "log");
  EXPECT_EQ(package.files[2].digest, "");
  EXPECT_TRUE(package.problems.empty());
}

TEST(RpmHeader, DigestsWithoutAlgorithmAreMd5) {
  const RpmPackage package = package_of(minimal()
                                            .texts(Tag::old_file_names, {"/bin/a", "/bin/b"})
                                            .texts(Tag::file_digests, {std::string(32, '1'), std::string(64, '2')})
                                            .blob(false));
  ASSERT_EQ(package.files.size(), 2U);
  EXPECT_EQ(package.digest_algorithm, RpmDigest::md5);
  EXPECT_EQ(package.files[0].digest, std::string(32, '1'));
  EXPECT_EQ(package.files[1].digest, "");
  EXPECT_THAT(problem_names(package), ElementsAre("rpm-file-digest"));
}

TEST(RpmHeader, UnknownDigestAlgorithmGivesNoDigests) {
  const RpmPackage package = package_of(minimal()
                                            .texts(Tag::old_file_names, {"/bin/a"})
                                            .texts(Tag::file_digests, {std::string(32, '1')})
                                            .numbers32(Tag::file_digest_algorithm, {99})
                                            .blob());
  EXPECT_EQ(package.digest_algorithm, RpmDigest::unknown);
  EXPECT_EQ(package.files.at(0).digest, "");
  EXPECT_THAT(problem_names(package), ElementsAre("rpm-file-digest"));
}

TEST(RpmHeader, LongFileSizes) {
  const RpmPackage package =
      package_of(minimal().texts(Tag::old_file_names, {"/big"}).numbers64(Tag::long_file_sizes, {1ULL << 40}).blob());
  EXPECT_EQ(package.files.at(0).size, 1ULL << 40);
}

// What was added at installation replaces what was signed; that is rpm's own rule.
TEST(RpmHeader, TagBehindTheRegionWins) {
  const Buffer blob =
      minimal().numbers32(Tag::install_time, {1}).end_region().numbers32(Tag::install_time, {2}).blob();
  const RpmPackage package = package_of(blob);
  EXPECT_EQ(package.install_time, 2U);
  EXPECT_TRUE(package.problems.empty());
}

TEST(RpmHeader, DuplicateTagInTheRegionIsNoted) {
  const RpmPackage package = package_of(minimal("first").text(Tag::name, "second").blob());
  EXPECT_EQ(package.name, "first");
  EXPECT_THAT(problem_names(package), ElementsAre("rpm-header-duplicate-tag"));
}

TEST(RpmHeader, PublicKeyIsFlagged) {
  EXPECT_TRUE(package_of(minimal("gpg-pubkey").blob()).is_public_key());
  EXPECT_FALSE(package_of(minimal("gpg-pubkey2").blob()).is_public_key());
}

TEST(RpmHeader, AbsentTagIsEmptyAndWrongTypeIsAnError) {
  const Buffer blob =
      minimal().numbers16(Tag::file_modes, {1, 0xffff}).bytes(Tag::signature_pgp, as_bytes("x")).blob();
  const auto header = parse_rpm_header(blob, {});
  ASSERT_TRUE(header);
  EXPECT_FALSE(header->has(Tag::arch));
  EXPECT_EQ(*header->string(Tag::arch), std::nullopt);
  EXPECT_TRUE(header->integers(Tag::epoch)->empty());
  EXPECT_EQ(header->integers(Tag::name).error().name, "rpm-tag-type");
  EXPECT_EQ(header->string(Tag::file_modes).error().name, "rpm-tag-type");
  EXPECT_EQ(header->strings(Tag::file_modes).error().name, "rpm-tag-type");
  EXPECT_EQ(header->binary(Tag::name).error().name, "rpm-tag-type");
  EXPECT_EQ(as_text(*header->binary(Tag::signature_pgp)), "x");
  EXPECT_EQ((*header->integers(Tag::file_modes))[1], 0xffffU);
}

TEST(RpmHeaderBad, CutAnywhere) {
  const Buffer blob = tests::sample_package("bash", "5.1");
  for (std::size_t size = 0; size < blob.size(); ++size)
    EXPECT_EQ(outcome(Buffer(blob.begin(), blob.begin() + static_cast<std::ptrdiff_t>(size))),
              "rpm-header-truncated");
  Buffer longer = blob;
  longer.push_back(0);
  EXPECT_EQ(outcome(longer), "rpm-header-size");
}

TEST(RpmHeaderBad, FourGigabytesOfData) {
  Buffer blob = minimal().blob();
  std::fill_n(blob.begin() + 4, 4, 0xff);
  EXPECT_EQ(outcome(blob), "rpm-header-limit");
}

TEST(RpmHeaderBad, FourBillionTags) {
  Buffer blob = minimal().blob();
  std::fill_n(blob.begin(), 4, 0xff);
  EXPECT_EQ(outcome(blob), "rpm-header-limit");
}

TEST(RpmHeaderBad, LyingIndexFields) {
  struct Case {
    std::size_t field;
    std::uint32_t value;
    std::string_view error;
  };
  constexpr std::array<Case, 6> k_cases{{
      {1, 10, "rpm-tag-type"},
      {1, 0xffff'ffff, "rpm-tag-type"},
      {2, 0xffff'fffc, "rpm-tag-offset"},  // minus four
      {2, 0x7fff'ffff, "rpm-tag-offset"},
      {3, 0xffff'ffff, "rpm-tag-count"},
      {3, 0x4000'0001, "rpm-tag-count"},  // times four it wraps round in 32 bits
  }};
  for (const Case& item : k_cases) {
    Buffer blob = minimal().numbers32(Tag::epoch, {1}).blob();
    tests::set_index_field(blob, 4, item.field, item.value);
    EXPECT_EQ(outcome(blob), item.error) << item.field << " " << item.value;
  }
}

TEST(RpmHeaderBad, RegionThatIsNone) {
  const auto with = [](std::size_t field, std::uint32_t value) {
    Buffer blob = minimal().blob();
    tests::set_index_field(blob, 0, field, value);
    return blob;
  };
  EXPECT_EQ(outcome(with(3, 15)), "rpm-header-region");
  EXPECT_EQ(outcome(with(1, 6)), "rpm-header-region");
  EXPECT_EQ(outcome(with(2, 1)), "rpm-header-region");
}

TEST(RpmHeaderBad, Nameless) {
  EXPECT_EQ(outcome(minimal("").blob()), "rpm-header-nameless");
  EXPECT_EQ(outcome(RpmHeaderWriter().text(Tag::version, "1").text(Tag::release, "1").blob()), "rpm-header-nameless");
  EXPECT_EQ(outcome(RpmHeaderWriter().text(Tag::name, "a").text(Tag::release, "1").blob()), "rpm-header-versionless");
  EXPECT_EQ(outcome(RpmHeaderWriter().blob(false)), "rpm-header-nameless");
}

TEST(RpmHeaderBad, TextWithoutEnd) {
  EXPECT_EQ(outcome(RpmHeaderWriter().raw(1000, 6, 1, {'a', 'b'}).blob(false)), "rpm-tag-text");
}

TEST(RpmHeaderBad, EpochOfAnotherTypeIsNoEpochZero) {
  EXPECT_EQ(outcome(minimal().text(Tag::epoch, "1").blob()), "rpm-tag-type");
}

TEST(RpmHeaderBad, HugeTexts) {
  const std::string huge(70'000, 'x');
  EXPECT_EQ(outcome(minimal(huge).blob()), "rpm-text-limit");
  const RpmPackage package = package_of(minimal().text(Tag::summary, huge).blob());
  EXPECT_EQ(package.summary, "");
  EXPECT_THAT(problem_names(package), ElementsAre("rpm-text-limit"));
}

TEST(RpmHeaderBad, FileColumnsOfDifferentLength) {
  RpmHeaderWriter writer = minimal().texts(Tag::base_names, {"a", "b"}).texts(Tag::dir_names, {"/"});
  RpmHeaderWriter short_indexes = writer;
  const RpmPackage folderless = package_of(short_indexes.numbers32(Tag::dir_indexes, {0}).blob());
  EXPECT_TRUE(folderless.files.empty());
  EXPECT_THAT(problem_names(folderless), ElementsAre("rpm-file-table", "rpm-file-table"));

  writer.numbers32(Tag::dir_indexes, {0, 0}).numbers16(Tag::file_modes, {1, 2, 3});
  const RpmPackage modeless = package_of(writer.texts(Tag::file_digests, {""}).blob());
  ASSERT_EQ(modeless.files.size(), 2U);
  EXPECT_EQ(modeless.files[1].path, "/b");
  EXPECT_EQ(modeless.files[1].mode, 0);
  EXPECT_THAT(problem_names(modeless), ElementsAre("rpm-file-table", "rpm-file-table"));
}

TEST(RpmHeaderBad, FolderNumberThatDoesNotExist) {
  const RpmPackage package = package_of(minimal()
                                            .texts(Tag::base_names, {"a", "b"})
                                            .texts(Tag::dir_names, {"/"})
                                            .numbers32(Tag::dir_indexes, {0, 0xffff'ffff})
                                            .blob());
  EXPECT_TRUE(package.files.empty());
  EXPECT_THAT(problem_names(package), ElementsAre("rpm-file-table"));
}

// One long folder name times many files: small in the header, huge once joined.
TEST(RpmHeaderBad, ExplodingFileList) {
  const std::vector<std::string> names(50'000, "f");
  const Buffer blob = minimal()
                          .texts(Tag::base_names, names)
                          .texts(Tag::dir_names, {"/" + std::string(4000, 'd') + "/"})
                          .numbers32(Tag::dir_indexes, std::vector<std::uint32_t>(names.size(), 0))
                          .blob();
  const RpmPackage package = package_of(blob);
  EXPECT_TRUE(package.files.empty());
  EXPECT_THAT(problem_names(package), ElementsAre("rpm-file-limit"));

  RpmHeaderLimits few;
  few.max_files = 2;
  EXPECT_THAT(problem_names(package_of(tests::sample_package("a", "1", 3), few)), ElementsAre("rpm-file-limit"));
  EXPECT_TRUE(package_of(tests::sample_package("a", "1", 2), few).problems.empty());
}

}  // namespace
}  // namespace hullcheck::formats
