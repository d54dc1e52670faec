// Small images as text, for detectors that judge an image: tests/detect/cases/image/DETECTOR.cases holds cases, each
// an image from configuration and layers, and what the detector says of it after ownership and place were weighed.
//
//   case NAME                       begins a case; lines that start with '#' are comments
//   reference NAME                  what the user asked for
//   entrypoint WORD…  cmd WORD…     the exec form
//   shell TEXT                      Cmd as one line for /bin/sh
//   env NAME=VALUE  label KEY=VALUE
//   history TEXT | empty TEXT       a step of the history; the second has no layer
//   created DATE                    of the steps that follow
//   layer                           begins the next layer; the first is there
//   file PATH [mode=0755] [elf] [uid=N] [mtime=N] [capability=HEX]
//   | TEXT                          a line of the file before it
//   hex BYTES                       bytes of the file before it
//   folder PATH  link PATH TARGET  remove PATH
//   package NAME VERSION PATH…      Debian package with these files, as they are in this layer or below
//   conffile NAME PATH DIGEST       before its package: a file that may be edited
//   @pool@                          in any line: the address of a pool, which this repository does not carry in the
//   clear find RULE CLASS PATH [text]     expected; every evidence of the detector's rules must be named
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "detect/gather.hpp"
#include "formats/byte_stream.hpp"
#include "layers/analyse.hpp"
#include "support/tar_writer.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

namespace fs = std::filesystem;

const fs::path k_folder = fs::path(HULLCHECK_TEST_DATA) / "detect/cases/image";

struct FileLine {
  std::string path, content;
  test::TarAttributes attributes;
};

struct LayerLines {
  std::vector<FileLine> files;
  std::vector<std::pair<std::string, std::string>> links;
  std::vector<std::string> removed, folders;
  std::vector<std::vector<std::string>> packages;  // name, version, paths…
};

struct ImageCase {
  std::string detector, name;
  model::Image image;
  std::vector<LayerLines> layers = std::vector<LayerLines>(1);
  std::map<std::string, std::string> conffiles;  // package → lines of its Conffiles field
  std::vector<std::string> expected;
};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string from_hex_text(std::string_view text) {
  std::string bytes;
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

std::string elf_start() {
  return std::string(
             "\x7f"
             "ELF\x02\x01\x01\0",
             8) +
         std::string(56, '\0');
}

void read_file_line(const std::vector<std::string>& words, LayerLines& layer) {
  FileLine file;
  file.path = words.at(1);
  for (char& c : file.path)
    if (c == '~') c = ' ';  // names with blanks are written so
  file.attributes.mode = 0644;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::string value = words[i].substr(words[i].find('=') + 1);
    if (words[i] == "elf") {
      file.content = elf_start();
      file.attributes.mode |= 0111;
    } else if (words[i].starts_with("mode=")) {
      file.attributes.mode = static_cast<std::uint32_t>(std::stoul(value, nullptr, 8));
    } else if (words[i].starts_with("uid=")) {
      file.attributes.uid = std::stoul(value);
    } else if (words[i].starts_with("mtime=")) {
      file.attributes.mtime = std::stoll(value);
    } else if (words[i].starts_with("capability=")) {
      file.attributes.xattrs = {{"security.capability", from_hex_text(value)}};
    } else {
      ADD_FAILURE() << "unknown attribute " << words[i];
    }
  }
  layer.files.push_back(std::move(file));
}

