// Runs every folder tests/detect/secrets/cases/NAME. The files stand there as templates (sample_secrets.hpp), so that
// no credential lies in this repository; filled in, they go through the content search and collect() of every
// detector of secrets, and what is said must be what the file `expected` says: lines "RULE CLASS LINE FILE", in any
// order. HULLCHECK_UPDATE_CASES=1 rewrites `expected` and skips.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "detect/content/content_scan.hpp"
#include "sample_secrets.hpp"

namespace hullcheck::detect::secrets {
namespace {

namespace fs = std::filesystem;

fs::path root() { return fs::path(HULLCHECK_TEST_DATA) / "detect/secrets/cases"; }

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& one : fs::directory_iterator(root())) names.push_back(one.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Evidence> look_at(const std::string& path, const std::string& text) {
  layers::Entry entry;
  entry.path = path;
  entry.size = text.size();
  entry.content = layers::classify_content(std::string_view(text).substr(0, 4096));
  entry.mode = 0644;
  const layers::FileInfo info{entry, as_bytes(std::string_view(text).substr(0, 4096))};
  std::vector<Evidence> all;
  for (const char* id : {"secret-tokens", "secret-files", "private-key"}) {
    const Detector& detector = *DetectorRegistry::find(id)->instance;
    static std::map<std::string, std::unique_ptr<LiteralScan>> scans;
    auto& scan = scans[id];
    if (!scan) scan = std::make_unique<LiteralScan>(std::vector<ScanClient>{{id, 1, &detector}}, "");
    const auto worker = scan->worker();
    worker->begin(info);
    worker->window(as_bytes(text), 0, 0);
    if (const Buffer record = worker->end(); !record.empty()) {
      const auto evidence = decode_evidence(record);
      EXPECT_TRUE(evidence.ok());
      all.insert(all.end(), evidence.value().begin(), evidence.value().end());
    }
    if (!detector.wants(info)) continue;
    EvidenceSink sink;
    layers::FileView view{{entry, info.head}, as_bytes(text)};
    detector.collect(view, sink);
    for (Evidence& one : sink.take()) all.push_back(std::move(one));
  }
  return all;
}

class SecretCase : public testing::TestWithParam<std::string> {};

TEST_P(SecretCase, SaysWhatIsExpectedAndShowsNoValue) {
  const fs::path folder = root() / GetParam();
  std::vector<std::string> observed;
  std::vector<fs::path> files;
  for (const auto& file : fs::recursive_directory_iterator(folder / "files"))
    if (file.is_regular_file()) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    std::string name = fs::relative(path, folder / "files").string();
    // A folder of that name cannot be kept in a repository.
    if (const auto at = name.find("dot-git/"); at != std::string::npos) name.replace(at, 4, ".");
    const Sample sample = make_sample(slurp(path), 11);
    for (const Evidence& one : look_at(name, sample.text)) {
      observed.push_back(fmt::format("{} {} {} {}", one.rule, to_string(one.cls), one.line, name));
      for (const std::string& secret : sample.random)
        if (secret.size() >= 12) {
          EXPECT_EQ(one.text.find(secret), std::string::npos) << one.text;
        }
    }
  }
  std::sort(observed.begin(), observed.end());
  if (std::getenv("HULLCHECK_UPDATE_CASES") != nullptr) {
    std::ofstream out(folder / "expected");
    for (const std::string& line : observed) out << line << '\n';
    GTEST_SKIP() << "expected rewritten";
  }
  ASSERT_TRUE(fs::exists(folder / "expected"));
  std::vector<std::string> expected;
  std::istringstream lines(slurp(folder / "expected"));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) expected.push_back(line);
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(observed, expected);
}

// The templates themselves lie in this repository.
TEST_P(SecretCase, TemplatesAreNoSecrets) {
  for (const auto& file : fs::recursive_directory_iterator(root() / GetParam() / "files")) {
    if (!file.is_regular_file()) continue;
    for (const Evidence& one : look_at(fs::relative(file.path(), root()).string(), slurp(file.path())))
      EXPECT_GT(one.cls, EvidenceClass::strong) << file.path() << ": " << one.rule << " " << one.text;
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, SecretCase, testing::ValuesIn(case_names()), test_name);

}  // namespace
}  // namespace hullcheck::detect::secrets
