// Scripts that do what other tests do in plain words, in the spellings by which such scripts get past readers: each
// file tests/detect/evasions/LANGUAGE.samples holds many, each must be found where it starts or serves. The files
// LANGUAGE.quiet hold what is spelt alike and does no harm.
//
//   ==== NAME.SUFFIX
//   the script
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::string file, name, text;
};

std::vector<Sample> samples(std::string_view suffix) {
  std::vector<fs::path> files;
  for (const auto& one : fs::directory_iterator(fs::path(HULLCHECK_TEST_DATA) / "detect/evasions"))
    if (one.path().extension() == suffix) files.push_back(one.path());
  std::sort(files.begin(), files.end());
  std::vector<Sample> all;
  for (const fs::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("==== "))
        all.push_back({path.stem().string(), line.substr(5), ""});
      else if (!all.empty())
        all.back().text += line + "\n";
    }
  }
  return all;
}

std::string path_of(const Sample& sample) {
  return (sample.file == "php" ? "var/www/html/" : "opt/e/") + sample.name;
}

Assessment assessed(const Sample& sample) {
  ImageBuilder image;
  image.file(path_of(sample), sample.text, 0755);
  if (sample.file != "php") image.config().entrypoint = {"/" + path_of(sample)};
  return image.assess();
}

// An address by itself says little: it is no finding of what the script does.
bool is_found(const Assessment& found) {
  return std::any_of(found.threats.begin(), found.threats.end(),
                     [](const model::Finding& finding) { return finding.rule != "D04" && finding.rule != "D05"; });
}

TEST(Evasions, EachIsFound) {
  const std::vector<Sample> all = samples(".samples");
  ASSERT_GE(all.size(), 250U);
  for (const Sample& sample : all) EXPECT_TRUE(is_found(assessed(sample))) << sample.file << ": " << sample.name;
}

TEST(Evasions, WhatIsSpeltAlikeIsNot) {
  const std::vector<Sample> all = samples(".quiet");
  ASSERT_GE(all.size(), 30U);
  for (const Sample& sample : all) {
    const Assessment found = assessed(sample);
    for (const model::Finding& finding : found.threats)
      ADD_FAILURE() << sample.file << ": " << sample.name << ": " << finding.rule << " " << finding.title;
  }
}

}  // namespace
}  // namespace hullcheck::detect