void read_line(const std::string& line, std::string& created, ImageCase& out) {
  const std::string keyword = line.substr(0, line.find(' '));
  const std::string rest = line.size() > keyword.size() ? line.substr(keyword.size() + 1) : "";
  const std::vector<std::string> words = words_of(line);
  const std::vector<std::string> arguments(words.empty() ? words.end() : words.begin() + 1, words.end());
  model::ImageConfig& config = out.image.config;
  LayerLines& layer = out.layers.back();
  if (keyword == "reference")
    out.image.reference = rest;
  else if (keyword == "entrypoint")
    config.entrypoint = arguments;
  else if (keyword == "cmd")
    config.cmd = arguments;
  else if (keyword == "shell")
    config.cmd = {"/bin/sh", "-c", rest};
  else if (keyword == "env")
    config.env.push_back(rest);
  else if (keyword == "label")
    config.labels[rest.substr(0, rest.find('='))] = rest.substr(rest.find('=') + 1);
  else if (keyword == "created")
    created = rest;
  else if (keyword == "history" || keyword == "empty")
    config.history.push_back(
        {created, rest, rest.ends_with("# buildkit") ? "buildkit.dockerfile.v0" : "", keyword == "empty"});
  else if (keyword == "layer")
    out.layers.emplace_back();
  else if (keyword == "file")
    read_file_line(words, layer);
  else if (keyword == "|")
    layer.files.back().content += rest + "\n";
  else if (keyword == "hex")
    layer.files.back().content += from_hex_text(rest);
  else if (keyword == "folder")
    layer.folders.push_back(rest);
  else if (keyword == "link")
    layer.links.emplace_back(words.at(1), words.at(2));
  else if (keyword == "remove")
    layer.removed.push_back(rest);
  else if (keyword == "package")
    layer.packages.push_back(arguments);
  else if (keyword == "conffile")
    out.conffiles[words.at(1)] += " /" + words.at(2) + " " + words.at(3) + "\n";
  else if (keyword == "find")
    out.expected.push_back(rest);
  else
    ADD_FAILURE() << out.detector << "/" << out.name << ": unknown line " << line;
}

std::string with_pool(std::string line) {
  constexpr std::string_view k_mark = "@pool@";
  const std::string pool = std::string("stra") + "tum+tcp://pool.example.org:3333";
  for (std::size_t at = line.find(k_mark); at != std::string::npos; at = line.find(k_mark, at + pool.size()))
    line.replace(at, k_mark.size(), pool);
  return line;
}

std::vector<ImageCase> read_cases() {
  std::vector<ImageCase> cases;
  std::vector<fs::path> paths;
  for (const auto& file : fs::directory_iterator(k_folder))
    if (file.path().extension() == ".cases") paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    std::string created = "2024-01-01T00:00:00Z";
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line.front() == '#') continue;
      if (line.starts_with("case ")) {
        cases.emplace_back();
        cases.back().detector = path.stem().string();
        cases.back().name = line.substr(5);
        cases.back().image.config.present = true;
        cases.back().image.reference = "example/app:1";
        created = "2024-01-01T00:00:00Z";
        continue;
      }
      read_line(with_pool(std::move(line)), created, cases.back());
    }
  }
  return cases;
}

const std::vector<ImageCase>& all_cases() {
  static const std::vector<ImageCase> cases = read_cases();
  return cases;
}

std::string md5_of(const std::string& content) {
  util::Hasher md5(util::Hash::md5);
  md5.update(as_bytes(content));
  return md5.finish_hex();
}

// What dpkg would write: the state of all packages, and the lists of those that this layer brings.
class PackageDatabase {
 public:
  void add(const ImageCase& image, const std::vector<std::string>& package,
           const std::map<std::string, std::string>& contents, test::TarWriter& tar) {
    const std::string& name = package.at(0);
    const auto conffiles = image.conffiles.find(name);
    m_stanzas[name] = "Package: " + name +
                      "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + package.at(1) + "\n" +
                      (conffiles == image.conffiles.end() ? "" : "Conffiles:\n" + conffiles->second) + "\n";
    std::string list = "/.\n", sums;
    for (std::size_t i = 2; i < package.size(); ++i) {
      list += "/" + package[i] + "\n";
      const bool conffile =
          conffiles != image.conffiles.end() && conffiles->second.find(" /" + package[i] + " ") != std::string::npos;
      const auto content = contents.find(package[i]);
      if (!conffile && content != contents.end()) sums += md5_of(content->second) + "  " + package[i] + "\n";
    }
    tar.file("var/lib/dpkg/info/" + name + ".list", list).file("var/lib/dpkg/info/" + name + ".md5sums", sums);
  }
  std::string status() const {
    std::string all;
    for (const auto& [name, stanza] : m_stanzas) all += stanza;
    return all;
  }

 private:
  std::map<std::string, std::string> m_stanzas;
};

std::vector<layers::Section> sections() {
  std::vector<layers::Section> all = layer_sections();
  for (const auto& analyzer : inventory::AnalyzerRegistry::all())
    all.push_back({"inventory/" + std::string(analyzer.descriptor.id), "1", analyzer.instance.get()});
  return all;
}

