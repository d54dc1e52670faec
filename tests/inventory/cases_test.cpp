// Every folder below tests/inventory/cases/ANALYZER/: an image in words, and what take_inventory() must find in it.
//
// image.txt, one line each; layers from the bottom up:
//   layer                              starts the next layer
//   file PATH [no-newline]             a file; its lines follow, each behind "| " (\xNN is a byte)
//   from PATH FILE                     a file whose content is FILE of the case's folder
//   rpmdb PATH KIND NAME VERSION…      an rpm database (sqlite, ndb, bdb) of these packages; "cut=N" ends it early
//   directory PATH, symlink PATH TARGET, link PATH TARGET, whiteout PATH, opaque PATH
//   # a comment: what the case is about
// expected.txt: what describe() below says. HULLCHECK_REWRITE=1 writes it anew and counts the test as skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "inventory/analyzer.hpp"
#include "inventory/ownership.hpp"
#include "support/layers.hpp"
#include "support/rpm_header_writer.hpp"
#include "support/rpmdb_writer.hpp"

namespace hullcheck::inventory {
namespace {

namespace fs = std::filesystem;

const fs::path k_cases = fs::path(HULLCHECK_TEST_DATA) / "inventory" / "cases";
const fs::path k_sources = fs::path(HULLCHECK_TEST_DATA) / ".." / "src" / "inventory";

fs::path shared_folder() {
  const char* set = std::getenv("HULLCHECK_SHARED");
  return fs::path(set != nullptr ? set : HULLCHECK_SHARED) / "conformance";
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = line.substr(i).starts_with("\\x") ? from_hex(line.substr(i + 2, 2)) : std::nullopt;
    if (byte && !byte->empty()) {
      out += static_cast<char>((*byte)[0]);
      i += 3;
    } else {
      out += line[i];
    }
  }
  return out;
}

std::string rpm_database(std::istringstream& words) {
  std::string kind, name, version;
  std::size_t cut = std::string::npos;
  std::vector<Buffer> packages;
  words >> kind;
  while (words >> name) {
    if (name.starts_with("cut=")) {
      cut = std::stoul(name.substr(4));
      continue;
    }
    words >> version;
    packages.push_back(tests::sample_package(name, version, 1));
  }
  const auto records = tests::numbered(packages);
  const Buffer bytes = kind == "sqlite" ? tests::write_sqlite(records)
                       : kind == "ndb"  ? tests::write_ndb(records)
                                        : tests::write_bdb(records);
  return std::string(as_text(bytes).substr(0, cut));
}

// Reads image.txt line by line; a file is added when the next thing begins.
class ImageText {
 public:
  explicit ImageText(fs::path folder) : m_folder(std::move(folder)) {
    std::istringstream lines(read_file(m_folder / "image.txt"));
    for (std::string line; std::getline(lines, line);) take(line);
    end_layer();
  }
  const std::vector<std::string>& layers() const { return m_layers; }

 private:
  void take(const std::string& line) {
    if (line.starts_with("|")) {
      m_content += unescaped(line.size() > 2 ? std::string_view(line).substr(2) : std::string_view()) + "\n";
      return;
    }
    end_file();
    std::istringstream words(line);
    std::string verb, path, more;
    words >> verb >> path;
    if (verb == "layer") {
      if (m_started) end_layer();
      m_started = true;
    } else if (verb == "file") {
      m_file = path;
      words >> more;
      m_no_newline = more == "no-newline";
    } else if (verb == "from") {
      words >> more;
      m_tar.file(path, read_file(m_folder / more));
    } else if (verb == "rpmdb") {
      m_tar.file(path, rpm_database(words));
    } else if (verb == "directory") {
      m_tar.directory(path);
    } else if (verb == "symlink" || verb == "link") {
      words >> more;
      verb == "link" ? m_tar.hard_link(path, more) : m_tar.symlink(path, more);
    } else if (verb == "whiteout") {
      m_tar.whiteout(path);
    } else if (verb == "opaque") {
      m_tar.opaque(path);
    } else if (!verb.empty() && verb != "#") {
      ADD_FAILURE() << m_folder << ": " << line;
    }
  }
  void end_file() {
    if (m_file.empty()) return;
    if (m_no_newline && !m_content.empty()) m_content.pop_back();
    m_tar.file(m_file, m_content);
    m_file.clear();
    m_content.clear();
  }
  void end_layer() {
    end_file();
    m_layers.push_back(m_tar.finish());
  }

