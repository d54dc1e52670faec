// Runs every folder tests/detect/cases/DETECTOR/NAME: the files of a case go through the one detector, and what it
// says must be what the file `expected` says.
//
//   start.*  present.*  build.*   a script: literals, collect() and shell(), with that reach
//   files/PATH                    a file of an image at PATH: literals and collect()
//   expected                      one line for each evidence, "RULE CLASS LINE FILE [part of the text]", in any
//   order;
//                                 empty for a look-alike
// HULLCHECK_UPDATE_CASES=1 rewrites `expected` and skips.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "detect/content/content_scan.hpp"
#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect {
namespace {

namespace fs = std::filesystem;

// Folders beside those of detectors.
bool is_other_kind(const std::string& name) { return name == "shell" || name == "image"; }

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  const fs::path root = fs::path(HULLCHECK_TEST_DATA) / "detect/cases";
  for (const auto& detector : fs::directory_iterator(root)) {
    if (!detector.is_directory() || is_other_kind(detector.path().filename().string())) continue;
    for (const auto& one : fs::directory_iterator(detector))
      if (one.is_directory())
        names.push_back(detector.path().filename().string() + "/" + one.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Observed {
  Evidence evidence;
  std::string file;
};

void look_at_bytes(const Detector& detector, const std::string& path, const std::string& text,
                   std::vector<Observed>& out) {
  layers::Entry entry;
  entry.path = path;
  entry.size = text.size();
  entry.content = layers::classify_content(std::string_view(text).substr(0, 4096));
  entry.mode = 0755;
  const layers::FileInfo info{entry, as_bytes(std::string_view(text).substr(0, 4096))};
  const LiteralScan scan({{"case", 1, &detector}}, "");
  const auto worker = scan.worker();
  worker->begin(info);
  for (std::size_t at = 0; at < text.size(); at += layers::k_window_size) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    worker->window(as_bytes(std::string_view(text).substr(at - seen, seen + layers::k_window_size)), at - seen, seen);
  }
  const Buffer record = worker->end();
  if (!record.empty()) {
    auto evidence = decode_evidence(record);
    ASSERT_TRUE(evidence.ok());
    for (Evidence& one : evidence.value()) out.push_back({std::move(one), path});
  }
  if (!detector.wants(info)) return;
  EvidenceSink sink;
  layers::FileView view{info, as_bytes(text)};
  detector.collect(view, sink);
  for (Evidence& one : sink.take()) out.push_back({std::move(one), path});
}

void look_at_script(const Detector& detector, const std::string& path, const std::string& text,
                    std::vector<Observed>& out) {
  static const model::ImageConfig config = [] {
    model::ImageConfig made;
    made.volumes = {"/data/outside"};
    return made;
  }();
  const ShellFacts facts = facts_of_text(text);
  ShellUnit unit{path, {}, 1, Reach::present, false, facts, &config};
  if (path.starts_with("start.")) unit.reach = Reach::start;
  if (path.starts_with("build.")) unit.build_time = true;
  EvidenceSink sink;
  detector.shell(unit, sink);
  for (Evidence& one : sink.take()) out.push_back({std::move(one), path});
}

std::string line_of(const Observed& observed) {
  return fmt::format("{} {} {} {}", observed.evidence.rule, to_string(observed.evidence.cls), observed.evidence.line,
                     observed.file);
}

// Removes from both sides what agrees.
void match(std::vector<Observed>& observed, std::vector<std::string>& expected) {
  std::erase_if(expected, [&](const std::string& line) {
    const auto found = std::find_if(observed.begin(), observed.end(), [&](const Observed& one) {
      const std::string start = line_of(one);
      if (line == start) return true;
      return line.starts_with(start + " ") &&
             one.evidence.text.find(line.substr(start.size() + 1)) != std::string::npos;
    });
    if (found == observed.end()) return false;
    observed.erase(found);
    return true;
  });
}

class DetectorCase : public testing::TestWithParam<std::string> {};

TEST_P(DetectorCase, SaysWhatIsExpected) {
  const fs::path folder = fs::path(HULLCHECK_TEST_DATA) / "detect/cases" / GetParam();
  const auto* entry = DetectorRegistry::find(GetParam().substr(0, GetParam().find('/')));
  ASSERT_NE(entry, nullptr) << "no detector has this folder's name";
  const Detector& detector = *entry->instance;

  std::vector<std::pair<std::string, fs::path>> files;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) files.emplace_back(fs::relative(file.path(), folder).string(), file.path());
  std::sort(files.begin(), files.end());
  std::vector<Observed> observed;
  for (const auto& [name, path] : files) {
    if (name == "expected") continue;
    const std::string text = slurp(path);
    const bool script = !name.starts_with("files/");
    look_at_bytes(detector, script ? name : name.substr(6), text, observed);
    if (script) look_at_script(detector, name, text, observed);
  }

  if (std::getenv("HULLCHECK_UPDATE_CASES") != nullptr) {
    std::ofstream out(folder / "expected");
    for (const Observed& one : observed)
      out << line_of(one) << ' ' << one.evidence.text.substr(0, one.evidence.text.find('\n')) << '\n';
    GTEST_SKIP() << "expected rewritten";
  }
  ASSERT_TRUE(fs::exists(folder / "expected"));
  std::vector<std::string> expected;
  std::istringstream lines(slurp(folder / "expected"));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) expected.push_back(line);
  match(observed, expected);
  for (const Observed& one : observed) ADD_FAILURE() << "unexpected: " << line_of(one) << " " << one.evidence.text;
  for (const std::string& line : expected) ADD_FAILURE() << "missing: " << line;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, DetectorCase, testing::ValuesIn(case_names()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DetectorCase);

}  // namespace
}  // namespace hullcheck::detect