layers::ImageView view_of(const ImageCase& from) {
  model::Image image = from.image;
  std::vector<std::shared_ptr<const layers::LayerFacts>> layers;
  PackageDatabase database;
  std::map<std::string, std::string> contents;
  for (const LayerLines& lines : from.layers) {
    test::TarWriter tar;
    for (const auto& [path, target] : lines.links) tar.symlink(path, target);
    for (const std::string& folder : lines.folders) tar.directory(folder);
    for (const FileLine& file : lines.files) {
      tar.file(file.path, file.content, file.attributes);
      contents[file.path] = file.content;
    }
    for (const std::string& path : lines.removed) tar.whiteout(path);
    for (const auto& package : lines.packages) database.add(from, package, contents, tar);
    if (!lines.packages.empty()) tar.file("var/lib/dpkg/status", database.status());
    layers::AnalyseOptions options;
    options.sections = sections();
    options.scan = &content_scan("");
    util::Profile profile;
    const std::string bytes = tar.finish();
    const auto stream = formats::memory_stream(as_bytes(bytes));
    auto outcome = layers::analyse_layer(*stream, options, {}, util::no_progress(), profile);
    image.layers.push_back({"k" + std::to_string(layers.size()), "", outcome.diff_id, "", 0, false});
    layers.push_back(outcome.facts);
  }
  return {image, layers};
}

std::vector<PlacedEvidence> evidence_of_image(const layers::ImageView& view) {
  const inventory::Inventory inventory = inventory::take_inventory(view);
  const inventory::Ownership ownership(view, inventory);
  Gathering gathering(view, inventory, ownership);
  gathering.run();
  weigh(view, ownership, gathering.evidence());
  return std::move(gathering.evidence());
}

class ImageCaseTest : public testing::TestWithParam<std::size_t> {};

TEST_P(ImageCaseTest, SaysWhatIsExpected) {
  const ImageCase& one = all_cases()[GetParam()];
  const auto* entry = DetectorRegistry::find(one.detector);
  ASSERT_NE(entry, nullptr) << "no detector is called " << one.detector;
  std::vector<std::pair<std::string, std::string>> observed;
  for (const PlacedEvidence& placed : evidence_of_image(view_of(one))) {
    const bool own = std::any_of(entry->descriptor.rules.begin(), entry->descriptor.rules.end(),
                                 [&](const RuleRow& row) { return row.id == placed.evidence.rule; });
    if (own)
      observed.emplace_back(
          placed.evidence.rule + " " + std::string(to_string(placed.evidence.cls)) + " " + placed.path,
          placed.evidence.text);
  }
  std::vector<std::string> missing = one.expected;
  std::erase_if(missing, [&](const std::string& line) {
    const auto found = std::find_if(observed.begin(), observed.end(), [&](const auto& seen) {
      if (line == seen.first) return true;
      return line.starts_with(seen.first + " ") &&
             seen.second.find(line.substr(seen.first.size() + 1)) != std::string::npos;
    });
    if (found == observed.end()) return false;
    observed.erase(found);
    return true;
  });
  for (const auto& [place, text] : observed) ADD_FAILURE() << "unexpected: find " << place << " " << text;
  for (const std::string& line : missing) ADD_FAILURE() << "missing: find " << line;
}

std::vector<std::size_t> numbers() {
  std::vector<std::size_t> all(all_cases().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

std::string test_name(const testing::TestParamInfo<std::size_t>& info) {
  std::string name = all_cases()[info.param].detector + "_" + all_cases()[info.param].name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, ImageCaseTest, testing::ValuesIn(numbers()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ImageCaseTest);

// A look-alike is worth little without what it looks like.
TEST(ImageCases, EveryDetectorHasFourOfEach) {
  std::map<std::string, std::pair<int, int>> counts;
  for (const ImageCase& one : all_cases())
    ++(one.expected.empty() ? counts[one.detector].second : counts[one.detector].first);
  for (const auto& [detector, count] : counts) {
    EXPECT_GE(count.first, 4) << detector;
    EXPECT_GE(count.second, 4) << detector;
  }
}

}  // namespace
}  // namespace hullcheck::detect