  fs::path m_folder;
  test::TarWriter m_tar;
  std::vector<std::string> m_layers;
  std::string m_file, m_content;
  bool m_no_newline = false, m_started = false;
};

layers::AnalyseOptions all_analyzers() {
  layers::AnalyseOptions options;
  for (const auto& analyzer : AnalyzerRegistry::all())
    options.sections.push_back({"inventory/" + std::string(analyzer.descriptor.id),
                                std::to_string(analyzer.descriptor.version), analyzer.instance.get()});
  return options;
}

std::string describe(const model::Package& package) {
  std::ostringstream out;
  out << "package " << package.type << " " << package.name << " " << package.version;
  if (!package.architecture.empty()) out << " " << package.architecture;
  if (package.epoch != 0) out << " epoch=" << package.epoch;
  const bool system = model::is_system_package(package);
  if (system && (package.source_name != package.name || package.source_version != package.version))
    out << " source=" << package.source_name << "@" << package.source_version;
  for (const std::string& license : package.licenses) out << " license='" << license << "'";
  if (!package.vendor.empty()) out << " vendor='" << package.vendor << "'";
  if (package.declared_only) out << " declared-only";
  if (!package.covered_by.empty()) out << " covered-by=" << package.covered_by;
  if (!system) out << " " << model::purl(package, {});
  out << " layer=" << package.layer;
  if (package.first_layer != package.layer) out << " first-layer=" << package.first_layer;
  out << " in " << model::place(package) << "@" << package.database_layer << "\n";
  std::vector<model::OwnedFile> files = package.files;
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  for (const model::OwnedFile& file : files) {
    out << "  " << file.path;
    if (file.algorithm != model::DigestAlgorithm::none) out << " " << to_string(file.algorithm) << "=" << file.digest;
    if (file.mode != 0) out << " mode=" << std::oct << file.mode << std::dec;
    out << (file.config ? " config\n" : "\n");
  }
  return out.str();
}

std::string describe(const Inventory& inventory) {
  std::string text;
  const model::Distribution& os = inventory.distribution;
  if (!os.id.empty())
    text += "distribution id=" + os.id + " version=" + os.version_id + " codename=" + os.codename +
            " like=" + os.id_like + " name='" + os.pretty_name + "' from " + os.evidence_path + "\n";
  for (const std::string& set : os.content_sets) text += "content-set " + set + "\n";
  for (const std::string& cpe : os.cpes) text += "cpe " + cpe + "\n";
  for (const auto* list : {&inventory.packages, &inventory.declared, &inventory.overlaps})
    for (const model::Package& package : *list) text += describe(package);
  for (const model::Gap& gap : inventory.gaps)
    text += "gap " + gap.id + " " + gap.subject + ": " + gap.reason +
            (gap.effect == model::GapEffect::note ? " (note)\n" : "\n");
  return text;
}

// A problem of a collector becomes a gap elsewhere (scan/coverage); here it is shown beside the inventory.
std::string describe_problems(const layers::ImageView& image) {
  std::string text;
  for (std::uint32_t i = 0; i < image.layer_count(); ++i)
    for (const auto& [id, section] : image.layer(i)->sections)
      for (const layers::Problem& problem : section.problems)
        text += "problem " + id + " layer=" + std::to_string(i) + " " + problem.subject + ": " + problem.name + "\n";
  return text;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(k_cases))
    if (entry.path().filename() == "image.txt")
      names.push_back(fs::relative(entry.path().parent_path(), k_cases).string());
  std::sort(names.begin(), names.end());
  return names;
}

class InventoryCase : public testing::TestWithParam<std::string> {};

TEST_P(InventoryCase, FindsWhatIsExpected) {
  const fs::path folder = k_cases / GetParam();
  const auto image = test::image_of(ImageText(folder).layers(), all_analyzers());
  const Inventory inventory = take_inventory(*image);
  const std::string found = describe(inventory) + describe_problems(*image);
  if (std::getenv("HULLCHECK_REWRITE") != nullptr) {
    std::ofstream(folder / "expected.txt", std::ios::binary) << found;
    GTEST_SKIP() << "rewritten";
  }
  EXPECT_EQ(found, read_file(folder / "expected.txt"));
  EXPECT_TRUE(!inventory.packages.empty() || !inventory.gaps.empty()) << "an empty inventory is never silent";
}

std::string test_name(const testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, InventoryCase, testing::ValuesIn(case_names()), test_name);

TEST(Analyzers, RegisteredIdsAreTheFilesOfTheFolder) {
  // Those that are no analyzer, and the one whose id puts it behind all others.
  const std::vector<std::string> none{"analyzer", "deb822", "dropped_packages", "kept_text", "ownership"};
  std::vector<std::string> files, ids;
  for (const auto& entry : fs::directory_iterator(k_sources)) {
    std::string stem = entry.path().stem().string();
    if (entry.path().extension() != ".cpp" || std::count(none.begin(), none.end(), stem) != 0) continue;
    std::replace(stem.begin(), stem.end(), '_', '-');
    files.push_back(stem == "unread-ecosystems" ? "zz-unread" : stem);
  }
  for (const auto& analyzer : AnalyzerRegistry::all()) {
    ids.emplace_back(analyzer.descriptor.id);
    EXPECT_FALSE(analyzer.descriptor.summary.empty() || analyzer.descriptor.example.empty()) << ids.back();
    EXPECT_TRUE(fs::is_directory(k_cases / ids.back())) << ids.back() << " has no cases";
  }
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, ids);
}

TEST(FileFacts, ComeBackWholeOrNotAtAll) {
  FileFacts facts;
  facts.kind = "status";
  model::Package package;
  package.type = "deb";
  package.name = "a";
  package.version = "1:2";
  package.epoch = 1;
  package.licenses = {"MIT", ""};
  package.files.push_back({"etc/a", model::DigestAlgorithm::md5, "00ff", 0644, true});
  facts.packages = {package, {}};
  facts.owned.push_back({"bin/x", model::DigestAlgorithm::none, "", 0, false});
  facts.values = {{"key", "first"}, {"key", "second"}};
  facts.problems = {"a problem"};
  facts.truncated = true;
  const Buffer bytes = encode_file_facts(facts);
  const auto back = decode_file_facts(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode_file_facts(*back), bytes);
  EXPECT_EQ(back->value("key"), "first");
  EXPECT_EQ(back->packages.at(0).files.at(0).digest, "00ff");
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(decode_file_facts(Bytes(bytes).first(i))) << i;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Buffer hostile = bytes;
    hostile[i] = 0xff;
    (void)decode_file_facts(hostile);
  }
}

// A thousand stanzas of one name, and 20,000 files in its list: 2.8 GB when each had them all.
TEST(DpkgStanzas, OfOneNameDoNotMultiplyItsFiles) {
  std::string status, list;
  for (int i = 0; i < 1000; ++i)
    status += "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + std::to_string(i) + "\n\n";
  for (int i = 0; i < 20'000; ++i) list += "/usr/share/file/" + std::to_string(i) + "\n";
  const auto image = test::image_of(
      {test::TarWriter().file("var/lib/dpkg/status", status).file("var/lib/dpkg/info/a.list", list).finish()},
      all_analyzers());
  std::size_t files = 0;
  const Inventory inventory = take_inventory(*image);
  for (const model::Package& package : inventory.packages) files += package.files.size();
  EXPECT_EQ(inventory.packages.size(), 1000U);
  EXPECT_EQ(files, 20'000U);
}

TEST(DpkgLists, OfMillionsOfFilesAreCutWithAGap) {
  std::string list;
  for (int i = 0; i < 500'001; ++i) list += "/x/" + std::to_string(i) + "\n";
  const auto image = test::image_of({test::TarWriter()
                                         .file("var/lib/dpkg/status",
                                               "Package: a\nStatus: install ok installed\nArchitecture: all\n"
                                               "Version: 1\n\n")
                                         .file("var/lib/dpkg/info/a.list", list)
                                         .finish()},
                                    all_analyzers());
  const Inventory inventory = take_inventory(*image);
  ASSERT_EQ(inventory.packages.size(), 1U);
  EXPECT_EQ(inventory.packages[0].files.size(), 500'000U);
  EXPECT_TRUE(std::any_of(inventory.gaps.begin(), inventory.gaps.end(),
                          [](const model::Gap& gap) { return gap.id == "package-files-limit"; }));
}

TEST(ApkDatabase, OfMillionsOfFilesIsCutWithAGap) {
  std::string installed = "C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:a\nV:1-r0\nA:x86_64\nF:usr/share/a\n";
  for (int i = 0; i < 400'001; ++i) installed += "R:" + std::to_string(i) + "\n";
  installed += "\nC:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:b\nV:2-r0\nA:x86_64\nF:usr/bin\nR:b\na:0:0:755\n\n";
  const auto image = test::image_of({test::TarWriter()
                                         .file("etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n")
                                         .file("lib/apk/db/installed", installed)
                                         .finish()},
                                    all_analyzers());
  const Inventory inventory = take_inventory(*image);
  ASSERT_EQ(inventory.packages.size(), 2U);
  EXPECT_EQ(inventory.packages[0].files.size(), 400'000U);
  EXPECT_TRUE(inventory.packages[1].files.empty());
  EXPECT_TRUE(std::any_of(inventory.gaps.begin(), inventory.gaps.end(),
                          [](const model::Gap& gap) { return gap.id == "package-files-limit"; }));
}

// The three kinds hold the same packages, so the inventory is the same.
TEST(RpmKinds, GiveTheSamePackages) {
  const std::vector<Buffer> blobs{tests::sample_package("bash", "5.1"), tests::sample_package("openssl", "3.0")};
  const auto records = tests::numbered(blobs);
  const std::pair<std::string, Buffer> kinds[] = {{"var/lib/rpm/rpmdb.sqlite", tests::write_sqlite(records)},
                                                  {"var/lib/rpm/Packages.db", tests::write_ndb(records)},
                                                  {"var/lib/rpm/Packages", tests::write_bdb(records)}};
  std::vector<std::string> seen;
  for (const auto& [path, bytes] : kinds) {
    Inventory inventory =
        take_inventory(*test::image_of({test::TarWriter().file(path, as_text(bytes)).finish()}, all_analyzers()));
    std::string text;
    for (model::Package& package : inventory.packages) {
      package.database_path = "database";
      text += describe(package);
    }
    EXPECT_TRUE(inventory.has_package_database) << path;
    seen.push_back(text);
  }
  EXPECT_NE(seen[0], "");
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
}

TEST(RealDatabases, OfRpm) {
  const std::pair<std::string, std::string> samples[] = {
      {"cbl-mariner-2.0.rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite"},
      {"sle15-bci.Packages.db", "usr/lib/sysimage/rpm/Packages.db"},
      {"Packages.bdb", "var/lib/rpm/Packages"}};
  for (const auto& [sample, path] : samples) {
    const std::string bytes = read_file(shared_folder() / "rpmdb" / sample);
    if (bytes.empty()) GTEST_SKIP() << sample << " is not there";
    const Inventory inventory =
        take_inventory(*test::image_of({test::TarWriter().file(path, bytes).finish()}, all_analyzers()));
    EXPECT_GT(inventory.packages.size(), 0U) << sample;
    for (const model::Package& package : inventory.packages) EXPECT_NE(package.name, "gpg-pubkey");
    for (const model::Gap& gap : inventory.gaps) EXPECT_EQ(gap.id, "no-os-release") << sample << " " << gap.reason;
  }
}

TEST(RealImages, Alpine310) {
  const std::string archive = read_file(shared_folder() / "images" / "alpine-3.10.tar.gz");
  if (archive.empty()) GTEST_SKIP() << "alpine-3.10.tar.gz is not there";
  // The archive of the image; its layer is a member that is a layer itself.
  const auto raw = formats::memory_stream(as_bytes(archive));
  auto plain = formats::decompress(*raw, {});
  ASSERT_TRUE(plain);
  formats::TarReader tar(**plain, {});
  std::size_t found = 0;
  for (auto member = tar.next(); member && *member != nullptr; member = tar.next()) {
    if (!(*member)->name.ends_with("layer.tar") && (*member)->size < 1'000'000) continue;
    std::string layer;
    for (auto piece = tar.read(); piece && !piece->empty(); piece = tar.read()) layer += as_text(*piece);
    const auto image = test::image_of({layer}, all_analyzers());
    const Inventory inventory = take_inventory(*image);
    EXPECT_EQ(inventory.packages.size(), 14U);
    EXPECT_EQ(inventory.distribution.id, "alpine");
    EXPECT_TRUE(inventory.distribution.version_id.starts_with("3.10")) << inventory.distribution.version_id;
    EXPECT_TRUE(inventory.gaps.empty()) << inventory.gaps.at(0).reason;
    const Ownership ownership(*image, inventory);
    EXPECT_EQ(ownership.integrity(*image->find("bin/busybox")), Integrity::owned_match);
    EXPECT_EQ(ownership.owner(*image->find("bin/busybox"))->name, "busybox");
    ++found;
  }
  EXPECT_EQ(found, 1U);
}

}  // namespace
}  // namespace hullcheck::inventory
